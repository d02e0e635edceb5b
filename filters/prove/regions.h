/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: where inputs differ, by audit value and number.
 *
 * A difference may cover billions of audit values, and numbers may differ in every other one. So:
 * - The audit values that abi.h knows are listed, the native one's regions first while there is
 *   room. Of all others the lowest one stands for them.
 * - Numbers are taken in runs of equal behaviour; after RUNS_MAX runs the list ends.
 * More_regions says that something is left out. What is listed is right in any case.
 */
#ifndef SG_PROVE_REGIONS_H
#define SG_PROVE_REGIONS_H

#include "filters/prove/minimal.h"
#include "filters/prove/prove.h"

#define RUNS_MAX 20000

/* Fills regions, region_count, region_cap and more_regions of @ret, which must be zeroed. */
void regions_list(const struct bdd_pool *pool, struct minimal *minimal, bdd differ,
		  const struct sym *a, const struct sym *b, struct prove_answer *ret);

#endif
