/* SPDX-License-Identifier: MIT */
/*
 * Sets of values of one argument, as one condition of a rule can name them, and what two of them
 * make together. The passes over rules (args_rules.h) are built from these.
 *
 * Domain: the values 0..@top, where @top is UINT64_MAX, or UINT32_MAX on an architecture whose
 * conditions see the low half; all sets of a computation share it. A set is in normal form: never
 * empty, never everything, a range where one says the same as a mask, ARGS_BITS rather than
 * ARGS_NOT_BITS where the mask has one bit.
 */
#ifndef SG_GEN_ARGS_SET_H
#define SG_GEN_ARGS_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "filters/policy/policy.h"

enum args_shape {
	ARGS_RANGE, /* from low up to high; from low to the top and from 0 to high if low > high */
	ARGS_BITS,  /* (x & mask) == value */
	ARGS_NOT_BITS, /* (x & mask) != value */
};

struct args_set {
	uint8_t arg; /* 0..5 */
	uint8_t shape;
	union {
		struct {
			uint64_t low, high;
		};
		struct {
			uint64_t mask, value;
		};
	};
};

/* What came out where a result need not be a set. */
enum args_is { ARGS_NONE, ARGS_SOME, ARGS_ALL, ARGS_UNKNOWN };

/* The values that meet @cond. Constants compare arithmetically, so one above @top may mean
 * ARGS_NONE or ARGS_ALL; else ARGS_SOME and *ret. */
enum args_is args_set_of(const struct policy_cond *cond, uint64_t top, struct args_set *ret);

/* Both bounds included, @low <= @high. */
enum args_is args_set_range(uint8_t arg, uint64_t low, uint64_t high, uint64_t top,
			    struct args_set *ret);
enum args_is args_set_bits(uint8_t arg, uint64_t mask, uint64_t value, uint64_t top,
			   struct args_set *ret);

bool args_set_has(const struct args_set *set, uint64_t x);
/* Does it fix the whole low half, that is, one value of the argument, or of the bits that count?
 * Then those bits and their value. */
bool args_set_is_value(const struct args_set *set, uint64_t top, uint64_t *ret_mask,
		       uint64_t *ret_value);
bool args_set_equal(const struct args_set *a, const struct args_set *b);

/* The rest of the domain. */
struct args_set args_set_complement(const struct args_set *set, uint64_t top);

/* Every value of @a is in @b: exact for two ranges and for two masks; where a range meets a mask,
 * false may also mean that it was not seen. */
bool args_set_within(const struct args_set *a, const struct args_set *b, uint64_t top);
bool args_set_disjoint(const struct args_set *a, const struct args_set *b, uint64_t top);

/*
 * What both say together, or either. ARGS_SOME: exactly *ret. ARGS_UNKNOWN: no one set says it, or
 * it was not seen.
 */
enum args_is args_set_both(const struct args_set *a, const struct args_set *b, uint64_t top,
			   struct args_set *ret);
enum args_is args_set_either(const struct args_set *a, const struct args_set *b, uint64_t top,
			     struct args_set *ret);

#endif
