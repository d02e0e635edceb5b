/* SPDX-License-Identifier: MIT */
/*
 * Can two rules match the same call? A rule has at most one condition an argument (those with more
 * were split), so that it is enough to ask of each argument that both rules test: is there a value
 * for which both conditions hold? Each condition is an interval, an interval less one value (NE),
 * or a set of fixed bits.
 */
#include "filters/policy/private.h"

/* The values x with low <= x <= high, x != hole and (x & mask) == bits. */
struct value_set {
	uint64_t low, high;
	uint64_t mask, bits;
	bool has_hole;
	uint64_t hole;
	bool empty;
};

static struct value_set set_of(const struct policy_cond *cond)
{
	struct value_set set = {.high = UINT64_MAX};

	switch (cond->op) {
	case POLICY_NE:
		set.has_hole = true;
		set.hole = cond->value;
		break;
	case POLICY_LT:
		set.empty = cond->value == 0;
		set.high = cond->value - 1;
		break;
	case POLICY_LE: set.high = cond->value; break;
	case POLICY_EQ: set.low = set.high = cond->value; break;
	case POLICY_GE: set.low = cond->value; break;
	case POLICY_GT:
		set.empty = cond->value == UINT64_MAX;
		set.low = cond->value + 1;
		break;
	case POLICY_MASKED_EQ:
		set.mask = cond->value;
		set.bits = cond->value_two & cond->value;
		break;
	}
	return set;
}

/*
 * The smallest x >= @from with (x & mask) == bits. Where a fixed bit of @from is 0 and must be 1,
 * it is set and the free bits below are cleared; where it is 1 and must be 0, the next free 0 above
 * must be set first.
 */
static bool first_fitting(uint64_t from, uint64_t mask, uint64_t bits, uint64_t *ret)
{
	uint64_t wrong = (from & mask) ^ bits;

	if (!wrong) {
		*ret = from;
		return true;
	}
	const uint64_t top = 1ull << (63 - __builtin_clzll(wrong));
	uint64_t below = top - 1;

	if (from & top) {
		const uint64_t free_zeros = ~mask & ~from & ~(below | top);

		if (!free_zeros)
			return false;
		const uint64_t carry = free_zeros & -free_zeros;
		below = carry - 1;
		from |= carry;
	}
	*ret = (from & ~below & ~mask) | bits;
	return true;
}

static bool has_value(const struct value_set *set)
{
	uint64_t x = 0;

	if (set->empty || set->low > set->high ||
	    !first_fitting(set->low, set->mask, set->bits, &x) || x > set->high)
		return false;
	if (!set->has_hole || x != set->hole)
		return true;
	return x < set->high && first_fitting(x + 1, set->mask, set->bits, &x) && x <= set->high;
}

static bool conds_overlap(const struct policy_cond *a, const struct policy_cond *b)
{
	const struct value_set one = set_of(a), two = set_of(b);
	struct value_set both = {
		.low = one.low > two.low ? one.low : two.low,
		.high = one.high < two.high ? one.high : two.high,
		.mask = one.mask | two.mask,
		.bits = one.bits | two.bits,
		.has_hole = one.has_hole || two.has_hole,
		.hole = one.has_hole ? one.hole : two.hole,
		.empty = one.empty || two.empty,
	};

	/* Two NE leave something of 2^64 values. */
	if ((one.bits ^ two.bits) & one.mask & two.mask)
		both.empty = true;
	return has_value(&both);
}

static bool can_hold(const struct policy_cond *cond)
{
	const struct value_set set = set_of(cond);

	return has_value(&set);
}

static bool satisfiable(const struct policy_rule *rule)
{
	for (size_t i = 0; i < rule->cond_count; i++)
		if (!can_hold(&rule->conds[i]))
			return false;
	return true;
}

bool policy_rules_overlap(const struct policy_rule *a, const struct policy_rule *b)
{
	if (!satisfiable(a) || !satisfiable(b))
		return false;
	for (size_t i = 0; i < a->cond_count; i++)
		for (size_t j = 0; j < b->cond_count; j++)
			if (a->conds[i].arg == b->conds[j].arg &&
			    !conds_overlap(&a->conds[i], &b->conds[j]))
				return false;
	return true;
}
