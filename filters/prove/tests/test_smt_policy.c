/* SPDX-License-Identifier: MIT */
/* Policies as terms, held against their oracle; questions with a policy in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

#include "filters/prove/smt_policy.h"
#include "filters/prove/tests/insns.h"
#include "filters/prove/tests/policies.h"
#include "filters/prove/tests/smt_support.h"

#define POLICIES 150
#define TUPLES   60

/* ---- terms */

struct seen {
	size_t class[POLICY_CLASS_COUNT];
};

static void hold_policy(struct evaluator *at, struct sg_rng *rng, const struct policy *policy,
			struct seen *seen, struct sg_buf *wrong)
{
	struct policy_oracle *oracle = policy_oracle_new(policy);
	const struct smt_policy terms = smt_policy(&at->terms, policy);
	uint32_t words[ABI_DATA_WORDS];

	for (int i = 0; i < TUPLES; i++) {
		const struct abi_tuple tuple = policies_tuple(rng, policy);
		const struct policy_verdict expected = policy_eval(oracle, &tuple);

		abi_tuple_words(&tuple, words);
		const uint32_t effect = evaluate_term(at, terms.effect, words);
		const uint32_t specified = evaluate_term(at, terms.specified, words);
		if (effect != abi_verdict_effect(expected.ret) ||
		    specified != (expected.class == POLICY_SPECIFIED))
			sg_buf_addf(wrong, "nr 0x%x arch 0x%x: 0x%x %u, not 0x%x %s\n", tuple.nr,
				    tuple.arch, effect, specified, expected.ret,
				    policy_class_name(expected.class));
		seen->class[expected.class]++;
	}
	policy_oracle_free(oracle);
}

static void hold_against_oracle(struct evaluator *at, struct sg_buf *wrong)
{
	struct random_policy random;
	struct seen seen = {0};
	struct sg_rng rng;

	sg_rng_seed(&rng, 4);
	for (int i = 0; i < POLICIES; i++) {
		policies_make(&rng, &random);
		hold_policy(at, &rng, &random.policy, &seen, wrong);
	}
	for (int class = 0; class < POLICY_UNKNOWN_NAME; class ++)
		if (seen.class[class] < 30)
			sg_buf_addf(wrong, "only %zu tuples of class %s\n", seen.class[class],
				    policy_class_name(class));
}

static void terms_say_what_the_oracle_says(void **state)
{
	(void)state;
	run_evaluator(hold_against_oracle);
}

static void hold_no_filter(struct evaluator *at, struct sg_buf *wrong)
{
	const struct abi_arch *arches[] = {abi_arch(ABI_X86_64)};
	const struct policy policy = {.no_filter = true, .arches = arches, .arch_count = 1};
	struct seen seen = {0};
	struct sg_rng rng;

	sg_rng_seed(&rng, 5);
	hold_policy(at, &rng, &policy, &seen, wrong);
	if (seen.class[POLICY_SPECIFIED] != TUPLES)
		sg_buf_adds(wrong, "no filter: something is not specified\n");
}

static void no_filter_allows_everything(void **state)
{
	(void)state;
	run_evaluator(hold_no_filter);
}

/* ---- named calls */

static void hold_calls(struct evaluator *at, struct sg_buf *wrong)
{
	static const struct {
		const char *call;
		enum abi_arch_id arch;
		int64_t nr; /* what it is there; -1: nothing */
	} rows[] = {
		{"x86_64:write", ABI_X86_64, 1},
		{"x32:write", ABI_X32, 0x40000001},
		{"i386:write", ABI_I386, 4},
		{"s390x:write", ABI_S390X, 4},
		{"x86_64:nosuchcall", ABI_X86_64, -1},
		{"nosucharch:write", ABI_X86_64, -1},
		{"write", ABI_X86_64, -1},
		{"x86_64", ABI_X86_64, -1},
		{"", ABI_X86_64, -1},
	};
	static const uint32_t numbers[] = {0, 1, 2, 4, 0x40000001, 0x40000004, UINT32_MAX};

	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		struct sg_strv list = {0};

		sg_strv_add(&list, rows[i].call);
		Z3_ast term = smt_calls(&at->terms, &list);
		for (size_t j = 0; j < SG_COUNT(numbers); j++) {
			uint32_t words[ABI_DATA_WORDS] = {numbers[j],
							  abi_arch(rows[i].arch)->audit};

			if (evaluate_term(at, term, words) != (numbers[j] == rows[i].nr))
				sg_buf_addf(wrong, "%s: 0x%x\n", rows[i].call, numbers[j]);
			words[ABI_OFF_ARCH / 4] ^= 1;
			if (evaluate_term(at, term, words))
				sg_buf_addf(wrong, "%s: another arch\n", rows[i].call);
		}
		sg_strv_release(&list);
	}
}

static void calls_are_their_numbers(void **state)
{
	(void)state;
	run_evaluator(hold_calls);
}

/* ---- questions */

/* read and write, and ioctl where its second argument is above 32 bits. */
static struct policy three_calls(void)
{
	static const struct abi_arch *arches[1];
	static struct policy_rule rules[] = {
		{.name = (char *)"read", .action = ABI_RET_ALLOW},
		{.name = (char *)"write", .action = ABI_RET_ALLOW},
		{.name = (char *)"ioctl",
		 .action = ABI_RET_ALLOW,
		 .conds = {{1, POLICY_GT, UINT32_MAX, 0}},
		 .cond_count = 1},
	};

	arches[0] = abi_arch(ABI_S390X);
	return (struct policy){
		.default_action = ABI_RET_ERRNO | 1,
		.foreign_action = ABI_RET_KILL_PROCESS,
		.arches = arches,
		.arch_count = 1,
		.rules = rules,
		.rule_count = SG_COUNT(rules),
	};
}

/* The same by hand: s390x has read 3, write 4, ioctl 54, and high halves first. */
enum { ON_FOREIGN = 2, ON_WRITE = 5, ON_IOCTL_HALF = 7 };
static struct cbpf_prog by_hand(struct sock_filter insns[12])
{
	const struct sock_filter good[12] = {
		LD(ABI_OFF_ARCH),
		J(BPF_JEQ, 0x80000016, 1, 0),
		RET(KILL),
		LD(ABI_OFF_NR),
		J(BPF_JEQ, 3, 5, 0),
		J(BPF_JEQ, 4, 4, 0),
		J(BPF_JEQ, 54, 0, 2),
		LD(ABI_OFF_ARG(1)),
		J(BPF_JEQ, 0, 0, 1),
		RET(ABI_RET_ERRNO | 1),
		RET(ALLOW),
		RET(ALLOW),
	};

	memcpy(insns, good, sizeof(good));
	return (struct cbpf_prog){.insns = insns, .len = 12};
}

static void confirm_by_oracle(const struct prove_answer *answer, const struct policy *policy,
			      const struct cbpf_prog *prog, enum policy_class class)
{
	struct policy_oracle *oracle = policy_oracle_new(policy);
	const struct policy_verdict verdict = policy_eval(oracle, &answer->tuple);

	assert_int_equal(answer->result, PROVE_DIFFERENT);
	assert_int_equal(verdict.class, class);
	assert_int_equal(answer->a, abi_verdict_effect(verdict.ret));
	assert_int_equal(answer->b, effect_at(prog, &answer->tuple));
	assert_int_not_equal(answer->a, answer->b);
	policy_oracle_free(oracle);
}

static void a_filter_is_its_policy(void **state)
{
	struct policy policy = three_calls();
	struct sock_filter insns[12];
	struct cbpf_prog prog = by_hand(insns);
	const struct smt_side a = {.policy = &policy}, b = {.prog = &prog};

	(void)state;
	assert_int_equal(ask_sides(a, b, &policy, NULL).result, PROVE_EQUAL);
	/* Unspecified inputs are equal here, too. */
	assert_int_equal(ask_sides(b, a, NULL, NULL).result, PROVE_EQUAL);
	assert_int_equal(ask_sides(a, a, NULL, NULL).result, PROVE_EQUAL);
}

/* The wrong half: found by an input whose low half alone is set. */
static void a_wrong_half_shows(void **state)
{
	struct policy policy = three_calls();
	struct sock_filter insns[12];
	struct cbpf_prog prog = by_hand(insns);
	const struct smt_side a = {.policy = &policy}, b = {.prog = &prog};

	(void)state;
	insns[ON_IOCTL_HALF].k += 4;
	const struct prove_answer answer = ask_sides(a, b, &policy, NULL);
	confirm_by_oracle(&answer, &policy, &prog, POLICY_SPECIFIED);
	assert_int_equal(answer.tuple.nr, 54);
	assert_int_equal(answer.tuple.arch, 0x80000016);
	assert_int_equal(!(answer.tuple.args[1] >> 32), (answer.tuple.args[1] & UINT32_MAX) != 0);
	assert_int_equal(answer.tuple.args[0], 0);
	assert_int_equal(answer.tuple.ip, 0);
}

static void unspecified_inputs_take_no_part(void **state)
{
	struct policy policy = three_calls();
	struct sock_filter insns[12];
	struct cbpf_prog prog = by_hand(insns);
	const struct smt_side a = {.policy = &policy}, b = {.prog = &prog};

	(void)state;
	insns[ON_FOREIGN].k = ABI_RET_KILL_THREAD;
	assert_int_equal(ask_sides(a, b, &policy, NULL).result, PROVE_EQUAL);
	const struct prove_answer answer = ask_sides(a, b, NULL, NULL);
	confirm_by_oracle(&answer, &policy, &prog, POLICY_FOREIGN_ARCH);
}

static void unknown_calls_take_no_part(void **state)
{
	struct policy policy = three_calls();
	struct sock_filter insns[12];
	struct cbpf_prog prog = by_hand(insns);
	const struct smt_side a = {.policy = &policy}, b = {.prog = &prog};
	struct sg_strv calls = {0};

	(void)state;
	insns[ON_WRITE].k = 999; /* no such call: write goes the way of the default */
	sg_strv_add(&calls, "s390x:read");
	const struct prove_answer answer = ask_sides(a, b, &policy, &calls);
	confirm_by_oracle(&answer, &policy, &prog, POLICY_SPECIFIED);
	assert_true(answer.tuple.nr == 4 || answer.tuple.nr == 999);
	insns[ON_WRITE].k = 3;
	sg_strv_add(&calls, "s390x:write");
	assert_int_equal(ask_sides(a, b, &policy, &calls).result, PROVE_EQUAL);
	sg_strv_release(&calls);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terms_say_what_the_oracle_says),
		cmocka_unit_test(no_filter_allows_everything),
		cmocka_unit_test(calls_are_their_numbers),
		cmocka_unit_test(a_filter_is_its_policy),
		cmocka_unit_test(a_wrong_half_shows),
		cmocka_unit_test(unspecified_inputs_take_no_part),
		cmocka_unit_test(unknown_calls_take_no_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
