/* SPDX-License-Identifier: MIT */
#include "filters/gen/tree_knot_private.h"

#include <stdlib.h>

#include "harness/base/alloc.h"

static void knot_init(struct knot *knot, struct tree *tree, const struct atom_set *whole,
		      const struct atom_segment *segments, size_t count)
{
	size_t i;

	knot->tree = tree;
	knot->whole = whole;
	knot->segments = segments;
	knot->count = count;
	knot->weight = 0;
	for (i = 0; i < count; i++)
		knot->weight += segments[i].weight;
	knot->has_set = false;
}

const struct atom_set *knot_set(struct knot *knot)
{
	const struct atoms *atoms = knot->tree->atoms;

	if (!knot->has_set) {
		knot->set = atoms_from(atoms, knot->whole, knot->segments[0].first);
		knot->set =
			atoms_below(atoms, &knot->set, knot->segments[knot->count - 1].last + 1);
		knot->has_set = true;
	}
	return &knot->set;
}

/* ---- what needs no search */

bool knot_least_cost(const struct knot *knot, unsigned int pattern, struct tree_cost *ret)
{
	uint32_t worst = 0;
	double weight = 0;
	size_t count = 0;
	int class = -1;

	for (; pattern; pattern &= pattern - 1) {
		const struct atom_segment *segment = &knot->segments[__builtin_ctz(pattern)];

		count += segment->class != class;
		class = segment->class;
		weight += segment->weight;
		if (worst < segment->worst)
			worst = segment->worst;
	}
	*ret = tree_cost_of_leaf(worst);
	if (count > 1)
		*ret = tree_cost_of_test(knot->tree, weight, *ret, tree_cost_of_leaf(0));
	return count <= 2;
}

/* ---- comparisons */

static bool is_better(const struct knot *knot, const struct knot_test *best, struct tree_cost yes,
		      struct tree_cost no)
{
	struct tree_cost cost = tree_cost_of_test(knot->tree, knot->weight, yes, no);

	return tree_is_better(knot->tree, cost, best->cost);
}

/* What a test has on one side. */
struct side {
	bool yes;
	unsigned int pattern;
	bool cut;   /* some of its segments are on the other side too */
	bool exact; /* the cost is that, not only at least that */
	struct tree_cost cost;
};

static struct side side_of(const struct knot *knot, bool yes, unsigned int pattern,
			   unsigned int other)
{
	struct side side = {.yes = yes,
			    .pattern = pattern,
			    .cut = (pattern & other) != 0,
			    .cost = tree_cost_of_leaf(0)};

	if (!side.cut)
		side.exact = knot_least_cost(knot, pattern, &side.cost);
	return side;
}

/* Are they segments one behind another? */
static bool is_run(unsigned int pattern)
{
	unsigned int from_0 = pattern >> __builtin_ctz(pattern);

	return (from_0 & (from_0 + 1)) == 0;
}

static void make_exact(struct knot *knot, struct atom_test test, struct side *side)
{
	struct atom_set yes, no;

	if (side->exact)
		return;
	if (!side->cut && is_run(side->pattern)) {
		side->cost = tree_knot_cost_between(knot->tree, knot->whole,
						    &knot->segments[__builtin_ctz(side->pattern)],
						    (size_t)__builtin_popcount(side->pattern));
		return;
	}
	atoms_sides(knot->tree->atoms, knot_set(knot), test, &yes, &no);
	side->cost = tree_knot_cost(knot->tree, side->yes ? &yes : &no);
}

void knot_consider(struct knot *knot, struct atom_test test, unsigned int yes_pattern,
		   unsigned int no_pattern, struct knot_test *best)
{
	struct side yes = side_of(knot, true, yes_pattern, no_pattern);
	struct side no = side_of(knot, false, no_pattern, yes_pattern);

	if (!is_better(knot, best, yes.cost, no.cost))
		return;
	make_exact(knot, test, &yes);
	if (!is_better(knot, best, yes.cost, no.cost))
		return;
	make_exact(knot, test, &no);
	if (!is_better(knot, best, yes.cost, no.cost))
		return;
	best->cost = tree_cost_of_test(knot->tree, knot->weight, yes.cost, no.cost);
	best->test = test;
}

static void try_comparisons(struct knot *knot, struct knot_test *best)
{
	const unsigned int all = knot_all(knot);
	size_t i;

	best->cost = tree_unsolved();
	for (i = 1; i < knot->count; i++) {
		const struct atom_segment *segment = &knot->segments[i];
		const unsigned int left = (1u << i) - 1, one = 1u << i;
		struct atom_test test = {.op = IR_GE, .at = (uint32_t)segment->first};

		knot_consider(knot, test, all & ~left, left, best);
		test.op = IR_EQ;
		if (segment->single && i + 1 < knot->count)
			knot_consider(knot, test, one, all & ~one, best);
	}
}

static void find_first_test(struct knot *knot, struct knot_test *best)
{
	try_comparisons(knot, best);
	if (knot_masks_may_help(knot, best))
		knot_try_masks(knot, best);
}

/* ---- what is solved already */

static size_t find_slot(const struct tree_memo *memo, uint64_t hash)
{
	size_t i = hash & (memo->slot_count - 1);

	while (memo->slots[i].hash && memo->slots[i].hash != hash)
		i = (i + 1) & (memo->slot_count - 1);
	return i;
}

/* Keeps the table at most three quarters full. */
static void grow(struct tree_memo *memo)
{
	struct tree_memo old = *memo;
	size_t i;

	if (3 * memo->slot_count > 4 * memo->used)
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

static struct tree_cost solve(struct knot *knot)
{
	struct tree_memo *memo = &knot->tree->memo;
	uint64_t hash = atoms_hash(knot->tree->atoms, knot_set(knot));
	struct knot_test best;
	size_t slot;

	grow(memo);
	slot = find_slot(memo, hash);
	if (memo->slots[slot].hash)
		return memo->slots[slot].cost;
	find_first_test(knot, &best);
	grow(memo);
	slot = find_slot(memo, hash);
	memo->slots[slot].hash = hash;
	memo->slots[slot].cost = best.cost;
	memo->used++;
	return best.cost;
}

static struct tree_cost cost_of(struct knot *knot)
{
	struct knot_test best;
	struct tree_cost cost;

	if (knot_least_cost(knot, knot_all(knot), &cost))
		return cost;
	if (knot->count > 3)
		return solve(knot);
	/* Less work than to look for it. */
	try_comparisons(knot, &best);
	return knot_masks_may_help(knot, &best) ? solve(knot) : best.cost;
}

struct tree_cost tree_knot_cost(struct tree *tree, const struct atom_set *set)
{
	struct atom_segment segments[TREE_KNOT_SEGMENTS];
	size_t count = atoms_segments(tree->atoms, set, segments, SG_COUNT(segments));
	struct knot knot;

	knot_init(&knot, tree, set, segments, count);
	return cost_of(&knot);
}

struct tree_cost tree_knot_cost_between(struct tree *tree, const struct atom_set *whole,
					const struct atom_segment *segments, size_t count)
{
	struct knot knot;

	knot_init(&knot, tree, whole, segments, count);
	return cost_of(&knot);
}

/* ---- from the solution to nodes */

ir_id tree_knot_build(struct tree *tree, const struct atom_set *set)
{
	const struct atoms *atoms = tree->atoms;
	struct atom_segment segments[TREE_KNOT_SEGMENTS];
	size_t count = atoms_segments(atoms, set, segments, SG_COUNT(segments));
	struct atom_set yes, no;
	struct knot_test best;
	struct knot knot;
	ir_id built;

	if (count == 1)
		return atoms->items[segments[0].first].node;
	knot_init(&knot, tree, set, segments, count);
	find_first_test(&knot, &best);
	atoms_sides(atoms, set, best.test, &yes, &no);
	built = tree_knot_build(tree, &yes);
	return ir_test(tree->ir, atoms_test(atoms, best.test), built, tree_knot_build(tree, &no));
}
