/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "harness/run/budget.h"

static double clamp(double value, double low, double high)
{
	return fmin(fmax(value, low), high);
}

static unsigned blocks_least(const struct run_budget *budget)
{
	return budget->min_blocks ? budget->min_blocks : RUN_BLOCKS_MIN;
}

static double blocks_wanted(const struct run_budget *budget)
{
	double least = blocks_least(budget);
	double most = fmax(RUN_BLOCKS_ALWAYS, RUN_SAMPLES_MAX / budget->configs);

	return clamp(floor(budget->total_s / (2 * budget->overhead_s)), least, fmax(least, most));
}

unsigned run_budget_rounds(const struct run_budget *budget)
{
	double left_s = budget->total_s - budget->spent_s;
	double blocks_left = fmax(blocks_wanted(budget) - budget->blocks, 1);
	double rounds = floor((left_s / blocks_left - budget->overhead_s) / budget->round_s);

	return (unsigned)clamp(rounds, 1, budget->blocks ? RUN_ROUNDS_MAX : RUN_ROUNDS_FIRST);
}

bool run_budget_more(const struct run_budget *budget)
{
	double block_s = budget->overhead_s + budget->round_s;

	if (budget->blocks < blocks_least(budget))
		return true;
	return budget->blocks < blocks_wanted(budget) &&
	       budget->spent_s + block_s < budget->total_s;
}
