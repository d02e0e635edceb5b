/* SPDX-License-Identifier: MIT */
/* The intermediate form: sharing, normal forms, costs; and the pass that removes decided tests. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "filters/gen/ir.h"
#include "filters/gen/known.h"
#include "harness/base/alloc.h"
#include "harness/base/rng.h"

#define WORD 4
#define YES  1
#define NO   2

static uint32_t value_of(const struct ir *ir, ir_id root, uint32_t word)
{
	uint32_t words[16] = {[WORD] = word}, action;

	ir_cost(ir, root, words, &action);
	return action;
}

static void equal_nodes_are_one(void **state)
{
	struct ir ir = {0};
	ir_id yes = ir_leaf(&ir, YES), no = ir_leaf(&ir, NO), i;
	ir_id node = ir_test(&ir, ir_eq(WORD, 7), yes, no);

	(void)state;
	assert_int_equal(ir_leaf(&ir, YES), yes);
	for (i = 0; i < 2000; i++)
		ir_test(&ir, ir_eq(WORD, 1000 + i), yes, no);
	assert_int_equal(ir_test(&ir, ir_eq(WORD, 7), yes, no), node);
	assert_int_not_equal(ir_test(&ir, ir_eq(WORD, 7), no, yes), node);
	assert_int_not_equal(ir_test(&ir, ir_eq(WORD + 1, 7), yes, no), node);
	assert_int_not_equal(ir_test(&ir, ir_ge(WORD, 7), yes, no), node);
	assert_int_not_equal(ir_test(&ir, ir_masked_eq(WORD, 15, 7), yes, no), node);
	assert_int_equal(ir.len, 2 + 2000 + 5);
	ir_release(&ir);
}

static void decided_tests_are_their_successor(void **state)
{
	struct ir ir = {0};
	ir_id yes = ir_leaf(&ir, YES), no = ir_leaf(&ir, NO);

	(void)state;
	assert_int_equal(ir_test(&ir, ir_eq(WORD, 3), yes, yes), yes);
	assert_int_equal(ir_test(&ir, ir_ge(WORD, 0), yes, no), yes);
	assert_int_equal(ir_test(&ir, ir_masked_eq(WORD, 0, 0), yes, no), yes);
	assert_int_equal(ir_test(&ir, ir_masked_eq(WORD, 6, 1), yes, no), no);
	assert_int_equal(ir_test(&ir, (struct ir_test){WORD, IR_SET, IR_NO_MASK, 0}, yes, no), no);
	assert_int_equal(ir.len, 2);
	ir_release(&ir);
}

/* What is brought to another form keeps its meaning and needs no AND. */
static void masks_become_jset(void **state)
{
	static const struct {
		uint32_t mask, k;
		uint32_t holds[3], fails[3];
	} cases[] = {
		{0x7e020000, 0, {0, 1, 0x80000000}, {0x20000, 0x7e020000, UINT32_MAX}},
		{0x40, 0x40, {0x40, UINT32_MAX, 0x41}, {0, 0x20, 0x80}},
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < SG_COUNT(cases); i++) {
		struct ir ir = {0};
		ir_id yes = ir_leaf(&ir, YES), no = ir_leaf(&ir, NO);
		ir_id node = ir_test(&ir, ir_masked_eq(WORD, cases[i].mask, cases[i].k), yes, no);

		assert_int_equal(ir.nodes[node].test.op, IR_SET);
		for (j = 0; j < 3; j++) {
			assert_int_equal(value_of(&ir, node, cases[i].holds[j]), YES);
			assert_int_equal(value_of(&ir, node, cases[i].fails[j]), NO);
		}
		ir_release(&ir);
	}
}

static void ends_of_the_range_become_equalities(void **state)
{
	struct ir ir = {0};
	ir_id yes = ir_leaf(&ir, YES), no = ir_leaf(&ir, NO);
	ir_id zero = ir_test(&ir, ir_eq(WORD, 0), no, yes);

	(void)state;
	assert_int_equal(ir_test(&ir, ir_ge(WORD, 1), yes, no), zero);
	assert_int_equal(ir_test(&ir, (struct ir_test){WORD, IR_SET, IR_NO_MASK, UINT32_MAX}, yes,
				 no),
			 zero);
	assert_int_equal(ir_test(&ir, ir_ge(WORD, UINT32_MAX), yes, no),
			 ir_test(&ir, ir_eq(WORD, UINT32_MAX), yes, no));
	ir_release(&ir);
}

/*
 * ld 4; jeq 1 -> YES (3 instructions with the return)
 * else ld 5; and 6; jeq 4 -> YES (6), else jeq 2 -> YES, else NO (7)
 */
static void cost_counts_loads_masks_and_the_return(void **state)
{
	struct ir ir = {0};
	ir_id yes = ir_leaf(&ir, YES), no = ir_leaf(&ir, NO);
	ir_id last = ir_test(&ir, ir_masked_eq(5, 6, 2), yes, no);
	ir_id root = ir_test(&ir, ir_eq(4, 1), yes, ir_test(&ir, ir_masked_eq(5, 6, 4), yes, last));
	const struct {
		uint32_t a, b, cost;
	} cases[] = {{1, 0, 3}, {0, 4, 6}, {0, 2, 7}, {0, 6, 7}};
	size_t i;

	(void)state;
	for (i = 0; i < SG_COUNT(cases); i++) {
		uint32_t words[16] = {[4] = cases[i].a, [5] = cases[i].b};

		assert_int_equal(ir_cost(&ir, root, words, NULL), cases[i].cost);
	}
	assert_int_equal(ir_count_tests(&ir, root), 3);
	assert_int_equal(ir_count_tests(&ir, last), 1);
	ir_release(&ir);
}

/* ---- known.c */

/* hi == 0 && lo == 1 ? A : hi == 0 && lo == 2 ? B : D, as rules lower: hi is tested twice. */
static void repeated_tests_go(void **state)
{
	struct ir ir = {0};
	ir_id a = ir_leaf(&ir, 1), b = ir_leaf(&ir, 2), d = ir_leaf(&ir, 3);
	ir_id second = ir_test(&ir, ir_eq(5, 0), ir_test(&ir, ir_eq(4, 2), b, d), d);
	ir_id first = ir_test(&ir, ir_eq(5, 0), ir_test(&ir, ir_eq(4, 1), a, second), second);
	ir_id simple = known_simplify(&ir, first);

	(void)state;
	assert_int_equal(ir_count_tests(&ir, first), 4);
	assert_int_equal(ir_count_tests(&ir, simple), 3);
	assert_int_equal(ir_cost(&ir, simple, (const uint32_t[16]){[4] = 2}, NULL), 6);
	ir_release(&ir);
}

/* A random test on one of two words, with constants that meet. */
static struct ir_test random_test(struct sg_rng *rng)
{
	static const uint32_t constants[] = {0, 1, 2, 3, 5, 6, 8, 12, 0x80000000, UINT32_MAX};
	uint32_t k = constants[sg_rng_below(rng, SG_COUNT(constants))];
	uint8_t word = (uint8_t)(4 + sg_rng_below(rng, 2));

	switch (sg_rng_below(rng, 4)) {
	case 0: return ir_ge(word, k);
	case 1: return (struct ir_test){word, IR_SET, IR_NO_MASK, k};
	case 2: return ir_masked_eq(word, k, k & (uint32_t)sg_rng_below(rng, 16));
	default: return ir_eq(word, k);
	}
}

static ir_id random_graph(struct ir *ir, struct sg_rng *rng)
{
	ir_id ids[24];
	size_t i;

	for (i = 0; i < 3; i++)
		ids[i] = ir_leaf(ir, (uint32_t)i);
	for (; i < SG_COUNT(ids); i++)
		ids[i] = ir_test(ir, random_test(rng), ids[i - 1], ids[sg_rng_below(rng, i)]);
	return ids[SG_COUNT(ids) - 1];
}

/* Every pair of values around the constants. */
static void simplified_graphs_mean_the_same(void **state)
{
	static const uint32_t values[] = {0,          1,          2,          3,
					  4,          5,          6,          7,
					  8,          9,          11,         12,
					  13,         15,         16,         0x7fffffff,
					  0x80000000, 0x80000001, 0x80000008, UINT32_MAX - 1,
					  UINT32_MAX};
	struct sg_rng rng;
	size_t graph, i, j, shorter = 0, before_insns, after_insns;

	(void)state;
	sg_rng_seed(&rng, 3);
	for (graph = 0; graph < 1000; graph++) {
		struct ir ir = {0};
		ir_id root = random_graph(&ir, &rng), simple = known_simplify(&ir, root);

		before_insns = after_insns = 0;
		for (i = 0; i < SG_COUNT(values); i++) {
			for (j = 0; j < SG_COUNT(values); j++) {
				uint32_t words[16] = {[4] = values[i], [5] = values[j]};
				uint32_t before, after;

				before_insns += ir_cost(&ir, root, words, &before);
				after_insns += ir_cost(&ir, simple, words, &after);
				assert_int_equal(before, after);
			}
		}
		shorter += after_insns < before_insns;
		ir_release(&ir);
	}
	assert_true(shorter > 100);
}

/* Paths that met may part: 2^n of them here, unless the pass gives up. */
static void exploding_graphs_come_back_unchanged(void **state)
{
	struct ir ir = {0};
	ir_id node = ir_leaf(&ir, 1);
	uint32_t bit;

	(void)state;
	for (bit = 0; bit < 28; bit++) {
		struct ir_test set = {4, IR_SET, IR_NO_MASK, 1u << bit};
		struct ir_test other = {5, IR_SET, IR_NO_MASK, 1u << bit};

		node = ir_test(&ir, set, ir_test(&ir, other, node, ir_leaf(&ir, 2 + bit)), node);
	}
	assert_int_equal(known_simplify(&ir, node), node);
	ir_release(&ir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_nodes_are_one),
		cmocka_unit_test(decided_tests_are_their_successor),
		cmocka_unit_test(masks_become_jset),
		cmocka_unit_test(ends_of_the_range_become_equalities),
		cmocka_unit_test(cost_counts_loads_masks_and_the_return),
		cmocka_unit_test(repeated_tests_go),
		cmocka_unit_test(simplified_graphs_mean_the_same),
		cmocka_unit_test(exploding_graphs_come_back_unchanged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
