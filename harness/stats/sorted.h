/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: what the estimates share, on values in ascending order. None of it takes an
 * empty array.
 */
#ifndef SG_STATS_SORTED_H
#define SG_STATS_SORTED_H

#include "harness/stats/stats.h"

void sorted_in_place(double *values, size_t count);
/* The caller frees. */
double *sorted_copy(const double *values, size_t count);
/* stats_quantile(). */
double sorted_quantile(const double *sorted, size_t count, double q);
/* The median of one draw of @count values with replacement. @times is room for @count. */
double sorted_draw_median(const double *sorted, size_t count, unsigned *times, struct sg_rng *rng);

#endif
