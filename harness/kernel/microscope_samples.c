/* SPDX-License-Identifier: MIT */
#include "harness/kernel/microscope_samples.h"

#include <stdlib.h>

#include "harness/base/alloc.h"

/* See microscope.h. */
#define LOW_QUANTILE 0.02

void microscope_samples_init(struct microscope_samples *samples, size_t loads, size_t calls,
			     size_t max_rounds)
{
	*samples = (struct microscope_samples){.loads = loads,
					       .items = calls + 1,
					       .max_rounds = max_rounds};
	samples->ns = sg_calloc(loads * samples->items * max_rounds, sizeof(*samples->ns));
}

void microscope_samples_release(struct microscope_samples *samples)
{
	free(samples->ns);
	*samples = (struct microscope_samples){0};
}

static double quantile(const struct microscope_samples *samples, size_t load, size_t item, double q)
{
	return stats_quantile(microscope_sample(samples, load, item, 0), samples->rounds, q);
}

/* Of one input, load by load; without the empty program. */
static void read_item(const struct microscope_samples *samples, size_t item, double *ret_ns)
{
	const size_t empty = samples->items - 1;

	for (size_t load = 0; load < samples->loads; load++)
		ret_ns[load] = quantile(samples, load, item, LOW_QUANTILE) -
			       quantile(samples, load, empty, LOW_QUANTILE);
}

static double disturbance(const struct microscope_samples *samples)
{
	double low = 0, middle = 0;

	for (size_t load = 0; load < samples->loads; load++) {
		for (size_t item = 0; item < samples->items; item++) {
			low += quantile(samples, load, item, LOW_QUANTILE);
			middle += quantile(samples, load, item, 0.5);
		}
	}
	return low > 0 ? middle / low - 1 : 0;
}

void microscope_samples_read(const struct microscope_samples *samples,
			     const struct microscope_call *calls, struct sg_rng *rng,
			     struct microscope_result *ret)
{
	const size_t count = samples->items - 1;
	double *sums = sg_calloc(samples->loads, sizeof(*sums));
	double *ns = sg_calloc(samples->loads, sizeof(*ns)), weight = 0;

	ret->calls = sg_calloc(count, sizeof(*ret->calls));
	for (size_t i = 0; i < count; i++) {
		read_item(samples, i, ns);
		ret->calls[i] = stats_bootstrap_median(ns, samples->loads, STATS_RESAMPLES, rng);
		weight += calls[i].weight;
		for (size_t load = 0; load < samples->loads; load++)
			sums[load] += calls[i].weight * ns[load];
	}
	for (size_t load = 0; load < samples->loads; load++)
		sums[load] /= weight;
	ret->ns = stats_bootstrap_median(sums, samples->loads, STATS_RESAMPLES, rng);
	ret->rounds = samples->rounds;
	ret->disturbed = disturbance(samples);
	free(ns);
	free(sums);
}
