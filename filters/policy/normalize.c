/* SPDX-License-Identifier: MIT */
/*
 * What the rules mean together.
 *
 * libseccomp refuses a rule whose action is the default's (-EACCES), so runc and crun leave such a
 * rule out. Left out blindly, it lets another rule of the same call win where both match
 * (opencontainers/runc, pull request 3109 and what it was mended for). It is dropped here only
 * where no rule with another action can match what it matches.
 */
#include <stdlib.h>
#include <string.h>

#include "filters/policy/private.h"

/* The rules by name, in profile order within a name. */
struct index {
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

static struct index index_of(const struct policy *policy)
{
	struct index index = {
		.rules = sg_calloc(policy->rule_count, sizeof(*index.rules)),
		.count = policy->rule_count,
	};

	for (size_t i = 0; i < index.count; i++)
		index.rules[i] = &policy->rules[i];
	if (index.count)
		qsort(index.rules, index.count, sizeof(*index.rules), compare_rules);
	return index;
}

/* The end of the run of rules that starts at @start and shares its name. */
static size_t run_end(const struct index *index, size_t start)
{
	size_t end = start;

	while (end < index->count && !strcmp(index->rules[end]->name, index->rules[start]->name))
		end++;
	return end;
}

/* Do the two (NULL: the default) differ on an architecture that has the call of @a? */
static bool differ(const struct policy *policy, const struct policy_rule *a,
		   const struct policy_rule *b)
{
	for (size_t i = 0; i < policy->arch_count; i++)
		if (abi_nr(policy->arches[i], a->name) != ABI_NR_NONE &&
		    policy_action_on(policy, a, i) != policy_action_on(policy, b, i))
			return true;
	return false;
}

/* ---- rules that say what the default says */

/* Does an unconditional rule on socketcall or ipc keep it apart from the calls it carries? */
static bool shields_multiplexer(const struct policy *policy, const struct policy_rule *rule)
{
	if (rule->cond_count)
		return false;
	for (size_t i = 0; i < policy->rule_count; i++) {
		const struct policy_rule *other = &policy->rules[i];

		for (size_t a = 0; a < policy->arch_count; a++) {
			const char *by = abi_multiplexer(policy->arches[a], other->name);

			if (by && !strcmp(by, rule->name))
				return true;
		}
	}
	return false;
}

static bool contradicted(const struct policy *policy, const struct policy_rule *rule,
			 const struct policy_rule *const *run, size_t run_len)
{
	for (size_t i = 0; i < run_len; i++)
		if (differ(policy, rule, run[i]) && policy_rules_overlap(rule, run[i]))
			return true;
	return false;
}

/* A rule for a call that no architecture here has is kept, whatever it says. */
static bool exists_here(const struct policy *policy, const char *name)
{
	for (size_t i = 0; i < policy->arch_count; i++)
		if (abi_nr(policy->arches[i], name) != ABI_NR_NONE)
			return true;
	return false;
}

static bool is_redundant(const struct policy *policy, const struct policy_rule *rule,
			 const struct policy_rule *const *run, size_t run_len)
{
	return exists_here(policy, rule->name) && !differ(policy, rule, NULL) &&
	       !contradicted(policy, rule, run, run_len) && !shields_multiplexer(policy, rule);
}

static void mark_redundant(const struct policy *policy, bool *drop)
{
	struct index index = index_of(policy);

	for (size_t start = 0, end; start < index.count; start = end) {
		end = run_end(&index, start);
		for (size_t i = start; i < end; i++)
			drop[index.rules[i] - policy->rules] =
				is_redundant(policy, index.rules[i], index.rules + start,
					     end - start);
	}
	free(index.rules);
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

/* ---- warnings */

static bool conflict(const struct policy *policy, const struct policy_rule *a,
		     const struct policy_rule *b)
{
	return differ(policy, a, b) && policy_rules_overlap(a, b);
}

/* One line a name, for its first pair of rules that disagree. */
static void warn_of_conflict(struct policy *policy, const struct policy_rule *const *run,
			     size_t run_len)
{
	for (size_t i = 0; i < run_len; i++) {
		for (size_t j = i + 1; j < run_len; j++) {
			if (!conflict(policy, run[i], run[j]))
				continue;
			sg_strv_addf(
				&policy->warnings,
				"$.syscalls[%zu] and $.syscalls[%zu] disagree about some calls "
				"of %s: the first rule without conditions holds, else the "
				"first that matches",
				run[i]->entry, run[j]->entry, run[i]->name);
			return;
		}
	}
}

static void warn_of_conflicts(struct policy *policy)
{
	struct index index = index_of(policy);

	for (size_t start = 0, end; start < index.count; start = end) {
		end = run_end(&index, start);
		warn_of_conflict(policy, index.rules + start, end - start);
	}
	free(index.rules);
}

static void list_unknown_names(struct policy *policy)
{
	for (size_t i = 0; i < policy->rule_count; i++) {
		const char *name = policy->rules[i].name;

		if (!abi_name_known(name) && !sg_strv_contains(&policy->unknown_names, name))
			sg_strv_add(&policy->unknown_names, name);
	}
}

void policy_normalize(struct policy *policy)
{
	drop_redundant(policy);
	list_unknown_names(policy);
	warn_of_conflicts(policy);
}
