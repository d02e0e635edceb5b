/* SPDX-License-Identifier: MIT */
/*
 * Mutators that know what the bytes mean, the same for AFL++ and libFuzzer. Each changes an input
 * of @len bytes in place, never beyond @max, and returns the new length; 0 only where there was
 * nothing to change. The random state decides alone.
 */
#ifndef SG_FUZZ_TARGETS_MUTATE_H
#define SG_FUZZ_TARGETS_MUTATE_H

#include <stddef.h>
#include <stdint.h>

#include "harness/base/rng.h"

typedef size_t fuzz_mutator(struct sg_rng *rng, uint8_t *data, size_t len, size_t max);

/*
 * Profile JSON: words of one kind for each other (actions, operators, architectures, calls),
 * numbers near each other and in each half, elements of arrays doubled, left out, swapped, made
 * new. Text that is no JSON is changed where it looks like it.
 */
fuzz_mutator fuzz_mutate_profile;
/* The same in front of a NUL, and behind it tuples as struct abi_tuple has them in memory. */
fuzz_mutator fuzz_mutate_diff;
/* An array of struct sock_filter: instructions in, out, doubled; opcodes, targets, constants. */
fuzz_mutator fuzz_mutate_insns;

/* A number that a condition may tell from @value: a neighbour, a bit, the other half. */
uint64_t fuzz_number_near(struct sg_rng *rng, uint64_t value);

#endif
