/* SPDX-License-Identifier: MIT */
/*
 * Statistics on arrays of doubles: pure functions, no state but the random stream that is passed
 * in, so that the same samples and seed give the same interval.
 *
 * The unit of the statistics is the block: values are independent between blocks and are not
 * within one, so every array here holds one value a block. NaN is never a valid input.
 */
#ifndef SG_STATS_STATS_H
#define SG_STATS_STATS_H

#include <stddef.h>

#include "harness/base/rng.h"

struct stats_interval {
	double estimate, low, high;
};

/* Median: the mean of the two middle values when the count is even. Sorts a copy. 0 values: NaN. */
double stats_median(const double *values, size_t count);
/* The quantile q in [0,1] by linear interpolation (type 7 of Hyndman and Fan 1996). */
double stats_quantile(const double *values, size_t count, double q);
double stats_mean(const double *values, size_t count);
/* Sample standard deviation (n - 1); 0 for fewer than two values. */
double stats_stddev(const double *values, size_t count);

/*
 * 95% interval of the median by bootstrap over the values (Efron 1979), @resamples of them;
 * percentile method with the small-sample widening that stats.c derives. Fewer than 6 values: the interval is the
 * range (its coverage for a median is below 95% then, stated in the derivation).
 */
struct stats_interval stats_bootstrap_median(const double *values, size_t count, size_t resamples,
					     struct sg_rng *rng);
#define STATS_RESAMPLES 2000

#endif
