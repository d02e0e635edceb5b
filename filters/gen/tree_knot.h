/* SPDX-License-Identifier: MIT */
/*
 * Private to tree*.c: the best tree of all tests for a set of few segments.
 *
 * jeq #(a single number), its node; the rest
 * jge #(start of a segment), right side; left side
 * jset #(mask), the numbers with one of its bits; those with none
 *
 * Of the masks, those that leave fewer segments on both sides together than there were: what a
 * comparison does is to leave as many. With even_masks also those that leave as many, one side
 * being of one class. What took a search is remembered (tree.memo); one or two segments take none,
 * nor do three of which no mask can make less.
 */
#ifndef SG_GEN_TREE_KNOT_H
#define SG_GEN_TREE_KNOT_H

#include "filters/gen/tree_private.h"

#define TREE_KNOT_SEGMENTS 5
#define TREE_KNOT_QUICK    3

static inline size_t tree_knot_max(const struct tree *tree)
{
	if (tree->options->no_knots)
		return 1;
	return tree->options->quick ? TREE_KNOT_QUICK : TREE_KNOT_SEGMENTS;
}

/* The set has at most TREE_KNOT_SEGMENTS segments; tree_knot_max() says how many it should have. */
struct tree_cost tree_knot_cost(struct tree *tree, const struct atom_set *set);
/* The same for what @whole has from the first of these segments of it to the last. */
struct tree_cost tree_knot_cost_between(struct tree *tree, const struct atom_set *whole,
					const struct atom_segment *segments, size_t count);
ir_id tree_knot_build(struct tree *tree, const struct atom_set *set);

void tree_memo_release(struct tree_memo *memo);

#endif
