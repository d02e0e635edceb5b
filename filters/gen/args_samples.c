/* SPDX-License-Identifier: MIT */
#include "filters/gen/args_samples.h"

#define WEIGHT_UNITS 1000000.0 /* all weights together, in whole ones */

void args_samples_make(struct args_samples *samples, const struct args_sample *from, size_t count)
{
	double sum = 0;
	size_t i;

	samples->count = count < ARGS_MAX_SAMPLES ? count : ARGS_MAX_SAMPLES;
	for (i = 0; i < samples->count; i++)
		sum += from[i].weight;
	for (i = 0; i < samples->count; i++) {
		samples->words[i] = from[i].words;
		samples->weights[i] = 1;
		if (sum > 0)
			samples->weights[i] = (uint64_t)(from[i].weight / sum * WEIGHT_UNITS + 0.5);
	}
}

uint64_t args_samples_all(const struct args_samples *samples)
{
	return samples->count < 64 ? (1ull << samples->count) - 1 : UINT64_MAX;
}

uint64_t args_samples_holding(const struct args_samples *samples, uint64_t set,
			      const struct ir_test *test)
{
	uint64_t holding = 0, rest;

	for (rest = set; rest; rest &= rest - 1) {
		int i = __builtin_ctzll(rest);

		if (ir_holds(test, samples->words[i]))
			holding |= 1ull << i;
	}
	return holding;
}

uint64_t args_samples_weight(const struct args_samples *samples, uint64_t set)
{
	uint64_t weight = 0;

	for (; set; set &= set - 1)
		weight += samples->weights[__builtin_ctzll(set)];
	return weight;
}
