/* SPDX-License-Identifier: MIT */
/* Smaller in structure: fewer rules, architectures and conditions; plainer actions and operators.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/minimize.h"

static struct policy copy_of(const struct minimizer *minimizer)
{
	struct policy copy;

	policy_copy(&copy, &minimizer->policy);
	return copy;
}

static bool try_policy(struct minimizer *minimizer, struct policy *candidate)
{
	return minimize_try(minimizer, candidate, &minimizer->tuple);
}

/* ---- rules */

static void drop_rules(struct policy *policy, size_t first, size_t count)
{
	const size_t after = first + count;

	for (size_t i = first; i < after; i++) {
		free(policy->rules[i].name);
		free(policy->rules[i].errnos);
	}
	memmove(policy->rules + first, policy->rules + after,
		(policy->rule_count - after) * sizeof(*policy->rules));
	policy->rule_count -= count;
}

/* The rules of other calls all at once: most defects are about one call. */
static bool only_the_call(struct minimizer *minimizer)
{
	const char *name = minimize_called(minimizer);
	struct policy policy = copy_of(minimizer);
	const size_t count = policy.rule_count;

	for (size_t i = policy.rule_count; i-- > 0;)
		if (!name || strcmp(policy.rules[i].name, name))
			drop_rules(&policy, i, 1);
	if (policy.rule_count == count) {
		policy_release(&policy);
		return false;
	}
	return try_policy(minimizer, &policy);
}

/* Each run of so many rules in turn. */
static bool drop_runs(struct minimizer *minimizer, size_t run)
{
	bool smaller = false;

	for (size_t first = 0; first < minimizer->policy.rule_count;) {
		const size_t left = minimizer->policy.rule_count - first;
		struct policy policy = copy_of(minimizer);

		drop_rules(&policy, first, run < left ? run : left);
		if (try_policy(minimizer, &policy))
			smaller = true;
		else
			first += run;
		if (minimize_over(minimizer))
			break;
	}
	return smaller;
}

/* Halves first (delta debugging, Zeller 1999): hundreds of rules go in few builds. */
bool minimize_rules(struct minimizer *minimizer)
{
	bool smaller = false;

	if (fuzz_kind_has_tuple(minimizer->finding->kind))
		smaller = only_the_call(minimizer);
	for (size_t run = (minimizer->policy.rule_count + 1) / 2; run;
	     run = run > 1 ? (run + 1) / 2 : 0)
		smaller |= drop_runs(minimizer, run);
	return smaller;
}

/* ---- architectures */

static void drop_errno(uint16_t *errnos, size_t index, size_t count)
{
	if (errnos)
		memmove(errnos + index, errnos + index + 1, (count - index - 1) * sizeof(*errnos));
}

/* Where the first one goes, the action's own data is that of the next. */
static uint32_t first_action(uint32_t action, const uint16_t *errnos)
{
	return errnos ? (action & ABI_RET_ACTION_FULL) | errnos[0] : action;
}

static void drop_arch(struct policy *policy, size_t index)
{
	const size_t count = policy->arch_count--;

	memmove(policy->arches + index, policy->arches + index + 1,
		(count - index - 1) * sizeof(*policy->arches));
	drop_errno(policy->default_errnos, index, count);
	policy->default_action = first_action(policy->default_action, policy->default_errnos);
	for (size_t i = 0; i < policy->rule_count; i++) {
		struct policy_rule *rule = &policy->rules[i];

		drop_errno(rule->errnos, index, count);
		rule->action = first_action(rule->action, rule->errnos);
	}
}

/* Errno numbers that do not hang on the architecture, no flags but the default. */
static bool plain_extras(struct minimizer *minimizer)
{
	struct policy policy = copy_of(minimizer);

	policy.seccomp_flags = POLICY_FLAG_SPEC_ALLOW;
	free(policy.default_errnos);
	policy.default_errnos = NULL;
	for (size_t i = 0; i < policy.rule_count; i++) {
		free(policy.rules[i].errnos);
		policy.rules[i].errnos = NULL;
	}
	return try_policy(minimizer, &policy);
}

bool minimize_arches(struct minimizer *minimizer)
{
	bool smaller = plain_extras(minimizer);

	for (size_t i = minimizer->policy.arch_count; i-- > 0;) {
		if (minimizer->policy.arch_count == 1 || minimize_over(minimizer))
			break;

		struct policy policy = copy_of(minimizer);

		drop_arch(&policy, i);
		smaller |= try_policy(minimizer, &policy);
	}
	return smaller;
}

/* ---- conditions */

static void drop_cond(struct policy_rule *rule, size_t index)
{
	rule->cond_count--;
	memmove(rule->conds + index, rule->conds + index + 1,
		(rule->cond_count - index) * sizeof(*rule->conds));
}

static bool is_cond(const struct minimizer *minimizer, size_t rule, size_t cond)
{
	return rule < minimizer->policy.rule_count &&
	       cond < minimizer->policy.rules[rule].cond_count;
}

bool minimize_conds(struct minimizer *minimizer)
{
	bool smaller = false;

	for (size_t rule = 0; rule < minimizer->policy.rule_count; rule++) {
		for (size_t cond = 0;
		     is_cond(minimizer, rule, cond) && !minimize_over(minimizer);) {
			struct policy policy = copy_of(minimizer);

			drop_cond(&policy.rules[rule], cond);
			if (try_policy(minimizer, &policy))
				smaller = true;
			else
				cond++;
		}
	}
	return smaller;
}

/* ---- actions */

/* From the plain to the rare; a policy of the first few can be read at a glance. */
static const uint32_t plain_actions[] = {
	ABI_RET_ALLOW, ABI_RET_ERRNO | 1, ABI_RET_ERRNO | 2, ABI_RET_KILL_PROCESS, ABI_RET_LOG,
};

static size_t rank_of(uint32_t action)
{
	size_t rank = 0;

	while (rank < SG_COUNT(plain_actions) && plain_actions[rank] != action)
		rank++;
	return rank;
}

/* Wherever the policy says @from, it says @to. */
static void exchange(struct policy *policy, uint32_t from, uint32_t to)
{
	if (!policy->default_errnos && policy->default_action == from)
		policy->default_action = to;
	for (size_t i = 0; i < policy->rule_count; i++)
		if (!policy->rules[i].errnos && policy->rules[i].action == from)
			policy->rules[i].action = to;
}

static bool plainer_everywhere(struct minimizer *minimizer, uint32_t action)
{
	const size_t rank = rank_of(action);

	for (size_t i = 0; i < rank && !minimize_over(minimizer); i++) {
		struct policy policy = copy_of(minimizer);

		exchange(&policy, action, plain_actions[i]);
		if (try_policy(minimizer, &policy))
			return true;
	}
	return false;
}

static bool plainer_rule(struct minimizer *minimizer, size_t index)
{
	const size_t rank = rank_of(minimizer->policy.rules[index].action);

	for (size_t i = 0; i < rank && !minimize_over(minimizer); i++) {
		struct policy policy = copy_of(minimizer);

		policy.rules[index].action = plain_actions[i];
		if (try_policy(minimizer, &policy))
			return true;
	}
	return false;
}

bool minimize_actions(struct minimizer *minimizer)
{
	bool smaller = plainer_everywhere(minimizer, minimizer->policy.default_action);

	for (size_t i = 0; i < minimizer->policy.rule_count; i++)
		smaller |= plainer_everywhere(minimizer, minimizer->policy.rules[i].action);
	for (size_t i = 0; i < minimizer->policy.rule_count; i++)
		smaller |= plainer_rule(minimizer, i);
	return smaller;
}

/* ---- operators */

/* Plain ones first; GT and LE are GE and LT of the next number. */
static int op_rank(enum policy_op op)
{
	static const int ranks[] = {
		[POLICY_EQ] = 0, [POLICY_NE] = 1, [POLICY_GE] = 2,        [POLICY_LT] = 3,
		[POLICY_GT] = 4, [POLICY_LE] = 5, [POLICY_MASKED_EQ] = 6,
	};

	return ranks[op];
}

/* The condition with a plainer operator, of number @variant; false: there is none. */
static bool plainer_cond(const struct policy_cond *cond, int variant, struct policy_cond *ret)
{
	static const enum policy_op by_rank[] = {POLICY_EQ, POLICY_NE, POLICY_GE,
						 POLICY_LT, POLICY_GT, POLICY_LE};
	const bool next = cond->op == POLICY_GT || cond->op == POLICY_LE;

	*ret = *cond;
	ret->value_two = 0;
	if (variant >= op_rank(cond->op)) { /* the same meaning in other words */
		ret->op = cond->op == POLICY_GT ? POLICY_GE : POLICY_LT;
		ret->value++;
		return variant == op_rank(cond->op) && next && ret->value;
	}
	ret->op = by_rank[variant];
	if (cond->op == POLICY_MASKED_EQ)
		ret->value = cond->value_two & cond->value;
	return true;
}

static bool plainer_op(struct minimizer *minimizer, size_t rule, size_t cond)
{
	const struct policy_cond old = minimizer->policy.rules[rule].conds[cond];
	struct policy_cond plainer;

	for (int variant = 0; plainer_cond(&old, variant, &plainer); variant++) {
		struct policy policy = copy_of(minimizer);

		policy.rules[rule].conds[cond] = plainer;
		if (try_policy(minimizer, &policy))
			return true;
		if (minimize_over(minimizer))
			break;
	}
	return false;
}

bool minimize_ops(struct minimizer *minimizer)
{
	bool smaller = false;

	for (size_t rule = 0; rule < minimizer->policy.rule_count; rule++)
		for (size_t cond = 0; is_cond(minimizer, rule, cond); cond++)
			smaller |= plainer_op(minimizer, rule, cond);
	return smaller;
}
