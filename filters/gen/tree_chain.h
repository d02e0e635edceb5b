/* SPDX-License-Identifier: MIT */
/*
 * The end of many branches: a few single numbers in an interval that is otherwise one node.
 *
 * jeq #A, A's node
 * jeq #B, B's node
 * ...
 * the rest's node
 *
 * The heaviest first. Private to tree*.c.
 */
#ifndef SG_GEN_TREE_CHAIN_H
#define SG_GEN_TREE_CHAIN_H

#include "filters/gen/tree_private.h"

#define TREE_CHAIN_MAX 8 /* jeq tests in a row */

struct tree_chain {
	const struct atom_segment *links[TREE_CHAIN_MAX];
	size_t len;
	const struct atom_segment *rest; /* the first segment of the rest */
};

/* False where these segments are no such interval. */
bool tree_chain_find(const struct atom_segment *segments, size_t count, struct tree_chain *chain);
struct tree_cost tree_chain_cost(const struct tree *tree, const struct tree_chain *chain,
				 double weight);
ir_id tree_chain_build(const struct tree *tree, const struct tree_chain *chain);

#endif
