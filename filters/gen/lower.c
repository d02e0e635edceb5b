/* SPDX-License-Identifier: MIT */
#include "filters/gen/lower.h"

#include <stdlib.h>
#include <string.h>

#include "filters/gen/args.h"
#include "filters/gen/lower_by_call.h"
#include "filters/gen/weights.h"
#include "harness/base/alloc.h"

#define SKIPPED_NR UINT32_MAX /* -1 */

/* What all architectures share. */
struct shared {
	int *rules; /* places in abi_names() by rule of the policy, looked up once; owned */
	struct args_passes passes;
};

/* What the steps of one architecture share. */
struct lowering {
	struct ir *ir;
	const struct gen_request *request;
	const struct shared *shared;
	size_t arch_index;
	const struct abi_arch *arch;
	uint32_t default_action;
	struct by_call rules, lines;     /* of the policy, of the mix */
	struct args_sample *samples;     /* room for those of one call */
	struct args_rule *rules_of_call; /* the same for its rules */
};

static void put_rules(struct lowering *low)
{
	size_t i, count = low->request->policy->rule_count;

	by_call_init(&low->rules, low->arch, count);
	for (i = count; i-- > 0;)
		by_call_put(&low->rules, abi_nr_of(low->arch, low->shared->rules[i]), i);
}

/* Lines without an architecture are the first one's; on others they still tell likely arguments. */
static void put_lines(struct lowering *low)
{
	const struct mix *mix = low->request->mix;
	size_t i;

	by_call_init(&low->lines, low->arch, mix->len);
	for (i = mix->len; i-- > 0;)
		by_call_put(&low->lines, mix_call_nr(&mix->calls[i], low->arch), i);
}

/* ---- one call */

static void call_words(const struct lowering *low, uint32_t nr, const uint64_t args[6],
		       uint32_t words[ABI_DATA_WORDS])
{
	struct abi_tuple tuple = {.nr = nr, .arch = low->arch->audit};

	if (args)
		memcpy(tuple.args, args, sizeof(tuple.args));
	abi_tuple_words(&tuple, words);
}

static double weight_of_line(const struct lowering *low, size_t line)
{
	const struct mix *mix = low->request->mix;
	bool ours = mix->calls[line].arch || low->arch_index == 0;

	return ours ? mix->calls[line].weight / mix->total_weight : 0;
}

/* The inputs with which the mix makes a call, their weights shares of the whole mix; one of zeros
 * where it does not. Returns how many. */
static size_t find_samples(const struct lowering *low, size_t place, uint32_t nr)
{
	const struct mix *mix = low->request->mix;
	size_t count = 0;
	uint32_t line;

	for (line = low->lines.first[place]; line; line = low->lines.next[line - 1]) {
		struct args_sample *sample = &low->samples[count++];

		call_words(low, nr, mix->calls[line - 1].args, sample->words);
		sample->weight = weight_of_line(low, line - 1);
	}
	if (count > 0)
		return count;
	low->samples->weight = 0;
	call_words(low, nr, NULL, low->samples->words);
	return 1;
}

static ir_id lower_rules_of(const struct lowering *low, size_t place, size_t sample_count)
{
	const struct policy *policy = low->request->policy;
	size_t count = 0;
	uint32_t at;

	for (at = low->rules.first[place]; at; at = low->rules.next[at - 1]) {
		const struct policy_rule *rule = &policy->rules[at - 1];

		low->rules_of_call[count++] =
			(struct args_rule){rule->conds, rule->cond_count,
					   policy_action_on(policy, rule, low->arch_index)};
	}
	return args_lower(low->ir, low->arch, low->rules_of_call, count, low->default_action,
			  low->samples, sample_count, &low->shared->passes);
}

/* @place: of the call among those of the architecture. */
static struct lower_call lower_call(const struct lowering *low, size_t place, uint32_t nr)
{
	struct lower_call call = {.nr = nr};
	size_t i, count = find_samples(low, place, nr);

	for (i = 0; i < count; i++)
		call.mix_weight += low->samples[i].weight;
	call.node = lower_rules_of(low, place, count);
	call.insns = ir_cost(low->ir, call.node, low->samples->words, &call.action);
	return call;
}

/* ---- runs */

static void add_run(struct lower_group *group, struct lower_run run)
{
	struct lower_run *last = group->run_count ? &group->runs[group->run_count - 1] : NULL;

	group->weight += run.weight;
	if (last && last->node == run.node) {
		last->high = run.high;
		last->weight += run.weight;
		if (last->worst < run.worst)
			last->worst = run.worst;
		return;
	}
	SG_GROW(group->runs, group->run_count, group->run_cap);
	group->runs[group->run_count++] = run;
}

/* The default for the numbers @from..@to, if there are any. */
static void add_gap(const struct lowering *low, struct lower_group *group, uint32_t from,
		    uint32_t to)
{
	struct lower_run run = {.low = from, .high = to};

	if (from > to)
		return;
	run.node = ir_leaf(low->ir, low->default_action);
	run.weight = weights_of_gap(low->request->objective, low->arch, from, to);
	add_run(group, run);
}

static struct lower_run run_of_call(const struct lower_call *call)
{
	return (struct lower_run){.low = call->nr,
				  .high = call->nr,
				  .node = call->node,
				  .weight = call->weight,
				  .worst = abi_verdict_allows(call->action) ? call->insns : 0};
}

/* The runs of the calls, with the default between them, for the numbers @from..@to. */
static void add_runs(const struct lowering *low, struct lower_group *group, uint32_t from,
		     uint32_t to)
{
	size_t i;

	for (i = 0; i < group->call_count; i++) {
		const struct lower_call *call = &group->calls[i];

		if (call->nr > from)
			add_gap(low, group, from, call->nr - 1);
		add_run(group, run_of_call(call));
		from = call->nr + 1;
	}
	add_gap(low, group, from, to);
}

/* ---- architectures */

/* The runs of one architecture of the policy, for the numbers @from..@to. */
static void lower_arch(struct ir *ir, const struct gen_request *request,
		       const struct shared *shared, size_t arch_index, struct lower_group *group,
		       uint32_t from, uint32_t to)
{
	const struct policy *policy = request->policy;
	struct lowering low = {
		.ir = ir,
		.request = request,
		.shared = shared,
		.arch_index = arch_index,
		.arch = policy->arches[arch_index],
		.default_action = policy_action_on(policy, NULL, arch_index),
		.samples = sg_malloc((request->mix->len + 1) * sizeof(*low.samples)),
		.rules_of_call = sg_malloc((policy->rule_count + 1) * sizeof(*low.rules_of_call)),
	};
	size_t i, count;
	const struct abi_call *calls = abi_calls(low.arch, &count);

	put_rules(&low);
	put_lines(&low);
	group->call_count = group->call_cap = count;
	group->calls = sg_malloc(count * sizeof(*group->calls));
	for (i = 0; i < count; i++)
		group->calls[i] = lower_call(&low, i, calls[i].nr);
	weights_set(ir, request->objective, low.arch, arch_index == 0, group->calls, count);
	add_runs(&low, group, from, to);
	by_call_release(&low.rules);
	by_call_release(&low.lines);
	free(low.samples);
	free(low.rules_of_call);
}

/* The architecture of the policy with this audit value whose numbers are x32's, or are not. */
static bool find_arch(const struct policy *policy, uint32_t audit, bool x32, size_t *ret_index)
{
	size_t i;

	for (i = 0; i < policy->arch_count; i++) {
		if (policy->arches[i]->audit == audit &&
		    (policy->arches[i]->id == ABI_X32) == x32) {
			*ret_index = i;
			return true;
		}
	}
	return false;
}

/*
 * The numbers of an architecture that shares its audit value with a listed one, but is not listed
 * itself: foreign. Not so -1 where it is x86_64 that is listed: there it is no call of x32 but one
 * that a tracer has skipped, and gets x86_64's default.
 */
static void add_absent(struct ir *ir, const struct policy *policy, struct lower_group *group,
		       uint32_t from, uint32_t to)
{
	struct lower_run run = {.low = from, .high = to};
	size_t x86_64;

	run.node = ir_leaf(ir, policy->foreign_action);
	if (to != SKIPPED_NR || !find_arch(policy, group->audit, false, &x86_64)) {
		add_run(group, run);
		return;
	}
	run.high--;
	add_run(group, run);
	run.low = run.high = SKIPPED_NR;
	run.node = ir_leaf(ir, policy_action_on(policy, NULL, x86_64));
	add_run(group, run);
}

static void lower_part(struct ir *ir, const struct gen_request *request,
		       const struct shared *shared, struct lower_group *group, bool x32,
		       uint32_t from, uint32_t to)
{
	size_t index;

	if (find_arch(request->policy, group->audit, x32, &index))
		lower_arch(ir, request, shared, index, group, from, to);
	else
		add_absent(ir, request->policy, group, from, to);
}

/* Within a group, weights are shares of it. */
static void normalise(struct lower_group *group)
{
	size_t i;

	if (group->weight <= 0)
		return;
	for (i = 0; i < group->call_count; i++)
		group->calls[i].weight /= group->weight;
	for (i = 0; i < group->run_count; i++)
		group->runs[i].weight /= group->weight;
}

static void lower_group(struct ir *ir, const struct gen_request *request,
			const struct shared *shared, struct lower_group *group)
{
	if (group->audit == abi_arch(ABI_X32)->audit) {
		group->above = sg_calloc(1, sizeof(*group->above));
		group->above->audit = group->audit;
		lower_part(ir, request, shared, group, false, 0, ABI_X32_BIT - 1);
		lower_part(ir, request, shared, group->above, true, ABI_X32_BIT, UINT32_MAX);
		normalise(group->above);
	} else {
		lower_part(ir, request, shared, group, false, 0, UINT32_MAX);
	}
	normalise(group);
}

static bool has_group(const struct lowered *lowered, uint32_t audit)
{
	size_t i;

	for (i = 0; i < lowered->len; i++) {
		if (lowered->groups[i].audit == audit)
			return true;
	}
	return false;
}

/* Rules, each counted on every architecture: with more of them the search of graphs takes longer
 * than what it gains is worth. Podman's default on three architectures has 1,300. */
#define SEARCHED_RULES_MAX 3000

static bool is_large(const struct policy *policy)
{
	return policy->rule_count * policy->arch_count > SEARCHED_RULES_MAX;
}

static struct args_passes args_passes_of(unsigned int off, bool shortest)
{
	return (struct args_passes){
		.no_merge = off & GEN_PASS_MERGE,
		.no_group = off & GEN_PASS_GROUP,
		.no_order = off & GEN_PASS_ORDER,
		.no_halves = off & GEN_PASS_HALVES,
		.no_known = off & GEN_PASS_KNOWN,
		.no_search = off & GEN_PASS_SEARCH,
		.shortest = shortest,
	};
}

static struct shared shared_of(const struct gen_request *request, bool shortest)
{
	const struct policy *policy = request->policy;
	struct shared shared = {sg_calloc(policy->rule_count + 1, sizeof(int)),
				args_passes_of(request->passes_off, shortest)};
	size_t i;

	shared.passes.no_search |= is_large(policy);
	for (i = 0; i < policy->rule_count; i++)
		shared.rules[i] = abi_name_index(policy->rules[i].name);
	return shared;
}

void lower_policy(struct ir *ir, const struct gen_request *request, bool shortest,
		  struct lowered *out)
{
	const struct policy *policy = request->policy;
	struct shared shared = shared_of(request, shortest);
	size_t i;

	for (i = 0; i < policy->arch_count; i++) {
		uint32_t audit = policy->arches[i]->audit;

		if (has_group(out, audit))
			continue;
		SG_GROW(out->groups, out->len, out->cap);
		out->groups[out->len] = (struct lower_group){.audit = audit};
		lower_group(ir, request, &shared, &out->groups[out->len++]);
	}
	free(shared.rules);
}

static void release_group(struct lower_group *group)
{
	if (group->above)
		release_group(group->above);
	free(group->above);
	free(group->calls);
	free(group->runs);
}

void lowered_release(struct lowered *lowered)
{
	size_t i;

	for (i = 0; i < lowered->len; i++)
		release_group(&lowered->groups[i]);
	free(lowered->groups);
	*lowered = (struct lowered){0};
}
