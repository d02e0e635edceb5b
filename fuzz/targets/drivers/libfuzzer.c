/* SPDX-License-Identifier: MIT */
/*
 * One target under libFuzzer, or any engine with its interface (ClusterFuzzLite's AFL++ and
 * Honggfuzz): FUZZ_TARGET names it, FUZZ_MUTATOR, where it has one, its mutator.
 */
#include "fuzz/targets/targets.h"

#define PASTE_(a, b) a##b
#define PASTE(a, b)  PASTE_(a, b)

/* Freed memory is kept from use for a few runs, not for thousands: fresh pages are most of the
 * time otherwise. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=4";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	return PASTE(fuzz_target_, FUZZ_TARGET)(data, len);
}

#ifdef FUZZ_MUTATOR
size_t LLVMFuzzerMutate(uint8_t *data, size_t len, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max, unsigned int seed);

/* The engine's own mutations keep a share: they know the values that were compared. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max, unsigned int seed)
{
	struct sg_rng rng;
	size_t changed = 0;

	sg_rng_seed(&rng, seed);
	if (sg_rng_below(&rng, 4))
		changed = PASTE(fuzz_mutate_, FUZZ_MUTATOR)(&rng, data, len, max);
	return changed ? changed : LLVMFuzzerMutate(data, len, max);
}
#endif
