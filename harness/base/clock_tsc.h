/* SPDX-License-Identifier: MIT */
/* Private to harness/base: the clock of machines whose clock source has no vDSO mode. */
#ifndef SG_BASE_CLOCK_TSC_H
#define SG_BASE_CLOCK_TSC_H

#include <stdbool.h>

#include "harness/base/clock.h"

/* Calibrates for 20 ms; -ENOTSUP (SG_ERR_ENV) where there is no TSC of constant rate. */
int sg_clock_open_tsc(struct sg_clock *ret_clock, struct sg_err *err);

/* Whether a "flags" line of /proc/cpuinfo promises a TSC that ticks at one rate and never stops. */
bool sg_cpu_flags_have_constant_tsc(const char *flags);

#endif
