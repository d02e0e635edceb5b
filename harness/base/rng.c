/* SPDX-License-Identifier: MIT */
#include <sys/random.h>
#include <time.h>

#include "harness/base/rng.h"

static uint64_t splitmix64(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static uint64_t rotl(uint64_t x, int k)
{
	return (x << k) | (x >> (64 - k));
}

void sg_rng_seed(struct sg_rng *rng, uint64_t seed)
{
	for (int i = 0; i < 4; i++)
		rng->s[i] = splitmix64(&seed);
}

uint64_t sg_rng_u64(struct sg_rng *rng)
{
	uint64_t *s = rng->s, result = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return result;
}

/* Lemire's multiply-and-reject. */
uint64_t sg_rng_below(struct sg_rng *rng, uint64_t bound)
{
	uint64_t floor = -bound % bound;

	for (;;) {
		unsigned __int128 wide = (unsigned __int128)sg_rng_u64(rng) * bound;

		if ((uint64_t)wide >= floor)
			return wide >> 64;
	}
}

void sg_rng_permutation(struct sg_rng *rng, size_t *order, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t j = sg_rng_below(rng, i + 1);

		order[i] = order[j];
		order[j] = i;
	}
}

uint64_t sg_rng_fresh_seed(void)
{
	struct timespec now;
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) == sizeof(seed))
		return seed;
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
