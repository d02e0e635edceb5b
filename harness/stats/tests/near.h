/* SPDX-License-Identifier: MIT */
/* Numbers that rounding or chance may move. Include after cmocka's own headers. */
#ifndef SG_STATS_TESTS_NEAR_H
#define SG_STATS_TESTS_NEAR_H

#include <math.h>

static inline void assert_near(double value, double want, double within)
{
	if (!(fabs(value - want) <= within))
		fail_msg("%.12g is not within %.3g of %.12g", value, within, want);
}

#endif
