/* SPDX-License-Identifier: MIT */
#include "filters/gen/tree.h"

#include "filters/gen/tree_knot.h"
#include "filters/gen/tree_peel.h"
#include "filters/gen/tree_span.h"

/* Where the dynamic program of all is cheap, it is held against the peel; beyond, the peel is
 * taken where it says that it fits. */
#define BOTH_SEGMENTS 48

/* Weighted instructions, over the numbers that weigh anything. */
static double weigh(const struct tree *tree, ir_id root)
{
	double insns = 0;
	size_t i;

	for (i = 0; i < tree->atoms->count; i++) {
		const struct atom *atom = &tree->atoms->items[i];
		uint32_t words[ABI_DATA_WORDS] = {atom->low};

		if (atom->weight > 0)
			insns += atom->weight * ir_cost(tree->ir, root, words, NULL);
	}
	return insns;
}

static ir_id build(struct tree *tree)
{
	struct atom_set all = atoms_all(tree->atoms);
	ir_id peeled, spanned;

	if (tree->options->no_peel || tree->options->worst_first || !tree_peel_build(tree, &peeled))
		return tree_span_build(tree, &all);
	if (atoms_count_segments(tree->atoms, &all, BOTH_SEGMENTS) > BOTH_SEGMENTS)
		return peeled;
	spanned = tree_span_build(tree, &all);
	return weigh(tree, spanned) < weigh(tree, peeled) ? spanned : peeled;
}

ir_id tree_build(struct ir *ir, const struct lower_group *group, const struct tree_options *options)
{
	struct atoms atoms;
	struct tree tree = {.ir = ir, .atoms = &atoms, .options = options};
	ir_id root;

	atoms_init(&atoms, group);
	root = build(&tree);
	tree_memo_release(&tree.memo);
	atoms_release(&atoms);
	return root;
}
