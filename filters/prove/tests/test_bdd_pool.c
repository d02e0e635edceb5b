/* SPDX-License-Identifier: MIT */
/* Pools of diagrams: marks and limits. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "filters/prove/bdd_pool.h"
#include "filters/prove/tests/truth_tables.h"

/* ---- marks */

static void test_back_to_a_mark(void **state)
{
	static struct function before[FUNCTIONS], after[FUNCTIONS], again[FUNCTIONS];
	struct bdd_pool *pool = bdd_pool_new(0);
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 7);
	fill(pool, &rng, VARS, before);
	size_t mark = bdd_mark(pool), nodes = bdd_node_count(pool);

	for (int round = 0; round < 50; round++) {
		struct sg_rng same = rng;

		fill(pool, &rng, VARS, after);
		assert_true(bdd_node_count(pool) > nodes);
		bdd_back_to(pool, mark);
		assert_int_equal(bdd_node_count(pool), nodes);
		for (size_t i = 0; i < FUNCTIONS; i++) {
			check(pool, &before[i], "made before the mark");
			assert_true(bdd_share(pool, before[i].f) >= 0);
		}
		fill(pool, &same, VARS, again);
		for (size_t i = 0; i < FUNCTIONS; i++)
			assert_int_equal(after[i].f, again[i].f);
		bdd_back_to(pool, mark);
	}
	bdd_pool_free(pool);
}

/* Handles mean something else after back_to: nothing may remember what they meant. */
static void test_nothing_is_remembered_beyond_back_to(void **state)
{
	static struct function functions[FUNCTIONS];
	struct bdd_pool *pool = bdd_pool_new(0);
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 8);
	size_t mark = bdd_mark(pool);

	for (int round = 0; round < 300; round++) {
		fill(pool, &rng, VARS, functions);
		for (size_t i = 0; i < FUNCTIONS; i++) {
			unsigned rows = 0;

			for (unsigned row = 0; row < ROWS; row++)
				rows += functions[i].table[row];
			assert_true(bdd_share(pool, functions[i].f) == (double)rows / ROWS);
		}
		bdd_back_to(pool, mark);
		assert_int_equal(bdd_node_count(pool), 0);
	}
	bdd_pool_free(pool);
}

/* The stamp of the memory starts again one day: what is left from its first days does not count. */
static void test_generations_start_again(void **state)
{
	static struct function functions[FUNCTIONS];
	struct bdd_pool *pool = bdd_pool_new(0);
	size_t mark = bdd_mark(pool);
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 9);
	fill(pool, &rng, VARS, functions);
	pool->generation = UINT32_MAX >> 3;
	bdd_back_to(pool, mark);
	assert_int_equal(pool->generation, 0);
	for (int round = 0; round < 20; round++)
		fill(pool, &rng, VARS, functions);
	bdd_pool_free(pool);
}

/* ---- exhaustion */

/* A function with about 2^(n/2) nodes in this order of its variables. */
static bdd far_pairs(struct bdd_pool *pool, unsigned n)
{
	bdd f = BDD_FALSE;

	for (unsigned i = 0; i < n / 2; i++)
		f = bdd_or(pool, f, bdd_and(pool, bdd_var(pool, i), bdd_var(pool, n / 2 + i)));
	return f;
}

static void test_limit_is_kept(void **state)
{
	struct bdd_pool *pool = bdd_pool_new(1000);

	(void)state;
	assert_int_equal(far_pairs(pool, 30), BDD_FALSE);
	assert_true(bdd_exhausted(pool));
	assert_int_equal(bdd_node_count(pool), 1000);
	bdd_pool_free(pool);
}

/* Whether the @n variables from @from on, every other one, are equal to the @n that follow. */
static bdd far_equal(struct bdd_pool *pool, unsigned from, unsigned n)
{
	bdd f = BDD_TRUE;

	for (unsigned i = 0; i < n; i++)
		f = bdd_and(pool, f,
			    bdd_not(bdd_xor(pool, bdd_var(pool, from + 2 * i),
					    bdd_var(pool, from + 2 * (n + i)))));
	return f;
}

/* Two functions of independent variables, which differ in the last one: no node is made, but every
 * pair of their nodes is looked at. */
static void test_work_is_limited(void **state)
{
	struct bdd_pool *pool = bdd_pool_new(20000);
	bdd last = bdd_var(pool, 100);
	bdd f = bdd_and(pool, far_equal(pool, 0, 10), last);
	bdd g = bdd_and(pool, far_equal(pool, 1, 10), bdd_not(last));
	size_t mark = bdd_mark(pool), nodes = bdd_node_count(pool);

	(void)state;
	assert_false(bdd_exhausted(pool));
	assert_false(bdd_meet(pool, f, g));
	assert_true(bdd_exhausted(pool));
	assert_int_equal(bdd_node_count(pool), nodes);
	bdd_back_to(pool, mark);
	assert_false(bdd_exhausted(pool));
	assert_true(bdd_meet(pool, f, bdd_not(g)));
	assert_false(bdd_exhausted(pool));
	bdd_pool_free(pool);
}

static void test_exhausted_pool_says_false(void **state)
{
	struct bdd_pool *pool = bdd_pool_new(100);
	bdd f = far_pairs(pool, 8), g = bdd_var(pool, 9);

	(void)state;
	assert_false(bdd_exhausted(pool));
	far_pairs(pool, 100);
	assert_true(bdd_exhausted(pool));
	assert_int_equal(bdd_var(pool, 0), BDD_FALSE);
	assert_int_equal(bdd_and(pool, f, BDD_TRUE), BDD_FALSE);
	assert_int_equal(bdd_or(pool, f, g), BDD_FALSE);
	assert_int_equal(bdd_xor(pool, f, bdd_not(f)), BDD_FALSE);
	assert_int_equal(bdd_ite(pool, f, f, g), BDD_FALSE);
	assert_int_equal(bdd_exists(pool, f, 0, 511), BDD_FALSE);
	assert_false(bdd_meet(pool, f, f));
	bdd_pool_free(pool);
}

/* Wherever it happens, the answer is false, not what a complement makes of it. */
static void test_operation_that_exhausts_says_false(void **state)
{
	(void)state;
	for (size_t limit = 30; limit < 150; limit++) {
		struct bdd_pool *pool = bdd_pool_new(limit);
		bdd f = far_pairs(pool, 6), g = bdd_not(bdd_var(pool, 7)), h = bdd_var(pool, 8);
		size_t mark = bdd_mark(pool);

		for (unsigned op = 0; op < 5 && !bdd_exhausted(pool); op++) {
			bdd wide = far_pairs(pool, 2 * (limit % 5 + 3)), result = BDD_FALSE;

			switch (op) {
			case 0: result = bdd_ite(pool, wide, bdd_not(f), bdd_or(pool, g, h)); break;
			case 1: result = bdd_xor(pool, bdd_not(wide), g); break;
			case 2: result = bdd_or(pool, wide, bdd_xor(pool, g, h)); break;
			case 3: result = bdd_xor(pool, wide, g); break;
			case 4: result = bdd_exists(pool, bdd_not(wide), 3, 3); break;
			}
			if (bdd_exhausted(pool))
				assert_int_equal(result, BDD_FALSE);
			bdd_back_to(pool, mark);
		}
		bdd_pool_free(pool);
	}
}

static void test_back_to_lifts_exhaustion(void **state)
{
	static struct function functions[FUNCTIONS];
	struct bdd_pool *pool = bdd_pool_new(20000);
	size_t mark = bdd_mark(pool);
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 10);
	far_pairs(pool, 100);
	assert_true(bdd_exhausted(pool));
	bdd_back_to(pool, mark);
	assert_int_equal(bdd_node_count(pool), 0);
	fill(pool, &rng, VARS, functions);
	bdd_pool_free(pool);
}

static void test_mark_of_an_exhausted_pool(void **state)
{
	struct bdd_pool *pool = bdd_pool_new(100);

	(void)state;
	far_pairs(pool, 100);
	size_t mark = bdd_mark(pool);

	bdd_back_to(pool, mark);
	assert_true(bdd_exhausted(pool));
	bdd_pool_free(pool);
}

static void test_default_limit(void **state)
{
	struct bdd_pool *pool = bdd_pool_new(0), *most = bdd_pool_new(SIZE_MAX);

	(void)state;
	assert_int_equal(pool->limit, BDD_NODE_LIMIT + 1);
	assert_int_equal(most->limit, BDD_NODE_LIMIT_MAX + 1);
	bdd_pool_free(pool);
	bdd_pool_free(most);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_back_to_a_mark),
		cmocka_unit_test(test_nothing_is_remembered_beyond_back_to),
		cmocka_unit_test(test_generations_start_again),
		cmocka_unit_test(test_limit_is_kept),
		cmocka_unit_test(test_work_is_limited),
		cmocka_unit_test(test_exhausted_pool_says_false),
		cmocka_unit_test(test_operation_that_exhausts_says_false),
		cmocka_unit_test(test_back_to_lifts_exhaustion),
		cmocka_unit_test(test_mark_of_an_exhausted_pool),
		cmocka_unit_test(test_default_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
