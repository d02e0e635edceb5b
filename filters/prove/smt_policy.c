/* SPDX-License-Identifier: MIT */
#include "filters/prove/smt_policy.h"

#include <stdlib.h>
#include <string.h>

#include "filters/prove/smt_rule.h"

/* A rule under the number that it has on one architecture. */
struct numbered {
	uint32_t nr;
	const struct policy_rule *rule;
};

/* One architecture of the policy. */
struct listed {
	const struct abi_arch *arch;
	size_t index;           /* in the policy */
	Z3_ast here;            /* its inputs */
	struct numbered *rules; /* by number, then as in the profile; owned */
	size_t rule_count;
};

/* One call of it, and the rules that name it. */
struct call {
	const struct listed *of;
	Z3_ast here; /* its inputs */
	const struct numbered *rules;
	size_t count;
};

struct meaning {
	const struct smt_terms *terms;
	const struct policy *policy;
	struct smt_cases effects; /* foreign architectures left out */
	Z3_ast listed;            /* an architecture of the policy */
	Z3_ast unspecified;       /* among these */
};

static Z3_ast is_nr(const struct smt_terms *terms, uint32_t nr)
{
	return smt_is(terms, terms->words[ABI_OFF_NR / 4], nr);
}

static Z3_ast is_arch(const struct smt_terms *terms, const struct abi_arch *arch)
{
	return smt_is(terms, terms->words[ABI_OFF_ARCH / 4], arch->audit);
}

static Z3_ast is_call(const struct smt_terms *terms, const struct listed *of, uint32_t nr)
{
	return smt_and(terms, of->here, is_nr(terms, nr));
}

/* x86_64 and x32 have one audit value: numbers from the bit up are x32's. */
static Z3_ast inputs_of(const struct smt_terms *terms, const struct abi_arch *arch)
{
	Z3_ast x32;

	if (arch->audit != abi_arch(ABI_X86_64)->audit)
		return is_arch(terms, arch);
	x32 = terms->z3->mk_bvuge(terms->context, terms->words[ABI_OFF_NR / 4],
				  smt_number(terms, ABI_X32_BIT));
	return smt_and(terms, is_arch(terms, arch),
		       arch->id == ABI_X32 ? x32 : smt_not(terms, x32));
}

static void add_effect(struct meaning *meaning, uint32_t action, Z3_ast when)
{
	smt_cases_add(meaning->terms, &meaning->effects, abi_verdict_effect(action), when);
}

static void leave_unspecified(struct meaning *meaning, Z3_ast when)
{
	meaning->unspecified = smt_or(meaning->terms, meaning->unspecified, when);
}

/* ---- a call */

static uint32_t action_of(const struct meaning *meaning, const struct listed *of,
			  const struct policy_rule *rule)
{
	return policy_action_on(meaning->policy, rule, of->index);
}

/* The first rule without conditions, or NULL. */
static const struct policy_rule *plain_rule(const struct call *call)
{
	for (size_t i = 0; i < call->count; i++)
		if (!call->rules[i].rule->cond_count)
			return call->rules[i].rule;
	return NULL;
}

/* The first rule without conditions, else the first that matches, else the default. */
static void add_call_effects(struct meaning *meaning, const struct call *call)
{
	const struct policy_rule *plain = plain_rule(call);
	Z3_ast left = call->here;

	for (size_t i = 0; !plain && i < call->count; i++) {
		const struct policy_rule *rule = call->rules[i].rule;
		Z3_ast match = smt_rule_matches(meaning->terms, call->of->arch, rule);

		add_effect(meaning, action_of(meaning, call->of, rule),
			   smt_and(meaning->terms, left, match));
		left = smt_and(meaning->terms, left, smt_not(meaning->terms, match));
	}
	add_effect(meaning, action_of(meaning, call->of, plain), left);
}

/* Rules with different actions match. */
static Z3_ast conflict(const struct meaning *meaning, const struct call *call)
{
	const struct smt_terms *terms = meaning->terms;
	struct smt_cases by_action = {0};
	Z3_ast any = terms->no, two = terms->no;

	for (size_t i = 0; i < call->count; i++)
		smt_cases_add(terms, &by_action, action_of(meaning, call->of, call->rules[i].rule),
			      smt_rule_matches(terms, call->of->arch, call->rules[i].rule));
	for (size_t i = 0; i < by_action.len; i++) {
		two = smt_or(terms, two, smt_and(terms, any, by_action.items[i].when));
		any = smt_or(terms, any, by_action.items[i].when);
	}
	smt_cases_release(&by_action);
	return two;
}

static void add_call(struct meaning *meaning, const struct call *call)
{
	const struct smt_terms *terms = meaning->terms;
	Z3_ast left = conflict(meaning, call);

	add_call_effects(meaning, call);
	for (size_t i = 0; i < call->count; i++) {
		const struct policy_rule *rule = call->rules[i].rule;

		for (size_t j = 0; j < rule->cond_count; j++)
			left = smt_or(terms, left,
				      smt_cond_unspecified(terms, call->of->arch, &rule->conds[j]));
	}
	leave_unspecified(meaning, smt_and(terms, call->here, left));
}

/* ---- an architecture */

static bool has_plain_rule(const struct policy *policy, const char *name)
{
	for (size_t i = 0; i < policy->rule_count; i++)
		if (!policy->rules[i].cond_count && !strcmp(policy->rules[i].name, name))
			return true;
	return false;
}

/* The calls that carry others which a rule names. */
static void add_multiplexers(struct meaning *meaning, const struct listed *of)
{
	const struct policy *policy = meaning->policy;

	for (size_t i = 0; i < policy->rule_count; i++) {
		const char *carrier = abi_multiplexer(of->arch, policy->rules[i].name);

		if (carrier && !has_plain_rule(policy, carrier))
			leave_unspecified(meaning, is_call(meaning->terms, of,
							   (uint32_t)abi_nr(of->arch, carrier)));
	}
}

static int by_number(const void *left, const void *right)
{
	const struct numbered *a = left, *b = right;

	if (a->nr != b->nr)
		return a->nr < b->nr ? -1 : 1;
	return a->rule < b->rule ? -1 : a->rule > b->rule;
}

/* Those of the policy's rules that name a call of the architecture. */
static void number_rules(const struct policy *policy, struct listed *of)
{
	of->rules = sg_calloc(policy->rule_count + 1, sizeof(*of->rules));
	for (size_t i = 0; i < policy->rule_count; i++) {
		int nr = abi_nr(of->arch, policy->rules[i].name);

		if (nr != ABI_NR_NONE)
			of->rules[of->rule_count++] =
				(struct numbered){(uint32_t)nr, &policy->rules[i]};
	}
	qsort(of->rules, of->rule_count, sizeof(*of->rules), by_number);
}

/* How many of the rules from @from on name the same call. */
static size_t same_call(const struct listed *of, size_t from)
{
	size_t count = 1;

	while (from + count < of->rule_count && of->rules[from + count].nr == of->rules[from].nr)
		count++;
	return count;
}

static void add_calls(struct meaning *meaning, const struct listed *of)
{
	const struct smt_terms *terms = meaning->terms;
	Z3_ast unnamed = of->here;

	for (size_t i = 0, count; i < of->rule_count; i += count) {
		Z3_ast number = is_nr(terms, of->rules[i].nr);

		count = same_call(of, i);
		add_call(meaning, &(struct call){of, smt_and(terms, of->here, number),
						 &of->rules[i], count});
		unnamed = smt_and(terms, unnamed, smt_not(terms, number));
	}
	add_effect(meaning, action_of(meaning, of, NULL), unnamed);
}

static void add_arch(struct meaning *meaning, size_t index)
{
	struct listed of = {.arch = meaning->policy->arches[index], .index = index};

	of.here = inputs_of(meaning->terms, of.arch);
	number_rules(meaning->policy, &of);
	add_calls(meaning, &of);
	add_multiplexers(meaning, &of);
	meaning->listed = smt_or(meaning->terms, meaning->listed, of.here);
	free(of.rules);
}

/* ---- the policy */

/* The index of an architecture in the policy, or arch_count. */
static size_t index_of(const struct policy *policy, enum abi_arch_id id)
{
	size_t i = 0;

	while (i < policy->arch_count && policy->arches[i]->id != id)
		i++;
	return i;
}

/* What a tracer sets to skip a call is x32's by its number, and gets x86_64's default action. */
static void add_skipped_call(struct meaning *meaning)
{
	const struct policy *policy = meaning->policy;
	const struct smt_terms *terms = meaning->terms;
	size_t x86_64 = index_of(policy, ABI_X86_64);

	if (x86_64 < policy->arch_count && index_of(policy, ABI_X32) == policy->arch_count)
		add_effect(meaning, policy_action_on(policy, NULL, x86_64),
			   smt_and(terms, is_arch(terms, policy->arches[x86_64]),
				   is_nr(terms, UINT32_MAX)));
}

struct smt_policy smt_policy(const struct smt_terms *terms, const struct policy *policy)
{
	struct meaning meaning = {.terms = terms,
				  .policy = policy,
				  .listed = terms->no,
				  .unspecified = terms->no};
	struct smt_policy both = {smt_number(terms, ABI_RET_ALLOW), terms->yes};

	if (policy->no_filter)
		return both;
	for (size_t i = 0; i < policy->arch_count; i++)
		add_arch(&meaning, i);
	add_skipped_call(&meaning);
	both.effect =
		smt_cases_value(terms, &meaning.effects,
				smt_number(terms, abi_verdict_effect(policy->foreign_action)));
	both.specified = smt_and(terms, meaning.listed, smt_not(terms, meaning.unspecified));
	smt_cases_release(&meaning.effects);
	return both;
}

/* The inputs of one call "ARCH:NAME", by our name of the architecture. */
static Z3_ast is_named_call(const struct smt_terms *terms, const char *call)
{
	const char *colon = strchr(call, ':');
	char *name = sg_strndup(call, colon ? (size_t)(colon - call) : 0);
	const struct abi_arch *arch = abi_arch_by_name(name);
	int nr = arch ? abi_nr(arch, colon + 1) : ABI_NR_NONE;

	free(name);
	if (nr == ABI_NR_NONE)
		return terms->no;
	return smt_and(terms, is_arch(terms, arch), is_nr(terms, (uint32_t)nr));
}

Z3_ast smt_calls(const struct smt_terms *terms, const struct sg_strv *calls)
{
	Z3_ast any = terms->no;

	for (size_t i = 0; i < calls->len; i++)
		any = smt_or(terms, any, is_named_call(terms, calls->items[i]));
	return any;
}
