/* SPDX-License-Identifier: MIT */
#include "harness/kernel/microscope_samples.h"

#include <stdlib.h>

#include "harness/base/alloc.h"

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

static double least(const struct microscope_samples *samples, size_t load, size_t item)
{
	return stats_quantile(microscope_sample(samples, load, item, 0), samples->rounds, 0);
}

/* @ret_ns: by item, then by load. */
static void read_load(const struct microscope_samples *samples, size_t load, double *ret_ns)
{
	const double empty = least(samples, load, samples->items - 1);

	for (size_t item = 0; item + 1 < samples->items; item++)
		ret_ns[item * samples->loads + load] = least(samples, load, item) - empty;
}

static double disturbance(const struct microscope_samples *samples)
{
	double quiet = 0, middle = 0;

	for (size_t load = 0; load < samples->loads; load++) {
		for (size_t item = 0; item < samples->items; item++) {
			quiet += least(samples, load, item);
			middle += stats_median(microscope_sample(samples, load, item, 0),
					       samples->rounds);
		}
	}
	return middle / quiet - 1;
}

static struct stats_interval over_loads(const struct microscope_samples *samples, const double *ns,
					struct sg_rng *rng)
{
	return stats_bootstrap_median(ns, samples->loads, STATS_RESAMPLES, rng);
}

/* @ns: as read_load() leaves it; @ret_sums: the weighted mean by load. */
static void weigh(const struct microscope_samples *samples, const struct microscope_call *calls,
		  const double *ns, double *ret_sums)
{
	double weight = 0;

	for (size_t item = 0; item + 1 < samples->items; item++) {
		weight += calls[item].weight;
		for (size_t load = 0; load < samples->loads; load++)
			ret_sums[load] += calls[item].weight * ns[item * samples->loads + load];
	}
	for (size_t load = 0; load < samples->loads; load++)
		ret_sums[load] /= weight;
}

void microscope_samples_read(const struct microscope_samples *samples,
			     const struct microscope_call *calls, struct sg_rng *rng,
			     struct microscope_result *ret)
{
	const size_t loads = samples->loads, count = samples->items - 1;
	double *ns = sg_calloc(count * loads, sizeof(*ns)), *sums = sg_calloc(loads, sizeof(*sums));

	for (size_t load = 0; load < loads; load++)
		read_load(samples, load, ns);
	ret->calls = sg_calloc(count, sizeof(*ret->calls));
	for (size_t item = 0; item < count; item++)
		ret->calls[item] = over_loads(samples, ns + item * loads, rng);
	weigh(samples, calls, ns, sums);
	ret->ns = over_loads(samples, sums, rng);
	ret->rounds = samples->rounds;
	ret->disturbed = disturbance(samples);
	free(ns);
	free(sums);
}
