/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: the parts of the Mann-Whitney test. U counts the pairs of a value of each
 * sample in which the one of b is the larger; equal ones count half.
 */
#ifndef SG_STATS_MANN_WHITNEY_H
#define SG_STATS_MANN_WHITNEY_H

#include <stddef.h>

/* U when @shift is added to every b. Both in ascending order. */
double mann_whitney_u(const double *a, size_t a_count, const double *b, size_t b_count,
		      double shift);
/* Two-sided p of @u for samples without ties, of at least one value each. */
double mann_whitney_p(double u, size_t a_count, size_t b_count);

#endif
