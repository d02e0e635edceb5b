/* SPDX-License-Identifier: MIT */
#include "filters/gen/tree_knot.h"

#include <stdlib.h>

#include "harness/base/alloc.h"

/* The first test of a knot. */
struct first_test {
	struct tree_cost cost;
	uint8_t op; /* enum ir_op */
	uint32_t k;
	struct atom_set yes, no;
};

/* A set to be decided. */
struct knot {
	struct tree *tree;
	const struct atom_set *set;
	struct atom_segment segments[TREE_KNOT_SEGMENTS];
	size_t count;
	double weight;
};

static bool knot_init(struct knot *knot, struct tree *tree, const struct atom_set *set)
{
	size_t i;

	*knot = (struct knot){.tree = tree, .set = set};
	knot->count = atoms_segments(tree->atoms, set, knot->segments, TREE_KNOT_SEGMENTS);
	if (knot->count > TREE_KNOT_SEGMENTS)
		return false;
	for (i = 0; i < knot->count; i++)
		knot->weight += knot->segments[i].weight;
	return true;
}

static void consider(const struct knot *knot, uint8_t op, uint32_t k, const struct atom_set *yes,
		     const struct atom_set *no, struct first_test *best)
{
	struct tree_cost cost = tree_cost_of_test(knot->weight, tree_knot_cost(knot->tree, yes),
						  tree_knot_cost(knot->tree, no));

	if (tree_is_better(knot->tree, cost, best->cost))
		*best = (struct first_test){cost, op, k, *yes, *no};
}

static void try_comparisons(const struct knot *knot, struct first_test *best)
{
	const struct atoms *atoms = knot->tree->atoms;
	size_t i;

	for (i = 0; i < knot->count; i++) {
		const struct atom_segment *segment = &knot->segments[i];
		uint32_t low = atoms->items[segment->first].low;
		struct atom_set yes, no;

		if (i > 0) {
			yes = atoms_from(atoms, knot->set, segment->first);
			no = atoms_below(atoms, knot->set, segment->first);
			consider(knot, IR_GE, low, &yes, &no, best);
		}
		if (segment->single && i > 0 && i + 1 < knot->count) {
			no = atoms_without(atoms, *knot->set, segment->first);
			yes = (struct atom_set){0};
			yes.words[segment->first / 64] = (uint64_t)1 << segment->first % 64;
			consider(knot, IR_EQ, low, &yes, &no, best);
		}
	}
}

/* Masks of the bits in which the numbers differ; with a segment of numbers beyond the window, all
 * bits that are zero in the others belong to it too. */
static void choose_masks(const struct knot *knot, size_t *ret_base, size_t *ret_count)
{
	const struct atoms *atoms = knot->tree->atoms;
	uint32_t low = atoms->items[knot->segments[0].first].low;
	uint32_t high = atoms->items[knot->segments[knot->count - 1].last].low;
	size_t half = atoms->mask_count / 2, count = 1;

	while (count < half && (low ^ high) / count > 0)
		count *= 2;
	*ret_base = 0;
	*ret_count = count;
	if (atoms->items[knot->segments[knot->count - 1].last].high == high)
		return;
	*ret_base = half;
	*ret_count = half;
}

static void try_mask(const struct knot *knot, const struct atom_mask *mask,
		     struct first_test *best)
{
	const struct atoms *atoms = knot->tree->atoms;
	struct atom_set zero = atoms_and(atoms, knot->set, &mask->zero), one;
	size_t zeros = atoms_count_segments(atoms, &zero, knot->count - 1);

	if (zeros == 0 || zeros >= knot->count)
		return;
	one = atoms_and(atoms, knot->set, &mask->one);
	if (atoms_is_empty(atoms, &one) ||
	    atoms_count_segments(atoms, &one, knot->count - zeros) > knot->count - zeros)
		return;
	consider(knot, IR_SET, mask->mask, &one, &zero, best);
}

static void try_masks(const struct knot *knot, struct first_test *best)
{
	const struct atoms *atoms = knot->tree->atoms;
	size_t base, count, i;

	choose_masks(knot, &base, &count);
	for (i = 1; i < count; i++)
		try_mask(knot, &atoms->masks[base + i], best);
}

static void find_first_test(const struct knot *knot, struct first_test *best)
{
	best->cost = tree_unsolved();
	try_comparisons(knot, best);
	if (knot->count > 2 && !knot->tree->options->no_bits)
		try_masks(knot, best);
}

static struct tree_cost solve(struct tree *tree, const struct atom_set *set)
{
	struct first_test best;
	struct knot knot;

	if (!knot_init(&knot, tree, set))
		return tree_unsolved();
	if (knot.count == 1)
		return tree_cost_of_leaf(knot.segments[0].worst);
	find_first_test(&knot, &best);
	return best.cost;
}

/* ---- what is solved already */

static uint64_t hash_set(const struct atoms *atoms, const struct atom_set *set)
{
	uint64_t hash = 0;
	size_t i;

	for (i = 0; i < atoms->words; i++) {
		hash = (hash ^ set->words[i]) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 29;
	}
	return hash ? hash : 1;
}

static size_t find_slot(const struct tree_memo *memo, uint64_t hash)
{
	size_t i = hash & (memo->slot_count - 1);

	while (memo->slots[i].hash && memo->slots[i].hash != hash)
		i = (i + 1) & (memo->slot_count - 1);
	return i;
}

/* Keeps the table at most half full. */
static void grow(struct tree_memo *memo)
{
	struct tree_memo old = *memo;
	size_t i;

	if (memo->slot_count > 2 * memo->used)
		return;
	memo->slot_count = old.slot_count ? 2 * old.slot_count : 256;
	memo->slots = sg_calloc(memo->slot_count, sizeof(*memo->slots));
	for (i = 0; i < old.slot_count; i++) {
		if (old.slots[i].hash)
			memo->slots[find_slot(memo, old.slots[i].hash)] = old.slots[i];
	}
	free(old.slots);
}

void tree_memo_release(struct tree_memo *memo)
{
	free(memo->slots);
	*memo = (struct tree_memo){0};
}

struct tree_cost tree_knot_cost(struct tree *tree, const struct atom_set *set)
{
	struct tree_memo *memo = &tree->memo;
	uint64_t hash = hash_set(tree->atoms, set);
	struct tree_cost cost;
	size_t slot;

	grow(memo);
	slot = find_slot(memo, hash);
	if (memo->slots[slot].hash)
		return memo->slots[slot].cost;
	cost = solve(tree, set);
	grow(memo);
	slot = find_slot(memo, hash);
	memo->slots[slot].hash = hash;
	memo->slots[slot].cost = cost;
	memo->used++;
	return cost;
}

/* ---- from the solution to nodes */

ir_id tree_knot_build(struct tree *tree, const struct atom_set *set)
{
	struct first_test best;
	struct knot knot;
	ir_id yes, no;

	knot_init(&knot, tree, set);
	if (knot.count == 1)
		return tree->atoms->items[knot.segments[0].first].node;
	find_first_test(&knot, &best);
	yes = tree_knot_build(tree, &best.yes);
	no = tree_knot_build(tree, &best.no);
	return ir_test(tree->ir,
		       (struct ir_test){IR_WORD_NR, best.op, IR_NO_MASK, best.k}, yes, no);
}
