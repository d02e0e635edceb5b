/* SPDX-License-Identifier: MIT */
#include "filters/gen/args_set.h"

/* ---- normal forms */

static struct args_set range(uint8_t arg, uint64_t low, uint64_t high)
{
	struct args_set set = {.arg = arg, .shape = ARGS_RANGE};

	set.low = low;
	set.high = high;
	return set;
}

static struct args_set bits(uint8_t arg, uint64_t mask, uint64_t value)
{
	struct args_set set = {.arg = arg, .shape = ARGS_BITS};

	set.mask = mask;
	set.value = value;
	return set;
}

/* One less than the number of values. */
static uint64_t span(const struct args_set *set, uint64_t top)
{
	return (set->high - set->low) & top;
}

enum args_is args_set_range(uint8_t arg, uint64_t low, uint64_t high, uint64_t top,
			    struct args_set *ret)
{
	if (low > top)
		return ARGS_NONE;
	if (low == 0 && high >= top)
		return ARGS_ALL;
	*ret = range(arg, low, high < top ? high : top);
	return ARGS_SOME;
}

static bool has_one_bit(uint64_t mask)
{
	return mask && (mask & (mask - 1)) == 0;
}

/* The mask takes everything from some bit up, and nothing below. */
static bool is_upper_mask(uint64_t mask, uint64_t top)
{
	uint64_t below = ~mask & top;

	return (below & (below + 1)) == 0;
}

enum args_is args_set_bits(uint8_t arg, uint64_t mask, uint64_t value, uint64_t top,
			   struct args_set *ret)
{
	value &= mask;
	if (value > top)
		return ARGS_NONE;
	mask &= top;
	if (mask == 0)
		return ARGS_ALL;
	if (is_upper_mask(mask, top))
		*ret = range(arg, value, value | (~mask & top));
	else
		*ret = bits(arg, mask, value);
	return ARGS_SOME;
}

struct args_set args_set_complement(const struct args_set *set, uint64_t top)
{
	struct args_set rest = *set;

	if (set->shape == ARGS_RANGE)
		return range(set->arg, (set->high + 1) & top, (set->low - 1) & top);
	if (has_one_bit(set->mask))
		rest.value ^= set->mask;
	else
		rest.shape = set->shape == ARGS_BITS ? ARGS_NOT_BITS : ARGS_BITS;
	return rest;
}

/* ---- from conditions */

static enum args_is complement_of(enum args_is is, uint64_t top, struct args_set *ret)
{
	switch (is) {
	case ARGS_NONE: return ARGS_ALL;
	case ARGS_ALL: return ARGS_NONE;
	case ARGS_SOME: *ret = args_set_complement(ret, top); break;
	case ARGS_UNKNOWN: break;
	}
	return is;
}

enum args_is args_set_of(const struct policy_cond *cond, uint64_t top, struct args_set *ret)
{
	uint8_t arg = cond->arg;
	uint64_t value = cond->value;

	switch (cond->op) {
	case POLICY_EQ: return args_set_range(arg, value, value, top, ret);
	case POLICY_NE: return complement_of(args_set_range(arg, value, value, top, ret), top, ret);
	case POLICY_GE: return args_set_range(arg, value, top, top, ret);
	case POLICY_LE: return args_set_range(arg, 0, value, top, ret);
	case POLICY_LT: return complement_of(args_set_range(arg, value, top, top, ret), top, ret);
	case POLICY_GT: return complement_of(args_set_range(arg, 0, value, top, ret), top, ret);
	case POLICY_MASKED_EQ: return args_set_bits(arg, value, cond->value_two, top, ret);
	}
	return ARGS_NONE;
}

/* ---- reading */

bool args_set_has(const struct args_set *set, uint64_t x)
{
	if (set->shape == ARGS_BITS)
		return (x & set->mask) == set->value;
	if (set->shape == ARGS_NOT_BITS)
		return (x & set->mask) != set->value;
	if (set->low <= set->high)
		return set->low <= x && x <= set->high;
	return set->low <= x || x <= set->high;
}

bool args_set_is_value(const struct args_set *set, uint64_t top, uint64_t *ret_mask,
		       uint64_t *ret_value)
{
	bool is_point = set->shape == ARGS_RANGE && set->low == set->high;

	*ret_mask = is_point ? top : set->mask;
	*ret_value = is_point ? set->low : set->value;
	return is_point || (set->shape == ARGS_BITS && (uint32_t)set->mask == UINT32_MAX);
}

bool args_set_equal(const struct args_set *a, const struct args_set *b)
{
	return a->arg == b->arg && a->shape == b->shape && a->low == b->low && a->high == b->high;
}

/* ---- one within the other */

static bool range_within_range(const struct args_set *a, const struct args_set *b, uint64_t top)
{
	uint64_t from = (a->low - b->low) & top;

	return from <= span(b, top) && span(a, top) <= span(b, top) - from;
}

/* All values of a range share the bits in front of the first in which its ends differ: do they
 * all have the same ones under @mask? */
static bool range_fixes(const struct args_set *range, uint64_t mask)
{
	uint64_t differ = range->low ^ range->high;
	uint64_t open = differ ? UINT64_MAX >> __builtin_clzll(differ) : 0;

	return range->low <= range->high && (mask & open) == 0;
}

static bool range_within_bits(const struct args_set *range, uint64_t mask, uint64_t value)
{
	return range_fixes(range, mask) && (range->low & mask) == value;
}

/* By the least and the largest value under the mask. */
static bool bits_within_range(const struct args_set *bits, const struct args_set *range,
			      uint64_t top)
{
	uint64_t least = bits->value, most = bits->value | (~bits->mask & top);

	if (range->low <= range->high)
		return range->low <= least && most <= range->high;
	return range->low <= least || most <= range->high;
}

static bool bits_within_bits(const struct args_set *a, const struct args_set *b)
{
	return (b->mask & ~a->mask) == 0 && (a->value & b->mask) == b->value;
}

/* @a of any shape, @bits the one that it must stay out of. */
static bool outside_bits(const struct args_set *a, const struct args_set *bits, uint64_t top)
{
	struct args_set rest;

	if (a->shape == ARGS_BITS)
		return (a->mask & bits->mask & (a->value ^ bits->value)) != 0;
	rest = args_set_complement(a, top);
	if (a->shape == ARGS_NOT_BITS)
		return bits_within_bits(bits, &rest);
	return bits_within_range(bits, &rest, top) ||
	       (range_fixes(a, bits->mask) && (a->low & bits->mask) != bits->value);
}

bool args_set_within(const struct args_set *a, const struct args_set *b, uint64_t top)
{
	struct args_set rest;

	if (b->shape == ARGS_NOT_BITS) {
		rest = args_set_complement(b, top);
		return outside_bits(a, &rest, top);
	}
	if (a->shape == ARGS_NOT_BITS) {
		/* That is more than half of all, and no mask takes as much. */
		if (b->shape == ARGS_BITS)
			return false;
		rest = args_set_complement(b, top);
		return range_within_bits(&rest, a->mask, a->value);
	}
	if (a->shape == ARGS_RANGE)
		return b->shape == ARGS_RANGE ? range_within_range(a, b, top)
					      : range_within_bits(a, b->mask, b->value);
	return b->shape == ARGS_RANGE ? bits_within_range(a, b, top) : bits_within_bits(a, b);
}

bool args_set_disjoint(const struct args_set *a, const struct args_set *b, uint64_t top)
{
	struct args_set rest = args_set_complement(b, top);

	return args_set_within(a, &rest, top);
}

/* ---- two together */

/* @b begins within @a or right behind it, around the top as well. Together they are not all there
 * is: the caller has looked at that. */
static enum args_is join_ranges(const struct args_set *a, const struct args_set *b, uint64_t top,
				struct args_set *ret)
{
	uint64_t from = (b->low - a->low) & top, last = from + span(b, top);

	if (from > span(a, top) + 1)
		return ARGS_UNKNOWN;
	if (last < span(a, top))
		last = span(a, top);
	*ret = range(a->arg, a->low, (a->low + last) & top);
	return ARGS_SOME;
}

static enum args_is either_range(const struct args_set *a, const struct args_set *b, uint64_t top,
				 struct args_set *ret)
{
	enum args_is is = join_ranges(a, b, top, ret);

	return is == ARGS_UNKNOWN ? join_ranges(b, a, top, ret) : is;
}

/* The same mask, and values that differ in one bit of it: that bit does not count. */
static enum args_is join_bits(const struct args_set *a, const struct args_set *b, uint64_t top,
			      struct args_set *ret)
{
	uint64_t differ = a->value ^ b->value;

	if (a->mask != b->mask || !has_one_bit(differ))
		return ARGS_UNKNOWN;
	return args_set_bits(a->arg, a->mask & ~differ, a->value & ~differ, top, ret);
}

/* Is it the complement of values under a mask? Of one bit, both forms say the same. */
static bool as_excluded_bits(const struct args_set *set, struct args_set *ret_bits)
{
	*ret_bits = *set;
	if (set->shape == ARGS_NOT_BITS)
		return true;
	if (set->shape != ARGS_BITS || !has_one_bit(set->mask))
		return false;
	ret_bits->value ^= set->mask;
	return true;
}

/* (x & m1) != v1 || (x & m2) != v2: what is left out is what both leave out, which the caller has
 * seen to be something. */
static enum args_is join_excluded(const struct args_set *a, const struct args_set *b, uint64_t top,
				  struct args_set *ret)
{
	struct args_set out_a, out_b;

	if (!as_excluded_bits(a, &out_a) || !as_excluded_bits(b, &out_b))
		return ARGS_UNKNOWN;
	return complement_of(args_set_bits(a->arg, out_a.mask | out_b.mask,
					   out_a.value | out_b.value, top, ret),
			     top, ret);
}

enum args_is args_set_either(const struct args_set *a, const struct args_set *b, uint64_t top,
			     struct args_set *ret)
{
	struct args_set rest = args_set_complement(a, top);
	enum args_is is;

	if (args_set_within(a, b, top) || args_set_within(b, a, top)) {
		*ret = args_set_within(a, b, top) ? *b : *a;
		return ARGS_SOME;
	}
	if (args_set_within(&rest, b, top))
		return ARGS_ALL;
	if (a->shape == ARGS_RANGE && b->shape == ARGS_RANGE)
		return either_range(a, b, top, ret);
	if (a->shape == ARGS_BITS && b->shape == ARGS_BITS) {
		is = join_bits(a, b, top, ret);
		if (is != ARGS_UNKNOWN)
			return is;
	}
	return join_excluded(a, b, top, ret);
}

/* What is outside of either is outside of both. */
enum args_is args_set_both(const struct args_set *a, const struct args_set *b, uint64_t top,
			   struct args_set *ret)
{
	struct args_set not_a = args_set_complement(a, top), not_b = args_set_complement(b, top);

	return complement_of(args_set_either(&not_a, &not_b, top, ret), top, ret);
}
