/* SPDX-License-Identifier: MIT */
/*
 * Plans for the calls that have conditions.
 *
 * Drawn each for itself, six arguments would hardly ever satisfy six conditions. So for each rule
 * there is a plan in which every argument satisfies it, and for each argument it tests one in
 * which all others do and this one just does not: the tuples that tell a filter that looks at one
 * half only, is off by one, or takes OR for AND, from one that is right. Where several rules are
 * about one call there is a plan in which every argument satisfies none of them.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/tuples_private.h"

#define IDLE_ZEROS      1u   /* for each other value of an untested argument */
#define IDLE_PLANS      4u   /* of calls without conditions; the last: at the constants of others */
#define TABLE_LIMIT     256u /* values of a table, before garbage in upper halves is added */
#define TABLE_FLOOR     32u  /* and so many in policies of thousands of conditions */
#define VALUES_BUDGET   60000u /* values in all, about */
#define RULE_PLANS      4u     /* to so many plans for one rule there is one of each kind for all */
#define MIXED_CONSTANTS 16u    /* so many constants have their halves mixed with each other's */

/* Values for one argument. */
struct candidates {
	struct fuzz_values near; /* the constants and what is next to them */
	struct fuzz_values far;  /* the rest */
};

struct group {
	struct fuzz_rules rules; /* .items owned */
	enum fuzz_width width;
	struct fuzz_plans plans;
};

struct fuzz_planner {
	struct fuzz_tuples *tuples;
	const struct fuzz_constants *constants;
	struct sg_rng rng; /* of garbage; of a fixed seed, so that the same input gives the same */
	size_t table_limit;
	struct group *groups;
	size_t group_count, group_cap;
};

static void candidates_release(struct candidates *candidates)
{
	fuzz_values_release(&candidates->near);
	fuzz_values_release(&candidates->far);
}

/* ---- tables */

static uint64_t garbage(struct sg_rng *rng, uint64_t value)
{
	static const uint64_t upper[] = {0xffffffff00000000, 0x0000000100000000,
					 0x8000000000000000};
	const uint64_t draw = sg_rng_u64(rng);

	if (value >> 32 && draw & 1)
		return value;
	return (uint32_t)value |
	       (draw & 6 ? upper[(draw >> 8) % SG_COUNT(upper)] : draw & 0xffffffff00000000);
}

/* Appends a table to the source. */
static struct fuzz_span add_table(struct fuzz_planner *planner, const struct fuzz_values *values,
				  enum fuzz_width width)
{
	struct fuzz_values *to = &planner->tuples->values;
	const size_t first = to->len, garbage_every = width == FUZZ_NARROW_X32 ? 8 : 1;

	for (size_t i = 0; i < values->len; i++) {
		const uint64_t value = values->items[i];

		fuzz_values_add(to, width == FUZZ_WIDE ? value : (uint32_t)value);
		if (width != FUZZ_WIDE && i % garbage_every == 0)
			fuzz_values_add(to, garbage(&planner->rng, value));
	}
	return (struct fuzz_span){first, to->len - first};
}

/* Does the rule test the argument, and the value satisfy all its conditions on it? */
static bool satisfies(const struct policy_rule *rule, int arg, uint64_t value)
{
	bool tested = false;

	for (size_t i = 0; i < rule->cond_count; i++) {
		if (rule->conds[i].arg != arg)
			continue;
		if (!fuzz_cond_holds(&rule->conds[i], value))
			return false;
		tested = true;
	}
	return tested;
}

enum choice { ANY_VALUE, SATISFY_ONE, SATISFY_NONE };

/* Which candidates a table is to hold. */
struct wanted {
	enum choice choice;
	const struct fuzz_rules *rules;
	int arg;
	enum fuzz_width width;
};

static bool is_wanted(const struct wanted *wanted, uint64_t candidate)
{
	const uint64_t value = wanted->width == FUZZ_WIDE ? candidate : (uint32_t)candidate;

	if (wanted->choice == ANY_VALUE)
		return true;
	for (size_t i = 0; i < wanted->rules->len; i++)
		if (satisfies(wanted->rules->items[i], wanted->arg, value))
			return wanted->choice == SATISFY_ONE;
	return wanted->choice == SATISFY_NONE;
}

static void pick(const struct fuzz_values *from, const struct wanted *wanted, size_t limit,
		 struct fuzz_values *to)
{
	for (size_t i = 0; i < from->len; i++)
		if (is_wanted(wanted, from->items[i]))
			fuzz_values_add(to, from->items[i]);
	fuzz_values_unique(to);
	fuzz_values_thin(to, limit);
}

/* False, and no table, where no candidate is wanted. */
static bool make_table(struct fuzz_planner *planner, const struct candidates *candidates,
		       const struct wanted *wanted, struct fuzz_span *ret)
{
	struct candidates picked = {0};

	pick(&candidates->near, wanted, planner->table_limit, &picked.near);
	pick(&candidates->far, wanted, planner->table_limit, &picked.far);
	const bool any = picked.near.len || picked.far.len;
	/* The near ones are to be drawn about as often as all others together. */
	const size_t repeats = picked.near.len ? 1 + picked.far.len / picked.near.len : 0;

	for (size_t i = 0; i < repeats; i++)
		fuzz_values_append(&picked.far, &picked.near);
	if (any)
		*ret = add_table(planner, &picked.far, wanted->width);
	candidates_release(&picked);
	return any;
}

/* ---- candidates */

/* Where a mask is held against an argument beside other conditions: their constants, made to fit.
 */
static void fit_masks(const struct policy_rule *rule, int arg, struct fuzz_values *values)
{
	const size_t len = values->len;

	for (size_t i = 0; i < rule->cond_count; i++) {
		const struct policy_cond *cond = &rule->conds[i];

		if (cond->arg != arg || cond->op != POLICY_MASKED_EQ)
			continue;
		for (size_t n = 0; n < len; n++)
			fuzz_values_add(values, (values->items[n] & ~cond->value) |
							(cond->value_two & cond->value));
	}
}

static void add_near(struct candidates *candidates, const struct fuzz_values *constants)
{
	for (size_t i = 0; i < constants->len; i++) {
		fuzz_values_near(&candidates->near, constants->items[i]);
		fuzz_values_bit_flips(&candidates->far, constants->items[i]);
	}
}

static void constants_of(const struct policy_rule *rule, int arg, struct fuzz_values *values)
{
	for (size_t i = 0; i < rule->cond_count; i++)
		if (rule->conds[i].arg == arg)
			fuzz_cond_constants(&rule->conds[i], values);
}

/* Of some rules of a call, about one argument; of very many constants only some. */
static void gather(const struct fuzz_planner *planner, const struct fuzz_rules *rules, int arg,
		   struct candidates *ret)
{
	struct fuzz_values constants = {0};

	for (size_t i = 0; i < rules->len; i++)
		constants_of(rules->items[i], arg, &constants);
	fuzz_values_unique(&constants);
	fuzz_values_thin(&constants, planner->table_limit);
	add_near(ret, &constants);
	for (size_t i = 0; i < rules->len; i++)
		fit_masks(rules->items[i], arg, &ret->near);
	fuzz_values_thin(&constants, MIXED_CONSTANTS);
	fuzz_values_mix_halves(&ret->far, &constants);
	fuzz_values_generic(&ret->far);
	fuzz_values_release(&constants);
}

/* What filters hold against a half of the word, as either half. */
static void add_lent(const struct fuzz_planner *planner, int word, struct fuzz_values *values)
{
	const struct fuzz_values *lent = &planner->constants->words[word];

	for (size_t i = 0; i < lent->len; i++) {
		const uint64_t k = lent->items[i];

		fuzz_values_near(values, k);
		fuzz_values_near(values, k << 32);
		fuzz_values_near(values, k << 32 | k);
	}
}

/* ---- plans */

static void add_plan(struct fuzz_tuples *tuples, const struct fuzz_plan *plan)
{
	SG_GROW(tuples->plans, tuples->plan_count, tuples->plan_cap);
	tuples->plans[tuples->plan_count++] = *plan;
}

static uint8_t tested_by(const struct fuzz_rules *rules)
{
	uint8_t tested = 0;

	for (size_t i = 0; i < rules->len; i++)
		for (size_t n = 0; n < rules->items[i]->cond_count; n++)
			tested |= 1u << rules->items[i]->conds[n].arg;
	return tested;
}

/* Of all that the rules test, @ret_free draws freely, @ret_none what satisfies no rule; the other
 * arguments are idle. */
static void group_plans(struct fuzz_planner *planner, const struct group *group,
			struct fuzz_plan *ret_free, struct fuzz_plan *ret_none)
{
	*ret_free = *ret_none = planner->tuples->plans[0];
	for (int arg = 0; arg < FUZZ_ARGS; arg++) {
		struct candidates candidates = {0};
		struct wanted wanted = {ANY_VALUE, &group->rules, arg, group->width};

		if (!(tested_by(&group->rules) & 1u << arg))
			continue;
		gather(planner, &group->rules, arg, &candidates);
		add_lent(planner, arg, &candidates.far);
		make_table(planner, &candidates, &wanted, &ret_free->words[arg]);
		ret_none->words[arg] = ret_free->words[arg];
		wanted.choice = SATISFY_NONE;
		make_table(planner, &candidates, &wanted, &ret_none->words[arg]);
		candidates_release(&candidates);
	}
}

/* One plan that satisfies the rule, and for each argument one that just does not. */
static void add_rule_plans(struct fuzz_planner *planner, const struct fuzz_rules *rule,
			   const struct fuzz_plan *free, enum fuzz_width width)
{
	struct fuzz_plan satisfy = *free;
	struct fuzz_span violating[FUZZ_ARGS];
	uint8_t violable = 0;

	for (int arg = 0; arg < FUZZ_ARGS; arg++) {
		struct candidates candidates = {0};
		struct wanted wanted = {SATISFY_ONE, rule, arg, width};

		if (!(tested_by(rule) & 1u << arg))
			continue;
		gather(planner, rule, arg, &candidates);
		make_table(planner, &candidates, &wanted, &satisfy.words[arg]);
		wanted.choice = SATISFY_NONE;
		if (make_table(planner, &candidates, &wanted, &violating[arg]))
			violable |= 1u << arg;
		candidates_release(&candidates);
	}
	add_plan(planner->tuples, &satisfy);
	for (int arg = 0; arg < FUZZ_ARGS; arg++) {
		struct fuzz_plan violate = satisfy;

		if (!(violable & 1u << arg))
			continue;
		violate.words[arg] = violating[arg];
		add_plan(planner->tuples, &violate);
	}
}

static void add_group_plans(struct fuzz_planner *planner, struct group *group)
{
	struct fuzz_tuples *tuples = planner->tuples;
	const size_t first = tuples->plan_count;
	struct fuzz_plan free, none;

	group_plans(planner, group, &free, &none);
	for (size_t i = 0; i < group->rules.len && tuples->plan_count - first < FUZZ_PLANS_MAX / 2;
	     i++)
		add_rule_plans(planner, &(struct fuzz_rules){&group->rules.items[i], 1}, &free,
			       group->width);
	for (size_t i = (tuples->plan_count - first) / RULE_PLANS + 1; i > 0; i--) {
		add_plan(tuples, &free);
		add_plan(tuples, &none);
	}
	group->plans = (struct fuzz_plans){first, tuples->plan_count - first};
}

static struct group *find_group(const struct fuzz_planner *planner, const struct fuzz_rules *rules,
				enum fuzz_width width)
{
	for (size_t i = 0; i < planner->group_count; i++) {
		struct group *group = &planner->groups[i];

		if (group->width == width && group->rules.len == rules->len &&
		    !memcmp(group->rules.items, rules->items, rules->len * sizeof(*rules->items)))
			return group;
	}
	return NULL;
}

struct fuzz_plans fuzz_plans_of(struct fuzz_planner *planner, const struct fuzz_rules *rules,
				enum fuzz_width width)
{
	const struct group *known = find_group(planner, rules, width);

	if (known)
		return known->plans;
	struct group group = {.rules.len = rules->len, .width = width};
	const struct policy_rule **items = sg_calloc(rules->len, sizeof(*items));

	memcpy(items, rules->items, rules->len * sizeof(*items));
	group.rules.items = items;
	add_group_plans(planner, &group);
	SG_GROW(planner->groups, planner->group_count, planner->group_cap);
	planner->groups[planner->group_count++] = group;
	return group.plans;
}

/* ---- the idle plans, for calls without conditions */

static struct fuzz_span add_idle_table(struct fuzz_planner *planner, int word,
				       const struct fuzz_values *constants)
{
	struct fuzz_values values = {0};

	fuzz_values_generic(&values);
	add_lent(planner, word, &values);
	fuzz_values_append(&values, constants);
	fuzz_values_unique(&values);
	fuzz_values_thin(&values, TABLE_LIMIT);
	for (size_t i = values.len * IDLE_ZEROS; i > 0; i--)
		fuzz_values_add(&values, 0);
	const struct fuzz_span span = add_table(planner, &values, FUZZ_WIDE);
	fuzz_values_release(&values);
	return span;
}

/*
 * A filter that takes such a call for one that has conditions shows it where the arguments are just
 * what these ask for: at the policy's constants, and none too many of them.
 */
static void add_idle_plans(struct fuzz_planner *planner, const struct policy *policy)
{
	struct fuzz_plan idle, constant;

	for (int word = 0; word < FUZZ_DRAWN; word++) {
		struct fuzz_values constants = {0};

		for (size_t i = 0; i < policy->rule_count; i++)
			constants_of(&policy->rules[i], word, &constants);
		fuzz_values_unique(&constants);
		idle.words[word] = add_idle_table(planner, word, &constants);
		fuzz_values_thin(&constants, TABLE_LIMIT);
		constant.words[word] = constants.len ? add_table(planner, &constants, FUZZ_WIDE)
						     : idle.words[word];
		fuzz_values_release(&constants);
	}
	for (size_t i = 1; i < IDLE_PLANS; i++)
		add_plan(planner->tuples, &idle);
	add_plan(planner->tuples, &constant);
}

struct fuzz_plans fuzz_plans_idle(void)
{
	return (struct fuzz_plans){0, IDLE_PLANS};
}

struct fuzz_planner *fuzz_planner_new(struct fuzz_tuples *tuples, const struct policy *policy,
				      const struct fuzz_constants *constants)
{
	struct fuzz_planner *planner = sg_calloc(1, sizeof(*planner));
	size_t conds = 1;

	for (size_t i = 0; i < policy->rule_count; i++)
		conds += policy->rules[i].cond_count;
	planner->tuples = tuples;
	planner->constants = constants;
	planner->table_limit = VALUES_BUDGET / conds;
	if (planner->table_limit > TABLE_LIMIT)
		planner->table_limit = TABLE_LIMIT;
	if (planner->table_limit < TABLE_FLOOR)
		planner->table_limit = TABLE_FLOOR;
	sg_rng_seed(&planner->rng, 0);
	add_idle_plans(planner, policy);
	return planner;
}

void fuzz_planner_free(struct fuzz_planner *planner)
{
	for (size_t i = 0; i < planner->group_count; i++)
		free((void *)planner->groups[i].rules.items);
	free(planner->groups);
	free(planner);
}
