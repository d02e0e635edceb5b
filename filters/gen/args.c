/* SPDX-License-Identifier: MIT */
#include "filters/gen/args.h"

#include "filters/gen/args_chain.h"
#include "filters/gen/args_search.h"
#include "filters/gen/known.h"

#define MAX_CANDIDATES 40
#define MAX_RULES      4096 /* of more, none is looked at beside another */

struct candidate {
	ir_id root;
	struct args_cost cost;
};

/* One call: what it is lowered from, and what came out so far. */
struct call {
	struct ir ir; /* scratch; what is chosen is copied */
	struct args_graph graph;
	const struct args_passes *passes;
	bool big_endian;
	struct args_samples samples;
	struct candidate candidates[MAX_CANDIDATES];
	size_t count;
};

/* ---- candidates */

static bool is_candidate(const struct call *call, ir_id root)
{
	size_t i;

	for (i = 0; i < call->count; i++) {
		if (call->candidates[i].root == root)
			return true;
	}
	return false;
}

static void add_candidate(struct call *call, ir_id root)
{
	if (call->count == MAX_CANDIDATES || is_candidate(call, root))
		return;
	call->candidates[call->count++] =
		(struct candidate){root, args_graph_cost(&call->graph, root, NULL, &call->samples,
							 args_samples_all(&call->samples))};
}

static const struct candidate *find_shortest(const struct call *call)
{
	const struct candidate *shortest = call->candidates;
	size_t i;

	for (i = 1; i < call->count; i++) {
		if (call->candidates[i].cost.insns < shortest->cost.insns)
			shortest = &call->candidates[i];
	}
	return shortest;
}

/* A little longer is fine for what is faster; much longer is not: other calls need the room. */
static ir_id choose(const struct call *call)
{
	const struct candidate *best = find_shortest(call);
	uint32_t least = best->cost.insns;
	uint32_t limit = call->passes->shortest ? least : args_length_limit(least);
	size_t i;

	for (i = 0; i < call->count; i++) {
		const struct candidate *candidate = &call->candidates[i];

		if (candidate->cost.insns <= limit && args_cost_less(&candidate->cost, &best->cost))
			best = candidate;
	}
	return best->root;
}

/* ---- graphs */

static void add_known(struct call *call, ir_id root)
{
	if (!call->passes->no_known)
		add_candidate(call, known_simplify(&call->ir, root));
}

/* A chain, and the best graph of its tests. False: there may be better ones. */
static bool add_searched(struct call *call, const struct args_rules *rules,
			 const struct args_chain_form *form)
{
	ir_id root = args_chain(&call->ir, rules, form);
	bool complete = false;

	if (is_candidate(call, root))
		return true;
	add_candidate(call, root);
	if (!call->passes->no_search) {
		ir_id best = args_search(&call->graph, root, &call->samples, call->big_endian,
					 &complete);

		add_candidate(call, best);
		add_known(call, best);
	}
	if (!complete || call->passes->shortest)
		add_known(call, root);
	return complete;
}

/* The search chooses halves itself, where it gets that far. */
static void add_halves(struct call *call, const struct args_rules *rules)
{
	const struct args_chain_form form = {.big_endian = call->big_endian,
					     .samples = &call->samples};
	ir_id root = args_chain(&call->ir, rules, &form);

	add_candidate(call, root);
	add_known(call, root);
}

/* What the rules give as they stand. */
static void add_graphs(struct call *call, const struct args_rules *rules)
{
	const struct args_chain_form form = {.big_endian = call->big_endian};
	const struct args_chain_form masks = {.big_endian = call->big_endian, .and_masks = true};
	bool complete = !call->passes->shortest; /* which the search does not look for */

	if (!add_searched(call, rules, &form))
		complete = false;
	if (!add_searched(call, rules, &masks))
		complete = false;
	if (!complete && !call->passes->no_halves)
		add_halves(call, rules);
}

static void add_ordered(struct call *call, struct args_rules *rules)
{
	if (!call->passes->no_order)
		args_order(rules, &call->samples, call->big_endian);
	add_graphs(call, rules);
}

static void add_grouped(struct call *call, const struct args_rules *rules)
{
	struct args_rules grouped;

	args_rules_copy(&grouped, rules);
	if (args_group(&grouped)) {
		if (!call->passes->no_merge)
			args_merge(&grouped);
		add_ordered(call, &grouped);
	}
	args_rules_release(&grouped);
}

static void add_all(struct call *call, struct args_rules *rules)
{
	const struct args_chain_form form = {.big_endian = call->big_endian};

	if (rules->count > MAX_RULES) {
		add_candidate(call, args_chain(&call->ir, rules, &form));
		return;
	}
	if (!call->passes->no_merge)
		args_merge(rules);
	if (!call->passes->no_group)
		add_grouped(call, rules);
	add_ordered(call, rules);
}

/* ---- the call */

static ir_id lower(struct ir *ir, const struct abi_arch *arch, struct args_rules *rules,
		   const struct args_sample *samples, size_t sample_count,
		   const struct args_passes *passes)
{
	struct call call = {.passes = passes, .big_endian = arch->big_endian};
	ir_id root;

	args_samples_make(&call.samples, samples, sample_count);
	args_graph_init(&call.graph, &call.ir);
	add_all(&call, rules);
	root = args_graph_copy(&call.graph, choose(&call), ir);
	args_graph_release(&call.graph);
	ir_release(&call.ir);
	return root;
}

ir_id args_lower(struct ir *ir, const struct abi_arch *arch, const struct args_rule *rules,
		 size_t rule_count, uint32_t default_action, const struct args_sample *samples,
		 size_t sample_count, const struct args_passes *passes)
{
	struct args_rules conjs;
	ir_id root;
	size_t i;

	for (i = 0; i < rule_count; i++) {
		if (rules[i].cond_count == 0)
			return ir_leaf(ir, rules[i].action);
	}
	if (rule_count == 0)
		return ir_leaf(ir, default_action);
	args_rules_make(&conjs, arch, rules, rule_count, default_action);
	root = lower(ir, arch, &conjs, samples, sample_count, passes);
	args_rules_release(&conjs);
	return root;
}
