/* SPDX-License-Identifier: MIT */
/* The likely inputs of a call, as the passes weigh with them. Sets of them are words, a bit each.
 */
#ifndef SG_GEN_ARGS_SAMPLES_H
#define SG_GEN_ARGS_SAMPLES_H

#include "filters/gen/args.h"

#define ARGS_MAX_SAMPLES 64 /* of more, the first ones count */

/* The samples in whole weights, so that sums are exact and equal costs are equal. */
struct args_samples {
	const uint32_t *words[ARGS_MAX_SAMPLES]; /* borrowed */
	uint64_t weights[ARGS_MAX_SAMPLES];
	size_t count;
};

/* Without any weight all samples count the same: they are still the likely inputs. */
void args_samples_make(struct args_samples *samples, const struct args_sample *from, size_t count);

/* The set of all. */
uint64_t args_samples_all(const struct args_samples *samples);
/* Those of @set on which @test holds. */
uint64_t args_samples_holding(const struct args_samples *samples, uint64_t set,
			      const struct ir_test *test);
uint64_t args_samples_weight(const struct args_samples *samples, uint64_t set);

#endif
