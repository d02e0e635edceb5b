/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/alloc.h"
#include "harness/stats/sorted.h"

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void sorted_in_place(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), ascending);
}

double *sorted_copy(const double *values, size_t count)
{
	double *copy = sg_malloc(count * sizeof(*copy));

	memcpy(copy, values, count * sizeof(*copy));
	sorted_in_place(copy, count);
	return copy;
}

double sorted_quantile(const double *sorted, size_t count, double q)
{
	double at = (count - 1) * q;
	size_t below = floor(at);

	if (below + 1 >= count)
		return sorted[count - 1];
	return sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
}

/* The value at @rank (from 0) of a draw that took sorted[i] times[i] times. */
static size_t index_at_rank(const unsigned *times, size_t rank)
{
	size_t i = 0;

	for (size_t seen = times[0]; seen <= rank; seen += times[i])
		i++;
	return i;
}

/* Counted, not sorted, since the values already are. */
double sorted_draw_median(const double *sorted, size_t count, unsigned *times, struct sg_rng *rng)
{
	memset(times, 0, count * sizeof(*times));
	for (size_t i = 0; i < count; i++)
		times[sg_rng_below(rng, count)]++;

	double upper = sorted[index_at_rank(times, count / 2)];

	if (count % 2)
		return upper;
	return (sorted[index_at_rank(times, count / 2 - 1)] + upper) / 2;
}
