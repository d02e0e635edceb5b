/* SPDX-License-Identifier: MIT */
#include "filters/gen/args_runs.h"

#include <stdlib.h>

#include "harness/base/alloc.h"

#define CHAIN_LIMIT 8  /* values in a chain */
#define LONG_CHAIN  32 /* of so many runs that the filter's length counts most */
#define MOST_RUNS   1024
#define EXACT_RUNS  32 /* the dynamic program takes their cube */
#define MANY_RUNS   64 /* of more, few are left to it, and chains keep the tree short */
#define FEW_RUNS    8

/* The values that a chain tests, in its order, and what all others come to. */
struct chain {
	size_t runs[LONG_CHAIN];
	size_t count;
	ir_id rest;
};

/* How an interval is decided. */
struct plan {
	struct args_cost cost;
	size_t split; /* first run above; 0: by a chain */
};

struct tree {
	struct ir *ir;
	uint8_t word;
	const struct args_run *runs;
	size_t count;
	/* Of the interval that the dynamic program works on: from its first run on, one row each.
	 */
	struct plan *plans;
	size_t first, width;
};

/* ---- chains */

static bool is_point(const struct args_run *run)
{
	return run->low == run->high;
}

/* The outcome of what is no single value; where all are single, the one of most. False: there are
 * several. */
static bool find_rest(const struct tree *tree, size_t from, size_t to, ir_id *ret_rest)
{
	const struct args_run *runs = tree->runs;
	bool found = false;
	size_t i, j, most = 0;

	for (i = from; i <= to; i++) {
		if (is_point(&runs[i]))
			continue;
		if (found && runs[i].to != *ret_rest)
			return false;
		*ret_rest = runs[i].to;
		found = true;
	}
	for (i = from; i <= to && !found; i++) {
		size_t same = 0;

		for (j = from; j <= to; j++)
			same += runs[j].to == runs[i].to;
		if (same > most)
			*ret_rest = runs[i].to;
		most = same > most ? same : most;
	}
	return true;
}

/* Heavy ones first; among equals those with a long way before them. */
static bool goes_before(const struct args_run *a, const struct args_run *b)
{
	return a->weight != b->weight ? a->weight > b->weight : a->worst > b->worst;
}

static bool find_chain(const struct tree *tree, size_t from, size_t to, struct chain *chain)
{
	const struct args_run *runs = tree->runs;
	size_t i, at, limit = tree->count > MOST_RUNS ? LONG_CHAIN : CHAIN_LIMIT;

	chain->count = 0;
	if (!find_rest(tree, from, to, &chain->rest))
		return false;
	for (i = from; i <= to; i++) {
		if (runs[i].to == chain->rest)
			continue;
		if (chain->count == limit)
			return false;
		at = chain->count++;
		for (; at > 0 && goes_before(&runs[i], &runs[chain->runs[at - 1]]); at--)
			chain->runs[at] = chain->runs[at - 1];
		chain->runs[at] = i;
	}
	return true;
}

static void raise(uint32_t *worst, uint32_t other)
{
	if (*worst < other)
		*worst = other;
}

static struct args_cost chain_cost(const struct tree *tree, size_t from, size_t to,
				   const struct chain *chain)
{
	struct args_cost cost = {.insns = (uint32_t)chain->count};
	size_t i;

	for (i = 0; i < chain->count; i++) {
		const struct args_run *run = &tree->runs[chain->runs[i]];

		cost.samples += run->weight * (i + 1);
		raise(&cost.worst, (uint32_t)i + 1 + run->worst);
	}
	for (i = from; i <= to; i++) {
		const struct args_run *run = &tree->runs[i];

		if (run->to != chain->rest)
			continue;
		cost.samples += run->weight * chain->count;
		raise(&cost.worst, (uint32_t)chain->count + run->worst);
	}
	return cost;
}

static ir_id build_chain(const struct tree *tree, const struct chain *chain)
{
	ir_id node = chain->rest;
	size_t i;

	for (i = chain->count; i-- > 0;) {
		const struct args_run *run = &tree->runs[chain->runs[i]];

		node = ir_test(tree->ir, ir_eq(tree->word, run->low), run->to, node);
	}
	return node;
}

/* ---- few runs: the best of all splits and chains */

static struct plan *plan_of(const struct tree *tree, size_t from, size_t to)
{
	return &tree->plans[(from - tree->first) * tree->width + (to - tree->first)];
}

static void try_split(const struct tree *tree, size_t from, size_t to, size_t split,
		      uint64_t weight, struct plan *best)
{
	const struct args_cost *below = &plan_of(tree, from, split - 1)->cost;
	const struct args_cost *above = &plan_of(tree, split, to)->cost;
	struct plan plan = {.split = split};

	plan.cost.samples = weight + below->samples + above->samples;
	plan.cost.worst = 1 + (below->worst > above->worst ? below->worst : above->worst);
	plan.cost.insns = 1 + below->insns + above->insns;
	if (args_cost_less(&plan.cost, &best->cost))
		*best = plan;
}

static void plan_interval(const struct tree *tree, size_t from, size_t to)
{
	struct plan best = {.cost = {UINT64_MAX, UINT32_MAX, UINT32_MAX}};
	struct chain chain;
	uint64_t weight = 0;
	size_t i;

	for (i = from; i <= to; i++)
		weight += tree->runs[i].weight;
	if (find_chain(tree, from, to, &chain))
		best.cost = chain_cost(tree, from, to, &chain);
	for (i = from + 1; i <= to; i++)
		try_split(tree, from, to, i, weight, &best);
	*plan_of(tree, from, to) = best;
}

static ir_id build_planned(const struct tree *tree, size_t from, size_t to)
{
	size_t split = plan_of(tree, from, to)->split;
	struct chain chain;
	ir_id below, above;

	if (split == 0) {
		find_chain(tree, from, to, &chain);
		return build_chain(tree, &chain);
	}
	above = build_planned(tree, split, to);
	below = build_planned(tree, from, split - 1);
	return ir_test(tree->ir, ir_ge(tree->word, tree->runs[split].low), above, below);
}

static ir_id build_few(struct tree *tree, size_t from, size_t to)
{
	size_t len, at;
	ir_id root;

	tree->first = from;
	tree->width = to - from + 1;
	tree->plans = sg_calloc(tree->width * tree->width, sizeof(*tree->plans));
	for (len = 1; len <= tree->width; len++) {
		for (at = from; at + len - 1 <= to; at++)
			plan_interval(tree, at, at + len - 1);
	}
	root = build_planned(tree, from, to);
	free(tree->plans);
	return root;
}

/* ---- many */

static ir_id build(struct tree *tree, size_t from, size_t to)
{
	size_t middle = from + (to - from + 1) / 2;
	bool many = tree->count > MANY_RUNS;
	struct chain chain;
	ir_id below, above;

	if (many && find_chain(tree, from, to, &chain))
		return build_chain(tree, &chain);
	if (to - from < (many ? FEW_RUNS : EXACT_RUNS))
		return build_few(tree, from, to);
	above = build(tree, middle, to);
	below = build(tree, from, middle - 1);
	return ir_test(tree->ir, ir_ge(tree->word, tree->runs[middle].low), above, below);
}

ir_id args_runs_tree(struct ir *ir, uint8_t word, const struct args_run *runs, size_t count)
{
	struct tree tree = {.ir = ir, .word = word, .runs = runs, .count = count};

	return build(&tree, 0, count - 1);
}
