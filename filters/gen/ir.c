/* SPDX-License-Identifier: MIT */
#include "filters/gen/ir.h"

#include <stdlib.h>

#include "harness/base/alloc.h"

void ir_release(struct ir *ir)
{
	free(ir->nodes);
	free(ir->slots);
	*ir = (struct ir){0};
}

/* ---- hash-consing */

bool ir_same_test(const struct ir_test *a, const struct ir_test *b)
{
	return a->k == b->k && a->mask == b->mask && a->word == b->word && a->op == b->op;
}

static bool same_node(const struct ir_node *a, const struct ir_node *b)
{
	if (a->leaf || b->leaf)
		return a->leaf == b->leaf && a->action == b->action;
	return a->yes == b->yes && a->no == b->no && ir_same_test(&a->test, &b->test);
}

static size_t hash_node(const struct ir_node *node)
{
	const uint64_t parts[] = {(uint64_t)node->test.mask << 32 |
					  (node->leaf ? node->action : node->test.k),
				  (uint64_t)node->yes << 32 | node->no,
				  (uint64_t)(node->test.word << 8 | node->test.op << 1 |
					     node->leaf)};
	uint64_t hash = 0;
	size_t i;

	/* Multiplicative mixing with the 64-bit golden ratio (Knuth, TAOCP 3, 6.4). */
	for (i = 0; i < SG_COUNT(parts); i++) {
		hash = (hash ^ parts[i]) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 29;
	}
	return (size_t)hash;
}

/* The slot that holds @node, or the free one where it belongs. */
static ir_id *find_slot(const struct ir *ir, const struct ir_node *node)
{
	size_t i = hash_node(node) & (ir->slot_count - 1);

	while (ir->slots[i] && !same_node(&ir->nodes[ir->slots[i] - 1], node))
		i = (i + 1) & (ir->slot_count - 1);
	return &ir->slots[i];
}

/* Keeps the table at most half full. */
static void grow_table(struct ir *ir)
{
	size_t i;

	if (ir->slot_count > 2 * ir->len)
		return;
	ir->slot_count = ir->slot_count ? 2 * ir->slot_count : 256;
	free(ir->slots);
	ir->slots = sg_calloc(ir->slot_count, sizeof(*ir->slots));
	for (i = 0; i < ir->len; i++)
		*find_slot(ir, &ir->nodes[i]) = (ir_id)i + 1;
}

static ir_id intern(struct ir *ir, const struct ir_node *node)
{
	ir_id *slot;

	grow_table(ir);
	slot = find_slot(ir, node);
	if (!*slot) {
		SG_GROW(ir->nodes, ir->len, ir->cap);
		ir->nodes[ir->len++] = *node;
		*slot = (ir_id)ir->len;
	}
	return *slot - 1;
}

ir_id ir_leaf(struct ir *ir, uint32_t action)
{
	return intern(ir, &(struct ir_node){.leaf = true, .action = action});
}

/* ---- normal form */

static void swap(ir_id *a, ir_id *b)
{
	ir_id keep = *a;

	*a = *b;
	*b = keep;
}

/* (word & mask) == k: JSET does it without an AND where all masked bits are 0, or one is 1. */
static struct ir_test normal_masked(struct ir_test test, ir_id *yes, ir_id *no)
{
	bool one_bit = (test.mask & (test.mask - 1)) == 0;

	if (test.mask == IR_NO_MASK || !(test.k == 0 || (one_bit && test.k == test.mask)))
		return test;
	if (test.k == 0)
		swap(yes, no);
	return (struct ir_test){test.word, IR_SET, IR_NO_MASK, test.mask};
}

/* The ends of the range: >= 1 is != 0, >= the largest value is ==, any bit set is != 0. */
static struct ir_test normal_range(struct ir_test test, ir_id *yes, ir_id *no)
{
	bool not_zero =
		(test.op == IR_GE && test.k == 1) || (test.op == IR_SET && test.k == UINT32_MAX);

	if (not_zero) {
		swap(yes, no);
		return ir_eq(test.word, 0);
	}
	if (test.op == IR_GE && test.k == UINT32_MAX)
		return ir_eq(test.word, UINT32_MAX);
	return test;
}

ir_id ir_test(struct ir *ir, struct ir_test test, ir_id yes, ir_id no)
{
	if (yes == no)
		return yes;
	if (test.op == IR_EQ && test.k & ~test.mask)
		return no;
	if ((test.op == IR_EQ && test.mask == 0) || (test.op == IR_GE && test.k == 0))
		return yes;
	if (test.op == IR_SET && test.k == 0)
		return no;
	test = normal_masked(test, &yes, &no);
	test = normal_range(test, &yes, &no);
	return intern(ir, &(struct ir_node){.test = test, .yes = yes, .no = no});
}

/* ---- reading */

bool ir_holds(const struct ir_test *test, const uint32_t *words)
{
	uint32_t word = words[test->word];

	switch (test->op) {
	case IR_EQ: return (word & test->mask) == test->k;
	case IR_GE: return word >= test->k;
	default: return (word & test->k) != 0;
	}
}

size_t ir_count_tests(const struct ir *ir, ir_id root)
{
	bool *reached = sg_calloc((size_t)root + 1, sizeof(*reached));
	size_t id, count = 0;

	reached[root] = true;
	for (id = (size_t)root + 1; id-- > 0;) {
		const struct ir_node *node = &ir->nodes[id];

		if (!reached[id] || node->leaf)
			continue;
		count++;
		reached[node->yes] = reached[node->no] = true;
	}
	free(reached);
	return count;
}

enum ir_entry ir_entry(const struct ir_test *before, const struct ir_test *test)
{
	if (!before || before->word != test->word)
		return IR_AT_LOAD;
	if (before->mask == test->mask)
		return IR_AT_TEST;
	return before->mask == IR_NO_MASK ? IR_AT_MASK : IR_AT_LOAD;
}

uint32_t ir_load_insns(const struct ir_test *before, const struct ir_test *test)
{
	uint32_t mask = test->mask == IR_NO_MASK ? 0 : 1;

	switch (ir_entry(before, test)) {
	case IR_AT_LOAD: return 1 + mask;
	case IR_AT_MASK: return mask;
	default: return 0;
	}
}

uint32_t ir_cost(const struct ir *ir, ir_id root, const uint32_t *words, uint32_t *ret_action)
{
	const struct ir_test *before = NULL;
	const struct ir_node *node = &ir->nodes[root];
	uint32_t insns = 1;

	while (!node->leaf) {
		insns += ir_load_insns(before, &node->test) + 1;
		before = &node->test;
		node = &ir->nodes[ir_holds(&node->test, words) ? node->yes : node->no];
	}
	if (ret_action)
		*ret_action = node->action;
	return insns;
}
