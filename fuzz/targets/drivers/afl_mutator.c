/* SPDX-License-Identifier: MIT */
/*
 * A mutator as AFL++ loads it (AFL_CUSTOM_MUTATOR_LIBRARY; docs/custom_mutators.md of AFL++).
 * FUZZ_MUTATOR names it. Beside it AFL++ goes on with its own mutations.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/targets/mutate.h"
#include "harness/base/alloc.h"

#define PASTE_(a, b) a##b
#define PASTE(a, b)  PASTE_(a, b)

struct mutator {
	struct sg_rng rng;
	uint8_t *out; /* what the last call returned */
	size_t size;
};

void *afl_custom_init(void *afl, unsigned int seed);
size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t len, uint8_t **ret_buf, uint8_t *add_buf,
		       size_t add_len, size_t max);
void afl_custom_deinit(void *data);

void *afl_custom_init(void *afl, unsigned int seed)
{
	struct mutator *mutator = sg_calloc(1, sizeof(*mutator));

	(void)afl;
	sg_rng_seed(&mutator->rng, seed);
	return mutator;
}

/* 0 bytes: AFL++ skips this one. */
size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t len, uint8_t **ret_buf, uint8_t *add_buf,
		       size_t add_len, size_t max)
{
	struct mutator *mutator = data;

	(void)add_buf, (void)add_len;
	if (len > max)
		return 0;
	if (mutator->size < max) {
		mutator->out = sg_realloc_array(mutator->out, max, 1);
		mutator->size = max;
	}
	memcpy(mutator->out, buf, len);
	*ret_buf = mutator->out;
	return PASTE(fuzz_mutate_, FUZZ_MUTATOR)(&mutator->rng, mutator->out, len, max);
}

void afl_custom_deinit(void *data)
{
	struct mutator *mutator = data;

	free(mutator->out);
	free(mutator);
}
