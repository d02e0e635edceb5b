/* SPDX-License-Identifier: MIT */
/* The intermediate form: sharing, normal forms, costs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "filters/gen/ir.h"
#include "harness/base/alloc.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_nodes_are_one),
		cmocka_unit_test(decided_tests_are_their_successor),
		cmocka_unit_test(masks_become_jset),
		cmocka_unit_test(ends_of_the_range_become_equalities),
		cmocka_unit_test(cost_counts_loads_masks_and_the_return),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
