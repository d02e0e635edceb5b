/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "harness/base/alloc.h"
#include "harness/stats/mann_whitney.h"
#include "harness/stats/sorted.h"

#define RUNS  400 /* simulated; their quantile of 0.8 is that of 0.76 to 0.84 */
#define STEPS 40  /* halvings of the range that a shift lies in */

/* A sample to draw from, on the logarithmic scale, and room for a draw. */
struct source {
	double *values; /* ascending; owned */
	size_t count;
	double *drawn; /* ascending; owned */
};

/* Spread around the median as far as a small sample may hide. */
static struct source source_of(const double *values, size_t count)
{
	struct source source = {
		.values = sorted_copy(values, count),
		.count = count,
		.drawn = sg_malloc(count * sizeof(double)),
	};
	double median = log(sorted_quantile(source.values, count, 0.5));

	for (size_t i = 0; i < count; i++)
		source.values[i] = stats_expansion(count) * (log(source.values[i]) - median);
	return source;
}

static void source_release(struct source *source)
{
	free(source->values);
	free(source->drawn);
}

static void draw(struct source *source, struct sg_rng *rng)
{
	for (size_t i = 0; i < source->count; i++)
		source->drawn[i] = source->values[sg_rng_below(rng, source->count)];
	sorted_in_place(source->drawn, source->count);
}

/* The least U above the middle that the test calls significant; one too many when none is. */
static size_t critical_u(size_t a_count, size_t b_count, double alpha)
{
	size_t pairs = a_count * b_count, from = pairs / 2, to = pairs + 1;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (mann_whitney_p(middle, a_count, b_count) < alpha)
			to = middle;
		else
			from = middle + 1;
	}
	return to;
}

/* The least shift of b with which U reaches @wanted; between the one with which all of b lies below
 * a and the one with which all of it lies above. Both in ascending order. */
static double critical_shift(const double *a, size_t a_count, const double *b, size_t b_count,
			     double wanted)
{
	double low = a[0] - b[b_count - 1] - 1e-9, high = a[a_count - 1] - b[0] + 1e-9;

	for (int step = 0; step < STEPS; step++) {
		double middle = (low + high) / 2;

		if (mann_whitney_u(a, a_count, b, b_count, middle) >= wanted)
			high = middle;
		else
			low = middle;
	}
	return high;
}

/* Shifts that make draws of the two significant, beyond the one that makes the two alike. */
static void draw_shifts(struct source *a, struct source *b, double wanted, struct sg_rng *rng,
			double shifts[RUNS])
{
	double alike =
		critical_shift(a->values, a->count, b->values, b->count, a->count * b->count / 2.0);

	for (size_t i = 0; i < RUNS; i++) {
		draw(a, rng);
		draw(b, rng);
		shifts[i] = critical_shift(a->drawn, a->count, b->drawn, b->count, wanted) - alike;
	}
}

double stats_detectable_ratio(const double *a, size_t a_count, const double *b, size_t b_count,
			      double alpha, double power, struct sg_rng *rng)
{
	if (a_count < 2 || b_count < 2)
		return NAN;

	size_t wanted = critical_u(a_count, b_count, alpha);
	double shifts[RUNS];

	if (wanted > a_count * b_count)
		return INFINITY;

	struct source from = source_of(a, a_count), to = source_of(b, b_count);

	draw_shifts(&from, &to, wanted, rng, shifts);
	source_release(&from);
	source_release(&to);
	return fmax(expm1(stats_quantile(shifts, RUNS, power)), 0);
}
