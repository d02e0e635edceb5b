/* SPDX-License-Identifier: MIT */
#include "fuzz/targets/mutate.h"

/* Where the filters that were wrong went wrong: a bit, a neighbour, a half, the sign. */
uint64_t fuzz_number_near(struct sg_rng *rng, uint64_t value)
{
	switch (sg_rng_below(rng, 10)) {
	case 0: return value + 1;
	case 1: return value - 1;
	case 2: return value ^ 1ull << sg_rng_below(rng, 64);
	case 3: return value << 32 | value >> 32;
	case 4: return value & UINT32_MAX;
	case 5: return value | 1ull << 32;
	case 6: return ~value;
	case 7: return 1ull << sg_rng_below(rng, 64);
	case 8: return (1ull << sg_rng_below(rng, 64)) - 1;
	default: return sg_rng_below(rng, 8);
	}
}
