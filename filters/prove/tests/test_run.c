/* SPDX-License-Identifier: MIT */
/* Filters by hand, run on all inputs at once. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "filters/prove/tests/check_run.h"
#include "filters/prove/tests/insns.h"
#include "harness/base/alloc.h"
#include "harness/base/rng.h"

/* The verdict of a program in a pool of its own, to be asked in many ways. */
struct fixture {
	struct bdd_pool *pool;
	struct sym verdict;
};

static struct fixture run_of(struct sock_filter *insns, size_t len)
{
	struct cbpf_prog prog = {insns, len, 0};
	struct fixture fixture = {.pool = bdd_pool_new(0)};
	struct sg_err err = {0};

	if (cbpf_verify(&prog, &err) != 0)
		fail_msg("%s", err.msg);
	fixture.verdict = prove_run(fixture.pool, &prog, NULL);
	assert_false(bdd_exhausted(fixture.pool));
	return fixture;
}

/* Are the two programs one function? That is the same handles in one pool. */
static bool same_function(struct sock_filter *a, size_t a_len, struct sock_filter *b, size_t b_len)
{
	struct cbpf_prog prog = {b, b_len, 0};
	struct fixture fixture = run_of(a, a_len);
	struct sym other = prove_run(fixture.pool, &prog, NULL);
	bool same = sym_same(&fixture.verdict, &other);

	assert_false(bdd_exhausted(fixture.pool));
	bdd_pool_free(fixture.pool);
	return same;
}

#define SAME(a, b) same_function(a, SG_COUNT(a), b, SG_COUNT(b))

static void test_constant_filter_needs_no_node(void **state)
{
	struct sock_filter insns[] = {LDI(7),
				      TAX,
				      ALUX(BPF_MUL),
				      ALU(BPF_SUB, 49),
				      J(BPF_JEQ, 0, 1, 0),
				      RET(KILL),
				      RET(ABI_RET_ERRNO | 9000)};
	struct fixture fixture = run_of(insns, SG_COUNT(insns));
	uint32_t value;

	(void)state;
	assert_true(sym_is_const(&fixture.verdict, &value));
	assert_int_equal(value, ABI_RET_ERRNO | 4095);
	assert_int_equal(bdd_node_count(fixture.pool), 0);
	bdd_pool_free(fixture.pool);
}

static void test_filters_that_are_one_function(void **state)
{
	/* nr in 4..7, four times */
	struct sock_filter by_range[] = {LD(0), J(BPF_JGE, 4, 0, 1), J(BPF_JGT, 7, 0, 1), RET(KILL),
					 RET(ALLOW)};
	struct sock_filter by_mask[] = {LD(0), ALU(BPF_AND, ~3u), J(BPF_JEQ, 4, 0, 1), RET(ALLOW),
					RET(KILL)};
	struct sock_filter by_shift[] = {LD(0), ALU(BPF_RSH, 2), J(BPF_JEQ, 1, 0, 1), RET(ALLOW),
					 RET(KILL)};
	struct sock_filter by_division[] = {LD(0),           ALU(BPF_SUB, 4),
					    ALU(BPF_DIV, 4), J(BPF_JEQ, 0, 0, 1),
					    RET(ALLOW),      RET(KILL)};
	struct sock_filter other[] = {LD(0), J(BPF_JGE, 4, 0, 1), J(BPF_JGT, 6, 0, 1), RET(KILL),
				      RET(ALLOW)};

	(void)state;
	assert_true(SAME(by_range, by_mask));
	assert_true(SAME(by_range, by_shift));
	assert_true(SAME(by_range, by_division));
	assert_false(SAME(by_range, other));
}

static void test_returned_a_is_its_effect(void **state)
{
	/* the data of ALLOW counts for nothing, ERRNO's is capped */
	struct sock_filter by_a[] = {LD(16), ALU(BPF_AND, 0x7fff), ALU(BPF_OR, ALLOW), RETA};
	struct sock_filter allow[] = {RET(ALLOW)};
	struct sock_filter errno_by_a[] = {LD(16), ALU(BPF_OR, 0xf000), ALU(BPF_AND, 0xffff),
					   ALU(BPF_OR, ABI_RET_ERRNO), RETA};
	struct sock_filter errno_max[] = {RET(ABI_RET_ERRNO | 4095)};

	(void)state;
	assert_true(SAME(by_a, allow));
	assert_true(SAME(errno_by_a, errno_max));
}

static void test_division_by_a_zero_x_kills_the_thread(void **state)
{
	/* whether or not anybody wants the quotient */
	struct sock_filter unwanted[] = {LD(16), TAX, ALUX(BPF_DIV), RET(ALLOW)};
	struct sock_filter wanted[] = {
		LD(16), TAX, LDI(0), ALUX(BPF_DIV), J(BPF_JEQ, 0, 0, 1), RET(ALLOW), RET(KILL)};
	struct sock_filter spelt_out[] = {LD(16), J(BPF_JEQ, 0, 0, 1), RET(ABI_RET_KILL_THREAD),
					  RET(ALLOW)};

	(void)state;
	assert_true(SAME(unwanted, spelt_out));
	assert_true(SAME(wanted, spelt_out));
}

static void test_ways_that_join_keep_what_is_read(void **state)
{
	/* A, X and a scratch word come from different ways */
	struct sock_filter joined[] = {
		LD(0),      J(BPF_JEQ, 9, 0, 4),
		LD(16),     TAX,
		ST(3),      JA(4),
		LD(24),     TAX,
		LDI(1),     ST(3), /* nr != 9 */
		LDM(3),     JX(BPF_JEQ, 0, 1),
		RET(ALLOW), RET(KILL),
	};
	struct sock_filter plain[] = {
		LD(0), J(BPF_JEQ, 9, 2, 0), LD(24), J(BPF_JEQ, 1, 0, 1), RET(ALLOW), RET(KILL),
	};

	(void)state;
	assert_true(SAME(joined, plain));
}

/* A product that no diagram holds, and that nobody reads. */
static void test_what_is_never_read_is_never_worked_out(void **state)
{
	struct sock_filter insns[] = {LD(16),     TAX,      LD(24), ALUX(BPF_MUL),
				      ST(1),      LD(0),    TAX,    J(BPF_JEQ, 5, 0, 1),
				      RET(ALLOW), RET(KILL)};
	struct fixture fixture = run_of(insns, SG_COUNT(insns));

	(void)state;
	assert_true(bdd_node_count(fixture.pool) < 200);
	bdd_pool_free(fixture.pool);
}

/* A comparison whose sides lead to one place is none, even of two words that are read later. */
static void test_equal_targets_compare_nothing(void **state)
{
	struct sock_filter insns[] = {
		LD(16),
		TAX,
		LD(24),
		JX(BPF_JGT, 1, 1),
		RET(KILL),
		J(BPF_JEQ, 1, 0, 1),
		RET(KILL),
		BPF_STMT(BPF_MISC | BPF_TXA, 0),
		J(BPF_JEQ, 2, 0, 1),
		RET(KILL),
		RET(ALLOW),
	};
	struct cbpf_prog prog = {insns, SG_COUNT(insns), 0};
	struct bdd_pool *pool = bdd_pool_new(1000);
	struct prove_reach reach;
	struct sym verdict = prove_run(pool, &prog, &reach);
	uint32_t value;

	(void)state;
	assert_int_equal(cbpf_verify(&prog, NULL), 0);
	assert_false(bdd_exhausted(pool));
	assert_false(sym_is_const(&verdict, &value));
	assert_int_equal(reach.taken[3], BDD_TRUE);
	assert_int_equal(reach.fell[3], BDD_TRUE);
	assert_int_equal(reach.here[4], BDD_FALSE);
	assert_int_equal(reach.here[5], BDD_TRUE);
	prove_reach_release(&reach);
	bdd_pool_free(pool);
}

static void test_reach_of_a_contradiction(void **state)
{
	struct sock_filter insns[] = {LD(0), J(BPF_JEQ, 5, 0, 2), J(BPF_JEQ, 6, 0, 1), RET(KILL),
				      RET(ALLOW)};
	struct cbpf_prog prog = {insns, SG_COUNT(insns), 0};
	struct bdd_pool *pool = bdd_pool_new(0);
	struct prove_reach reach;
	struct sym nr = sym_word(pool, 0), five = sym_const(5);
	bdd is_five = sym_eq(pool, &nr, &five);

	(void)state;
	prove_run(pool, &prog, &reach);
	assert_int_equal(reach.here[0], BDD_TRUE);
	assert_int_equal(reach.taken[1], is_five);
	assert_int_equal(reach.fell[1], bdd_not(is_five));
	assert_int_equal(reach.here[2], is_five);
	assert_int_equal(reach.taken[2], BDD_FALSE);
	assert_int_equal(reach.fell[2], is_five);
	assert_int_equal(reach.here[3], BDD_FALSE);
	assert_int_equal(reach.here[4], BDD_TRUE);
	prove_reach_release(&reach);
	bdd_pool_free(pool);
}

static void test_exhaustion_is_told(void **state)
{
	struct sock_filter insns[] = {LD(16),    TAX, LD(24), ALUX(BPF_MUL), JX(BPF_JGT, 0, 1),
				      RET(KILL), RETA};
	struct cbpf_prog prog = {insns, SG_COUNT(insns), 0};
	struct bdd_pool *pool = bdd_pool_new(20000);
	struct prove_reach reach;

	(void)state;
	prove_run(pool, &prog, &reach);
	assert_true(bdd_exhausted(pool));
	prove_reach_release(&reach);
	bdd_pool_free(pool);
}

/* As many instructions as there can be, with hundreds of different verdicts. */
static void test_longest_filter(void **state)
{
	struct cbpf_prog prog = {0};
	struct bdd_pool *pool = bdd_pool_new(0);
	struct prove_reach reach;
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 2);
	cbpf_add(&prog, (struct sock_filter)LD(0));
	while (prog.len + 3 < CBPF_MAX_INSNS) {
		cbpf_add(&prog, (struct sock_filter)J(BPF_JEQ, prog.len / 2, 0, 1));
		cbpf_add(&prog, (struct sock_filter)RET(ABI_RET_ERRNO | (prog.len % 900)));
	}
	cbpf_add(&prog, (struct sock_filter)RET(ALLOW));
	assert_int_equal(cbpf_verify(&prog, NULL), 0);
	struct sym verdict = prove_run(pool, &prog, &reach);

	assert_false(bdd_exhausted(pool));
	for (int i = 0; i < 300; i++) {
		uint32_t words[ABI_DATA_WORDS] = {sg_rng_below(&rng, CBPF_MAX_INSNS / 2 + 10)};

		check_input(pool, &prog, &reach, &verdict, words);
	}
	prove_reach_release(&reach);
	bdd_pool_free(pool);
	cbpf_release(&prog);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_constant_filter_needs_no_node),
		cmocka_unit_test(test_filters_that_are_one_function),
		cmocka_unit_test(test_returned_a_is_its_effect),
		cmocka_unit_test(test_division_by_a_zero_x_kills_the_thread),
		cmocka_unit_test(test_ways_that_join_keep_what_is_read),
		cmocka_unit_test(test_what_is_never_read_is_never_worked_out),
		cmocka_unit_test(test_equal_targets_compare_nothing),
		cmocka_unit_test(test_reach_of_a_contradiction),
		cmocka_unit_test(test_exhaustion_is_told),
		cmocka_unit_test(test_longest_filter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
