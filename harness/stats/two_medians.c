/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "harness/base/alloc.h"
#include "harness/stats/sorted.h"

/* Both in ascending order. */
static void bootstrap_ends(const double *a, size_t a_count, const double *b, size_t b_count,
			   double level, size_t resamples, struct sg_rng *rng,
			   struct stats_interval *interval)
{
	double *ratios = sg_malloc(resamples * sizeof(*ratios));
	unsigned *times = sg_malloc((a_count > b_count ? a_count : b_count) * sizeof(*times));

	for (size_t i = 0; i < resamples; i++) {
		double below = sorted_draw_median(a, a_count, times, rng);

		ratios[i] = sorted_draw_median(b, b_count, times, rng) / below;
	}
	sorted_in_place(ratios, resamples);
	interval->low = sorted_quantile(ratios, resamples, (1 - level) / 2);
	interval->high = sorted_quantile(ratios, resamples, (1 + level) / 2);
	free(times);
	free(ratios);
}

struct stats_interval stats_ratio_of_medians(const double *a, size_t a_count, const double *b,
					     size_t b_count, double level, size_t resamples,
					     struct sg_rng *rng)
{
	if (!a_count || !b_count)
		return (struct stats_interval){NAN, NAN, NAN};

	double *from = sorted_copy(a, a_count), *to = sorted_copy(b, b_count);
	struct stats_interval interval = {
		.estimate = sorted_quantile(to, b_count, 0.5) / sorted_quantile(from, a_count, 0.5),
		.low = to[0] / from[a_count - 1],
		.high = to[b_count - 1] / from[0],
	};

	if (a_count >= STATS_MIN_VALUES && b_count >= STATS_MIN_VALUES)
		bootstrap_ends(from, a_count, to, b_count, level, resamples, rng, &interval);
	free(from);
	free(to);
	return interval;
}
