/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "harness/stats/stats.h"

static double squared(double x)
{
	return x * x;
}

struct stats_interval stats_geometric_mean(const struct stats_interval *ratios, size_t count)
{
	double sum = 0, below = 0, above = 0;

	for (size_t i = 0; i < count; i++) {
		const struct stats_interval *r = &ratios[i];

		if (!(r->low > 0))
			return (struct stats_interval){NAN, NAN, NAN};
		sum += log(r->estimate);
		below += squared(log(r->estimate) - log(r->low));
		above += squared(log(r->high) - log(r->estimate));
	}
	if (!count)
		return (struct stats_interval){NAN, NAN, NAN};
	return (struct stats_interval){
		.estimate = exp(sum / count),
		.low = exp((sum - sqrt(below)) / count),
		.high = exp((sum + sqrt(above)) / count),
	};
}
