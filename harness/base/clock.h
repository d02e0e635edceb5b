/* SPDX-License-Identifier: MIT */
/*
 * The clock that measures, behind a pointer so that tests can put a fake one in its place.
 *
 * A child under a strict filter must read the time without a system call, so only two clocks will
 * do: CLOCK_MONOTONIC through the vDSO (vdso(7)), and where the clock source has no vDSO mode, the
 * TSC. sg_clock_open() finds out which by asking a child whose filter refuses clock_gettime.
 */
#ifndef SG_BASE_CLOCK_H
#define SG_BASE_CLOCK_H

#include <stdint.h>

#include "harness/base/error.h"

struct sg_clock {
	uint64_t (*now_ns)(void *ctx);
	void *ctx;
	const char *name; /* "vdso", "tsc", "fake"; static */
};

static inline uint64_t sg_clock_now_ns(const struct sg_clock *clock)
{
	return clock->now_ns(clock->ctx);
}

/* The clock that needs no system call here; -ENOTSUP (SG_ERR_ENV) where there is none. */
int sg_clock_open(struct sg_clock *ret_clock, struct sg_err *err);

/* CLOCK_MONOTONIC by whatever means: for deadlines and durations of our own work. */
uint64_t sg_monotonic_ns(void);

#endif
