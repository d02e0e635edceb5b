/* SPDX-License-Identifier: MIT */
/*
 * Reproducible random numbers: xoshiro256** (Blackman and Vigna, public domain), seeded through
 * splitmix64 so that neighbouring seeds give unrelated streams. Not for secrets. Not shared
 * between threads; whoever needs a stream owns one.
 */
#ifndef SG_BASE_RNG_H
#define SG_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

struct sg_rng {
	uint64_t s[4];
};

void sg_rng_seed(struct sg_rng *rng, uint64_t seed);
uint64_t sg_rng_u64(struct sg_rng *rng);
/* Uniform in [0, bound), without modulo bias; bound must not be 0. */
uint64_t sg_rng_below(struct sg_rng *rng, uint64_t bound);
/* Fisher-Yates over the indices 0..count-1. */
void sg_rng_permutation(struct sg_rng *rng, size_t *order, size_t count);
/* A seed that differs from run to run: getrandom(2), else the clock. */
uint64_t sg_rng_fresh_seed(void);

#endif
