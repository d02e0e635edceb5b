/* SPDX-License-Identifier: MIT */
#include "filters/gen/tree_span.h"

#include <stdlib.h>

#include "filters/gen/tree_chain.h"
#include "filters/gen/tree_knot.h"
#include "harness/base/alloc.h"

enum kind { SPLIT, CHAIN, KNOT };

/* The solution of an interval: there are thousands of them, so the cost is packed. */
struct state {
	double insns; /* struct tree_cost */
	float worst;
	uint16_t split; /* first segment of the right side of the best split, whatever is best */
	uint8_t kind;   /* enum kind */
};

struct spans {
	struct tree *tree;
	const struct atom_set *set;
	struct atom_segment *segments;
	size_t count;
	double *weight_before; /* of the segments before each, and at the end of all */
	struct state *states;  /* a triangle: by last, then first segment */
};

static struct state *state_of(const struct spans *spans, size_t first, size_t last)
{
	return &spans->states[last * (last + 1) / 2 + first];
}

static struct tree_cost cost_of(const struct spans *spans, size_t first, size_t last)
{
	const struct state *state = state_of(spans, first, last);

	return (struct tree_cost){state->insns, state->worst};
}

static double weight_of(const struct spans *spans, size_t first, size_t last)
{
	return spans->weight_before[last + 1] - spans->weight_before[first];
}

static struct atom_set set_of(const struct spans *spans, size_t first, size_t last)
{
	const struct atoms *atoms = spans->tree->atoms;
	struct atom_set set = atoms_from(atoms, spans->set, spans->segments[first].first);

	return atoms_below(atoms, &set, spans->segments[last].last + 1);
}

/* ---- the three ways to decide an interval */

static void consider(const struct spans *spans, struct state *best, enum kind kind,
		     struct tree_cost cost)
{
	struct tree_cost so_far = {best->insns, best->worst};

	if (!tree_is_better(spans->tree, cost, so_far))
		return;
	best->kind = kind;
	best->insns = cost.insns;
	best->worst = cost.worst;
}

/*
 * Where the weighted sum decides, the best split of an interval lies between those of the interval
 * without its last and without its first segment (Knuth, Optimum binary search trees, 1971).
 * Chains and knots bend that rule a little; tests/test_tree.c says how little.
 */
static void split_range(const struct spans *spans, size_t first, size_t last, size_t *ret_from,
			size_t *ret_to)
{
	*ret_from = first + 1;
	*ret_to = last;
	if (spans->tree->options->worst_first || last - first < 3)
		return;
	*ret_from = state_of(spans, first, last - 1)->split;
	*ret_to = state_of(spans, first + 1, last)->split;
}

static void try_splits(const struct spans *spans, size_t first, size_t last, struct state *best)
{
	double weight = weight_of(spans, first, last);
	struct tree_cost best_split = tree_unsolved();
	size_t from, to, i;

	split_range(spans, first, last, &from, &to);
	best->split = (uint16_t)from;
	for (i = from; i <= to; i++) {
		struct tree_cost cost =
			tree_cost_of_test(spans->tree, weight, cost_of(spans, first, i - 1),
					  cost_of(spans, i, last));

		if (!tree_is_better(spans->tree, cost, best_split))
			continue;
		best_split = cost;
		best->split = (uint16_t)i;
	}
	consider(spans, best, SPLIT, best_split);
}

static void try_chain(const struct spans *spans, size_t first, size_t last, struct state *best)
{
	size_t count = last - first + 1;
	struct tree_chain chain;

	if (count > 2 * TREE_CHAIN_MAX + 1 || count <= tree_knot_max(spans->tree))
		return;
	if (tree_chain_find(&spans->segments[first], count, &chain))
		consider(spans, best, CHAIN,
			 tree_chain_cost(spans->tree, &chain, weight_of(spans, first, last)));
}

static void try_knot(const struct spans *spans, size_t first, size_t last, struct state *best)
{
	struct atom_set set;

	if (last - first + 1 > tree_knot_max(spans->tree))
		return;
	set = set_of(spans, first, last);
	consider(spans, best, KNOT, tree_knot_cost(spans->tree, &set));
}

/* ---- the dynamic program: shorter intervals first */

static void solve(const struct spans *spans, size_t first, size_t last)
{
	struct tree_cost unsolved = tree_unsolved();
	struct state best = {unsolved.insns, unsolved.worst, (uint16_t)(first + 1), SPLIT};

	if (first == last) {
		consider(spans, &best, SPLIT, tree_cost_of_leaf(spans->segments[first].worst));
	} else {
		try_splits(spans, first, last, &best);
		try_chain(spans, first, last, &best);
		try_knot(spans, first, last, &best);
	}
	*state_of(spans, first, last) = best;
}

static void solve_all(const struct spans *spans)
{
	size_t more, first;

	for (more = 0; more < spans->count; more++) {
		for (first = 0; first + more < spans->count; first++)
			solve(spans, first, first + more);
	}
}

static void spans_init(struct spans *spans, struct tree *tree, const struct atom_set *set)
{
	size_t i;

	*spans = (struct spans){.tree = tree, .set = set};
	spans->count = atoms_count_segments(tree->atoms, set, tree->atoms->count);
	spans->segments = sg_calloc(spans->count, sizeof(*spans->segments));
	atoms_segments(tree->atoms, set, spans->segments, spans->count);
	spans->weight_before = sg_calloc(spans->count + 1, sizeof(*spans->weight_before));
	for (i = 0; i < spans->count; i++)
		spans->weight_before[i + 1] = spans->weight_before[i] + spans->segments[i].weight;
	spans->states = sg_calloc(spans->count * (spans->count + 1) / 2, sizeof(*spans->states));
}

static void spans_release(struct spans *spans)
{
	free(spans->segments);
	free(spans->weight_before);
	free(spans->states);
}

/* ---- from the solution to nodes */

static ir_id build(const struct spans *spans, size_t first, size_t last)
{
	const struct state *state = state_of(spans, first, last);
	const struct atom *atoms = spans->tree->atoms->items;
	struct tree_chain chain;
	struct atom_set set;
	ir_id left, right;

	if (first == last)
		return atoms[spans->segments[first].first].node;
	if (state->kind == CHAIN) {
		tree_chain_find(&spans->segments[first], last - first + 1, &chain);
		return tree_chain_build(spans->tree, &chain);
	}
	if (state->kind == KNOT) {
		set = set_of(spans, first, last);
		return tree_knot_build(spans->tree, &set);
	}
	left = build(spans, first, state->split - 1u);
	right = build(spans, state->split, last);
	return ir_test(spans->tree->ir,
		       ir_ge(IR_WORD_NR, atoms[spans->segments[state->split].first].low), right,
		       left);
}

ir_id tree_span_build(struct tree *tree, const struct atom_set *set)
{
	struct spans spans;
	ir_id root;

	spans_init(&spans, tree, set);
	solve_all(&spans);
	root = build(&spans, 0, spans.count - 1);
	spans_release(&spans);
	return root;
}
