/* SPDX-License-Identifier: MIT */
#include "filters/gen/tree.h"

#include "filters/gen/tree_chain.h"
#include "filters/gen/tree_span.h"
#include "filters/gen/tree_table.h"

#define HOLE_SHARE 0.2 /* a hole's weight beside what is left of its span, at least */

#define UNSOLVED 1e300

struct solver {
	struct tree_ground ground;
	struct tree_table table;
	bool worst_first;
};

/* The best way found so far to decide a span. */
struct best {
	struct tree_cost cost, split_cost;
	size_t split;
	enum tree_kind kind;
	size_t hole;
};

static bool is_better(const struct solver *solver, const struct tree_cost *a,
		      const struct tree_cost *b)
{
	if (solver->worst_first && a->worst != b->worst)
		return a->worst < b->worst;
	return a->insns < b->insns;
}

static void consider(const struct solver *solver, struct best *best, enum tree_kind kind,
		     const struct tree_cost *cost)
{
	if (!is_better(solver, cost, &best->cost))
		return;
	best->kind = kind;
	best->cost = *cost;
}

static struct tree_cost solved_cost(const struct solver *solver, struct tree_span span)
{
	const struct tree_state *state = tree_state(&solver->table, &span);

	return (struct tree_cost){state->insns, state->worst};
}

/* One test in front of two ways. */
static struct tree_cost cost_of_test(double weight, const struct tree_cost *a,
				     const struct tree_cost *b)
{
	return (struct tree_cost){weight + TREE_TEST_PRICE + a->insns + b->insns,
				  1 + (a->worst > b->worst ? a->worst : b->worst)};
}

/*
 * Is every hole heavy enough beside what is left in the span? A test that takes out next to nothing
 * is never among the best first ones. What holds for a span holds for its parts, so that a span
 * worth solving finds its parts solved.
 */
static bool worth_solving(const struct solver *solver, const struct tree_span *span)
{
	double least;
	size_t i;

	if (!span->holes)
		return true;
	least = HOLE_SHARE * tree_weight(&solver->ground, span);
	for (i = 0; span->holes >> i; i++) {
		if (span->holes >> i & 1 && solver->ground.hot[i].weight < least)
			return false;
	}
	return true;
}

/* ---- the three ways to decide a span */

static struct tree_cost cost_of_split(const struct solver *solver, const struct tree_span *span,
				      size_t before, size_t run, double weight)
{
	const struct tree_ground *ground = &solver->ground;
	struct tree_cost left = solved_cost(solver, tree_part(ground, span, span->first, before));
	struct tree_cost right = solved_cost(solver, tree_part(ground, span, run, span->last));

	return cost_of_test(weight, &left, &right);
}

/*
 * Where the weighted sum decides, the best split of a span lies between those of the span without
 * its last and without its first run (Knuth, Optimum binary search trees, 1971). Chains and holes
 * bend that rule a little; tests/test_tree.c says how little.
 */
static void split_range(const struct solver *solver, const struct tree_span *span, size_t *ret_from,
			size_t *ret_to)
{
	const struct tree_ground *ground = &solver->ground;
	struct tree_span shorter;

	*ret_from = span->first + 1;
	*ret_to = span->last;
	if (solver->worst_first || span->last - span->first < 3)
		return;
	shorter = tree_part(ground, span, span->first, span->last - 1);
	*ret_from = tree_state(&solver->table, &shorter)->split;
	shorter = tree_part(ground, span, span->first + 1, span->last);
	if (tree_state(&solver->table, &shorter)->split <= span->last)
		*ret_to = tree_state(&solver->table, &shorter)->split;
}

static void try_splits_in(const struct solver *solver, const struct tree_span *span, double weight,
			  size_t from, size_t to, struct best *best)
{
	const struct tree_ground *ground = &solver->ground;
	size_t run;

	for (run = from; run <= to; run++) {
		struct tree_cost cost;
		size_t before;

		if (tree_is_removed(ground, span->holes, run))
			continue;
		before = tree_run_before(ground, span, run);
		if (ground->runs[before].node == ground->runs[run].node)
			continue;
		cost = cost_of_split(solver, span, before, run, weight);
		if (!is_better(solver, &cost, &best->split_cost))
			continue;
		best->split_cost = cost;
		best->split = run;
		consider(solver, best, TREE_SPLIT, &cost);
	}
}

/* Where holes leave no split in the narrow range, there is one in the whole span. */
static void try_splits(const struct solver *solver, const struct tree_span *span, double weight,
		       struct best *best)
{
	size_t from, to;

	split_range(solver, span, &from, &to);
	try_splits_in(solver, span, weight, from, to, best);
	if (best->split_cost.insns >= UNSOLVED)
		try_splits_in(solver, span, weight, span->first + 1, span->last, best);
}

static void try_holes(const struct solver *solver, const struct tree_span *span, double weight,
		      struct best *best)
{
	const struct tree_ground *ground = &solver->ground;
	uint16_t inside = ground->hot_from[span->first] & ground->hot_to[span->last];
	size_t i;

	if (__builtin_popcount(span->holes) >= TREE_HOLES_MAX)
		return;
	for (i = 0; i < ground->hot_count; i++) {
		struct tree_cost self = tree_cost_of_run(ground, ground->hot[i].run), rest, cost;
		struct tree_span without = *span;

		if (!(inside >> i & 1) || span->holes >> i & 1)
			continue;
		without.holes |= (uint16_t)(1u << i);
		if (!worth_solving(solver, &without))
			continue;
		rest = solved_cost(solver, without);
		cost = cost_of_test(weight, &self, &rest);
		if (is_better(solver, &cost, &best->cost))
			best->hole = i;
		consider(solver, best, TREE_HOLE, &cost);
	}
}

static void try_chain(const struct solver *solver, const struct tree_span *span, double weight,
		      struct best *best)
{
	struct tree_chain chain;
	struct tree_cost cost;

	if (!tree_chain_find(&solver->ground, span, &chain))
		return;
	cost = tree_chain_cost(&solver->ground, &chain, weight);
	consider(solver, best, TREE_CHAIN, &cost);
}

/* ---- the dynamic program: shorter spans first, more holes first */

static void solve(const struct solver *solver, const struct tree_span *span)
{
	const struct tree_ground *ground = &solver->ground;
	struct tree_state *state = tree_state(&solver->table, span);
	struct tree_span trimmed = tree_trim(ground, *span);
	struct best best = {{UNSOLVED, 1e30f}, {UNSOLVED, 1e30f}, 0, TREE_CHAIN, 0};
	double weight = tree_weight(ground, span);

	best.split = trimmed.first + 1;
	if (trimmed.last - trimmed.first < span->last - span->first) {
		*state = *tree_state(&solver->table, &trimmed);
		return;
	}
	if (!tree_is_uniform(ground, span, &best.cost)) {
		try_chain(solver, span, weight, &best);
		try_splits(solver, span, weight, &best);
		try_holes(solver, span, weight, &best);
	}
	*state = (struct tree_state){best.cost.insns, best.cost.worst, (uint16_t)best.split,
				     (uint8_t)best.kind, (uint8_t)best.hole};
}

static void solve_all(const struct solver *solver)
{
	const struct tree_ground *ground = &solver->ground;
	size_t more, first, i;

	for (more = 0; more < ground->run_count; more++) {
		for (first = 0; first + more < ground->run_count; first++) {
			uint16_t inside = ground->hot_from[first] & ground->hot_to[first + more];

			for (i = 0; i < solver->table.set_count; i++) {
				uint16_t holes = solver->table.sets[i];
				struct tree_span span = {first, first + more, holes};

				if (!(holes & ~inside) && worth_solving(solver, &span))
					solve(solver, &span);
			}
		}
	}
}

/* ---- from the solution to nodes */

static ir_id build(const struct solver *solver, struct ir *ir, struct tree_span span);

/*
 * jge #(first number of the right side)
 *	right side
 * left side
 */
static ir_id build_split(const struct solver *solver, struct ir *ir, const struct tree_span *span,
			 size_t run)
{
	const struct tree_ground *ground = &solver->ground;
	size_t before = tree_run_before(ground, span, run);
	ir_id left = build(solver, ir, tree_part(ground, span, span->first, before));
	ir_id right = build(solver, ir, tree_part(ground, span, run, span->last));

	return ir_test(ir, ir_ge(IR_WORD_NR, ground->runs[run].low), right, left);
}

/*
 * jeq #(hot number)
 *	its node
 * the rest
 */
static ir_id build_hole(const struct solver *solver, struct ir *ir, struct tree_span span, size_t i)
{
	const struct tree_hot *hot = &solver->ground.hot[i];

	span.holes |= (uint16_t)(1u << i);
	return ir_test(ir, ir_eq(IR_WORD_NR, hot->nr), solver->ground.runs[hot->run].node,
		       build(solver, ir, span));
}

static ir_id build(const struct solver *solver, struct ir *ir, struct tree_span span)
{
	const struct tree_ground *ground = &solver->ground;
	const struct tree_state *state;
	struct tree_chain chain;
	struct tree_cost cost;

	span = tree_trim(ground, span);
	if (tree_is_uniform(ground, &span, &cost))
		return ground->runs[span.first].node;
	state = tree_state(&solver->table, &span);
	if (state->kind == TREE_SPLIT)
		return build_split(solver, ir, &span, state->split);
	if (state->kind == TREE_HOLE)
		return build_hole(solver, ir, span, state->hole);
	tree_chain_find(ground, &span, &chain);
	return tree_chain_build(ir, ground, &chain);
}

ir_id tree_build(struct ir *ir, const struct lower_group *group, bool worst_first)
{
	struct solver solver = {.worst_first = worst_first};
	struct tree_span all = {0, group->run_count - 1, 0};
	ir_id root;

	tree_ground_init(&solver.ground, group, tree_table_hot_max(group->run_count));
	tree_table_init(&solver.table, group->run_count, solver.ground.hot_count);
	solve_all(&solver);
	root = build(&solver, ir, all);
	tree_table_release(&solver.table);
	tree_ground_release(&solver.ground);
	return root;
}
