/* SPDX-License-Identifier: MIT */
/* The interpreter's vectors and random programs, run on all inputs at once. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "filters/cbpf/vectors.h"
#include "filters/prove/tests/check_run.h"
#include "filters/prove/tests/programs.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_random_programs),
		cmocka_unit_test(test_long_random_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
