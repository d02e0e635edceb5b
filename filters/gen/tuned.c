/* SPDX-License-Identifier: MIT */
/*
 * The tuned generator: a policy becomes a decision graph whose tests on the system call number
 * are weighted by what the calls cost under an objective.
 *
 * lower.c makes runs of equal outcome of the policy, with args*.c for the arguments of a call and
 * weights.c for what the objective counts; tree*.c a decision tree of the runs; emit.c instructions
 * of the graph. README.md has the whole way.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "filters/gen/emit.h"
#include "filters/gen/gens.h"
#include "filters/gen/lower.h"
#include "filters/gen/tree.h"
#include "harness/base/alloc.h"
#include "harness/base/clock.h"

/* The weight of all that has the audit value. */
static double group_weight(const struct lower_group *group)
{
	return group->weight + (group->above ? group->above->weight : 0);
}

static int heavier_first(const void *a, const void *b)
{
	const struct lower_group *x = *(const struct lower_group *const *)a;
	const struct lower_group *y = *(const struct lower_group *const *)b;

	if (group_weight(x) != group_weight(y))
		return group_weight(x) > group_weight(y) ? -1 : 1;
	return x < y ? -1 : x > y; /* the policy's order */
}

#define TEST_PRICE 1e-5
/* Where length counts: eleven instructions of 105 are worth 4% of the mean. */
#define SHORT_TEST_PRICE 0.1
/* Groups of less than this share of all weight are made short, and soon. */
#define NEGLIGIBLE 0.01

/* What all groups of a policy share. */
struct dispatch {
	struct ir *ir;
	const struct gen_request *request;
	double weight; /* of all groups */
	bool shortest; /* length alone counts */
};

static struct tree_options options_for(const struct dispatch *dispatch, double weight)
{
	const enum gen_objective objective = dispatch->request->objective;
	const unsigned int off = dispatch->request->passes_off;
	const bool quick = dispatch->shortest || weight < NEGLIGIBLE * dispatch->weight;

	return (struct tree_options){
		.test_price = quick || objective == GEN_INSTALL ? SHORT_TEST_PRICE : TEST_PRICE,
		.worst_first = objective == GEN_WORST,
		.even_masks = objective == GEN_WORST || objective == GEN_UNIFORM,
		.quick = quick,
		.no_peel = quick || off & GEN_PASS_PEEL,
		.no_knots = off & GEN_PASS_KNOTS,
		.no_bits = off & GEN_PASS_BITS,
	};
}

/*
 * ld nr
 * the tree of its runs, the last of which may be
 *	the tree of the runs above
 */
static ir_id build_group(const struct dispatch *dispatch, const struct lower_group *group)
{
	const struct tree_options options = options_for(dispatch, group->weight);
	struct lower_group whole = *group;
	ir_id root;

	if (!group->above)
		return tree_build(dispatch->ir, group, &options);
	whole.runs = sg_calloc(group->run_count + 1, sizeof(*whole.runs));
	memcpy(whole.runs, group->runs, group->run_count * sizeof(*whole.runs));
	whole.runs[whole.run_count++] =
		(struct lower_run){.low = ABI_X32_BIT,
				   .high = UINT32_MAX,
				   .node = build_group(dispatch, group->above),
				   .weight = group->above->weight};
	root = tree_build(dispatch->ir, &whole, &options);
	free(whole.runs);
	return root;
}

/*
 * ld arch
 * jeq #(heaviest), its tree
 * jeq #(next), its tree
 * ...
 * ret foreign action
 *
 * Each tree begins with `ld nr`.
 */
static ir_id build_dispatch(struct ir *ir, const struct lowered *lowered,
			    const struct gen_request *request, bool shortest)
{
	const struct lower_group **order = sg_calloc(lowered->len, sizeof(*order));
	struct dispatch dispatch = {ir, request, 0, shortest};
	ir_id node = ir_leaf(ir, request->policy->foreign_action);
	size_t i;

	for (i = 0; i < lowered->len; i++) {
		order[i] = &lowered->groups[i];
		dispatch.weight += group_weight(order[i]);
	}
	qsort(order, lowered->len, sizeof(*order), heavier_first);
	for (i = lowered->len; i-- > 0;)
		node = ir_test(ir, ir_eq(IR_WORD_ARCH, order[i]->audit),
			       build_group(&dispatch, order[i]), node);
	free(order);
	return node;
}

/* @ret_tests: how many tests it has, whether it fits or not. */
static int build_once(const struct gen_request *request, bool shortest, struct cbpf_prog *ret_prog,
		      size_t *ret_tests, struct sg_err *err)
{
	struct ir ir = {0};
	struct lowered lowered = {0};
	ir_id root;
	int r;

	lower_policy(&ir, request, shortest, &lowered);
	root = build_dispatch(&ir, &lowered, request, shortest);
	*ret_tests = ir_count_tests(&ir, root);
	r = emit_graph(&ir, root, ret_prog, err);
	lowered_release(&lowered);
	ir_release(&ir);
	return r;
}

/* What is longer than this is not tried again for length alone: it gains less. */
#define WITHIN_REACH (CBPF_MAX_INSNS + CBPF_MAX_INSNS / 8)

/* A policy that misses the kernel's limit by little is tried once more for length alone. */
static int tuned_build(const struct gen_request *request, struct gen_filter *ret_filter,
		       struct sg_err *err)
{
	uint64_t start_ns = sg_monotonic_ns();
	size_t tests;
	int r;

	ret_filter->none = request->policy->no_filter;
	if (ret_filter->none)
		return 0;
	r = build_once(request, false, &ret_filter->prog, &tests, err);
	if (r == -E2BIG && tests < WITHIN_REACH)
		r = build_once(request, true, &ret_filter->prog, &tests, err);
	ret_filter->compile_ns = sg_monotonic_ns() - start_ns;
	return r;
}

const struct gen gen_tuned = {
	.name = "tuned",
	.summary = "our own: the best tree of comparisons and bit tests for a mix, proved",
	.needs_policy = true,
	.in_default_bench = true,
	.verified = true,
	.build = tuned_build,
};
