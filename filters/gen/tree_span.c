/* SPDX-License-Identifier: MIT */
#include "filters/gen/tree_span.h"

#include <stdlib.h>
#include <string.h>

#include "filters/gen/tree_chain.h"
#include "filters/gen/tree_knot.h"
#include "harness/base/alloc.h"

enum kind { SPLIT, CHAIN, KNOT };

/* What decides an interval. There are thousands of them, so it is packed. */
struct choice {
	uint16_t split : 14; /* first segment of the right side of the best split, always */
	uint16_t kind : 2;   /* enum kind */
};

/* The solutions of all intervals with one last segment, by the first one. */
struct column {
	double *insns; /* struct tree_cost; owned, and the other two are parts of it */
	float *worst;  /* NULL without worst_first */
	struct choice *choices;
	bool rises; /* worst never falls as the first segment moves away */
};

struct spans {
	struct tree *tree;
	const struct atom_set *set;
	struct atom_segment *segments;
	size_t count, knot_max;
	double *weight_before;  /* of the segments before each, and at the end of all */
	struct column *columns; /* by last segment */
	bool *rises;            /* by first segment: worst never falls as the last one moves away */
};

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

/* An interval that is being solved. */
struct interval {
	const struct spans *spans;
	size_t first, last;
	double weight;
	struct tree_cost cost; /* the best so far */
	struct choice choice;
};

static void consider(struct interval *interval, enum kind kind, struct tree_cost cost)
{
	if (!tree_is_better(interval->spans->tree, cost, interval->cost))
		return;
	interval->choice.kind = kind;
	interval->cost = cost;
}

/*
 * Where the weighted sum decides, the best split of an interval lies between those of the interval
 * without its last and without its first segment (Knuth, Optimum binary search trees, 1971).
 * Chains and knots bend that rule a little; tests/test_tree.c says how little.
 */
static void split_by_insns(struct interval *interval)
{
	const struct spans *spans = interval->spans;
	const size_t first = interval->first, last = interval->last;
	const struct column *columns = spans->columns, *right = &columns[last];
	const double test = interval->weight + spans->tree->options->test_price;
	double least = interval->cost.insns;
	size_t from = first + 1, to = last, i, split;

	if (last - first >= 3) {
		from = columns[last - 1].choices[first].split;
		to = right->choices[first + 1].split;
	}
	split = from;
	for (i = from; i <= to; i++) {
		double sum = test + columns[i - 1].insns[first] + right->insns[i];

		if (sum >= least)
			continue;
		least = sum;
		split = i;
	}
	interval->cost.insns = least;
	interval->choice.split = (uint16_t)split;
}

/* The worse side of a split. */
static float worse(float left, float right)
{
	return left > right ? left : right;
}

/*
 * The splits from *from to *to become those that are no worse than @limit, which one of them is: a
 * longer side is no better, as a rule. Chains and knots may break it; then all splits stay.
 */
static void no_worse(const struct interval *interval, float limit, size_t *from, size_t *to)
{
	const size_t first = interval->first, last = interval->last;
	const struct column *columns = interval->spans->columns, *right = &columns[last];

	if (!right->rises || !interval->spans->rises[first]) {
		*from = first + 1;
		*to = last;
		return;
	}
	while (*from > first + 1 && right->worst[*from - 1] <= limit)
		--*from;
	while (*to < last && columns[*to].worst[first] <= limit)
		++*to;
}

/* The split that the interval has without its last segment is near to the best. */
static void split_by_worst(struct interval *interval)
{
	const size_t first = interval->first, last = interval->last;
	const struct column *columns = interval->spans->columns;
	const double *right = columns[last].insns;
	const float *right_worst = columns[last].worst;
	const double test = interval->weight + interval->spans->tree->options->test_price;
	double least = interval->cost.insns;
	size_t split = columns[last - 1].choices[first].split, from = split, to = split, i;
	float limit = worse(columns[split - 1].worst[first], right_worst[split]);

	no_worse(interval, limit, &from, &to);
	for (i = from; i <= to; i++) {
		float both = worse(columns[i - 1].worst[first], right_worst[i]);
		double sum = test + columns[i - 1].insns[first] + right[i];

		if (both > limit || (both == limit && sum >= least))
			continue;
		limit = both;
		least = sum;
		split = i;
	}
	interval->cost = (struct tree_cost){least, 1 + limit};
	interval->choice.split = (uint16_t)split;
}

static void try_chain(struct interval *interval)
{
	const struct spans *spans = interval->spans;
	const struct atom_segment *segments = &spans->segments[interval->first];
	size_t count = interval->last - interval->first + 1;
	struct tree_chain chain;

	if (count > 2 * TREE_CHAIN_MAX + 1 || count <= spans->knot_max)
		return;
	if (tree_chain_find(segments, count, &chain))
		consider(interval, CHAIN, tree_chain_cost(spans->tree, &chain, interval->weight));
}

/* Of two segments a split says all. */
static void try_knot(struct interval *interval)
{
	const struct spans *spans = interval->spans;
	const struct atom_segment *segments = &spans->segments[interval->first];
	size_t count = interval->last - interval->first + 1;

	if (count == 2 || count > spans->knot_max)
		return;
	consider(interval, KNOT, tree_knot_cost_between(spans->tree, spans->set, segments, count));
}

/* ---- the dynamic program: what lies within an interval is solved before it */

static void store_worst(const struct interval *interval)
{
	const size_t first = interval->first, last = interval->last;
	const float worst = interval->cost.worst;
	struct column *column = &interval->spans->columns[last];

	column->worst[first] = worst;
	if (first == last)
		return;
	column->rises &= worst >= column->worst[first + 1];
	interval->spans->rises[first] &= worst >= column[-1].worst[first];
}

static void store(const struct interval *interval)
{
	struct column *column = &interval->spans->columns[interval->last];

	column->insns[interval->first] = interval->cost.insns;
	column->choices[interval->first] = interval->choice;
	if (column->worst)
		store_worst(interval);
}

static void solve(const struct spans *spans, size_t first, size_t last)
{
	struct interval interval = {.spans = spans,
				    .first = first,
				    .last = last,
				    .weight = weight_of(spans, first, last),
				    .cost = tree_unsolved(),
				    .choice = {.split = (uint16_t)(first + 1), .kind = SPLIT}};

	if (first == last) {
		interval.cost = tree_cost_of_leaf(spans->segments[first].worst);
	} else {
		if (spans->tree->options->worst_first)
			split_by_worst(&interval);
		else
			split_by_insns(&interval);
		try_chain(&interval);
		try_knot(&interval);
	}
	store(&interval);
}

/* A block each: of that size, memory may be at hand that somebody has used before. */
static struct column make_column(size_t count, bool worst_first)
{
	const size_t worst_bytes = worst_first ? count * sizeof(float) : 0;
	struct column column = {.rises = true};
	char *rest;

	column.insns = sg_malloc(count * (sizeof(double) + sizeof(struct choice)) + worst_bytes);
	rest = (char *)(column.insns + count);
	column.worst = worst_first ? (void *)rest : NULL;
	column.choices = (void *)(rest + worst_bytes);
	return column;
}

static void solve_all(const struct spans *spans)
{
	const bool worst_first = spans->tree->options->worst_first;
	size_t last, first;

	for (last = 0; last < spans->count; last++) {
		spans->columns[last] = make_column(last + 1, worst_first);
		for (first = last + 1; first-- > 0;)
			solve(spans, first, last);
	}
}

static void spans_init(struct spans *spans, struct tree *tree, const struct atom_set *set)
{
	size_t i;

	*spans = (struct spans){.tree = tree, .set = set, .knot_max = tree_knot_max(tree)};
	spans->count = atoms_count_segments(tree->atoms, set, tree->atoms->count);
	spans->segments = sg_calloc(spans->count, sizeof(*spans->segments));
	atoms_segments(tree->atoms, set, spans->segments, spans->count);
	spans->weight_before = sg_calloc(spans->count + 1, sizeof(*spans->weight_before));
	for (i = 0; i < spans->count; i++)
		spans->weight_before[i + 1] = spans->weight_before[i] + spans->segments[i].weight;
	spans->columns = sg_calloc(spans->count, sizeof(*spans->columns));
	spans->rises = sg_malloc(spans->count * sizeof(*spans->rises));
	memset(spans->rises, true, spans->count * sizeof(*spans->rises));
}

static void spans_release(struct spans *spans)
{
	size_t i;

	free(spans->segments);
	free(spans->weight_before);
	for (i = 0; i < spans->count; i++)
		free(spans->columns[i].insns);
	free(spans->columns);
	free(spans->rises);
}

/* ---- from the solution to nodes */

static ir_id build(const struct spans *spans, size_t first, size_t last)
{
	const struct choice choice = spans->columns[last].choices[first];
	const struct atom_segment *segments = spans->segments;
	const struct atom *atoms = spans->tree->atoms->items;
	struct tree_chain chain;
	struct atom_set set;
	ir_id left, right;

	if (first == last)
		return atoms[segments[first].first].node;
	if (choice.kind == CHAIN) {
		tree_chain_find(&segments[first], last - first + 1, &chain);
		return tree_chain_build(spans->tree, &chain);
	}
	if (choice.kind == KNOT) {
		set = set_of(spans, first, last);
		return tree_knot_build(spans->tree, &set);
	}
	left = build(spans, first, choice.split - 1u);
	right = build(spans, choice.split, last);
	return ir_test(spans->tree->ir, ir_ge(IR_WORD_NR, atoms[segments[choice.split].first].low),
		       right, left);
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
