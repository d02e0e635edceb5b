/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "filters/prove/conds.h"
#include "filters/prove/ruling.h"

void ruling_release(struct ruling *ruling)
{
	free(ruling->choices);
	*ruling = (struct ruling){0};
}

static struct ruling_choice *choice_of(struct ruling *ruling, uint32_t ret)
{
	for (size_t i = 0; i < ruling->count; i++)
		if (ruling->choices[i].ret == ret)
			return &ruling->choices[i];
	SG_GROW(ruling->choices, ruling->count, ruling->cap);
	ruling->choices[ruling->count] = (struct ruling_choice){ret, BDD_FALSE, BDD_FALSE};
	return &ruling->choices[ruling->count++];
}

struct ruling ruling_always(uint32_t ret, enum policy_class class)
{
	struct ruling ruling = {0};

	choice_of(&ruling, ret)->chosen = BDD_TRUE;
	ruling.class[class] = BDD_TRUE;
	return ruling;
}

bdd ruling_bit(struct bdd_pool *pool, const struct ruling *ruling, unsigned bit)
{
	bdd set = BDD_FALSE;

	for (size_t i = 0; i < ruling->count; i++)
		if (abi_verdict_effect(ruling->choices[i].ret) & 1u << bit)
			set = bdd_or(pool, set, ruling->choices[i].chosen);
	return set;
}

/* ---- the verdict */

static const struct abi_arch *arch_of(const struct ruling_rules *rules)
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
static bdd add_rules(struct bdd_pool *pool, const struct ruling_rules *rules, bool conditional,
		     struct ruling *ruling, bdd open)
{
	for (size_t i = 0; i < rules->count; i++) {
		const struct policy_rule *rule = rules->rules[i];

		if ((rule->cond_count != 0) != conditional)
			continue;
		const bdd match = matches(pool, arch_of(rules), rule);
		struct ruling_choice *choice =
			choice_of(ruling, policy_action_on(rules->policy, rule, rules->arch_index));
		choice->matched = bdd_or(pool, choice->matched, match);
		choice->chosen = bdd_or(pool, choice->chosen, bdd_and(pool, match, open));
		open = bdd_and(pool, open, bdd_not(match));
	}
	return open;
}

static void choose(struct bdd_pool *pool, const struct ruling_rules *rules, struct ruling *ruling)
{
	bdd open = add_rules(pool, rules, false, ruling, BDD_TRUE);

	open = add_rules(pool, rules, true, ruling, open);
	struct ruling_choice *rest =
		choice_of(ruling, policy_action_on(rules->policy, NULL, rules->arch_index));
	rest->chosen = bdd_or(pool, rest->chosen, open);
}

/* ---- the class */

static bool has_plain_rule(const struct ruling_rules *rules)
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

static bool has_wide_constant(const struct ruling_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		for (size_t c = 0; c < rules->rules[i]->cond_count; c++)
			if (is_wide(&rules->rules[i]->conds[c]))
				return true;
	return false;
}

/* An x32 call's: an argument that one of its rules tests has anything in its upper half. */
static bdd x32_upper_half(struct bdd_pool *pool, const struct ruling_rules *rules)
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
static bdd conflict(struct bdd_pool *pool, const struct ruling *ruling)
{
	bdd once = BDD_FALSE, twice = BDD_FALSE;

	for (size_t i = 0; i < ruling->count; i++) {
		const bdd matched = ruling->choices[i].matched;

		twice = bdd_or(pool, twice, bdd_and(pool, once, matched));
		once = bdd_or(pool, once, matched);
	}
	return twice;
}

/* Takes the inputs that are still @open and fit for a class; returns the others. */
static bdd classify(struct bdd_pool *pool, struct ruling *ruling, enum policy_class class, bdd fit,
		    bdd open)
{
	ruling->class[class] = bdd_and(pool, open, fit);
	return bdd_and(pool, open, bdd_not(fit));
}

static bdd all_if(bool condition)
{
	return condition ? BDD_TRUE : BDD_FALSE;
}

struct ruling ruling_of_rules(struct bdd_pool *pool, const struct ruling_rules *rules)
{
	const bool multiplexed = rules->carries && !has_plain_rule(rules);
	const bool wide = arch_of(rules)->word_bits == 32 && has_wide_constant(rules);
	struct ruling ruling = {0};
	bdd open = BDD_TRUE;

	choose(pool, rules, &ruling);
	open = classify(pool, &ruling, POLICY_X32, x32_upper_half(pool, rules), open);
	open = classify(pool, &ruling, POLICY_MULTIPLEXED, all_if(multiplexed), open);
	open = classify(pool, &ruling, POLICY_WIDE_CONSTANT, all_if(wide), open);
	open = classify(pool, &ruling, POLICY_CONFLICT, conflict(pool, &ruling), open);
	ruling.class[POLICY_SPECIFIED] = open;
	return ruling;
}
