/* SPDX-License-Identifier: MIT */
/*
 * The policy, evaluated as it is written: all rules of the call are tried, none is translated.
 * Includes floors 0 and 1 and this room's header, nothing else.
 */
#include <stdlib.h>
#include <string.h>

#include "filters/policy/policy.h"

#define DENSE_NUMBERS 1024u /* so many numbers from nr_offset up have a place in a table */
#define NO_CALL       UINT16_MAX
#define NO_RULE       UINT32_MAX
#define NR_SKIPPED    0xffffffffu /* -1: how a tracer skips a call, seccomp(2) */

struct oracle_rule {
	uint32_t ret;
	uint32_t first_cond, cond_count;
};

/* A number of an architecture that some rule names, or that multiplexes one that is named. */
struct oracle_call {
	uint32_t nr;
	uint32_t first_rule, rule_count; /* those without conditions first */
	uint8_t tested;                  /* bit i: a condition looks at argument i */
	uint8_t class;                   /* of all its tuples; POLICY_SPECIFIED: it depends */
};

struct oracle_arch {
	uint32_t audit, nr_offset;
	uint32_t default_ret;
	bool narrow;  /* conditions see the low half of an argument */
	bool has_x32; /* the audit value is x86_64's and x32's; bit 30 of the number decides */
	bool is_x32;
	uint16_t *dense;           /* index into calls by nr - nr_offset; owned */
	struct oracle_call *calls; /* ascending by number; owned */
	size_t call_count, call_cap;
};

struct policy_oracle {
	bool no_filter;
	uint32_t foreign_ret;
	struct oracle_arch *arches;
	size_t arch_count;
	struct oracle_rule *rules;
	size_t rule_count, rule_cap;
	struct policy_cond *conds; /* MASKED_EQ: value_two is already under the mask */
	size_t cond_count, cond_cap;
};

/* ---- building */

/* A rule, and the number it is about; rule NO_RULE: the number carries a call that is named. */
struct placed {
	uint32_t nr, conditional, rule;
};

static int compare_placed(const void *a, const void *b)
{
	const struct placed *one = a, *two = b;

	if (one->nr != two->nr)
		return one->nr > two->nr ? 1 : -1;
	if (one->conditional != two->conditional)
		return one->conditional > two->conditional ? 1 : -1;
	return (one->rule > two->rule) - (one->rule < two->rule);
}

/* Every rule by number, those without conditions first, else in profile order. */
static size_t place_rules(const struct policy *policy, const struct abi_arch *arch,
			  struct placed *placed)
{
	size_t count = 0;

	for (size_t i = 0; i < policy->rule_count; i++) {
		const struct policy_rule *rule = &policy->rules[i];
		const char *carrier = abi_multiplexer(arch, rule->name);
		const int nr = abi_nr(arch, rule->name);

		if (nr != ABI_NR_NONE)
			placed[count++] = (struct placed){nr, rule->cond_count != 0, i};
		if (carrier)
			placed[count++] = (struct placed){abi_nr(arch, carrier), 1, NO_RULE};
	}
	qsort(placed, count, sizeof(*placed), compare_placed);
	return count;
}

/* A constant above 32 bits: for MASKED_EQ the datum, since the mask meets zeros up there. */
static bool is_wide(const struct policy_cond *cond)
{
	const uint64_t constant =
		cond->op == POLICY_MASKED_EQ ? cond->value_two & cond->value : cond->value;

	return constant > UINT32_MAX;
}

static bool add_conds(struct policy_oracle *oracle, const struct policy_rule *rule,
		      struct oracle_call *call)
{
	bool wide = false;

	for (size_t i = 0; i < rule->cond_count; i++) {
		struct policy_cond cond = rule->conds[i];

		wide |= is_wide(&cond);
		cond.value_two &= cond.value;
		call->tested |= 1u << cond.arg;
		SG_GROW(oracle->conds, oracle->cond_count, oracle->cond_cap);
		oracle->conds[oracle->cond_count++] = cond;
	}
	return wide;
}

/* Adds one rule of a call; tells whether it has a wide constant. */
static bool add_rule(struct policy_oracle *oracle, const struct policy *policy, size_t rule_index,
		     size_t arch_index, struct oracle_call *call)
{
	const struct policy_rule *rule = &policy->rules[rule_index];
	const struct oracle_rule added = {
		.ret = policy_action_on(policy, rule, arch_index),
		.first_cond = oracle->cond_count,
		.cond_count = rule->cond_count,
	};

	SG_GROW(oracle->rules, oracle->rule_count, oracle->rule_cap);
	oracle->rules[oracle->rule_count++] = added;
	call->rule_count++;
	return add_conds(oracle, rule, call);
}

static void add_call(struct policy_oracle *oracle, const struct policy *policy, size_t arch_index,
		     const struct placed *run, size_t run_len)
{
	struct oracle_arch *arch = &oracle->arches[arch_index];
	struct oracle_call call = {.nr = run->nr, .first_rule = oracle->rule_count};
	bool wide = false, carrier = false;

	for (size_t i = 0; i < run_len; i++) {
		if (run[i].rule == NO_RULE)
			carrier = true;
		else
			wide |= add_rule(oracle, policy, run[i].rule, arch_index, &call);
	}
	if (carrier && run->conditional)
		call.class = POLICY_MULTIPLEXED;
	else if (arch->narrow && wide)
		call.class = POLICY_WIDE_CONSTANT;
	SG_GROW(arch->calls, arch->call_count, arch->call_cap);
	arch->calls[arch->call_count++] = call;
}

static void fill_dense(struct oracle_arch *arch)
{
	arch->dense = sg_calloc(DENSE_NUMBERS, sizeof(*arch->dense));
	memset(arch->dense, 0xff, DENSE_NUMBERS * sizeof(*arch->dense));
	for (size_t i = 0; i < arch->call_count; i++) {
		const uint32_t place = arch->calls[i].nr - arch->nr_offset;

		if (place < DENSE_NUMBERS)
			arch->dense[place] = i;
	}
}

static void add_calls(struct policy_oracle *oracle, const struct policy *policy, size_t arch_index)
{
	struct placed *placed = sg_calloc(2 * policy->rule_count, sizeof(*placed));
	const size_t count = place_rules(policy, policy->arches[arch_index], placed);

	for (size_t start = 0, end; start < count; start = end) {
		for (end = start; end < count && placed[end].nr == placed[start].nr; end++)
			;
		add_call(oracle, policy, arch_index, placed + start, end - start);
	}
	free(placed);
	fill_dense(&oracle->arches[arch_index]);
}

struct policy_oracle *policy_oracle_new(const struct policy *policy)
{
	const uint32_t x32_audit = abi_arch(ABI_X32)->audit;
	struct policy_oracle *oracle = sg_calloc(1, sizeof(*oracle));

	oracle->no_filter = policy->no_filter;
	oracle->foreign_ret = policy->foreign_action;
	oracle->arch_count = policy->arch_count;
	oracle->arches = sg_calloc(policy->arch_count, sizeof(*oracle->arches));
	for (size_t i = 0; i < policy->arch_count; i++) {
		const struct abi_arch *arch = policy->arches[i];

		oracle->arches[i] = (struct oracle_arch){
			.audit = arch->audit,
			.nr_offset = arch->nr_offset,
			.default_ret = policy_action_on(policy, NULL, i),
			.narrow = arch->word_bits == 32,
			.has_x32 = arch->audit == x32_audit,
			.is_x32 = arch->id == ABI_X32,
		};
		add_calls(oracle, policy, i);
	}
	return oracle;
}

void policy_oracle_free(struct policy_oracle *oracle)
{
	if (!oracle)
		return;
	for (size_t i = 0; i < oracle->arch_count; i++) {
		free(oracle->arches[i].dense);
		free(oracle->arches[i].calls);
	}
	free(oracle->arches);
	free(oracle->rules);
	free(oracle->conds);
	free(oracle);
}

/* ---- evaluating */

static bool holds(const struct policy_cond *cond, uint64_t arg)
{
	switch (cond->op) {
	case POLICY_NE: return arg != cond->value;
	case POLICY_LT: return arg < cond->value;
	case POLICY_LE: return arg <= cond->value;
	case POLICY_EQ: return arg == cond->value;
	case POLICY_GE: return arg >= cond->value;
	case POLICY_GT: return arg > cond->value;
	case POLICY_MASKED_EQ: return (arg & cond->value) == cond->value_two;
	}
	return false;
}

static bool matches(const struct policy_oracle *oracle, const struct oracle_rule *rule,
		    const struct abi_tuple *tuple, bool narrow)
{
	for (uint32_t i = 0; i < rule->cond_count; i++) {
		const struct policy_cond *cond = &oracle->conds[rule->first_cond + i];
		const uint64_t arg = tuple->args[cond->arg];

		if (!holds(cond, narrow ? (uint32_t)arg : arg))
			return false;
	}
	return true;
}

/* Does an argument that the rules of the call test have anything in its upper half? */
static bool upper_half_set(const struct oracle_call *call, const struct abi_tuple *tuple)
{
	for (int i = 0; i < 6; i++)
		if ((call->tested & 1u << i) && tuple->args[i] > UINT32_MAX)
			return true;
	return false;
}

static struct policy_verdict eval_call(const struct policy_oracle *oracle,
				       const struct oracle_arch *arch,
				       const struct oracle_call *call,
				       const struct abi_tuple *tuple)
{
	struct policy_verdict verdict = {arch->default_ret, call->class};
	bool matched = false, conflict = false;

	for (uint32_t i = 0; i < call->rule_count; i++) {
		const struct oracle_rule *rule = &oracle->rules[call->first_rule + i];

		if (!matches(oracle, rule, tuple, arch->narrow))
			continue;
		if (matched)
			conflict |= rule->ret != verdict.ret;
		else
			verdict.ret = rule->ret;
		matched = true;
	}
	if (arch->is_x32 && upper_half_set(call, tuple))
		verdict.class = POLICY_X32;
	else if (verdict.class == POLICY_SPECIFIED && conflict)
		verdict.class = POLICY_CONFLICT;
	return verdict;
}

static const struct oracle_call *find_call(const struct oracle_arch *arch, uint32_t nr)
{
	const uint32_t place = nr - arch->nr_offset;
	size_t low = 0, high = arch->call_count;

	if (place < DENSE_NUMBERS)
		return arch->dense[place] == NO_CALL ? NULL : &arch->calls[arch->dense[place]];
	while (low < high) {
		const size_t middle = (low + high) / 2;

		if (arch->calls[middle].nr == nr)
			return &arch->calls[middle];
		if (arch->calls[middle].nr < nr)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static const struct oracle_arch *find_arch(const struct policy_oracle *oracle,
					   const struct abi_tuple *tuple)
{
	for (size_t i = 0; i < oracle->arch_count; i++) {
		const struct oracle_arch *arch = &oracle->arches[i];

		if (arch->audit == tuple->arch &&
		    (!arch->has_x32 || arch->is_x32 == (tuple->nr >= ABI_X32_BIT)))
			return arch;
	}
	return NULL;
}

/* An architecture that is not listed, or x32's numbers where only x86_64 is. */
static struct policy_verdict eval_unlisted(const struct policy_oracle *oracle,
					   const struct abi_tuple *tuple)
{
	for (size_t i = 0; i < oracle->arch_count; i++) {
		const struct oracle_arch *arch = &oracle->arches[i];

		if (arch->audit != tuple->arch || arch->is_x32)
			continue;
		return (struct policy_verdict){
			tuple->nr == NR_SKIPPED ? arch->default_ret : oracle->foreign_ret,
			POLICY_X32,
		};
	}
	return (struct policy_verdict){oracle->foreign_ret, POLICY_FOREIGN_ARCH};
}

struct policy_verdict policy_eval(const struct policy_oracle *oracle, const struct abi_tuple *tuple)
{
	if (oracle->no_filter)
		return (struct policy_verdict){ABI_RET_ALLOW, POLICY_SPECIFIED};
	const struct oracle_arch *arch = find_arch(oracle, tuple);
	if (!arch)
		return eval_unlisted(oracle, tuple);
	const struct oracle_call *call = find_call(arch, tuple->nr);
	if (!call)
		return (struct policy_verdict){arch->default_ret, POLICY_SPECIFIED};
	return eval_call(oracle, arch, call, tuple);
}
