/* SPDX-License-Identifier: MIT */
/* The masks among the tests of a knot. */
#include "filters/gen/tree_knot_private.h"

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

/* What is asked of every mask. */
struct mask_search {
	struct knot *knot;
	struct knot_test *best;
	bool high;
	bool even; /* also masks that leave as many segments as there were, one side of one */
	struct atom_marks marks[TREE_KNOT_SEGMENTS];
	uint8_t left[1u << TREE_KNOT_SEGMENTS]; /* segments, by which of them are on a side */
	/* Of the masks that send the same segments the same ways, the first stands for all. */
	uint32_t seen[1u << TREE_KNOT_SEGMENTS];
};

static int last_of(unsigned int pattern)
{
	return 31 - __builtin_clz(pattern);
}

/* How many segments there are when only those of a pattern are left: one more than without the
 * last, unless the one before it is of its class. */
static void count_left(struct mask_search *search)
{
	const struct atom_segment *segments = search->knot->segments;
	unsigned int pattern;

	search->left[0] = 0;
	for (pattern = 1; pattern <= knot_all(search->knot); pattern++) {
		int last = last_of(pattern);
		unsigned int rest = pattern & ~(1u << last);

		search->seen[pattern] = 0;
		search->left[pattern] =
			(uint8_t)(search->left[rest] +
				  (!rest || segments[last_of(rest)].class != segments[last].class));
	}
}

/* Which segments a mask has on its sides. Returns the masks of its word for which it is the same.
 */
static uint64_t patterns_of(const struct mask_search *search, uint32_t low, unsigned int *ret_zero,
			    unsigned int *ret_one)
{
	uint64_t same = UINT64_MAX;
	size_t i;

	*ret_zero = *ret_one = 0;
	for (i = 0; i < search->knot->count; i++) {
		uint64_t zeros = search->marks[i].zero[low / 64];
		uint64_t ones = search->marks[i].one[low / 64];
		uint64_t zero = zeros >> low % 64 & 1, one = ones >> low % 64 & 1;

		*ret_zero |= (unsigned int)zero << i;
		*ret_one |= (unsigned int)one << i;
		same &= ~(zeros ^ -zero) & ~(ones ^ -one);
	}
	return same;
}

/* Returns the masks of its word that need not be tried any more. */
static uint64_t try_mask(struct mask_search *search, uint32_t low)
{
	const size_t most = search->knot->count;
	unsigned int zero, one;
	uint64_t same = patterns_of(search, low, &zero, &one);
	size_t sides = search->left[zero] + search->left[one];

	if (search->seen[zero] >> one & 1 || sides > most)
		return same;
	if (sides == most && (!search->even || (search->left[zero] > 1 && search->left[one] > 1)))
		return same;
	search->seen[zero] |= 1u << one;
	knot_consider(search->knot, (struct atom_test){IR_SET, search->high, low}, one, zero,
		      search->best);
	return same;
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

static void try_masks(struct knot *knot, bool high, struct knot_test *best)
{
	const struct atoms *atoms = knot->tree->atoms;
	int bits = high ? atoms->mask_bits : differing_bits(knot);
	struct mask_search search;
	size_t i;

	search.knot = knot;
	search.best = best;
	search.high = high;
	search.even = knot->tree->options->even_masks;
	count_left(&search);
	for (i = 0; i < knot->count; i++)
		atoms_mark(atoms, knot_set(knot), knot->segments[i].first, knot->segments[i].last,
			   high, bits, &search.marks[i]);
	for (i = 0; i < atoms_mask_words(bits); i++) {
		uint64_t masks = worth_trying(&search, i) & atoms_mask_word(bits);

		while (masks)
			masks &= ~try_mask(&search,
					   (uint32_t)i * 64 + (uint32_t)__builtin_ctzll(masks));
	}
}

void knot_try_masks(struct knot *knot, struct knot_test *best)
{
	try_masks(knot, false, best);
	if (has_wide(knot))
		try_masks(knot, true, best);
}

/* ---- whether to look at them at all */

static size_t count_classes(const struct knot *knot)
{
	size_t i, j, count = 0;

	for (i = 0; i < knot->count; i++) {
		for (j = 0; knot->segments[j].class != knot->segments[i].class; j++)
			;
		count += j == i;
	}
	return count;
}

/* Three classes take two tests: where the second is for the two that cost the least. */
static struct tree_cost least_of_three(const struct knot *knot)
{
	struct tree_cost least = tree_unsolved();
	size_t i;

	for (i = 0; i < 3; i++) {
		struct tree_cost first = tree_cost_of_leaf(knot->segments[i].worst), second, cost;

		knot_least_cost(knot, knot_all(knot) & ~(1u << i), &second);
		cost = tree_cost_of_test(knot->tree, knot->weight, first, second);
		if (tree_is_better(knot->tree, cost, least))
			least = cost;
	}
	return least;
}

bool knot_masks_may_help(const struct knot *knot, const struct knot_test *best)
{
	const struct tree *tree = knot->tree;

	if (tree->options->no_bits || knot->count < 3 ||
	    (!tree->options->worst_first &&
	     best->cost.insns <= knot->weight + tree->options->test_price))
		return false;
	if (count_classes(knot) < knot->count)
		return true;
	if (!tree->options->even_masks)
		return false;
	return knot->count > 3 || tree_is_better(tree, least_of_three(knot), best->cost);
}
