/* SPDX-License-Identifier: MIT */
/* A filter on all inputs at once against the interpreter on many, one by one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "filters/cbpf/interp.h"
#include "filters/cbpf/vectors.h"
#include "filters/prove/run.h"
#include "filters/prove/tests/evaluate.h"
#include "filters/prove/tests/insns.h"
#include "filters/prove/tests/programs.h"

/* ---- one input, step by step */

/* Which instructions and edges the interpreter goes over. */
struct walk {
	const struct bdd_pool *pool;
	const struct cbpf_prog *prog;
	const struct prove_reach *reach;
	const uint32_t *words;
	uint32_t last;
	size_t steps;
};

static bool is_branch(const struct sock_filter *insn)
{
	return BPF_CLASS(insn->code) == BPF_JMP && BPF_OP(insn->code) != BPF_JA;
}

static void check_edge(const struct walk *walk, uint32_t to)
{
	const struct sock_filter *insn = &walk->prog->insns[walk->last];
	const struct prove_reach *reach = walk->reach;
	bool by_jt = to == walk->last + 1 + insn->jt, by_jf = to == walk->last + 1 + insn->jf;

	assert_int_equal(evaluate(walk->pool, reach->taken[walk->last], walk->words), by_jt);
	assert_int_equal(evaluate(walk->pool, reach->fell[walk->last], walk->words), by_jf);
}

static void check_step(void *ctx, const struct cbpf_step *step)
{
	struct walk *walk = ctx;

	assert_true(evaluate(walk->pool, walk->reach->here[step->pc], walk->words));
	if (walk->steps++ > 0 && is_branch(&walk->prog->insns[walk->last]))
		check_edge(walk, step->pc);
	walk->last = step->pc;
}

static void check_input(const struct bdd_pool *pool, const struct cbpf_prog *prog,
			const struct prove_reach *reach, const struct sym *verdict,
			const uint32_t words[ABI_DATA_WORDS])
{
	struct walk walk = {pool, prog, reach, words, 0, 0};
	uint32_t ret = cbpf_trace_words(prog->insns, words, check_step, &walk).ret;
	uint32_t got = evaluate_sym(pool, verdict, words);
	size_t places = 0;

	if (got != abi_verdict_effect(ret))
		fail_msg("0x%x, not the effect of 0x%x", got, ret);
	for (size_t pc = 0; pc < prog->len; pc++)
		places += evaluate(pool, reach->here[pc], words);
	assert_int_equal(places, walk.steps);
}

/* ---- vectors */

static void test_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < cbpf_vector_count; i++) {
		const struct cbpf_vector *vector = &cbpf_vectors[i];
		struct cbpf_prog prog = {(struct sock_filter *)vector->insns, vector->len, 0};
		struct bdd_pool *pool = bdd_pool_new(0);
		struct prove_reach reach;
		struct sym verdict = prove_run(pool, &prog, &reach);
		uint32_t words[ABI_DATA_WORDS];

		if (bdd_exhausted(pool))
			fail_msg("%s: exhausted", vector->name);
		abi_tuple_words(vector->tuple, words);
		if (evaluate_sym(pool, &verdict, words) != abi_verdict_effect(vector->ret))
			fail_msg("%s: not the effect of 0x%x", vector->name, vector->ret);
		check_input(pool, &prog, &reach, &verdict, words);
		prove_reach_release(&reach);
		bdd_pool_free(pool);
	}
}

/* ---- random programs */

static void check_random_inputs(struct sg_rng *rng, const struct bdd_pool *pool,
				const struct cbpf_prog *prog, const struct prove_reach *reach,
				const struct sym *verdict)
{
	uint32_t words[ABI_DATA_WORDS];

	for (int i = 0; i < 200; i++) {
		random_input(rng, prog, words);
		check_input(pool, prog, reach, verdict, words);
	}
}

/* The number of programs for which the diagrams were not too large. */
static size_t run_random_programs(struct sg_rng *rng, size_t count, size_t max_len,
				  size_t node_limit)
{
	struct cbpf_prog prog = {0};
	size_t done = 0;

	for (size_t i = 0; i < count; i++) {
		struct bdd_pool *pool = bdd_pool_new(node_limit);
		struct prove_reach reach;
		struct sg_err err = {0};

		random_program(rng, 1 + sg_rng_below(rng, max_len), &prog);
		if (cbpf_verify(&prog, &err) != 0)
			fail_msg("%s", err.msg);
		struct sym verdict = prove_run(pool, &prog, &reach);

		if (!bdd_exhausted(pool)) {
			check_random_inputs(rng, pool, &prog, &reach, &verdict);
			done++;
		}
		prove_reach_release(&reach);
		bdd_pool_free(pool);
	}
	cbpf_release(&prog);
	return done;
}

static void test_random_programs(void **state)
{
	const size_t count = 2000, node_limit = 500000;
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 1);
	size_t done = run_random_programs(&rng, count, 60, node_limit);

	print_message("%zu of %zu programs took more than %zu nodes\n", count - done, count,
		      node_limit);
	assert_true(done > count * 95 / 100);
}

/* Long enough for ways that part far from where they join. */
static void test_long_random_programs(void **state)
{
	const size_t count = 60;
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 3);
	assert_true(run_random_programs(&rng, count, 900, 200000) > count / 2);
}

/* ---- by hand */

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
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_random_programs),
		cmocka_unit_test(test_long_random_programs),
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
