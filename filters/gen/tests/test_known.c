/* SPDX-License-Identifier: MIT */
/* Tests that the way to them has decided: following each way by itself, and jump threading. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "filters/gen/known.h"
#include "harness/base/alloc.h"
#include "harness/base/rng.h"

#define LOW  4 /* words */
#define HIGH 5

#define MAX_NODES 40
/* Of a test left out, the load and the mask go to the one behind it. */
#define SLACK 2

/* ---- each way by itself */

/* hi == 0 && lo == 1 ? A : hi == 0 && lo == 2 ? B : D, as rules lower: hi is tested twice. */
static void repeated_tests_go(void **state)
{
	struct ir ir = {0};
	ir_id a = ir_leaf(&ir, 1), b = ir_leaf(&ir, 2), d = ir_leaf(&ir, 3);
	ir_id second = ir_test(&ir, ir_eq(HIGH, 0), ir_test(&ir, ir_eq(LOW, 2), b, d), d);
	ir_id first = ir_test(&ir, ir_eq(HIGH, 0), ir_test(&ir, ir_eq(LOW, 1), a, second), second);
	ir_id simple = known_simplify(&ir, first);

	(void)state;
	assert_int_equal(ir_count_tests(&ir, first), 4);
	assert_int_equal(ir_count_tests(&ir, simple), 3);
	assert_int_equal(ir_cost(&ir, simple, (const uint32_t[16]){[LOW] = 2}, NULL), 6);
	ir_release(&ir);
}

/* Paths that met may part: 2^n of them here, unless the pass gives up. */
static void exploding_graphs_come_back_unchanged(void **state)
{
	struct ir ir = {0};
	ir_id node = ir_leaf(&ir, 1);
	uint32_t bit;

	(void)state;
	for (bit = 0; bit < 28; bit++) {
		struct ir_test set = {LOW, IR_SET, IR_NO_MASK, 1u << bit};
		struct ir_test other = {HIGH, IR_SET, IR_NO_MASK, 1u << bit};

		node = ir_test(&ir, set, ir_test(&ir, other, node, ir_leaf(&ir, 2 + bit)), node);
	}
	assert_int_equal(known_simplify(&ir, node), node);
	ir_release(&ir);
}

/* ---- threading */

/* hi == 0 && lo == i ? i : ..., for each i: the high half is tested in front of each low one. */
static ir_id chain_of_halves(struct ir *ir, uint32_t count)
{
	ir_id node = ir_leaf(ir, 1000);

	while (count-- > 0)
		node = ir_test(ir, ir_eq(HIGH, 0),
			       ir_test(ir, ir_eq(LOW, count), ir_leaf(ir, count), node), node);
	return node;
}

static void high_halves_are_tested_once(void **state)
{
	struct ir ir = {0};
	ir_id root = chain_of_halves(&ir, 100);

	(void)state;
	assert_int_equal(ir_count_tests(&ir, root), 200);
	assert_int_equal(ir_count_tests(&ir, known_thread(&ir, root)), 101);
	ir_release(&ir);
}

/* Two ways to a test of the low half: it stays where one leaves it open, and goes where both
 * decide it alike. */
static void what_is_known_where_ways_meet(void **state)
{
	static const struct {
		uint32_t first, second; /* lo == first on one way, lo == second on the other */
		size_t tests;
	} cases[] = {{1, 2, 4}, {1, 9, 5}};
	size_t i;

	(void)state;
	for (i = 0; i < SG_COUNT(cases); i++) {
		struct ir ir = {0};
		ir_id small = ir_leaf(&ir, 1), large = ir_leaf(&ir, 2), other = ir_leaf(&ir, 3);
		ir_id last = ir_test(&ir, ir_ge(LOW, 8), large, small);
		ir_id via = ir_test(&ir, ir_eq(HIGH, 7), last, other);
		ir_id one = ir_test(&ir, ir_eq(LOW, cases[i].first), via, other);
		ir_id two = ir_test(&ir, ir_eq(LOW, cases[i].second), via, other);
		ir_id root = known_thread(&ir, ir_test(&ir, ir_eq(6, 0), one, two));
		uint32_t words[16] = {[LOW] = cases[i].second, [HIGH] = 7, [6] = 1}, got;

		ir_cost(&ir, root, words, &got);
		assert_int_equal(got, cases[i].second >= 8 ? 2 : 1);
		assert_int_equal(ir_count_tests(&ir, root), cases[i].tests);
		ir_release(&ir);
	}
}

/* ---- random graphs */

/* Constants that meet, and values around them. */
static const uint32_t constants[] = {0, 1, 2, 3, 5, 6, 8, 12, 0x80000000, UINT32_MAX};
static const uint32_t values[] = {0,          1,          2,          3,          4,
				  5,          6,          7,          8,          9,
				  11,         12,         13,         15,         16,
				  0x7fffffff, 0x80000000, 0x80000001, 0x80000008, UINT32_MAX - 1,
				  UINT32_MAX};

/* A random test on one of two words. */
static struct ir_test random_test(struct sg_rng *rng)
{
	uint32_t k = constants[sg_rng_below(rng, SG_COUNT(constants))];
	uint8_t word = (uint8_t)(LOW + sg_rng_below(rng, 2));

	switch (sg_rng_below(rng, 4)) {
	case 0: return ir_ge(word, k);
	case 1: return (struct ir_test){word, IR_SET, IR_NO_MASK, k};
	case 2: return ir_masked_eq(word, k, k & (uint32_t)sg_rng_below(rng, 16));
	default: return ir_eq(word, k);
	}
}

static ir_id random_graph(struct ir *ir, struct sg_rng *rng, size_t nodes)
{
	ir_id ids[MAX_NODES];
	size_t i;

	for (i = 0; i < 3; i++)
		ids[i] = ir_leaf(ir, (uint32_t)i);
	for (; i < nodes; i++)
		ids[i] = ir_test(ir, random_test(rng), ids[i - 1], ids[sg_rng_below(rng, i)]);
	return ids[nodes - 1];
}

/* On every pair of values: the same action, and never more than @slack instructions more. Returns
 * how many fewer they are together. */
static long compare(const struct ir *ir, ir_id before, ir_id after, uint32_t slack)
{
	size_t i, j;
	long fewer = 0;

	for (i = 0; i < SG_COUNT(values); i++) {
		for (j = 0; j < SG_COUNT(values); j++) {
			uint32_t words[16] = {[LOW] = values[i], [HIGH] = values[j]};
			uint32_t want, got;
			uint32_t long_way = ir_cost(ir, before, words, &want);
			uint32_t short_way = ir_cost(ir, after, words, &got);

			assert_int_equal(got, want);
			assert_true(short_way <= long_way + slack);
			fewer += (long)long_way - (long)short_way;
		}
	}
	return fewer;
}

static void simplified_graphs_mean_the_same(void **state)
{
	struct sg_rng rng;
	size_t graph, shorter = 0;

	(void)state;
	sg_rng_seed(&rng, 3);
	for (graph = 0; graph < 1000; graph++) {
		struct ir ir = {0};
		ir_id root = random_graph(&ir, &rng, 24);

		shorter += compare(&ir, root, known_simplify(&ir, root), SLACK) > 0;
		ir_release(&ir);
	}
	assert_true(shorter > 100);
}

static void threaded_graphs_mean_the_same_and_never_grow(void **state)
{
	struct sg_rng rng;
	size_t graph, smaller = 0;

	(void)state;
	sg_rng_seed(&rng, 8);
	for (graph = 0; graph < 2000; graph++) {
		struct ir ir = {0};
		ir_id root = random_graph(&ir, &rng, MAX_NODES);
		ir_id threaded = known_thread(&ir, root);
		size_t before = ir_count_tests(&ir, root), after = ir_count_tests(&ir, threaded);

		assert_true(after <= before);
		smaller += after < before;
		compare(&ir, root, threaded, SLACK);
		ir_release(&ir);
	}
	assert_true(smaller > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repeated_tests_go),
		cmocka_unit_test(exploding_graphs_come_back_unchanged),
		cmocka_unit_test(high_halves_are_tested_once),
		cmocka_unit_test(what_is_known_where_ways_meet),
		cmocka_unit_test(simplified_graphs_mean_the_same),
		cmocka_unit_test(threaded_graphs_mean_the_same_and_never_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
