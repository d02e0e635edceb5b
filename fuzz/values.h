/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: which values of an argument are worth a try, given the conditions that a
 * policy holds against it.
 */
#ifndef SG_FUZZ_VALUES_H
#define SG_FUZZ_VALUES_H

#include "filters/policy/policy.h"
#include "harness/base/rng.h"

/* Valid when zeroed. */
struct fuzz_values {
	uint64_t *items; /* owned */
	size_t len, cap;
};
void fuzz_values_add(struct fuzz_values *values, uint64_t value);
void fuzz_values_append(struct fuzz_values *values, const struct fuzz_values *more);
void fuzz_values_clear(struct fuzz_values *values); /* keeps the memory */
void fuzz_values_release(struct fuzz_values *values);
/* Sorted, each once. */
void fuzz_values_unique(struct fuzz_values *values);
/* At most @limit of them, evenly spaced over the order they stand in. */
void fuzz_values_thin(struct fuzz_values *values, size_t limit);

/* Values that mean something to any code: 0, all ones, the sign bits, either half full. */
void fuzz_values_generic(struct fuzz_values *values);
/* The value and what is easily taken for it: neighbours, each half alone, halves swapped, either
 * half off by one, the complement, the negative. */
void fuzz_values_near(struct fuzz_values *values, uint64_t value);
void fuzz_values_bit_flips(struct fuzz_values *values, uint64_t value);
/* The upper half of each of @from with the lower half of each other. */
void fuzz_values_mix_halves(struct fuzz_values *values, const struct fuzz_values *from);

/* The condition's own constants: the value; for MASKED_EQ what meets it with all else zero or one,
 * and the mask. */
void fuzz_cond_constants(const struct policy_cond *cond, struct fuzz_values *values);
bool fuzz_cond_holds(const struct policy_cond *cond, uint64_t arg);

#endif
