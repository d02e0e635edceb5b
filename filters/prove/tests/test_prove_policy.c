/* SPDX-License-Identifier: MIT */
/* Filters against a policy, or under one, whose answer is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "filters/prove/tests/linear.h"
#include "filters/prove/tests/questions.h"

static double total(const double *excluded)
{
	double sum = 0;

	for (unsigned class = 0; class < POLICY_CLASS_COUNT; class ++)
		sum += excluded[class];
	return sum;
}

static void the_filter_by_hand_is_its_policy(void **state)
{
	struct policy policy = load("container-default");
	struct cbpf_prog hand = hand_filter();
	struct prover *prover = prover_new(&policy, &by_diagrams);
	struct prove_answer answer = ask_prover(prover, &hand, NULL);

	(void)state;
	assert_int_equal(answer.result, PROVE_EQUAL);
	/* All other audit values, and x32's numbers on this one. */
	assert_true(answer.excluded[POLICY_FOREIGN_ARCH] == 0x1p512 - 0x1p480);
	assert_true(answer.excluded[POLICY_X32] == 0x1p480 - 0x1p478);
	assert_true(answer.excluded[POLICY_SPECIFIED] == 0);
	prove_answer_release(&answer);
	prover_free(prover);
	cbpf_release(&hand);
	policy_release(&policy);
}

/* The last ret ERRNO(1) of a rule becomes ALLOW. Says whether there was one. */
static bool allow_one(struct cbpf_prog *prog)
{
	for (size_t pc = prog->len; pc-- > 0;) {
		struct sock_filter *insn = &prog->insns[pc];

		if (insn->code == (BPF_RET | BPF_K) && insn->k == (ABI_RET_ERRNO | 1)) {
			insn->k = ABI_RET_ALLOW;
			return true;
		}
	}
	return false;
}

/* Of three architectures, as naive as can be: some 3,500 instructions. */
static void a_profile_of_an_engine(void **state)
{
	const struct abi_arch *arches[] = {abi_arch(ABI_X86_64), abi_arch(ABI_I386),
					   abi_arch(ABI_X32)};
	const struct policy_options options = {.arches = arches, .arch_count = SG_COUNT(arches)};
	struct policy policy = {0};
	struct cbpf_prog prog = {0};
	struct sg_err err = {0};

	(void)state;
	if (policy_load("podman-default", &options, &policy, &err)) {
		print_message("SKIP: profile: %s\n", err.msg);
		skip();
	}
	linear_emit(&policy, &prog);
	assert_int_equal(cbpf_verify(&prog, &err), 0);
	struct prover *prover = prover_new(&policy, &by_diagrams);
	struct prove_answer answer = ask_prover(prover, &prog, NULL);
	assert_int_equal(answer.result, PROVE_EQUAL);
	prove_answer_release(&answer);
	assert_true(allow_one(&prog));
	answer = ask_prover(prover, &prog, NULL);
	assert_int_equal(answer.result, PROVE_DIFFERENT);
	assert_int_equal(answer.region_count, 1);
	assert_int_equal(answer.a, ABI_RET_ERRNO | 1);
	assert_int_equal(answer.b, ABI_RET_ALLOW);
	prove_answer_release(&answer);
	prover_free(prover);
	cbpf_release(&prog);
	policy_release(&policy);
}

/* A prover that has answered still answers right. */
static void question_after_question(void **state)
{
	struct policy policy = load("container-default");
	struct cbpf_prog hand = hand_filter(), wrong = {0};
	struct prover *prover = prover_new(&policy, &by_diagrams);

	(void)state;
	cbpf_copy(&wrong, &hand);
	wrong.insns[3].k++; /* one call more is allowed: 41, socket */
	for (int i = 0; i < 3; i++) {
		struct prove_answer answer = ask_prover(prover, &hand, NULL);

		assert_int_equal(answer.result, PROVE_EQUAL);
		prove_answer_release(&answer);
		answer = ask_prover(prover, &wrong, NULL);
		assert_int_equal(answer.result, PROVE_DIFFERENT);
		assert_string_equal(abi_name(abi_arch(ABI_X86_64), answer.tuple.nr), "socket");
		assert_int_equal(answer.b, ABI_RET_ALLOW);
		assert_int_not_equal(answer.a, ABI_RET_ALLOW);
		prove_answer_release(&answer);
	}
	prover_free(prover);
	cbpf_release(&wrong);
	cbpf_release(&hand);
	policy_release(&policy);
}

static struct prove_answer compare_within(struct prover *prover, const struct cbpf_prog *a,
					  const struct cbpf_prog *b)
{
	struct prove_answer answer = {0};
	struct sg_err err = {0};

	if (prover_compare(prover, a, b, &answer, &err))
		fail_msg("%s", err.msg);
	return answer;
}

/* Only where the policy specifies nothing do the two differ. */
static void what_is_unspecified_does_not_count(void **state)
{
	struct policy policy = load("container-default");
	struct prover *prover = prover_new(&policy, &by_diagrams);
	struct cbpf_prog a = hand_filter(), b = hand_filter();

	(void)state;
	b.insns[b.len - 1].k = ABI_RET_KILL_THREAD; /* foreign */
	assert_int_equal(a.insns[b.len - 1].k, ABI_RET_KILL_PROCESS);
	struct prove_answer answer = ask_filters(&a, &b, NULL, &by_diagrams);
	assert_int_equal(answer.result, PROVE_DIFFERENT);
	assert_true(total(answer.excluded) == 0);
	prove_answer_release(&answer);
	answer = ask_filters(&a, &b, &policy, &by_diagrams);
	assert_int_equal(answer.result, PROVE_EQUAL);
	assert_true(answer.excluded[POLICY_FOREIGN_ARCH] > 0);
	prove_answer_release(&answer);
	answer = compare_within(prover, &a, &b);
	assert_int_equal(answer.result, PROVE_EQUAL);
	prove_answer_release(&answer);
	answer = ask_prover(prover, &b, NULL);
	assert_int_equal(answer.result, PROVE_EQUAL);
	prove_answer_release(&answer);
	prover_free(prover);
	cbpf_release(&a);
	cbpf_release(&b);
	policy_release(&policy);
}

/* ---- calls that the generator's tables lack */

static struct policy_rule on_openat2 = {.name = (char *)"openat2", .action = ABI_RET_ALLOW};
static struct policy_rule on_read = {.name = (char *)"read", .action = ABI_RET_ALLOW};

/* A generator that does not know openat2 has no rule for it. */
static void unknown_calls_do_not_count(void **state)
{
	const struct abi_arch *arches[] = {abi_arch(ABI_X86_64)};
	struct policy_rule rules[] = {on_read, on_openat2};
	const struct policy policy = {
		.default_action = ABI_RET_ERRNO | 1,
		.foreign_action = ABI_RET_KILL_PROCESS,
		.arches = arches,
		.arch_count = 1,
		.rules = rules,
		.rule_count = SG_COUNT(rules),
	};
	struct policy shorter = policy;
	struct prover *prover = prover_new(&policy, &by_diagrams);
	struct cbpf_prog prog = {0};
	struct sg_strv calls = {0};

	(void)state;
	shorter.rule_count = 1;
	linear_emit(&shorter, &prog);
	struct prove_answer answer = ask_prover(prover, &prog, NULL);
	assert_int_equal(answer.result, PROVE_DIFFERENT);
	assert_string_equal(abi_name(arches[0], answer.tuple.nr), "openat2");
	assert_true(answer.excluded[POLICY_UNKNOWN_NAME] == 0);
	prove_answer_release(&answer);
	sg_strv_add(&calls, "x86_64:openat2");
	sg_strv_add(&calls, "i386:openat2"); /* foreign here: that class comes first */
	answer = ask_prover(prover, &prog, &calls);
	assert_int_equal(answer.result, PROVE_EQUAL);
	assert_true(answer.excluded[POLICY_UNKNOWN_NAME] == 0x1p448);
	assert_true(answer.excluded[POLICY_FOREIGN_ARCH] == 0x1p512 - 0x1p480);
	prove_answer_release(&answer);
	prover_free(prover);

	struct sg_err err = {0};
	assert_int_equal(prove_policy(&policy, &prog, &calls, &by_diagrams, &answer, &err), 0);
	assert_int_equal(answer.result, PROVE_EQUAL);
	assert_true(answer.excluded[POLICY_UNKNOWN_NAME] == 0x1p448);
	assert_true(answer.seconds > 0);
	prove_answer_release(&answer);
	sg_strv_release(&calls);
	cbpf_release(&prog);
}

static enum prove_result compare_lacking(const struct policy *under, const struct sg_strv *calls,
					 size_t node_limit)
{
	const struct prove_options options = {.node_limit = node_limit, .no_smt = !node_limit};
	struct cbpf_prog a = assemble("ld arch\njne #arch.x86_64, kill\nld nr\n"
				      "jeq #437, allow, deny" END);
	struct cbpf_prog b = assemble("ret ERRNO(1)");
	struct prove_answer answer = {0};
	struct sg_err err = {0};

	if (prove_filters(&a, &b, under, calls, &options, &answer, &err))
		fail_msg("%s", err.msg);
	const enum prove_result result = answer.result;
	assert_int_equal(answer.by_smt, node_limit != 0);
	assert_true(answer.seconds > 0);
	prove_answer_release(&answer);
	cbpf_release(&a);
	cbpf_release(&b);
	return result;
}

/* Filters that differ on openat2 alone of what the policy specifies. Without a policy every input
 * counts, whatever a table lacks. */
static void try_lacking(size_t node_limit)
{
	struct policy policy = load("container-default");
	struct sg_strv calls = {0};

	assert_int_equal(compare_lacking(&policy, &calls, node_limit), PROVE_DIFFERENT);
	sg_strv_add(&calls, "x86_64:openat2");
	assert_int_equal(compare_lacking(&policy, &calls, node_limit), PROVE_EQUAL);
	assert_int_equal(compare_lacking(NULL, &calls, node_limit), PROVE_DIFFERENT);
	sg_strv_release(&calls);
	policy_release(&policy);
}

static void unknown_calls_do_not_count_between_filters(void **state)
{
	(void)state;
	try_lacking(0);
}

static void nor_do_they_for_z3(void **state)
{
	(void)state;
	need_z3();
	try_lacking(20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_filter_by_hand_is_its_policy),
		cmocka_unit_test(a_profile_of_an_engine),
		cmocka_unit_test(question_after_question),
		cmocka_unit_test(what_is_unspecified_does_not_count),
		cmocka_unit_test(unknown_calls_do_not_count),
		cmocka_unit_test(unknown_calls_do_not_count_between_filters),
		cmocka_unit_test(nor_do_they_for_z3),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
