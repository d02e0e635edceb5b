/* SPDX-License-Identifier: MIT */
/*
 * What the rules mean together.
 *
 * libseccomp refuses a rule whose action is the default's (-EACCES), so runc (matchCall, since pull
 * request 3109) and crun leave such a rule out. Left out blindly, it lets another rule of the same
 * call win where both match. Here it is dropped only where no rule with another action can match
 * what it matches.
 */
#include <stdlib.h>
#include <string.h>

#include "filters/policy/private.h"

/* The rules by name, in profile order within a name. */
struct by_name {
	const struct policy_rule **rules;
	size_t count;
};

static int compare_rules(const void *a, const void *b)
{
	const struct policy_rule *one = *(const struct policy_rule *const *)a;
	const struct policy_rule *two = *(const struct policy_rule *const *)b;
	int order = strcmp(one->name, two->name);

	return order ? order : (one > two) - (one < two);
}

static struct by_name sort_by_name(const struct policy *policy)
{
	struct by_name sorted = {
		.rules = sg_calloc(policy->rule_count, sizeof(*sorted.rules)),
		.count = policy->rule_count,
	};

	for (size_t i = 0; i < sorted.count; i++)
		sorted.rules[i] = &policy->rules[i];
	qsort(sorted.rules, sorted.count, sizeof(*sorted.rules), compare_rules);
	return sorted;
}

/* All rules of one name. */
struct run {
	const struct policy *policy;
	const struct policy_rule **rules;
	size_t len;
	uint64_t present; /* bit i: architecture i of the policy has the call */
};
_Static_assert(ABI_ARCH_COUNT <= 64, "a bit an architecture");

static struct run run_at(const struct policy *policy, const struct by_name *sorted, size_t start)
{
	const char *name = sorted->rules[start]->name;
	struct run run = {.policy = policy, .rules = sorted->rules + start};

	while (start + run.len < sorted->count && !strcmp(run.rules[run.len]->name, name))
		run.len++;
	for (size_t i = 0; i < policy->arch_count; i++)
		if (abi_nr(policy->arches[i], name) != ABI_NR_NONE)
			run.present |= 1ull << i;
	return run;
}

/* Do the two (NULL: the default) differ on an architecture that has the call? */
static bool differ(const struct run *run, const struct policy_rule *a, const struct policy_rule *b)
{
	for (size_t i = 0; i < run->policy->arch_count; i++)
		if ((run->present & 1ull << i) &&
		    policy_action_on(run->policy, a, i) != policy_action_on(run->policy, b, i))
			return true;
	return false;
}

static bool conflict(const struct run *run, const struct policy_rule *a,
		     const struct policy_rule *b)
{
	return differ(run, a, b) && policy_rules_overlap(a, b);
}

/* ---- rules that say what the default says */

/* A rule for a call that no architecture here has is kept, whatever it says. */
static bool is_redundant(const struct run *run, const struct policy_rule *rule)
{
	if (!run->present || differ(run, rule, NULL))
		return false;
	for (size_t i = 0; i < run->len; i++)
		if (conflict(run, rule, run->rules[i]))
			return false;
	return true;
}

/* Does an unconditional rule on socketcall or ipc keep it apart from calls that it carries, and
 * that a rule which is kept names? */
static bool shields_multiplexer(const struct policy *policy, const struct policy_rule *rule,
				const bool *drop)
{
	if (rule->cond_count)
		return false;
	for (size_t i = 0; i < policy->rule_count; i++) {
		for (size_t a = 0; a < policy->arch_count && !drop[i]; a++) {
			const char *by = abi_multiplexer(policy->arches[a], policy->rules[i].name);

			if (by && !strcmp(by, rule->name))
				return true;
		}
	}
	return false;
}

static void mark_redundant(const struct policy *policy, bool *drop)
{
	struct by_name sorted = sort_by_name(policy);

	for (size_t start = 0; start < sorted.count;) {
		const struct run run = run_at(policy, &sorted, start);

		for (size_t i = 0; i < run.len; i++)
			drop[run.rules[i] - policy->rules] = is_redundant(&run, run.rules[i]);
		start += run.len;
	}
	free(sorted.rules);
	for (size_t i = 0; i < policy->rule_count; i++)
		drop[i] = drop[i] && !shields_multiplexer(policy, &policy->rules[i], drop);
}

static void drop_redundant(struct policy *policy)
{
	bool *drop = sg_calloc(policy->rule_count, sizeof(*drop));
	size_t kept = 0;

	mark_redundant(policy, drop);
	for (size_t i = 0; i < policy->rule_count; i++) {
		if (drop[i])
			policy_rule_release(&policy->rules[i]);
		else
			policy->rules[kept++] = policy->rules[i];
	}
	policy->rule_count = kept;
	free(drop);
}

/* ---- remarks */

static void warn_of_pair(struct policy *policy, const struct policy_rule *a,
			 const struct policy_rule *b)
{
	sg_strv_addf(&policy->warnings,
		     "$.syscalls[%zu] and $.syscalls[%zu] disagree about some calls of %s: the "
		     "first rule without conditions holds, else the first that matches",
		     a->entry, b->entry, a->name);
}

/* One line a name, for its first pair of rules that disagree. */
static void warn_of_conflict(struct policy *policy, const struct run *run)
{
	for (size_t i = 0; i < run->len; i++) {
		for (size_t j = i + 1; j < run->len; j++) {
			if (conflict(run, run->rules[i], run->rules[j])) {
				warn_of_pair(policy, run->rules[i], run->rules[j]);
				return;
			}
		}
	}
}

/* What people are told of each name: that nobody knows it, that its rules disagree. */
static void remark(struct policy *policy)
{
	struct by_name sorted = sort_by_name(policy);

	for (size_t start = 0; start < sorted.count;) {
		const struct run run = run_at(policy, &sorted, start);

		if (!abi_name_known(run.rules[0]->name))
			sg_strv_add(&policy->unknown_names, run.rules[0]->name);
		warn_of_conflict(policy, &run);
		start += run.len;
	}
	free(sorted.rules);
}

void policy_normalize(struct policy *policy)
{
	drop_redundant(policy);
	remark(policy);
}
