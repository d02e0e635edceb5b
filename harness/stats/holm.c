/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/alloc.h"
#include "harness/stats/stats.h"

struct question {
	double p;
	size_t index;
};

static int by_p(const void *a, const void *b)
{
	const struct question *x = a, *y = b;

	return (x->p > y->p) - (x->p < y->p);
}

void stats_holm(const double *p, size_t count, double *ret)
{
	struct question *sorted = sg_calloc(count, sizeof(*sorted));
	double largest = 0;

	for (size_t i = 0; i < count; i++)
		sorted[i] = (struct question){p[i], i};
	qsort(sorted, count, sizeof(*sorted), by_p);
	for (size_t i = 0; i < count; i++) {
		largest = fmax(largest, fmin(sorted[i].p * (count - i), 1));
		ret[sorted[i].index] = largest;
	}
	free(sorted);
}
