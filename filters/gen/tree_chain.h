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

#include "filters/gen/tree_span.h"

#define TREE_CHAIN_MAX 8 /* jeq tests in a row */

struct tree_chain {
	size_t runs[TREE_CHAIN_MAX]; /* single numbers */
	size_t len;
	size_t rest; /* a run of the rest */
};

/* False where the span is no such interval. */
bool tree_chain_find(const struct tree_ground *ground, const struct tree_span *span,
		     struct tree_chain *chain);
struct tree_cost tree_chain_cost(const struct tree_ground *ground, const struct tree_chain *chain,
				 double weight);
ir_id tree_chain_build(struct ir *ir, const struct tree_ground *ground,
		       const struct tree_chain *chain);

#endif
