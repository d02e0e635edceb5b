/* SPDX-License-Identifier: MIT */
/* Which arguments a source tries, by counting. All seeds are fixed. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(six_conditions_are_met_and_just_missed),
		cmocka_unit_test(neighbours_of_a_constant),
		cmocka_unit_test(halves_of_two_constants_and_masks),
		cmocka_unit_test(garbage_above_32_bits),
		cmocka_unit_test(untested_arguments_are_mostly_zero_not_always),
		cmocka_unit_test(calls_without_conditions_get_the_constants_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
