/* SPDX-License-Identifier: MIT */
/* Pairs of synthetic samples: every population in every pair of sizes. */
#ifndef SG_STATS_TESTS_PAIRS_H
#define SG_STATS_TESTS_PAIRS_H

#include "harness/base/alloc.h"
#include "harness/stats/tests/draws.h"

#define PAIR_MAX 96 /* values of a sample */

struct pair_kind {
	draw_fn *draw;
	size_t a_count, b_count;
};

#define PAIRS_OF(draw)                                               \
	{draw, 8, 8}, {draw, 8, 40}, {draw, 12, 12}, {draw, 20, 20}, \
	{                                                            \
		draw, 60, 60                                         \
	}
static const struct pair_kind pair_kinds[] = {
	PAIRS_OF(draw_normal),
	PAIRS_OF(draw_contaminated),
	PAIRS_OF(draw_skewed),
	PAIRS_OF(draw_two_humps),
};
#undef PAIRS_OF

struct pair {
	double a[PAIR_MAX], b[PAIR_MAX];
};

/* Values around 100, a hundredth apart, those of b @ratio times that. */
static inline void pair_draw(const struct pair_kind *kind, double ratio, struct sg_rng *rng,
			     struct pair *ret)
{
	for (size_t i = 0; i < kind->a_count; i++)
		ret->a[i] = 100 + kind->draw(rng);
	for (size_t i = 0; i < kind->b_count; i++)
		ret->b[i] = (100 + kind->draw(rng)) * ratio;
}

#endif
