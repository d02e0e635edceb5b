/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/alloc.h"
#include "harness/stats/stats.h"

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double *sorted_copy(const double *values, size_t count)
{
	double *copy = sg_malloc(count * sizeof(*copy));

	memcpy(copy, values, count * sizeof(*copy));
	qsort(copy, count, sizeof(*copy), ascending);
	return copy;
}

static double quantile_of_sorted(const double *sorted, size_t count, double q)
{
	double at = (count - 1) * q;
	size_t below = floor(at);

	if (below + 1 >= count)
		return sorted[count - 1];
	return sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
}

double stats_quantile(const double *values, size_t count, double q)
{
	if (!count)
		return NAN;

	double *sorted = sorted_copy(values, count);
	double result = quantile_of_sorted(sorted, count, q);

	free(sorted);
	return result;
}

double stats_median(const double *values, size_t count)
{
	return stats_quantile(values, count, 0.5);
}

double stats_mean(const double *values, size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += values[i];
	return sum / count;
}

double stats_stddev(const double *values, size_t count)
{
	double mean = stats_mean(values, count), squares = 0;

	if (count < 2)
		return 0;
	for (size_t i = 0; i < count; i++)
		squares += (values[i] - mean) * (values[i] - mean);
	return sqrt(squares / (count - 1));
}

/* 97.5% quantile of Student's t: the expansion around the normal quantile for many degrees of
 * freedom (Abramowitz and Stegun 26.7.5), within 0.002 from 5 degrees up. */
static double student_975(double freedom)
{
	const double z = 1.959963984540054, z2 = z * z;
	const double g1 = z * (z2 + 1) / 4;
	const double g2 = z * ((5 * z2 + 16) * z2 + 3) / 96;
	const double g3 = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
	const double g4 = z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160;

	return z + (g1 + (g2 + (g3 + g4 / freedom) / freedom) / freedom) / freedom;
}

double stats_expanded_level(size_t count)
{
	double n = count, reach = sqrt(n / (n - 1)) * student_975(n - 1);

	return erfc(reach / M_SQRT2) / 2;
}

/* The value at @rank (from 0) of a draw that took sorted[i] times[i] times. */
static size_t index_at_rank(const unsigned *times, size_t rank)
{
	size_t i = 0;

	for (size_t seen = times[0]; seen <= rank; seen += times[i])
		i++;
	return i;
}

/* The median of one draw with replacement: counted, not sorted, since the values already are. */
static double resampled_median(const double *sorted, size_t count, unsigned *times,
			       struct sg_rng *rng)
{
	memset(times, 0, count * sizeof(*times));
	for (size_t i = 0; i < count; i++)
		times[sg_rng_below(rng, count)]++;

	double upper = sorted[index_at_rank(times, count / 2)];

	if (count % 2)
		return upper;
	return (sorted[index_at_rank(times, count / 2 - 1)] + upper) / 2;
}

static void bootstrap_ends(const double *sorted, size_t count, size_t resamples, struct sg_rng *rng,
			   struct stats_interval *interval)
{
	double level = stats_expanded_level(count);
	double *medians = sg_malloc(resamples * sizeof(*medians));
	unsigned *times = sg_malloc(count * sizeof(*times));

	for (size_t i = 0; i < resamples; i++)
		medians[i] = resampled_median(sorted, count, times, rng);
	qsort(medians, resamples, sizeof(*medians), ascending);
	interval->low = quantile_of_sorted(medians, resamples, level);
	interval->high = quantile_of_sorted(medians, resamples, 1 - level);
	free(times);
	free(medians);
}

struct stats_interval stats_bootstrap_median(const double *values, size_t count, size_t resamples,
					     struct sg_rng *rng)
{
	if (!count)
		return (struct stats_interval){NAN, NAN, NAN};

	double *sorted = sorted_copy(values, count);
	struct stats_interval interval = {
		.estimate = quantile_of_sorted(sorted, count, 0.5),
		.low = sorted[0],
		.high = sorted[count - 1],
	};

	if (count >= STATS_MIN_VALUES)
		bootstrap_ends(sorted, count, resamples, rng, &interval);
	free(sorted);
	return interval;
}
