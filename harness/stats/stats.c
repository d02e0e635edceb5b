/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "harness/base/alloc.h"
#include "harness/stats/sorted.h"

#define NORMAL_975 1.959963984540054

double stats_quantile(const double *values, size_t count, double q)
{
	if (!count)
		return NAN;

	double *sorted = sorted_copy(values, count);
	double result = sorted_quantile(sorted, count, q);

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
	const double z = NORMAL_975, z2 = z * z;
	const double g1 = z * (z2 + 1) / 4;
	const double g2 = z * ((5 * z2 + 16) * z2 + 3) / 96;
	const double g3 = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
	const double g4 = z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160;

	return z + (g1 + (g2 + (g3 + g4 / freedom) / freedom) / freedom) / freedom;
}

double stats_expansion(size_t count)
{
	double n = count;

	return sqrt(n / (n - 1)) * student_975(n - 1) / NORMAL_975;
}

double stats_expanded_level(size_t count)
{
	return erfc(stats_expansion(count) * NORMAL_975 / M_SQRT2) / 2;
}

static void bootstrap_ends(const double *sorted, size_t count, size_t resamples, struct sg_rng *rng,
			   struct stats_interval *interval)
{
	double level = stats_expanded_level(count);
	double *medians = sg_malloc(resamples * sizeof(*medians));
	unsigned *times = sg_malloc(count * sizeof(*times));

	for (size_t i = 0; i < resamples; i++)
		medians[i] = sorted_draw_median(sorted, count, times, rng);
	sorted_in_place(medians, resamples);
	interval->low = sorted_quantile(medians, resamples, level);
	interval->high = sorted_quantile(medians, resamples, 1 - level);
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
		.estimate = sorted_quantile(sorted, count, 0.5),
		.low = sorted[0],
		.high = sorted[count - 1],
	};

	if (count >= STATS_MIN_VALUES)
		bootstrap_ends(sorted, count, resamples, rng, &interval);
	free(sorted);
	return interval;
}
