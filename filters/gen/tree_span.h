/* SPDX-License-Identifier: MIT */
/*
 * Private to tree*.c: a set of numbers by dynamic programming over intervals of its segments.
 *
 * split: between any two neighbours
 *	jge #(first number of the right one), right side
 *	left side
 *
 * chain: single numbers in an interval that is otherwise one node (tree_chain.h)
 *
 * knot: a short interval, the best of all trees (tree_knot.h)
 */
#ifndef SG_GEN_TREE_SPAN_H
#define SG_GEN_TREE_SPAN_H

#include "filters/gen/tree_private.h"

ir_id tree_span_build(struct tree *tree, const struct atom_set *set);

#endif
