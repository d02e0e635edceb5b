/* SPDX-License-Identifier: MIT */
/*
 * A function and its complement are counted each by itself: one minus a share near one would have
 * no digits left. Sums of what is not negative lose none.
 */
#include <stdlib.h>

#include "filters/prove/bdd_pool.h"
#include "filters/prove/table.h"
#include "harness/base/alloc.h"

#define UNKNOWN (-1.0)

/* By handle. Nodes do not change: what was counted stays true until the pool is taken back. */
struct bdd_shares {
	double *of;
	size_t len, cap;
};

struct bdd_shares *bdd_shares_new(void)
{
	return sg_calloc(1, sizeof(struct bdd_shares));
}

void bdd_shares_free(struct bdd_shares *shares)
{
	free(shares->of);
	free(shares);
}

void bdd_shares_back_to(struct bdd_shares *shares, size_t count)
{
	if (shares->len > 2 * count)
		shares->len = 2 * count;
}

static void make_room(struct bdd_shares *shares, const struct bdd_pool *pool)
{
	if (shares->cap < 2 * pool->count) {
		shares->of = table_grow(shares->of, shares->cap * sizeof(*shares->of),
					2 * pool->cap * sizeof(*shares->of));
		shares->cap = 2 * pool->cap;
	}
	while (shares->len < 2 * pool->count)
		shares->of[shares->len++] = UNKNOWN;
}

static double share(const struct bdd_pool *pool, double *of, bdd f)
{
	if (bdd_is_const(f))
		return f;
	if (of[f] == UNKNOWN)
		of[f] = share(pool, of, bdd_low(pool, f)) / 2 +
			share(pool, of, bdd_high(pool, f)) / 2;
	return of[f];
}

double bdd_share(const struct bdd_pool *pool, bdd f)
{
	make_room(pool->shares, pool);
	return share(pool, pool->shares->of, f);
}
