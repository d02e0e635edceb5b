/* SPDX-License-Identifier: MIT */
/* What a condition says, read off the README: what the oracle and its parts are held against. */
#ifndef SG_POLICY_TESTS_HOLDS_H
#define SG_POLICY_TESTS_HOLDS_H

#include "filters/policy/policy.h"

static inline bool holds(const struct policy_cond *cond, uint64_t x)
{
	switch (cond->op) {
	case POLICY_NE: return x != cond->value;
	case POLICY_LT: return x < cond->value;
	case POLICY_LE: return x <= cond->value;
	case POLICY_EQ: return x == cond->value;
	case POLICY_GE: return x >= cond->value;
	case POLICY_GT: return x > cond->value;
	case POLICY_MASKED_EQ: return (x & cond->value) == (cond->value_two & cond->value);
	}
	return false;
}

#endif
