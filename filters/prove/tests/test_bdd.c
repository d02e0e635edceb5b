/* SPDX-License-Identifier: MIT */
/* Diagrams against truth tables of the same functions. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "filters/prove/bdd_pool.h"
#include "harness/base/alloc.h"
#include "harness/base/rng.h"

#define VARS      10
#define ROWS      (1u << VARS)
#define FUNCTIONS 24

/* Variable i of a row is bit i of the row's number. */
static const unsigned ranks[VARS] = {0, 1, 2, 31, 32, 33, 100, 255, 256, 511};

struct function {
	bdd f;
	bool table[ROWS];
};

static bool evaluate(const struct bdd_pool *pool, bdd f, unsigned row)
{
	for (unsigned i = 0; f > BDD_TRUE; i++) {
		assert_true(i < VARS);
		if (bdd_top(pool, f) != ranks[i])
			continue;
		f = row >> i & 1 ? bdd_high(pool, f) : bdd_low(pool, f);
	}
	return f == BDD_TRUE;
}

static void check(const struct bdd_pool *pool, const struct function *function, const char *what)
{
	assert_false(bdd_exhausted(pool));
	for (unsigned row = 0; row < ROWS; row++)
		if (evaluate(pool, function->f, row) != function->table[row])
			fail_msg("%s: row %u is not %d", what, row, function->table[row]);
}

/* ---- random functions */

static struct function variable(struct bdd_pool *pool, unsigned i)
{
	struct function ret = {.f = bdd_var(pool, ranks[i])};

	for (unsigned row = 0; row < ROWS; row++)
		ret.table[row] = row >> i & 1;
	return ret;
}

static struct function complement_of(const struct function *a)
{
	struct function ret = {.f = bdd_not(a->f)};

	for (unsigned row = 0; row < ROWS; row++)
		ret.table[row] = !a->table[row];
	return ret;
}

static struct function combine(struct bdd_pool *pool, unsigned op, const struct function *a,
			       const struct function *b, const struct function *c)
{
	struct function ret;

	switch (op) {
	case 0: ret.f = bdd_and(pool, a->f, b->f); break;
	case 1: ret.f = bdd_or(pool, a->f, b->f); break;
	case 2: ret.f = bdd_xor(pool, a->f, b->f); break;
	default: ret.f = bdd_ite(pool, a->f, b->f, c->f); break;
	}
	for (unsigned row = 0; row < ROWS; row++) {
		bool x = a->table[row], y = b->table[row], z = c->table[row];
		const bool results[] = {x && y, x || y, x != y, x ? y : z};

		ret.table[row] = results[op];
	}
	return ret;
}

static const char *const op_names[] = {"and", "or", "xor", "ite"};

/* One of the first @vars variables, of what stands in @functions, or a constant. */
static struct function pick(struct bdd_pool *pool, struct sg_rng *rng, unsigned vars,
			    const struct function functions[FUNCTIONS], size_t count)
{
	struct function ret = {.f = BDD_FALSE};
	unsigned kind = sg_rng_below(rng, 20);

	if (kind >= 8 && count > 0)
		ret = functions[sg_rng_below(rng, count)];
	else if (kind > 0)
		ret = variable(pool, sg_rng_below(rng, vars));
	return sg_rng_below(rng, 2) ? complement_of(&ret) : ret;
}

static void fill(struct bdd_pool *pool, struct sg_rng *rng, unsigned vars,
		 struct function functions[FUNCTIONS])
{
	for (size_t i = 0; i < FUNCTIONS; i++) {
		struct function a = pick(pool, rng, vars, functions, i);
		struct function b = pick(pool, rng, vars, functions, i);
		struct function c = pick(pool, rng, vars, functions, i);
		unsigned op = sg_rng_below(rng, SG_COUNT(op_names));

		functions[i] = combine(pool, op, &a, &b, &c);
		check(pool, &functions[i], op_names[op]);
	}
}

/* ---- the tests */

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
		cmocka_unit_test(test_operations),
		cmocka_unit_test(test_equal_functions_have_equal_handles),
		cmocka_unit_test(test_nodes_are_reduced_and_ordered),
		cmocka_unit_test(test_exists),
		cmocka_unit_test(test_meet),
		cmocka_unit_test(test_share),
		cmocka_unit_test(test_share_of_one_input),
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
