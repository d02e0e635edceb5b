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
/* The same as a factor on distances from the median: sqrt(n / (n - 1)) * t(0.975, n - 1) over the
 * normal quantile. 1.29 for 8 values, 1.03 for 60. */
double stats_expansion(size_t count);

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
 * Mann-Whitney's U, two-sided p: how often two samples of one population lie as far apart in rank
 * as these. It sees a shift whatever the shape of the population; of two populations that differ in
 * spread alone it calls a little more than its share different.
 *
 * What to expect: at 5% it errs in 4.3% to 5.1% of the pairs of 8 to 60 values (its p has steps),
 * and it never gives less than 2 / C(m + n, n): 0.00016 for 8 and 8.
 *
 * How: without ties exactly, as long as there are at most 2^53 ways in which the values can lie
 * among each other (28 and 28, 13 and 60), from the coefficients of the Gaussian binomial (Mann and
 * Whitney, On a test of whether one of two random variables is stochastically larger, Annals of
 * Mathematical Statistics 18, 1947). Else by the normal distribution with the corrections for ties
 * and for continuity. The same p as scipy.stats.mannwhitneyu with method "exact" and "asymptotic".
 * A sample without values, or nothing but one value: 1.
 */
double stats_mann_whitney(const double *a, size_t a_count, const double *b, size_t b_count);

/*
 * median(b) / median(a) of positive values with its interval at @level (0.95).
 *
 * What to expect: of the intervals at 95% over 8 to 60 values in each, alike or not (8 and 40),
 * 94.6% to 97% hold the true ratio, at 99% 98% to 99.3% (normal, log-normal, exponential, one value
 * in ten from a spread ten times as wide, two humps). Fewer than STATS_MIN_VALUES in either give
 * all that the ratio can be, smallest over largest to largest over smallest. A sample without
 * values: all three are NaN.
 *
 * How: the percentile bootstrap over both samples. It is not widened as that of one median is: a
 * ratio of two medians falls between the steps of each, which the percentiles of a single one do
 * not, and widened intervals held 98.5%.
 */
struct stats_interval stats_ratio_of_medians(const double *a, size_t a_count, const double *b,
					     size_t b_count, double level, size_t resamples,
					     struct sg_rng *rng);

/*
 * Holm's step-down correction (A simple sequentially rejective multiple test procedure,
 * Scandinavian Journal of Statistics 6, 1979): @ret[i] is p[i] for all @count questions together,
 * at most 1. Calling those below alpha true errs in at most a share alpha of such families, however
 * the questions hang together. @ret may be @p.
 */
void stats_holm(const double *p, size_t count, double *ret);

/*
 * The smallest ratio of medians - 1 that samples such as these, of positive values, show with
 * probability @power when Mann-Whitney is at level @alpha, two-sided. INFINITY where so few values
 * can show nothing at this level; NaN for fewer than two in either.
 *
 * What to expect: of pairs that truly differ by it 80% to 90% are found when @power is 80%; with 8
 * values of a population with heavy tails at levels of 0.1% and below 65% to 75%. It is itself an
 * estimate from the samples: nine in ten lie between 0.75 and 1.3 times their mean for 20 normal
 * values, 0.6 and 1.5 times for 8, and 0.2 and 3.5 times for 8 with heavy tails.
 *
 * How: pairs are drawn with replacement from the two samples, each spread around its median by
 * stats_expansion() and shifted so that U is in the middle. What each drawn pair would have to be
 * shifted by, on the logarithmic scale, for U to become significant lies at one of the ratios of
 * two values (as the ends of Hodges and Lehmann's interval do); the quantile @power of these is the
 * answer. Without the spread, 70% were found, and 55% with 8 values.
 */
double stats_detectable_ratio(const double *a, size_t a_count, const double *b, size_t b_count,
			      double alpha, double power, struct sg_rng *rng);

#endif
