/* SPDX-License-Identifier: MIT */
/*
 * The stream that a source makes, and where odd policies and filters leave it. All seeds are fixed,
 * so every count is the same in each run. Numbers and architectures: test_tuples_sites.c;
 * arguments: test_tuples_args.c. That the source finds the filters that were wrong once:
 * test_planted.c; how many slips: test_mutants.c.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fuzz/tests/source_support.h"

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
		cmocka_unit_test(what_only_the_filter_knows_is_tried_too),
		cmocka_unit_test(conditions_that_cannot_hold_or_fail),
		cmocka_unit_test(thousands_of_rules_on_one_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
