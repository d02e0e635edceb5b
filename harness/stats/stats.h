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
/* 0 values: NaN. */
double stats_mean(const double *values, size_t count);
/* Sample standard deviation (n - 1); 0 for fewer than two values. */
double stats_stddev(const double *values, size_t count);

/*
 * 95% interval of the median, for the few dozen blocks of a run.
 *
 * What to expect: of the intervals over 8, 10, 20 and 40 independent values 97.6%, 96.4%, 95.6% and
 * 95.3% hold the true median (20,000 intervals for each of seven distributions: normal, Laplace,
 * Student's with 3 degrees of freedom, log-normal, exponential, one value in ten from a spread ten
 * times as wide, two humps; no two of them differ by more than 0.7%). So it is as wide as it needs
 * to be or a little wider, never narrower. Fewer than STATS_MIN_VALUES values give the whole range,
 * which holds the median with probability 1 - 2^(1-n): 94% for 5 values, 75% for 3. No value: all
 * three are NaN.
 *
 * How: the percentile bootstrap (Efron 1979) with the level widened for small samples. The values
 * are drawn with replacement @resamples times, the median is taken of each draw, and the interval
 * ends at the quantiles a and 1 - a of these medians. With a = 2.5% it would be too narrow (of
 * intervals over 7 values 88% hold, over 10 values 93%): a bootstrap draw varies around the sample
 * as if the variance were divided by n, not n - 1, and pays nothing for not knowing that variance.
 * So the level is the one that turns the normal interval for known variance into Student's:
 *
 *	a = Phi(-sqrt(n / (n - 1)) * t(0.975, n - 1))
 *
 * (Hesterberg, What Teachers Should Know About the Bootstrap, The American Statistician 69, 2015:
 * the "expanded percentile" interval). At n = 10 a is 0.9%, at 40 it is 2.0%. For the median this
 * is never far off, since its bootstrap distribution lives on the order statistics: the ends are
 * order statistics or lie between two neighbours, whose coverage is binomial, whatever the
 * distribution of the values. BCa and bootstrap-t estimate their corrections from third moments or
 * from the spread of each draw, which ten values with ties do not give.
 */
struct stats_interval stats_bootstrap_median(const double *values, size_t count, size_t resamples,
					     struct sg_rng *rng);
#define STATS_RESAMPLES  2000
#define STATS_MIN_VALUES 6

/* The level a above, for @count >= 2 values: the share of draws left out at each end. */
double stats_expanded_level(size_t count);

/*
 * Geometric mean of independent ratios that each have a 95% interval, with a 95% interval of its
 * own. On the logarithmic scale the mean's distance to its lower end is the root of the summed
 * squared distances of the parts to theirs, over n; likewise above (MOVER: Zou and Donner,
 * Construction of confidence limits about effect measures, Statistics in Medicine 27, 2008), which
 * keeps skewed intervals skewed. Where the parts' intervals are a little wide so is this one.
 * No ratio, or one that is not positive: all three are NaN.
 */
struct stats_interval stats_geometric_mean(const struct stats_interval *ratios, size_t count);

/* ---- two independent samples: is the second one larger? */

/*
 * Mann-Whitney's U, two-sided p. Exact for small samples without ties, else normal with the
 * corrections for ties and continuity. A sample without values, or nothing but one value: 1.
 */
double stats_mann_whitney(const double *a, size_t a_count, const double *b, size_t b_count);

/*
 * median(b) / median(a) of positive values with its interval at @level (0.95): bootstrap over both,
 * each with its own expanded level. A sample without values: all three are NaN.
 */
struct stats_interval stats_ratio_of_medians(const double *a, size_t a_count, const double *b,
					     size_t b_count, double level, size_t resamples,
					     struct sg_rng *rng);

/* Holm's step-down correction: @ret[i] is p[i] for all @count questions together, at most 1.
 * (Holm 1979.) @ret may be @p. */
void stats_holm(const double *p, size_t count, double *ret);

/*
 * The smallest ratio of medians - 1 that samples such as these show with probability @power when
 * the test is at level @alpha, two-sided. NaN for fewer than two values in either.
 */
double stats_detectable_ratio(const double *a, size_t a_count, const double *b, size_t b_count,
			      double alpha, double power, struct sg_rng *rng);

#endif
