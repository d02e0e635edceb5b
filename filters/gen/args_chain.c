/* SPDX-License-Identifier: MIT */
#include "filters/gen/args_chain.h"

struct chain {
	struct ir *ir;
	const struct args_chain_form *form;
	uint64_t top;
};

static uint32_t high_of(uint64_t value)
{
	return (uint32_t)(value >> 32);
}

static uint8_t word_of(const struct chain *chain, int arg, bool high)
{
	return (uint8_t)(abi_off_half(chain->form->big_endian, arg, high) / 4);
}

/* ---- one half */

/*
 * if (word >= low)
 *	if (word <= high)
 *		goto yes;
 * goto no;
 *
 * One comparison where an end is the word's own, and where they meet.
 */
static ir_id half_range(struct ir *ir, uint8_t word, uint32_t low, uint32_t high, ir_id yes,
			ir_id no)
{
	if (low == high)
		return ir_test(ir, ir_eq(word, low), yes, no);
	if (high != UINT32_MAX)
		yes = ir_test(ir, ir_ge(word, high + 1), no, yes);
	return ir_test(ir, ir_ge(word, low), yes, no);
}

static ir_id half_jset(struct ir *ir, uint8_t word, uint32_t bits, ir_id yes, ir_id no)
{
	return ir_test(ir, (struct ir_test){word, IR_SET, IR_NO_MASK, bits}, yes, no);
}

/*
 * if (!(word & (mask & ~value)))
 *	if (word & bit) ...		// for each bit of the value
 *		goto yes;
 * goto no;
 */
static ir_id half_jsets(struct ir *ir, uint8_t word, uint32_t mask, uint32_t value, ir_id yes,
			ir_id no)
{
	uint32_t rest;

	for (rest = value; rest; rest &= rest - 1)
		yes = half_jset(ir, word, rest & -rest, yes, no);
	return half_jset(ir, word, mask & ~value, no, yes);
}

uint32_t args_chain_jsets(uint32_t mask, uint32_t value)
{
	uint32_t jsets = (uint32_t)__builtin_popcount(value) + ((mask & ~value) != 0);

	return jsets <= 2 ? jsets : 0;
}

/*
 * if ((word & mask) == value) goto yes;
 * goto no;
 *
 * A mask of everything from some bit up is a range. Two JSETs leave the word in the accumulator,
 * and may be done after one.
 */
static ir_id half_bits(const struct chain *chain, uint8_t word, uint32_t mask, uint32_t value,
		       ir_id yes, ir_id no)
{
	uint32_t below = ~mask;

	if ((below & (below + 1)) == 0)
		return half_range(chain->ir, word, value, value | below, yes, no);
	if (args_chain_jsets(mask, value) && !chain->form->and_masks)
		return half_jsets(chain->ir, word, mask, value, yes, no);
	return ir_test(chain->ir, ir_masked_eq(word, mask, value), yes, no);
}

/* ---- both halves */

/* Something about both halves that holds where it holds of each. */
struct halves {
	uint8_t arg;
	uint32_t high_mask, high; /* (high half & high_mask) == high */
	uint32_t low_mask, low;   /* the same of the low half, or as a range, low..last */
	bool is_range;
	uint32_t last;
};

static bool low_holds(const struct halves *halves, uint32_t word)
{
	if (halves->is_range)
		return halves->low <= word && word <= halves->last;
	return (word & halves->low_mask) == halves->low;
}

/* By what the samples fail on. */
static bool low_first(const struct chain *chain, const struct halves *halves)
{
	const struct args_samples *samples = chain->form->samples;
	uint64_t low_fails = 0, high_fails = 0;
	size_t i;

	for (i = 0; samples && i < samples->count; i++) {
		uint32_t high = samples->words[i][word_of(chain, halves->arg, true)];
		uint32_t low = samples->words[i][word_of(chain, halves->arg, false)];

		low_fails += low_holds(halves, low) ? 0 : samples->weights[i];
		high_fails += (high & halves->high_mask) == halves->high ? 0 : samples->weights[i];
	}
	return low_fails > high_fails;
}

static ir_id lower_low(const struct chain *chain, const struct halves *halves, ir_id yes, ir_id no)
{
	uint8_t word = word_of(chain, halves->arg, false);

	if (halves->is_range)
		return half_range(chain->ir, word, halves->low, halves->last, yes, no);
	return half_bits(chain, word, halves->low_mask, halves->low, yes, no);
}

/* 32-bit architectures have no high half: there its mask is 0, which always holds. */
static ir_id lower_high(const struct chain *chain, const struct halves *halves, ir_id yes, ir_id no)
{
	return half_bits(chain, word_of(chain, halves->arg, true), halves->high_mask, halves->high,
			 yes, no);
}

/*
 * if (high half fits)
 *	if (low half fits)
 *		goto yes;
 * goto no;
 *
 * or the low half first. High first is the rule: other tests of the argument ask for the same high
 * half, and a 32-bit architecture asks for what stands behind it.
 */
static ir_id lower_halves(const struct chain *chain, const struct halves *halves, ir_id yes,
			  ir_id no)
{
	if (low_first(chain, halves))
		return lower_low(chain, halves, lower_high(chain, halves, yes, no), no);
	return lower_high(chain, halves, lower_low(chain, halves, yes, no), no);
}

/*
 * if (high half == value.high)
 *	goto low half >= value.low ? yes : no;
 * goto high half > value.high ? yes : no;
 *
 * Equal halves first: arguments are mostly small, and then so are the constants. Never needed where
 * the high half does not count.
 */
static ir_id lower_ge(const struct chain *chain, uint8_t arg, uint64_t value, ir_id yes, ir_id no)
{
	uint8_t high = word_of(chain, arg, true);
	ir_id equal, above = no;

	equal = ir_test(chain->ir, ir_ge(word_of(chain, arg, false), (uint32_t)value), yes, no);
	if ((uint32_t)value == 0)
		return ir_test(chain->ir, ir_ge(high, high_of(value)), yes, no);
	if (high_of(value) == 0)
		above = yes;
	else if (high_of(value) < UINT32_MAX)
		above = ir_test(chain->ir, ir_ge(high, high_of(value) + 1), yes, no);
	return ir_test(chain->ir, ir_eq(high, high_of(value)), equal, above);
}

/* A range from low up to high; where the ends differ in the high half, by one comparison with each
 * end that is not the domain's own. */
static ir_id lower_range(const struct chain *chain, const struct args_set *set, ir_id yes, ir_id no)
{
	struct halves halves = {.arg = set->arg,
				.high_mask = high_of(chain->top),
				.high = high_of(set->low),
				.is_range = true,
				.low = (uint32_t)set->low,
				.last = (uint32_t)set->high};

	if (high_of(set->low) == high_of(set->high))
		return lower_halves(chain, &halves, yes, no);
	if (set->high != chain->top)
		yes = lower_ge(chain, set->arg, set->high + 1, no, yes);
	return set->low == 0 ? yes : lower_ge(chain, set->arg, set->low, yes, no);
}

static ir_id lower_bits(const struct chain *chain, const struct args_set *set, ir_id yes, ir_id no)
{
	struct halves halves = {.arg = set->arg,
				.high_mask = high_of(set->mask),
				.high = high_of(set->value),
				.low_mask = (uint32_t)set->mask,
				.low = (uint32_t)set->value};

	return lower_halves(chain, &halves, yes, no);
}

static ir_id lower_set(const struct chain *chain, const struct args_set *set, ir_id yes, ir_id no)
{
	struct args_set rest;

	if (set->shape == ARGS_BITS)
		return lower_bits(chain, set, yes, no);
	if (set->shape == ARGS_RANGE && set->low <= set->high)
		return lower_range(chain, set, yes, no);
	rest = args_set_complement(set, chain->top);
	return lower_set(chain, &rest, no, yes);
}

ir_id args_chain(struct ir *ir, const struct args_rules *rules, const struct args_chain_form *form)
{
	const struct chain chain = {ir, form, rules->top};
	ir_id otherwise = ir_leaf(ir, rules->otherwise);
	size_t i, j;

	for (i = rules->count; i-- > 0;) {
		ir_id match = ir_leaf(ir, rules->items[i].action);

		for (j = rules->items[i].count; j-- > 0;)
			match = lower_set(&chain, &rules->items[i].sets[j], match, otherwise);
		otherwise = match;
	}
	return otherwise;
}
