/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "filters/abi/abi.h"
#include "fuzz/targets/mutate.h"

#define TUPLE_BYTES sizeof(struct abi_tuple)
#define MOST_TUPLES 64 /* as many as the target reads */

static size_t add_tuple(struct sg_rng *rng, uint8_t *tail, size_t len, size_t max)
{
	struct abi_tuple tuple = {.nr = sg_rng_below(rng, 480),
				  .arch = abi_arch(sg_rng_below(rng, ABI_ARCH_COUNT))->audit};

	if (max - len < TUPLE_BYTES)
		return len;
	for (int i = 0; i < 6; i++)
		tuple.args[i] = fuzz_number_near(rng, sg_rng_below(rng, 4));
	memcpy(tail + len, &tuple, TUPLE_BYTES);
	return len + TUPLE_BYTES;
}

static void change_tuple(struct sg_rng *rng, uint8_t *tuple_bytes)
{
	struct abi_tuple tuple;
	uint64_t *arg = &tuple.args[sg_rng_below(rng, 6)];

	memcpy(&tuple, tuple_bytes, TUPLE_BYTES);
	switch (sg_rng_below(rng, 4)) {
	case 0: tuple.nr = fuzz_number_near(rng, tuple.nr); break;
	case 1: tuple.arch = abi_arch(sg_rng_below(rng, ABI_ARCH_COUNT))->audit; break;
	default: *arg = fuzz_number_near(rng, *arg); break;
	}
	memcpy(tuple_bytes, &tuple, TUPLE_BYTES);
}

/* Behind the NUL; where there is none yet, one is put at the end. */
static size_t mutate_tuples(struct sg_rng *rng, uint8_t *data, size_t len, size_t max)
{
	uint8_t *nul = memchr(data, 0, len);
	size_t before, count;

	if (!nul && len == max)
		return 0;
	if (!nul) {
		data[len] = 0;
		nul = &data[len++];
	}
	before = nul + 1 - data;
	count = (len - before) / TUPLE_BYTES;
	if (count && sg_rng_below(rng, 4))
		change_tuple(rng, data + before + TUPLE_BYTES * sg_rng_below(rng, count));
	else
		len = before + add_tuple(rng, data + before, TUPLE_BYTES * count, max - before);
	return len;
}

/* The text may grow by what is left of @max; the tuples stay behind it. */
static size_t mutate_text(struct sg_rng *rng, uint8_t *data, size_t len, size_t max)
{
	const uint8_t *nul = memchr(data, 0, len);
	uint8_t tail[1 + MOST_TUPLES * TUPLE_BYTES];
	size_t text_len = nul ? (size_t)(nul - data) : len, tail_len = len - text_len;

	if (tail_len > sizeof(tail))
		tail_len = sizeof(tail);
	memcpy(tail, data + text_len, tail_len);
	text_len = fuzz_mutate_profile(rng, data, text_len, max - tail_len);
	if (!text_len)
		return 0;
	memcpy(data + text_len, tail, tail_len);
	return text_len + tail_len;
}

size_t fuzz_mutate_diff(struct sg_rng *rng, uint8_t *data, size_t len, size_t max)
{
	return (sg_rng_below(rng, 4) ? mutate_text : mutate_tuples)(rng, data, len, max);
}
