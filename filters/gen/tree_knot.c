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

static void knot_init(struct knot *knot, struct tree *tree, const struct atom_set *set)
{
	size_t i;

	*knot = (struct knot){.tree = tree, .set = set};
	knot->count = atoms_segments(tree->atoms, set, knot->segments, TREE_KNOT_SEGMENTS);
	for (i = 0; i < knot->count; i++)
		knot->weight += knot->segments[i].weight;
}

static void consider(const struct knot *knot, uint8_t op, uint32_t k, const struct atom_set *yes,
		     const struct atom_set *no, struct first_test *best)
{
	struct tree_cost cost =
		tree_cost_of_test(knot->tree, knot->weight, tree_knot_cost(knot->tree, yes),
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

/* Bits in which the numbers of the knot differ. */
static int differing_bits(const struct knot *knot)
{
	const struct atom *items = knot->tree->atoms->items;
	uint32_t low = items[knot->segments[0].first].low;
	uint32_t high = items[knot->segments[knot->count - 1].last].high;
	int bits = low == high ? 0 : 32 - __builtin_clz(low ^ high);

	return bits < knot->tree->atoms->mask_bits ? bits : knot->tree->atoms->mask_bits;
}

static bool has_wide(const struct knot *knot)
{
	const struct atom *items = knot->tree->atoms->items;
	const struct atom *first = &items[knot->segments[0].first];
	const struct atom *last = &items[knot->segments[knot->count - 1].last];

	return first->low != first->high || last->low != last->high;
}

/* How many segments there are when only those of the pattern (a bit each) are left. */
static size_t count_left(const struct knot *knot, unsigned int pattern)
{
	size_t i, count = 0;
	int class = -1;

	for (i = 0; i < knot->count; i++) {
		if (!(pattern >> i & 1) || knot->segments[i].class == class)
			continue;
		class = knot->segments[i].class;
		count++;
	}
	return count;
}

static void consider_mask(const struct knot *knot, uint32_t low, bool high, struct first_test *best)
{
	struct atom_set zero, one;

	atoms_cut(knot->tree->atoms, knot->set, low, high, &zero, &one);
	consider(knot, IR_SET, atoms_mask(knot->tree->atoms, low, high), &one, &zero, best);
}

/* What is asked of every mask. */
struct mask_search {
	const struct knot *knot;
	struct first_test *best;
	bool high;
	bool even; /* also masks that leave as many segments as there were, one side of one */
	struct atom_marks marks[TREE_KNOT_SEGMENTS];
	uint8_t left[1u << TREE_KNOT_SEGMENTS]; /* segments, by which of them are on a side */
	/* Of the masks that send the same segments the same ways, the first stands for all. */
	uint32_t seen[1u << TREE_KNOT_SEGMENTS];
};

static unsigned int pattern_of(const struct mask_search *search, bool one, uint32_t low)
{
	unsigned int pattern = 0;
	size_t i;

	for (i = 0; i < search->knot->count; i++) {
		const struct atom_marks *marks = &search->marks[i];
		uint64_t word = one ? marks->one[low / 64] : marks->zero[low / 64];

		pattern |= (unsigned int)(word >> low % 64 & 1) << i;
	}
	return pattern;
}

static void try_mask(struct mask_search *search, uint32_t low)
{
	unsigned int zero = pattern_of(search, false, low), one = pattern_of(search, true, low);
	size_t sides = search->left[zero] + search->left[one];

	if (!zero || !one || search->seen[zero] >> one & 1 || sides > search->knot->count)
		return;
	if (sides == search->knot->count &&
	    (!search->even || (search->left[zero] > 1 && search->left[one] > 1)))
		return;
	search->seen[zero] |= 1u << one;
	consider_mask(search->knot, low, search->high, search->best);
}

/*
 * Of 64 masks, those worth a closer look: something on both sides, and few segments cut. Each cut
 * makes one segment more, and only one between others that is missing on a side makes one less, by
 * joining its neighbours: so that fewer are left, at most all but three may be cut (two, where as
 * many may be left).
 */
static uint64_t worth_trying(const struct mask_search *search, size_t word)
{
	const size_t most = search->knot->count - 2 + search->even;
	uint64_t zero = 0, one = 0, cut[TREE_KNOT_SEGMENTS] = {UINT64_MAX};
	size_t i, more;

	for (i = 0; i < search->knot->count; i++) {
		uint64_t zeros = search->marks[i].zero[word], ones = search->marks[i].one[word];

		zero |= zeros;
		one |= ones;
		/* cut[n]: at least n segments so far are on both sides. */
		for (more = i < most ? i + 1 : most; more > 0; more--)
			cut[more] |= cut[more - 1] & zeros & ones;
	}
	return zero & one & ~cut[most];
}

static void try_masks(const struct knot *knot, bool high, struct first_test *best)
{
	struct mask_search search = {.knot = knot,
				     .best = best,
				     .high = high,
				     .even = knot->tree->options->even_masks};
	int bits = high ? knot->tree->atoms->mask_bits : differing_bits(knot);
	uint64_t known = bits < 6 ? ((uint64_t)1 << (1 << bits)) - 1 : UINT64_MAX;
	uint32_t i, words = bits > 6 ? 1u << (bits - 6) : 1;

	for (i = 0; i < knot->count; i++)
		atoms_mark(knot->tree->atoms, knot->set, knot->segments[i].first,
			   knot->segments[i].last, high, bits, &search.marks[i]);
	for (i = 0; i < 1u << knot->count; i++)
		search.left[i] = (uint8_t)count_left(knot, i);
	for (i = 0; i < words; i++) {
		uint64_t masks = worth_trying(&search, i) & known;

		for (; masks; masks &= masks - 1)
			try_mask(&search, i * 64 + (uint32_t)__builtin_ctzll(masks));
	}
}

/* Nothing is below one test. */
static bool is_least(const struct knot *knot, const struct first_test *best)
{
	return !knot->tree->options->worst_first &&
	       best->cost.insns <= knot->weight + knot->tree->options->test_price;
}

static void find_first_test(const struct knot *knot, struct first_test *best)
{
	best->cost = tree_unsolved();
	try_comparisons(knot, best);
	if (knot->count < 3 || is_least(knot, best))
		return;
	try_masks(knot, false, best);
	if (has_wide(knot))
		try_masks(knot, true, best);
}

static struct tree_cost solve(struct tree *tree, const struct atom_set *set)
{
	struct first_test best;
	struct knot knot;

	knot_init(&knot, tree, set);
	if (knot.count == 1)
		return tree_cost_of_leaf(knot.segments[0].worst);
	find_first_test(&knot, &best);
	return best.cost;
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

struct tree_cost tree_knot_cost(struct tree *tree, const struct atom_set *set)
{
	struct tree_memo *memo = &tree->memo;
	uint64_t hash = atoms_hash(tree->atoms, set);
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
	return ir_test(tree->ir, (struct ir_test){IR_WORD_NR, best.op, IR_NO_MASK, best.k}, yes,
		       no);
}
