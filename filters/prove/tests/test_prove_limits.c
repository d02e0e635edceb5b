/* SPDX-License-Identifier: MIT */
/* Questions too large for diagrams: unknown, or Z3's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "filters/prove/tests/questions.h"

/* ---- unknown */

#define MULTIPLY "ld args[0].lo\ntax\nld args[1].lo\nmul x\n"

static void a_limit_of_nodes(void **state)
{
	const struct prove_options options = {.node_limit = 20000, .no_smt = true};
	struct cbpf_prog a = assemble(MULTIPLY "jeq #15, allow, deny" END);
	struct prove_answer answer = ask_filters(&a, &a, NULL, &options);

	(void)state;
	assert_int_equal(answer.result, PROVE_UNKNOWN);
	assert_string_equal(answer.reason, "diagrams passed 20000 nodes");
	assert_true(answer.nodes <= 20000 && answer.nodes > 19000);
	prove_answer_release(&answer);
	cbpf_release(&a);
}

static void a_policy_beyond_the_limit(void **state)
{
	const struct prove_options options = {.node_limit = 500, .no_smt = true};
	struct policy policy = load("container-default");
	struct cbpf_prog hand = hand_filter();
	struct prover *prover = prover_new(&policy, &options);

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct prove_answer answer = ask_prover(prover, &hand, NULL);

		assert_int_equal(answer.result, PROVE_UNKNOWN);
		assert_string_equal(answer.reason, "diagrams passed 500 nodes");
		prove_answer_release(&answer);
	}
	prover_free(prover);
	cbpf_release(&hand);
	policy_release(&policy);
}

/* A question that was too large does not spoil the next one. */
static void after_a_limit_of_nodes(void **state)
{
	const struct prove_options options = {.node_limit = 20000, .no_smt = true};
	struct policy policy = load("container-default");
	struct cbpf_prog hand = hand_filter();
	struct cbpf_prog large = assemble(MULTIPLY "jeq #15, allow, deny" END);
	struct prover *prover = prover_new(&policy, &options);

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct prove_answer answer = ask_prover(prover, &large, NULL);

		assert_int_equal(answer.result, PROVE_UNKNOWN);
		prove_answer_release(&answer);
		answer = ask_prover(prover, &hand, NULL);
		assert_int_equal(answer.result, PROVE_EQUAL);
		prove_answer_release(&answer);
	}
	prover_free(prover);
	cbpf_release(&large);
	cbpf_release(&hand);
	policy_release(&policy);
}

/* ---- Z3, beyond the limit of nodes */

static void z3_beyond_the_limit(void **state)
{
	const struct prove_options options = {.node_limit = 2000};
	struct cbpf_prog a = assemble(MULTIPLY "jeq #15, allow, deny" END);
	struct cbpf_prog b = assemble("ld args[1].lo\ntax\nld args[0].lo\nmul x\n"
				      "jeq #15, allow, deny" END);
	struct cbpf_prog c = assemble(MULTIPLY "jeq #16, allow, deny" END);

	(void)state;
	need_z3();
	struct prove_answer answer = ask_filters(&a, &b, NULL, &options);
	assert_int_equal(answer.result, PROVE_EQUAL);
	assert_true(answer.by_smt);
	assert_true(answer.nodes > 0);
	prove_answer_release(&answer);
	answer = ask_filters(&a, &c, NULL, &options);
	assert_int_equal(answer.result, PROVE_DIFFERENT);
	assert_true(answer.by_smt);
	assert_int_equal(answer.region_count, 0);
	prove_answer_release(&answer);
	cbpf_release(&a);
	cbpf_release(&b);
	cbpf_release(&c);
}

static void z3_against_a_policy(void **state)
{
	const struct prove_options options = {.node_limit = 500};
	struct policy policy = load("container-default");
	struct cbpf_prog hand = hand_filter();
	struct prover *prover = prover_new(&policy, &options);

	(void)state;
	need_z3();
	struct prove_answer answer = ask_prover(prover, &hand, NULL);
	assert_int_equal(answer.result, PROVE_EQUAL);
	assert_true(answer.by_smt);
	prove_answer_release(&answer);
	hand.insns[3].k++;
	answer = ask_prover(prover, &hand, NULL);
	assert_int_equal(answer.result, PROVE_DIFFERENT);
	assert_string_equal(abi_name(abi_arch(ABI_X86_64), answer.tuple.nr), "socket");
	prove_answer_release(&answer);
	prover_free(prover);
	cbpf_release(&hand);
	policy_release(&policy);
}

/* Factors of a product of two primes: no answer within the deadline. */
static void neither_diagrams_nor_z3(void **state)
{
	const struct prove_options options = {.node_limit = 2000, .smt_timeout_s = 0.01};
	struct cbpf_prog a = assemble(MULTIPLY "jeq #0xfff87a31, allow, deny" END);
	struct cbpf_prog b = assemble(MULTIPLY "mul #3\njeq #0xffe96e93, allow, deny" END);
	struct prove_answer answer = ask_filters(&a, &b, NULL, &options);

	(void)state;
	assert_int_equal(answer.result, PROVE_UNKNOWN);
	assert_true(strncmp(answer.reason, "diagrams passed 2000 nodes; ", 28) == 0);
	assert_true(strlen(answer.reason) > 28);
	prove_answer_release(&answer);
	cbpf_release(&a);
	cbpf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_limit_of_nodes),
		cmocka_unit_test(a_policy_beyond_the_limit),
		cmocka_unit_test(after_a_limit_of_nodes),
		cmocka_unit_test(z3_beyond_the_limit),
		cmocka_unit_test(z3_against_a_policy),
		cmocka_unit_test(neither_diagrams_nor_z3),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
