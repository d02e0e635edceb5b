/* SPDX-License-Identifier: MIT */
/* Calls get the names of a few that every architecture has, arguments the first places. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/minimize.h"

static const char *const plain_names[] = {"read",  "write", "close", "lseek",
					  "ioctl", "dup",   "fsync", "getpid"};

static bool has_name(const struct policy *policy, const char *name)
{
	for (size_t i = 0; i < policy->rule_count; i++)
		if (!strcmp(policy->rules[i].name, name))
			return true;
	return false;
}

/* The place of a name among the plain ones; behind them all for others. */
static size_t rank_of(const char *name)
{
	size_t rank = 0;

	while (rank < SG_COUNT(plain_names) && strcmp(plain_names[rank], name))
		rank++;
	return rank;
}

static bool try_name(struct minimizer *minimizer, const char *from, const char *to)
{
	const char *called = minimize_called(minimizer);
	struct abi_tuple tuple = minimizer->tuple;
	struct policy policy;

	if (called && !strcmp(called, from))
		tuple.nr = abi_nr(gen_call_arch(&tuple), to);
	policy_copy(&policy, &minimizer->policy);
	for (size_t i = 0; i < policy.rule_count; i++) {
		if (strcmp(policy.rules[i].name, from))
			continue;
		free(policy.rules[i].name);
		policy.rules[i].name = sg_strdup(to);
	}
	return minimize_try(minimizer, &policy, &tuple);
}

static bool plainer_name(struct minimizer *minimizer, size_t rule)
{
	char *name = sg_strdup(minimizer->policy.rules[rule].name);
	const size_t rank = rank_of(name);
	bool smaller = false;

	for (size_t i = 0; i < rank && i < SG_COUNT(plain_names) && !smaller; i++) {
		if (!has_name(&minimizer->policy, plain_names[i]) && !minimize_over(minimizer))
			smaller = try_name(minimizer, name, plain_names[i]);
	}
	free(name);
	return smaller;
}

/* ---- arguments */

static unsigned used_args(const struct policy *policy)
{
	unsigned used = 0;

	for (size_t r = 0; r < policy->rule_count; r++)
		for (size_t c = 0; c < policy->rules[r].cond_count; c++)
			used |= 1u << policy->rules[r].conds[c].arg;
	return used;
}

static bool move_arg(struct minimizer *minimizer, unsigned from, unsigned to)
{
	struct abi_tuple tuple = minimizer->tuple;
	struct policy policy;

	tuple.args[to] = tuple.args[from];
	tuple.args[from] = 0;
	policy_copy(&policy, &minimizer->policy);
	for (size_t r = 0; r < policy.rule_count; r++)
		for (size_t c = 0; c < policy.rules[r].cond_count; c++)
			if (policy.rules[r].conds[c].arg == from)
				policy.rules[r].conds[c].arg = to;
	return minimize_try(minimizer, &policy, &tuple);
}

static bool lower_arg(struct minimizer *minimizer, unsigned from)
{
	for (unsigned to = 0; to < from && !minimize_over(minimizer); to++)
		if (!(used_args(&minimizer->policy) & 1u << to) && move_arg(minimizer, from, to))
			return true;
	return false;
}

bool minimize_names(struct minimizer *minimizer)
{
	bool smaller = false;

	for (size_t rule = 0; rule < minimizer->policy.rule_count; rule++)
		smaller |= plainer_name(minimizer, rule);
	for (unsigned arg = 1; arg < 6; arg++)
		if (used_args(&minimizer->policy) & 1u << arg)
			smaller |= lower_arg(minimizer, arg);
	return smaller;
}
