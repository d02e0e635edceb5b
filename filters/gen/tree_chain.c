/* SPDX-License-Identifier: MIT */
#include "filters/gen/tree_chain.h"

/* A wide segment cannot be a link, so its node is the rest's; where there is none, the first is. */
static const struct atom_segment *choose_rest(const struct atom_segment *segments, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (!segments[i].single)
			return &segments[i];
	}
	return segments;
}

static bool add_link(struct tree_chain *chain, const struct atom_segment *segment)
{
	size_t at;

	if (!segment->single || chain->len == TREE_CHAIN_MAX)
		return false;
	for (at = chain->len++; at > 0; at--) {
		if (chain->links[at - 1]->weight >= segment->weight)
			break;
		chain->links[at] = chain->links[at - 1];
	}
	chain->links[at] = segment;
	return true;
}

bool tree_chain_find(const struct atom_segment *segments, size_t count, struct tree_chain *chain)
{
	size_t i;

	*chain = (struct tree_chain){.rest = choose_rest(segments, count)};
	for (i = 0; i < count; i++) {
		if (segments[i].class != chain->rest->class && !add_link(chain, &segments[i]))
			return false;
	}
	return true;
}

struct tree_cost tree_chain_cost(const struct tree *tree, const struct tree_chain *chain,
				 double weight)
{
	struct tree_cost cost = {0}, end = tree_cost_of_leaf(chain->rest->worst);
	size_t i;

	cost.worst = end.worst + (float)chain->len;
	for (i = 0; i < chain->len; i++) {
		end = tree_cost_of_leaf(chain->links[i]->worst);
		if (cost.worst < end.worst + (float)(i + 1))
			cost.worst = end.worst + (float)(i + 1);
		cost.insns += weight + tree->options->test_price;
		weight -= chain->links[i]->weight;
	}
	return cost;
}

ir_id tree_chain_build(const struct tree *tree, const struct tree_chain *chain)
{
	const struct atom *atoms = tree->atoms->items;
	ir_id node = atoms[chain->rest->first].node;
	size_t i;

	for (i = chain->len; i-- > 0;) {
		const struct atom *link = &atoms[chain->links[i]->first];

		node = ir_test(tree->ir, ir_eq(IR_WORD_NR, link->low), link->node, node);
	}
	return node;
}
