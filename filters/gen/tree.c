/* SPDX-License-Identifier: MIT */
#include "filters/gen/tree.h"

#include "filters/gen/tree_knot.h"
#include "filters/gen/tree_peel.h"
#include "filters/gen/tree_span.h"

ir_id tree_build(struct ir *ir, const struct lower_group *group, const struct tree_options *options)
{
	struct atoms atoms;
	struct tree tree = {.ir = ir, .atoms = &atoms, .options = options};
	struct atom_set all;
	ir_id root;

	atoms_init(&atoms, group);
	all = atoms_all(&atoms);
	if (options->no_peel || options->worst_first || !tree_peel_build(&tree, &root))
		root = tree_span_build(&tree, &all);
	tree_memo_release(&tree.memo);
	atoms_release(&atoms);
	return root;
}
