/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "filters/prove/conds.h"
#include "filters/prove/outcome.h"

void outcome_release(struct outcome *outcome)
{
	free(outcome->choices);
	*outcome = (struct outcome){0};
}

static struct outcome_choice *choice_of(struct outcome *outcome, uint32_t ret)
{
	for (size_t i = 0; i < outcome->count; i++)
		if (outcome->choices[i].ret == ret)
			return &outcome->choices[i];
	SG_GROW(outcome->choices, outcome->count, outcome->cap);
	outcome->choices[outcome->count] = (struct outcome_choice){ret, BDD_FALSE, BDD_FALSE};
	return &outcome->choices[outcome->count++];
}

struct outcome outcome_always(uint32_t ret, enum policy_class class)
{
	struct outcome outcome = {0};

	choice_of(&outcome, ret)->chosen = BDD_TRUE;
	outcome.class[class] = BDD_TRUE;
	return outcome;
}

bdd outcome_bit(struct bdd_pool *pool, const struct outcome *outcome, unsigned bit)
{
	bdd set = BDD_FALSE;

	for (size_t i = 0; i < outcome->count; i++)
		if (abi_verdict_effect(outcome->choices[i].ret) & 1u << bit)
			set = bdd_or(pool, set, outcome->choices[i].chosen);
	return set;
}

/* ---- the verdict */

static const struct abi_arch *arch_of(const struct outcome_rules *rules)
{
	return rules->policy->arches[rules->arch_index];
}

/* From the deepest argument up: each condition only adds nodes on top. */
static bdd matches(struct bdd_pool *pool, const struct abi_arch *arch,
		   const struct policy_rule *rule)
{
	bdd all = BDD_TRUE;

	for (unsigned rank = ABI_DATA_WORDS; rank-- > 0;)
		for (size_t i = 0; i < rule->cond_count; i++)
			if (cond_rank(arch, &rule->conds[i]) == rank)
				all = bdd_and(pool, cond_holds(pool, arch, &rule->conds[i]), all);
	return all;
}

/* Adds the rules with conditions, or those without; returns what of @open none of them matches. */
static bdd add_rules(struct bdd_pool *pool, const struct outcome_rules *rules, bool conditional,
		     struct outcome *outcome, bdd open)
{
	for (size_t i = 0; i < rules->count; i++) {
		const struct policy_rule *rule = rules->rules[i];

		if ((rule->cond_count != 0) != conditional)
			continue;
		const bdd match = matches(pool, arch_of(rules), rule);
		struct outcome_choice *choice =
			choice_of(outcome,
				  policy_action_on(rules->policy, rule, rules->arch_index));
		choice->matched = bdd_or(pool, choice->matched, match);
		choice->chosen = bdd_or(pool, choice->chosen, bdd_and(pool, match, open));
		open = bdd_and(pool, open, bdd_not(match));
	}
	return open;
}

static void choose(struct bdd_pool *pool, const struct outcome_rules *rules,
		   struct outcome *outcome)
{
	bdd open = add_rules(pool, rules, false, outcome, BDD_TRUE);

	open = add_rules(pool, rules, true, outcome, open);
	struct outcome_choice *rest =
		choice_of(outcome, policy_action_on(rules->policy, NULL, rules->arch_index));
	rest->chosen = bdd_or(pool, rest->chosen, open);
}

/* ---- the class */

static bool has_plain_rule(const struct outcome_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		if (rules->rules[i]->cond_count == 0)
			return true;
	return false;
}

static bool is_wide(const struct policy_cond *cond)
{
	const uint64_t mask = cond->op == POLICY_MASKED_EQ ? cond->value_two : UINT64_MAX;

	return (cond->value & mask) >> 32 != 0;
}

static bool has_wide_constant(const struct outcome_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		for (size_t c = 0; c < rules->rules[i]->cond_count; c++)
			if (is_wide(&rules->rules[i]->conds[c]))
				return true;
	return false;
}

/* An x32 call's: an argument that one of its rules tests has anything in its upper half. */
static bdd x32_upper_half(struct bdd_pool *pool, const struct outcome_rules *rules)
{
	bdd upper = BDD_FALSE;

	if (arch_of(rules)->id != ABI_X32)
		return BDD_FALSE;
	for (size_t i = 0; i < rules->count; i++)
		for (size_t c = 0; c < rules->rules[i]->cond_count; c++)
			upper = bdd_or(pool, upper,
				       cond_upper_half(pool, arch_of(rules),
						       rules->rules[i]->conds[c].arg));
	return upper;
}

/* Rules with different actions match. */
static bdd conflict(struct bdd_pool *pool, const struct outcome *outcome)
{
	bdd once = BDD_FALSE, twice = BDD_FALSE;

	for (size_t i = 0; i < outcome->count; i++) {
		const bdd matched = outcome->choices[i].matched;

		twice = bdd_or(pool, twice, bdd_and(pool, once, matched));
		once = bdd_or(pool, once, matched);
	}
	return twice;
}

/* Takes the inputs that are still @open and fit for a class; returns the others. */
static bdd classify(struct bdd_pool *pool, struct outcome *outcome, enum policy_class class,
		    bdd fit, bdd open)
{
	outcome->class[class] = bdd_and(pool, open, fit);
	return bdd_and(pool, open, bdd_not(fit));
}

static bdd all_if(bool condition)
{
	return condition ? BDD_TRUE : BDD_FALSE;
}

struct outcome outcome_of_rules(struct bdd_pool *pool, const struct outcome_rules *rules)
{
	const bool multiplexed = rules->carries && !has_plain_rule(rules);
	const bool wide = arch_of(rules)->word_bits == 32 && has_wide_constant(rules);
	struct outcome outcome = {0};
	bdd open = BDD_TRUE;

	choose(pool, rules, &outcome);
	open = classify(pool, &outcome, POLICY_X32, x32_upper_half(pool, rules), open);
	open = classify(pool, &outcome, POLICY_MULTIPLEXED, all_if(multiplexed), open);
	open = classify(pool, &outcome, POLICY_WIDE_CONSTANT, all_if(wide), open);
	open = classify(pool, &outcome, POLICY_CONFLICT, conflict(pool, &outcome), open);
	outcome.class[POLICY_SPECIFIED] = open;
	return outcome;
}
