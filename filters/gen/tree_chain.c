/* SPDX-License-Identifier: MIT */
#include "filters/gen/tree_chain.h"

static bool is_single(const struct lower_run *run)
{
	return run->low == run->high;
}

/* A wide run cannot be a link, so its node is the rest's; where there is none, the first is. */
static size_t choose_rest(const struct tree_ground *ground, const struct tree_span *span)
{
	size_t run;

	for (run = span->first; run <= span->last; run++) {
		if (!is_single(&ground->runs[run]))
			return run;
	}
	return span->first;
}

static bool add_link(const struct tree_ground *ground, struct tree_chain *chain, size_t run)
{
	size_t at;

	if (!is_single(&ground->runs[run]) || chain->len == TREE_CHAIN_MAX)
		return false;
	for (at = chain->len++; at > 0; at--) {
		if (ground->runs[chain->runs[at - 1]].weight >= ground->runs[run].weight)
			break;
		chain->runs[at] = chain->runs[at - 1];
	}
	chain->runs[at] = run;
	return true;
}

bool tree_chain_find(const struct tree_ground *ground, const struct tree_span *span,
		     struct tree_chain *chain)
{
	size_t run;

	*chain = (struct tree_chain){.rest = choose_rest(ground, span)};
	for (run = span->first; run <= span->last; run++) {
		if (tree_is_removed(ground, span->holes, run) ||
		    ground->runs[run].node == ground->runs[chain->rest].node)
			continue;
		if (!add_link(ground, chain, run))
			return false;
	}
	return true;
}

struct tree_cost tree_chain_cost(const struct tree_ground *ground, const struct tree_chain *chain,
				 double weight)
{
	struct tree_cost cost = {0}, end = tree_cost_of_run(ground, chain->rest);
	size_t i;

	cost.worst = end.worst + (float)chain->len;
	for (i = 0; i < chain->len; i++) {
		end = tree_cost_of_run(ground, chain->runs[i]);
		if (cost.worst < end.worst + (float)(i + 1))
			cost.worst = end.worst + (float)(i + 1);
		cost.insns += weight + TREE_TEST_PRICE;
		weight -= ground->runs[chain->runs[i]].weight;
	}
	return cost;
}

ir_id tree_chain_build(struct ir *ir, const struct tree_ground *ground,
		       const struct tree_chain *chain)
{
	ir_id node = ground->runs[chain->rest].node;
	size_t i;

	for (i = chain->len; i-- > 0;) {
		const struct lower_run *run = &ground->runs[chain->runs[i]];

		node = ir_test(ir, ir_eq(IR_WORD_NR, run->low), run->node, node);
	}
	return node;
}
