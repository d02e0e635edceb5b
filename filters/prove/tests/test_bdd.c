/* SPDX-License-Identifier: MIT */
/* Operations on diagrams against truth tables of the same functions. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "filters/prove/tests/truth_tables.h"

static void test_operations(void **state)
{
	static struct function functions[FUNCTIONS];
	struct bdd_pool *pool = bdd_pool_new(0);
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 1);
	for (int round = 0; round < 150; round++)
		fill(pool, &rng, VARS, functions);
	/* The tables have grown more than once. */
	assert_true(bdd_node_count(pool) > 2000);
	bdd_pool_free(pool);
}

/* The function of three variables whose table is the bits of @number, made in four ways. */
static void make_in_four_ways(struct bdd_pool *pool, unsigned number, bdd ret[4])
{
	bdd vars[3], rows[8];

	for (unsigned i = 0; i < 3; i++)
		vars[i] = bdd_var(pool, ranks[i]);
	ret[0] = ret[2] = BDD_FALSE;
	ret[1] = BDD_TRUE;
	for (unsigned row = 0; row < 8; row++) {
		bdd here = BDD_TRUE;

		for (unsigned i = 0; i < 3; i++)
			here = bdd_and(pool, here, row >> i & 1 ? vars[i] : bdd_not(vars[i]));
		rows[row] = number >> row & 1;
		if (rows[row]) {
			ret[0] = bdd_or(pool, ret[0], here);
			ret[2] = bdd_xor(pool, here, ret[2]);
		} else {
			ret[1] = bdd_and(pool, bdd_not(here), ret[1]);
		}
	}
	for (unsigned i = 0; i < 3; i++)
		for (unsigned row = 0; row < 4u >> i; row++)
			rows[row] = bdd_ite(pool, vars[i], rows[2 * row + 1], rows[2 * row]);
	ret[3] = rows[0];
}

static void test_equal_functions_have_equal_handles(void **state)
{
	struct bdd_pool *pool = bdd_pool_new(0);
	bdd handles[256], ways[4];

	(void)state;
	for (unsigned number = 0; number < 256; number++) {
		make_in_four_ways(pool, number, ways);
		handles[number] = ways[0];
		for (unsigned way = 1; way < 4; way++)
			assert_int_equal(ways[way], ways[0]);
		for (unsigned other = 0; other < number; other++)
			assert_int_not_equal(handles[other], handles[number]);
	}
	bdd_pool_free(pool);
}

static void test_nodes_are_reduced_and_ordered(void **state)
{
	static struct function functions[FUNCTIONS];
	struct bdd_pool *pool = bdd_pool_new(0);
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 3);
	for (int round = 0; round < 20; round++)
		fill(pool, &rng, VARS, functions);
	for (bdd f = 2; f <= 2 * bdd_node_count(pool); f += 2) {
		bdd low = bdd_low(pool, f), high = bdd_high(pool, f);

		assert_int_not_equal(low, high);
		assert_int_equal(high & 1, 0);
		assert_true(low <= BDD_TRUE || bdd_top(pool, low) > bdd_top(pool, f));
		assert_true(high <= BDD_TRUE || bdd_top(pool, high) > bdd_top(pool, f));
	}
	bdd_pool_free(pool);
}

static bool any_row_with(const struct function *function, unsigned row, unsigned free_vars)
{
	for (unsigned other = 0; other < ROWS; other++)
		if (((other ^ row) & ~free_vars) == 0 && function->table[other])
			return true;
	return false;
}

static void test_exists(void **state)
{
	static struct function functions[FUNCTIONS];
	struct bdd_pool *pool = bdd_pool_new(0);
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 4);
	for (int round = 0; round < 12; round++) {
		fill(pool, &rng, VARS, functions);
		for (size_t i = 0; i < FUNCTIONS; i++) {
			unsigned from = sg_rng_below(&rng, VARS);
			unsigned to = from + sg_rng_below(&rng, VARS - from);
			unsigned free_vars = (2u << to) - (1u << from);
			struct function some = {
				.f = bdd_exists(pool, functions[i].f, ranks[from], ranks[to])};

			for (unsigned row = 0; row < ROWS; row++)
				some.table[row] = any_row_with(&functions[i], row, free_vars);
			check(pool, &some, "exists");
		}
	}
	bdd_pool_free(pool);
}

static void test_meet(void **state)
{
	static struct function functions[FUNCTIONS];
	struct bdd_pool *pool = bdd_pool_new(0);
	size_t counts[2] = {0};
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 5);
	for (int round = 0; round < 20; round++) {
		fill(pool, &rng, round % 2 ? VARS : 3, functions);
		size_t nodes = bdd_node_count(pool);

		for (size_t i = 0; i < FUNCTIONS; i++)
			for (size_t j = 0; j < FUNCTIONS; j++) {
				bool meets = false;

				for (unsigned row = 0; row < ROWS && !meets; row++)
					meets = functions[i].table[row] && functions[j].table[row];
				assert_int_equal(bdd_meet(pool, functions[i].f, functions[j].f),
						 meets);
				counts[meets]++;
			}
		assert_int_equal(bdd_node_count(pool), nodes);
	}
	assert_true(counts[0] > 500 && counts[1] > 500);
	bdd_pool_free(pool);
}

static void test_share(void **state)
{
	static struct function functions[FUNCTIONS];
	struct bdd_pool *pool = bdd_pool_new(0);
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 6);
	assert_true(bdd_share(pool, BDD_FALSE) == 0 && bdd_share(pool, BDD_TRUE) == 1);
	for (int round = 0; round < 20; round++) {
		fill(pool, &rng, VARS, functions);
		for (size_t i = 0; i < FUNCTIONS; i++) {
			unsigned rows = 0;

			for (unsigned row = 0; row < ROWS; row++)
				rows += functions[i].table[row];
			assert_true(bdd_share(pool, functions[i].f) == (double)rows / ROWS);
		}
	}
	bdd_pool_free(pool);
}

/* One input of 2^512 is not lost beside the rest. */
static void test_share_of_one_input(void **state)
{
	struct bdd_pool *pool = bdd_pool_new(0);
	bdd one = BDD_TRUE;

	(void)state;
	for (unsigned var = 512; var-- > 0;)
		one = bdd_and(pool, one,
			      var % 3 ? bdd_var(pool, var) : bdd_not(bdd_var(pool, var)));
	assert_true(bdd_share(pool, one) == ldexp(1, -512));
	assert_true(bdd_share(pool, bdd_not(one)) == 1);
	bdd_pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_operations),
		cmocka_unit_test(test_equal_functions_have_equal_handles),
		cmocka_unit_test(test_nodes_are_reduced_and_ordered),
		cmocka_unit_test(test_exists),
		cmocka_unit_test(test_meet),
		cmocka_unit_test(test_share),
		cmocka_unit_test(test_share_of_one_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
