/* SPDX-License-Identifier: MIT */
/* Populations to draw synthetic samples from. Each has the median 0, but the uniform one. */
#ifndef SG_STATS_TESTS_DRAWS_H
#define SG_STATS_TESTS_DRAWS_H

#include <math.h>

#include "harness/base/rng.h"

typedef double draw_fn(struct sg_rng *rng);

/* Within (0,1). */
static inline double draw_uniform(struct sg_rng *rng)
{
	return ((sg_rng_u64(rng) >> 11) + 0.5) * 0x1p-53;
}

static inline double draw_normal(struct sg_rng *rng)
{
	return sqrt(-2 * log(draw_uniform(rng))) * cos(2 * M_PI * draw_uniform(rng));
}

/* One in ten values comes from a disturbed block. */
static inline double draw_contaminated(struct sg_rng *rng)
{
	return draw_normal(rng) * (sg_rng_below(rng, 10) ? 1 : 10);
}

static inline double draw_skewed(struct sg_rng *rng)
{
	return exp(draw_normal(rng)) - 1;
}

static inline double draw_two_humps(struct sg_rng *rng)
{
	return 0.3 * draw_normal(rng) + (sg_rng_below(rng, 2) ? 1 : -1);
}

#endif
