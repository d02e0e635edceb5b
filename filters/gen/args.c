/* SPDX-License-Identifier: MIT */
#include "filters/gen/args.h"

#include "filters/gen/known.h"

/* How the arguments of an architecture are read. */
struct view {
	struct ir *ir;
	const struct abi_arch *arch;
	bool low_first; /* of an equality: test the low half before the high one */
};

static uint8_t half(const struct view *view, int arg, bool high)
{
	return (uint8_t)(abi_off_half(view->arch->big_endian, arg, high) / 4);
}

static uint32_t high_of(uint64_t value)
{
	return (uint32_t)(value >> 32);
}

/* A test of the upper half. A 32-bit architecture has none: it counts as 0, whatever is in it. */
static ir_id test_high(const struct view *view, struct ir_test test, ir_id yes, ir_id no)
{
	static const uint32_t zeros[ABI_DATA_WORDS];

	if (view->arch->word_bits == 32)
		return ir_holds(&test, zeros) ? yes : no;
	return ir_test(view->ir, test, yes, no);
}

/*
 * if ((high & mask.high) == value.high)
 *	if ((low & mask.low) == value.low)
 *		goto yes;
 * goto no;
 *
 * or the low half first. A half whose mask is 0 is not looked at.
 */
static ir_id lower_eq(const struct view *view, int arg, uint64_t mask, uint64_t value, ir_id yes,
		      ir_id no)
{
	struct ir_test high = ir_masked_eq(half(view, arg, true), high_of(mask), high_of(value));
	struct ir_test low = ir_masked_eq(half(view, arg, false), (uint32_t)mask, (uint32_t)value);

	if (view->low_first)
		return ir_test(view->ir, low, test_high(view, high, yes, no), no);
	return test_high(view, high, ir_test(view->ir, low, yes, no), no);
}

/*
 * if (high == value.high)
 *	goto low >= value.low ? yes : no;
 * goto high >= value.high + 1 ? yes : no;
 *
 * Equal halves first: arguments are mostly small, and then so are the constants. With
 * value.low == 0 the low half decides nothing, and one test of the high half is left.
 */
static ir_id lower_ge(const struct view *view, int arg, uint64_t value, ir_id yes, ir_id no)
{
	uint8_t high = half(view, arg, true);
	ir_id equal, above;

	if ((uint32_t)value == 0)
		return test_high(view, ir_ge(high, high_of(value)), yes, no);
	equal = ir_test(view->ir, ir_ge(half(view, arg, false), (uint32_t)value), yes, no);
	above = no;
	if (high_of(value) < UINT32_MAX)
		above = test_high(view, ir_ge(high, high_of(value) + 1), yes, no);
	/* Nothing is below 0: what is not equal is above. */
	if (high_of(value) == 0)
		above = yes;
	return test_high(view, ir_eq(high, high_of(value)), equal, above);
}

static ir_id lower_cond(const struct view *view, const struct policy_cond *cond, ir_id yes,
			ir_id no)
{
	uint64_t value = cond->value;

	switch (cond->op) {
	case POLICY_EQ: return lower_eq(view, cond->arg, UINT64_MAX, value, yes, no);
	case POLICY_NE: return lower_eq(view, cond->arg, UINT64_MAX, value, no, yes);
	case POLICY_GE: return lower_ge(view, cond->arg, value, yes, no);
	case POLICY_LT: return lower_ge(view, cond->arg, value, no, yes);
	case POLICY_GT:
		if (value == UINT64_MAX)
			return no;
		return lower_ge(view, cond->arg, value + 1, yes, no);
	case POLICY_LE:
		if (value == UINT64_MAX)
			return yes;
		return lower_ge(view, cond->arg, value + 1, no, yes);
	case POLICY_MASKED_EQ:
		return lower_eq(view, cond->arg, value, cond->value_two & value, yes, no);
	}
	return no;
}

/*
 * if (cond && cond ...) return action;	// first rule
 * if (cond ...) return action;		// second rule
 * ...
 * return default;
 */
static ir_id lower_rules(const struct view *view, const struct args_rule *rules, size_t count,
			 ir_id otherwise)
{
	while (count-- > 0) {
		const struct args_rule *rule = &rules[count];
		ir_id match = ir_leaf(view->ir, rule->action);
		size_t i;

		for (i = rule->cond_count; i-- > 0;)
			match = lower_cond(view, &rule->conds[i], match, otherwise);
		otherwise = match;
	}
	return otherwise;
}

/* ---- the choice between the graphs */

struct choice {
	ir_id root;
	double insns; /* weighted, over the samples */
	size_t tests;
};

static struct choice weigh(const struct ir *ir, ir_id root, const struct args_sample *samples,
			   size_t count)
{
	struct choice choice = {root, 0, ir_count_tests(ir, root)};
	size_t i;

	for (i = 0; i < count; i++)
		choice.insns += samples[i].weight * ir_cost(ir, root, samples[i].words, NULL);
	return choice;
}

static void keep_better(struct choice *best, const struct choice *other)
{
	if (other->insns < best->insns ||
	    (other->insns == best->insns && other->tests < best->tests))
		*best = *other;
}

ir_id args_lower(struct ir *ir, const struct abi_arch *arch, const struct args_rule *rules,
		 size_t rule_count, uint32_t default_action, const struct args_sample *samples,
		 size_t sample_count)
{
	struct view view = {ir, arch, false};
	ir_id otherwise = ir_leaf(ir, default_action);
	struct choice best = {0};
	int order;
	size_t i;

	for (i = 0; i < rule_count; i++) {
		if (rules[i].cond_count == 0)
			return ir_leaf(ir, rules[i].action);
	}
	if (rule_count == 0)
		return otherwise;
	for (order = 0; order < 2; order++) {
		struct choice plain, simple;

		view.low_first = order == 1;
		plain = weigh(ir, lower_rules(&view, rules, rule_count, otherwise), samples,
			      sample_count);
		simple = weigh(ir, known_simplify(ir, plain.root), samples, sample_count);
		if (order == 0)
			best = plain;
		keep_better(&best, &plain);
		keep_better(&best, &simple);
	}
	return best.root;
}
