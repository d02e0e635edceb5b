/* SPDX-License-Identifier: MIT */
/*
 * A few values of one argument as the conditions that take the fewest instructions:
 *
 *	x == 0 || x == 8 || x == 0x20000 || x == 0x20008 || x == 0xffffffff
 *	->	(x & 0xfffdfff7) == 0 || x == 0xffffffff
 *
 * That is a cover of the values by masked equalities and ranges which contain no other value. All
 * masked equalities there are come from joining, again and again, two that differ in one bit (Quine
 * and McCluskey); ranges are runs of neighbours. Of all covers the cheapest is taken, by trying for
 * the first uncovered value each part that contains it.
 *
 * A mask pays where JSET alone tests it. Else it takes an AND as well, and behind that most often
 * another load: so two values under such a mask stay two values, and so do two neighbours.
 */
#ifndef SG_GEN_ARGS_COVER_H
#define SG_GEN_ARGS_COVER_H

#include <stddef.h>

#include "filters/gen/args_set.h"

#define ARGS_COVER_POINTS 16

/*
 * The values (arg & @mask) == @values[i], at most ARGS_COVER_POINTS of them, all different in the
 * low half alone, which @mask has all of. Returns how many sets say the same, and writes them;
 * @count where nothing pays: then @ret_sets is left alone.
 */
size_t args_cover(uint8_t arg, uint64_t mask, const uint64_t *values, size_t count, uint64_t top,
		  struct args_set *ret_sets);

#endif
