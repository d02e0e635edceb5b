/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "fuzz/specified.h"

#define WORD_NR   (ABI_OFF_NR / 4)
#define WORD_ARCH (ABI_OFF_ARCH / 4)

/* A call that is not specified for all its arguments. */
struct call {
	size_t arch; /* index in the policy */
	uint32_t nr;
	bool never;     /* for none */
	uint8_t tested; /* else: for those whose upper halves are zero; bit i: argument i */
};

struct fuzz_specified {
	const struct policy *policy;
	struct call *calls;
	size_t count, cap;
};

/* ---- the calls */

/* Two rules without conditions that disagree: then every tuple of the call is a conflict. */
static bool always_conflicts(const struct policy *policy, size_t arch, int nr)
{
	const struct policy_rule *first = NULL;

	for (size_t i = 0; i < policy->rule_count; i++) {
		const struct policy_rule *rule = &policy->rules[i];

		if (rule->cond_count || abi_nr(policy->arches[arch], rule->name) != nr)
			continue;
		if (first &&
		    policy_action_on(policy, first, arch) != policy_action_on(policy, rule, arch))
			return true;
		first = rule;
	}
	return false;
}

/* These two classes are of a call, not of a tuple. */
static bool is_multiplexed_or_wide(const struct policy_oracle *oracle, const struct abi_arch *arch,
				   int nr)
{
	const struct abi_tuple tuple = {.arch = arch->audit, .nr = nr};
	const enum policy_class class = policy_eval(oracle, &tuple).class;

	return class == POLICY_MULTIPLEXED || class == POLICY_WIDE_CONSTANT;
}

static uint8_t tested_args(const struct policy *policy, const struct abi_arch *arch, int nr)
{
	uint8_t tested = 0;

	for (size_t i = 0; i < policy->rule_count; i++) {
		const struct policy_rule *rule = &policy->rules[i];

		if (!rule->cond_count || abi_nr(arch, rule->name) != nr)
			continue;
		for (size_t n = 0; n < rule->cond_count; n++)
			tested |= 1u << rule->conds[n].arg;
	}
	return tested;
}

static void add_call(struct fuzz_specified *specified, const struct policy_oracle *oracle,
		     size_t arch_index, int nr)
{
	const struct abi_arch *arch = specified->policy->arches[arch_index];
	struct call call = {.arch = arch_index, .nr = nr};

	if (nr == ABI_NR_NONE)
		return;
	call.never = always_conflicts(specified->policy, arch_index, nr) ||
		     is_multiplexed_or_wide(oracle, arch, nr);
	if (arch->id == ABI_X32)
		call.tested = tested_args(specified->policy, arch, nr);
	if (!call.never && !call.tested)
		return;
	SG_GROW(specified->calls, specified->count, specified->cap);
	specified->calls[specified->count++] = call;
}

static void add_calls(struct fuzz_specified *specified, const struct policy_oracle *oracle,
		      size_t arch_index)
{
	const struct policy *policy = specified->policy;
	const struct abi_arch *arch = policy->arches[arch_index];

	for (size_t i = 0; i < policy->rule_count; i++) {
		const char *name = policy->rules[i].name, *carrier = abi_multiplexer(arch, name);

		add_call(specified, oracle, arch_index, abi_nr(arch, name));
		if (carrier)
			add_call(specified, oracle, arch_index, abi_nr(arch, carrier));
	}
}

struct fuzz_specified *fuzz_specified_new(const struct policy *policy)
{
	struct fuzz_specified *specified = sg_calloc(1, sizeof(*specified));
	struct policy_oracle *oracle = policy_oracle_new(policy);

	specified->policy = policy;
	for (size_t i = 0; i < policy->arch_count; i++)
		add_calls(specified, oracle, i);
	policy_oracle_free(oracle);
	return specified;
}

void fuzz_specified_free(struct fuzz_specified *specified)
{
	free(specified->calls);
	free(specified);
}

/* ---- the question. Each of these adds facts, which the caller takes away again. */

static bool assume(struct fuzz_facts *facts, uint32_t word, uint32_t low, uint32_t high)
{
	return fuzz_facts_assume(facts, &(struct fuzz_fact){word, UINT32_MAX, low, high, false});
}

static bool assume_arch(struct fuzz_facts *facts, const struct abi_arch *arch)
{
	if (!assume(facts, WORD_ARCH, arch->audit, arch->audit))
		return false;
	if (arch->audit != abi_arch(ABI_X32)->audit)
		return true;
	return arch->id == ABI_X32 ? assume(facts, WORD_NR, ABI_X32_BIT, UINT32_MAX)
				   : assume(facts, WORD_NR, 0, ABI_X32_BIT - 1);
}

static bool assume_other_call(const struct fuzz_specified *specified, size_t arch,
			      struct fuzz_facts *facts)
{
	for (size_t i = 0; i < specified->count; i++) {
		const struct fuzz_fact other = {WORD_NR, UINT32_MAX, specified->calls[i].nr, 0,
						true};

		if (specified->calls[i].arch == arch && !fuzz_facts_assume(facts, &other))
			return false;
	}
	return true;
}

/* The call, with the arguments for which it is specified. */
static bool assume_call(const struct call *call, struct fuzz_facts *facts)
{
	if (call->never || !assume(facts, WORD_NR, call->nr, call->nr))
		return false;
	for (int i = 0; i < 6; i++)
		if (call->tested & 1u << i &&
		    !assume(facts, abi_off_half(false, i, true) / 4, 0, 0))
			return false;
	return true;
}

static bool may_be_on(const struct fuzz_specified *specified, size_t arch, struct fuzz_facts *facts)
{
	if (!assume_arch(facts, specified->policy->arches[arch]))
		return false;
	const size_t known = facts->len;
	bool may = assume_other_call(specified, arch, facts);
	for (size_t i = 0; i < specified->count && !may; i++) {
		facts->len = known;
		may = specified->calls[i].arch == arch && assume_call(&specified->calls[i], facts);
	}
	return may;
}

bool fuzz_may_be_specified(const struct fuzz_specified *specified, struct fuzz_facts *facts)
{
	const size_t known = facts->len;
	bool may = specified->policy->no_filter;

	for (size_t i = 0; i < specified->policy->arch_count && !may; i++) {
		may = may_be_on(specified, i, facts);
		facts->len = known;
	}
	return may;
}
