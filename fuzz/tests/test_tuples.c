/* SPDX-License-Identifier: MIT */
/*
 * What the source makes, by counting. All seeds are fixed, so every count is the same in each run.
 * That it finds the filters that were wrong once: test_planted.c; how many slips: test_mutants.c.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fuzz/tests/source_support.h"

#define SIX_CONDITIONS                                                                            \
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"mmap\"],"              \
	"\"action\":\"SCMP_ACT_ALLOW\",\"args\":["                                                \
	"{\"index\":0,\"op\":\"SCMP_CMP_EQ\",\"value\":81985529216486895},"                       \
	"{\"index\":1,\"op\":\"SCMP_CMP_LT\",\"value\":4294967297},"                              \
	"{\"index\":2,\"op\":\"SCMP_CMP_MASKED_EQ\",\"value\":4278255360,\"valueTwo\":16777216}," \
	"{\"index\":3,\"op\":\"SCMP_CMP_GE\",\"value\":9223372036854775808},"                     \
	"{\"index\":4,\"op\":\"SCMP_CMP_LE\",\"value\":7},"                                       \
	"{\"index\":5,\"op\":\"SCMP_CMP_GT\",\"value\":1099511627776}]}]}"

static bool holds[6];

/* The conditions of SIX_CONDITIONS, written out once more. */
static size_t count_held(const uint64_t args[6])
{
	size_t held = 0;

	holds[0] = args[0] == 81985529216486895;
	holds[1] = args[1] < 4294967297;
	holds[2] = (args[2] & 4278255360) == 16777216;
	holds[3] = args[3] >= 9223372036854775808u;
	holds[4] = args[4] <= 7;
	holds[5] = args[5] > 1099511627776;
	for (int i = 0; i < 6; i++)
		held += holds[i];
	return held;
}

/* ---- the stream */

static void the_same_seed_gives_the_same_tuples(void **state)
{
	struct policy policy = read_policy("container-default", NULL);
	struct fuzz_tuples *one = fuzz_tuples_new(&policy, NULL, 0);
	struct fuzz_tuples *other = fuzz_tuples_new(&policy, NULL, 0);
	struct abi_tuple *a = fill(one, 5, 5000), *b = fill(other, 5, 5000);
	struct abi_tuple *c = fill(one, 6, 5000);

	(void)state;
	assert_memory_equal(a, b, 5000 * sizeof(*a));
	assert_memory_not_equal(a, c, 5000 * sizeof(*a));
	free(a);
	free(b);
	free(c);
	fuzz_tuples_free(one);
	fuzz_tuples_free(other);
	policy_release(&policy);
}

static void pieces_of_whole_runs_give_the_same_stream(void **state)
{
	static const size_t pieces[] = {1, 5, 2, 64, 300, 1};
	struct policy policy = read_policy("container-default", NULL);
	struct fuzz_tuples *source = fuzz_tuples_new(&policy, NULL, 0);
	struct abi_tuple piece[300 * FUZZ_TUPLES_RUN], *whole = fill(source, 9, 4000);
	struct sg_rng rng;
	size_t done = 0;

	(void)state;
	sg_rng_seed(&rng, 9);
	for (size_t i = 0; i < SG_COUNT(pieces); i++) {
		const size_t count = pieces[i] * FUZZ_TUPLES_RUN;

		fuzz_tuples_fill(source, &rng, piece, count);
		assert_memory_equal(piece, whole + done, count * sizeof(*piece));
		done += count;
	}
	fuzz_tuples_fill(source, &rng, piece, 3);
	assert_memory_equal(piece, whole + done, 3 * sizeof(*piece));
	free(whole);
	fuzz_tuples_free(source);
	policy_release(&policy);
}

static void a_fill_of_nothing_writes_nothing(void **state)
{
	struct policy policy = read_policy("strict-2005", NULL);
	struct fuzz_tuples *source = fuzz_tuples_new(&policy, NULL, 0);
	struct sg_rng rng, before;

	(void)state;
	sg_rng_seed(&rng, 1);
	before = rng;
	fuzz_tuples_fill(source, &rng, NULL, 0);
	assert_memory_equal(&rng, &before, sizeof(rng));
	fuzz_tuples_free(source);
	fuzz_tuples_free(NULL);
	policy_release(&policy);
}

/* ---- numbers and architectures */

static int compare_sites(const void *a, const void *b)
{
	const struct abi_tuple *one = a, *two = b;

	if (one->arch != two->arch)
		return one->arch > two->arch ? 1 : -1;
	return (one->nr > two->nr) - (one->nr < two->nr);
}

/* Tuples in the order of their architectures and numbers. */
struct tried {
	struct abi_tuple *tuples; /* owned */
	size_t count;
};

static void expect_tried(const struct tried *tried, uint32_t arch, uint32_t nr)
{
	const struct abi_tuple wanted = {.arch = arch, .nr = nr};

	if (!bsearch(&wanted, tried->tuples, tried->count, sizeof(wanted), compare_sites))
		fail_msg("arch 0x%x, number 0x%x was not tried", arch, nr);
}

static struct tried try_many(const struct policy *policy, size_t count)
{
	struct fuzz_tuples *source = fuzz_tuples_new(policy, NULL, 0);
	const struct tried tried = {fill(source, 1, count), count};

	qsort(tried.tuples, count, sizeof(*tried.tuples), compare_sites);
	fuzz_tuples_free(source);
	return tried;
}

static void every_number_and_its_neighbours(void **state)
{
	static const uint32_t edges[] = {0x3fffffff, 0x40000000, 0x40000001, 0x7fffffff,
					 0x80000000, 0xfffffffe, 0xffffffff};
	struct policy policy = read_policy("container-default", NULL);
	const struct tried tried = try_many(&policy, 300000);

	(void)state;
	assert_true(policy.arch_count >= 2);
	for (size_t i = 0; i < policy.arch_count; i++) {
		const struct abi_arch *arch = policy.arches[i];
		size_t count;
		const struct abi_call *calls = abi_calls(arch, &count);

		for (size_t n = 0; n < count; n++)
			for (int step = -1; step <= 1; step++)
				expect_tried(&tried, arch->audit, calls[n].nr + step);
		for (size_t n = 0; n < SG_COUNT(edges); n++)
			expect_tried(&tried, arch->audit, edges[n]);
	}
	free(tried.tuples);
	policy_release(&policy);
}

static void bit_30_over_every_number_without_x32(void **state)
{
	struct policy policy = read_policy("container-default", "x86_64");
	const struct tried tried = try_many(&policy, 300000);
	size_t count;
	const struct abi_call *calls = abi_calls(abi_arch(ABI_X86_64), &count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		expect_tried(&tried, abi_arch(ABI_X86_64)->audit, calls[i].nr | ABI_X32_BIT);
	free(tried.tuples);
	policy_release(&policy);
}

static bool arch_tried(const struct tried *tried, uint32_t arch)
{
	for (size_t i = 0; i < tried->count; i++)
		if (tried->tuples[i].arch == arch)
			return true;
	return false;
}

static void foreign_architectures(void **state)
{
	const uint32_t audit = abi_arch(ABI_X86_64)->audit;
	struct policy policy = read_policy("container-default", "x86_64");
	const struct tried tried = try_many(&policy, 300000);

	(void)state;
	for (int id = 0; id < ABI_ARCH_COUNT; id++)
		assert_true(arch_tried(&tried, abi_arch(id)->audit));
	assert_true(arch_tried(&tried, __builtin_bswap32(audit)));
	for (int bit = 0; bit < 32; bit++)
		assert_true(arch_tried(&tried, audit ^ 1u << bit));
	assert_true(arch_tried(&tried, 0));
	assert_true(arch_tried(&tried, UINT32_MAX));
	free(tried.tuples);
	policy_release(&policy);
}

/* Numbers of mips start at 4000, those of arm have some far above the others. */
static void every_architecture_has_its_numbers(void **state)
{
	(void)state;
	for (int id = 0; id < ABI_ARCH_COUNT; id++) {
		const struct abi_arch *arch = abi_arch(id);
		struct policy policy =
			read_policy("{\"defaultAction\":\"SCMP_ACT_ALLOW\"}", arch->name);
		const struct tried tried = try_many(&policy, 100000);
		size_t count;
		const struct abi_call *calls = abi_calls(arch, &count);

		for (size_t n = 0; n < count; n++)
			expect_tried(&tried, arch->audit, calls[n].nr);
		free(tried.tuples);
		policy_release(&policy);
	}
}

/* ---- arguments */

static void six_conditions_are_met_and_just_missed(void **state)
{
	struct policy policy = read_policy(SIX_CONDITIONS, "x86_64");
	struct fuzz_tuples *source = fuzz_tuples_new(&policy, NULL, 0);
	struct abi_tuple *tuples = fill(source, 1, 20000);
	const uint32_t nr = abi_nr(abi_arch(ABI_X86_64), "mmap");
	size_t met = 0, calls = 0, missed[6] = {0};

	(void)state;
	for (size_t i = 0; i < 20000; i++) {
		if (tuples[i].nr != nr || tuples[i].arch != abi_arch(ABI_X86_64)->audit)
			continue;
		const size_t held = count_held(tuples[i].args);
		calls++;
		met += held == 6;
		for (int arg = 0; arg < 6; arg++)
			missed[arg] += held == 5 && !holds[arg];
	}
	assert_true(calls > 20000 / 10);
	assert_true(met > calls / 20);
	for (int arg = 0; arg < 6; arg++)
		assert_true(missed[arg] > calls / 40);
	free(tuples);
	fuzz_tuples_free(source);
	policy_release(&policy);
}

static bool has_arg(const struct abi_tuple *tuples, size_t count, uint32_t nr, int arg,
		    uint64_t value)
{
	for (size_t i = 0; i < count; i++)
		if (tuples[i].nr == nr && tuples[i].args[arg] == value)
			return true;
	return false;
}

/* What each kind of slip needs to be seen, for the value 0x0000000300000007. */
static void neighbours_of_a_constant(void **state)
{
	static const uint64_t wanted[] = {
		0x300000007,
		0x300000006,
		0x300000008, /* itself, off by one */
		0x7,
		0x300000000, /* one half */
		0x700000003, /* swapped */
		0xffffffff00000007,
		0x3ffffffff, /* the other half full */
		0x200000007,
		0x400000007, /* upper half off by one */
		0x8000000300000007,
		0x380000007,
		0x300000003, /* a bit */
		~0x300000007ull,
		-0x300000007ull, /* complement, negative */
		0,
		UINT64_MAX,
		1ull << 63, /* of anything */
	};
	struct policy policy = read_policy(
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"ioctl\"],"
		"\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":1,\"op\":\"SCMP_CMP_EQ\","
		"\"value\":12884901895}]}]}",
		"x86_64");
	struct fuzz_tuples *source = fuzz_tuples_new(&policy, NULL, 0);
	struct abi_tuple *tuples = fill(source, 1, 20000);
	const uint32_t nr = abi_nr(abi_arch(ABI_X86_64), "ioctl");

	(void)state;
	for (size_t i = 0; i < SG_COUNT(wanted); i++)
		if (!has_arg(tuples, 20000, nr, 1, wanted[i]))
			fail_msg("0x%llx was not tried", (unsigned long long)wanted[i]);
	free(tuples);
	fuzz_tuples_free(source);
	policy_release(&policy);
}

/* Halves of two constants, mixed; and masks, with all else zero and all else one. */
static void halves_of_two_constants_and_masks(void **state)
{
	struct policy policy = read_policy(
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"ioctl\"],"
		"\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":1,\"op\":\"SCMP_CMP_EQ\","
		"\"value\":12884901895}]},{\"names\":[\"ioctl\"],\"action\":\"SCMP_ACT_ALLOW\","
		"\"args\":[{\"index\":1,\"op\":\"SCMP_CMP_MASKED_EQ\",\"value\":1095216660480,"
		"\"valueTwo\":365072220160}]}]}",
		"x86_64");
	static const uint64_t wanted[] = {
		0x5500000007, /* the mask's datum above the value's lower half */
		0x300000000,  /* the value above the datum's lower half */
		0x5500000000, 0xffffff55ffffffff, /* what meets the mask at its extremes */
		0x5400000000, 0x5500000001,       /* beside them */
	};
	struct fuzz_tuples *source = fuzz_tuples_new(&policy, NULL, 0);
	struct abi_tuple *tuples = fill(source, 1, 40000);
	const uint32_t nr = abi_nr(abi_arch(ABI_X86_64), "ioctl");

	(void)state;
	for (size_t i = 0; i < SG_COUNT(wanted); i++)
		if (!has_arg(tuples, 40000, nr, 1, wanted[i]))
			fail_msg("0x%llx was not tried", (unsigned long long)wanted[i]);
	free(tuples);
	fuzz_tuples_free(source);
	policy_release(&policy);
}

/* On 32-bit architectures the upper half is garbage half of the time; on x32, where that makes a
 * tuple unspecified, seldom. */
static void garbage_above_32_bits(void **state)
{
	static const struct {
		const char *arch;
		size_t least, most; /* per cent */
	} rows[] = {{"i386", 35, 65}, {"x32", 5, 20}};

	(void)state;
	for (size_t row = 0; row < SG_COUNT(rows); row++) {
		const struct abi_arch *arch = abi_arch_by_name(rows[row].arch);
		struct policy policy = read_policy(
			"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":["
			"\"personality\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,"
			"\"op\":\"SCMP_CMP_EQ\",\"value\":8}]}]}",
			rows[row].arch);
		struct fuzz_tuples *source = fuzz_tuples_new(&policy, NULL, 0);
		struct abi_tuple *tuples = fill(source, 1, 20000);
		size_t met = 0, garbage = 0;

		for (size_t i = 0; i < 20000; i++) {
			if (tuples[i].nr != (uint32_t)abi_nr(arch, "personality") ||
			    (uint32_t)tuples[i].args[0] != 8)
				continue;
			met++;
			garbage += tuples[i].args[0] >> 32 != 0;
		}
		assert_true(met > 500);
		assert_in_range(100 * garbage / met, rows[row].least, rows[row].most);
		free(tuples);
		fuzz_tuples_free(source);
		policy_release(&policy);
	}
}

static void untested_arguments_are_mostly_zero_not_always(void **state)
{
	struct policy policy = read_policy("io-server", "x86_64");
	struct fuzz_tuples *source = fuzz_tuples_new(&policy, NULL, 0);
	struct abi_tuple *tuples = fill(source, 1, 20000);
	const uint32_t nr = abi_nr(abi_arch(ABI_X86_64), "read");
	size_t calls = 0, zero[7] = {0};

	(void)state;
	for (size_t i = 0; i < 20000; i++) {
		if (tuples[i].nr != nr)
			continue;
		calls++;
		for (int arg = 0; arg < 6; arg++)
			zero[arg] += tuples[i].args[arg] == 0;
		zero[6] += tuples[i].ip == 0;
	}
	assert_true(calls > 10);
	for (int word = 0; word < 7; word++)
		assert_in_range(zero[word], calls * 3 / 10, calls * 9 / 10);
	free(tuples);
	fuzz_tuples_free(source);
	policy_release(&policy);
}

/* A filter that takes such a call for another one shows it at the constants of that one: each with
 * each call, within 200,000 tuples. */
static void calls_without_conditions_get_the_constants_of_others(void **state)
{
	static const uint64_t constants[] = {0x26, 0x12345, 0xfedcba9876543210};
	static const char *const names[] = {"read", "getpid", "statx"};
	struct policy policy = read_policy(
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\","
		"\"write\"],"
		"\"action\":\"SCMP_ACT_ALLOW\"},{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_"
		"ALLOW\","
		"\"args\":[{\"index\":0,\"value\":38,\"op\":\"SCMP_CMP_NE\"},"
		"{\"index\":1,\"value\":74565,\"op\":\"SCMP_CMP_EQ\"},"
		"{\"index\":5,\"value\":18364758544493064720,\"op\":\"SCMP_CMP_GE\"}]}]}",
		"x86_64");
	struct fuzz_tuples *source = fuzz_tuples_new(&policy, NULL, 0);
	struct abi_tuple *tuples = fill(source, 1, 200000);
	size_t met[3][3] = {{0}};

	(void)state;
	for (size_t i = 0; i < 200000; i++)
		for (size_t n = 0; n < SG_COUNT(names); n++) {
			if ((int)tuples[i].nr != abi_nr(abi_arch(ABI_X86_64), names[n]))
				continue;
			met[n][0] += tuples[i].args[0] == constants[0];
			met[n][1] += tuples[i].args[1] == constants[1];
			met[n][2] += tuples[i].args[5] == constants[2];
		}
	for (size_t n = 0; n < SG_COUNT(names); n++)
		for (size_t c = 0; c < SG_COUNT(constants); c++)
			if (met[n][c] < 3)
				fail_msg("%s met 0x%llx %zu times", names[n],
					 (unsigned long long)constants[c], met[n][c]);
	free(tuples);
	fuzz_tuples_free(source);
	policy_release(&policy);
}

/* ---- filters lend their constants */

static size_t count_denied(const struct fuzz_tuples *source, const struct cbpf_prog *prog)
{
	struct abi_tuple *tuples = fill(source, 1, 50000);
	size_t denied = 0;

	for (size_t i = 0; i < 50000; i++)
		denied += cbpf_run(prog, &tuples[i]).ret == ABI_RET_TRAP;
	free(tuples);
	return denied;
}

static void what_only_the_filter_knows_is_tried_too(void **state)
{
	static const char *const texts[] = {
		"ld args[3].lo\n jeq #0x12345678, +0, +1\n ret TRAP\n ret ALLOW\n",
		"ld args[3].hi\n and #0x7fffffff\n jeq #0x12345678, +0, +1\n ret TRAP\n ret "
		"ALLOW\n",
		"ld ip.lo\n jeq #0x12345678, +0, +1\n ret TRAP\n ret ALLOW\n",
		"ld nr\n jeq #0x12345679, +0, +1\n ret TRAP\n ret ALLOW\n",
		"ld nr\n jgt #0x12345678, +0, +2\n jgt #0x1234567a, +1, +0\n ret TRAP\n ret "
		"ALLOW\n",
		"ld arch\n jeq #0x12345678, +0, +1\n ret TRAP\n ret ALLOW\n",
	};
	struct policy policy = read_policy("strict-2005", "x86_64");

	(void)state;
	for (size_t i = 0; i < SG_COUNT(texts); i++) {
		struct cbpf_prog prog = assemble(texts[i]);
		const struct cbpf_prog *progs = &prog;
		struct fuzz_tuples *without = fuzz_tuples_new(&policy, NULL, 0);
		struct fuzz_tuples *with = fuzz_tuples_new(&policy, &progs, 1);

		assert_int_equal(count_denied(without, &prog), 0);
		assert_true(count_denied(with, &prog) > 0);
		fuzz_tuples_free(without);
		fuzz_tuples_free(with);
		cbpf_release(&prog);
	}
	policy_release(&policy);
}

/* ---- odd policies */

/* Conditions that every value or none meets leave a plan without values. */
static void conditions_that_cannot_hold_or_fail(void **state)
{
	struct policy policy = read_policy(
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\"],"
		"\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"op\":\"SCMP_CMP_LT\","
		"\"value\":0},{\"index\":1,\"op\":\"SCMP_CMP_GE\",\"value\":0},{\"index\":2,"
		"\"op\":\"SCMP_CMP_MASKED_EQ\",\"value\":0,\"valueTwo\":5},{\"index\":3,"
		"\"op\":\"SCMP_CMP_GT\",\"value\":18446744073709551615}]}]}",
		NULL);
	struct fuzz_tuples *source = fuzz_tuples_new(&policy, NULL, 0);
	struct abi_tuple *tuples = fill(source, 1, 10000);
	size_t reads = 0;

	(void)state;
	for (size_t i = 0; i < 10000; i++)
		reads += tuples[i].nr == (uint32_t)abi_nr(policy.arches[0], "read");
	assert_true(reads > 1000);
	free(tuples);
	fuzz_tuples_free(source);
	policy_release(&policy);
}

/* Thousands of rules on one call: each is met by some tuple. */
static void thousands_of_rules_on_one_call(void **state)
{
	enum { RULES = 3000, TUPLES = 300000 };
	struct policy policy = read_policy("{\"defaultAction\":\"SCMP_ACT_ERRNO\"}", "x86_64");
	bool *met = sg_calloc(RULES, sizeof(*met));
	const uint32_t nr = abi_nr(abi_arch(ABI_X86_64), "ioctl");

	(void)state;
	policy.rules = sg_realloc_array(policy.rules, RULES, sizeof(*policy.rules));
	policy.rule_cap = RULES;
	for (uint64_t i = 0; i < RULES; i++)
		policy.rules[policy.rule_count++] = (struct policy_rule){
			.name = sg_strdup("ioctl"),
			.action = ABI_RET_ALLOW,
			.conds = {{.arg = 1, .op = POLICY_EQ, .value = i << 32 | i * 3}},
			.cond_count = 1,
		};
	struct fuzz_tuples *source = fuzz_tuples_new(&policy, NULL, 0);
	struct abi_tuple *tuples = fill(source, 1, TUPLES);
	for (size_t i = 0; i < TUPLES; i++) {
		const uint64_t rule = tuples[i].args[1] >> 32;

		if (tuples[i].nr == nr && rule < RULES &&
		    tuples[i].args[1] == (rule << 32 | rule * 3))
			met[rule] = true;
	}
	for (size_t i = 0; i < RULES; i++)
		assert_true(met[i]);
	free(tuples);
	free(met);
	fuzz_tuples_free(source);
	policy_release(&policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_seed_gives_the_same_tuples),
		cmocka_unit_test(pieces_of_whole_runs_give_the_same_stream),
		cmocka_unit_test(a_fill_of_nothing_writes_nothing),
		cmocka_unit_test(every_number_and_its_neighbours),
		cmocka_unit_test(bit_30_over_every_number_without_x32),
		cmocka_unit_test(foreign_architectures),
		cmocka_unit_test(every_architecture_has_its_numbers),
		cmocka_unit_test(six_conditions_are_met_and_just_missed),
		cmocka_unit_test(neighbours_of_a_constant),
		cmocka_unit_test(halves_of_two_constants_and_masks),
		cmocka_unit_test(garbage_above_32_bits),
		cmocka_unit_test(untested_arguments_are_mostly_zero_not_always),
		cmocka_unit_test(calls_without_conditions_get_the_constants_of_others),
		cmocka_unit_test(what_only_the_filter_knows_is_tried_too),
		cmocka_unit_test(conditions_that_cannot_hold_or_fail),
		cmocka_unit_test(thousands_of_rules_on_one_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
