/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/kernel: samples of the microscope, and what is made of them.
 *
 * An item is an input, or after the last of them the empty program.
 */
#ifndef SG_KERNEL_MICROSCOPE_SAMPLES_H
#define SG_KERNEL_MICROSCOPE_SAMPLES_H

#include "harness/kernel/microscope.h"

#define MICROSCOPE_MAX_ROUNDS 4000

struct microscope_samples {
	double *ns; /* a run, by load, item, round; owned */
	size_t loads, items, rounds, max_rounds;
};

void microscope_samples_init(struct microscope_samples *samples, size_t loads, size_t calls,
			     size_t max_rounds);
void microscope_samples_release(struct microscope_samples *samples);

static inline double *microscope_sample(const struct microscope_samples *samples, size_t load,
					size_t item, size_t round)
{
	return &samples->ns[(load * samples->items + item) * samples->max_rounds + round];
}

/* The figures of microscope.h: .ns, .calls, .rounds and .disturbed of @ret. There is a round. */
void microscope_samples_read(const struct microscope_samples *samples,
			     const struct microscope_call *calls, struct sg_rng *rng,
			     struct microscope_result *ret);

#endif
