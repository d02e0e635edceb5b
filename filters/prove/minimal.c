/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "filters/prove/minimal.h"
#include "harness/base/alloc.h"

#define FIRST_CAP 256

/*
 * What can be had below a node in the middle of, or at the top of, its word: how many of the later
 * words can be zero (@later), and how many from its word on when it is the first of its word that
 * is tested (@with). And the words that it hangs on.
 */
struct found {
	bdd f; /* BDD_FALSE: the slot is free */
	int later, with;
	unsigned words;
};

/* A hash table, at most half full. */
struct minimal {
	const struct bdd_pool *pool;
	struct found *slots;
	size_t count, cap;
};

struct minimal *minimal_new(const struct bdd_pool *pool)
{
	struct minimal *minimal = sg_calloc(1, sizeof(*minimal));

	minimal->pool = pool;
	minimal->cap = FIRST_CAP;
	minimal->slots = sg_calloc(minimal->cap, sizeof(*minimal->slots));
	return minimal;
}

void minimal_free(struct minimal *minimal)
{
	free(minimal->slots);
	free(minimal);
}

/* ---- what was found */

static struct found *slot_of(const struct minimal *minimal, bdd f)
{
	size_t i = f * 0x9e3779b1u;

	while (minimal->slots[i & (minimal->cap - 1)].f != f &&
	       minimal->slots[i & (minimal->cap - 1)].f != BDD_FALSE)
		i++;
	return &minimal->slots[i & (minimal->cap - 1)];
}

static void grow(struct minimal *minimal)
{
	struct found *old = minimal->slots;
	const size_t old_cap = minimal->cap;

	minimal->cap *= 2;
	minimal->slots = sg_calloc(minimal->cap, sizeof(*minimal->slots));
	for (size_t i = 0; i < old_cap; i++)
		if (old[i].f != BDD_FALSE)
			*slot_of(minimal, old[i].f) = old[i];
	free(old);
}

static struct found remember(struct minimal *minimal, struct found found)
{
	if (2 * (minimal->count + 1) > minimal->cap)
		grow(minimal);
	*slot_of(minimal, found.f) = found;
	minimal->count++;
	return found;
}

/* ---- words */

bool minimal_tests(const struct bdd_pool *pool, bdd f, unsigned rank)
{
	return f != BDD_FALSE && f != BDD_TRUE && bdd_top(pool, f) / 32 == rank;
}

bdd minimal_fix(const struct bdd_pool *pool, bdd f, unsigned rank, uint32_t value)
{
	while (minimal_tests(pool, f, rank)) {
		const bool bit = value & 0x80000000u >> bdd_top(pool, f) % 32;

		f = bit ? bdd_high(pool, f) : bdd_low(pool, f);
	}
	return f;
}

static int max(int a, int b)
{
	return a > b ? a : b;
}

static struct found find(struct minimal *minimal, bdd f);

/* Of the words behind @rank; @f may stand within the word of that rank. */
static int zeros_behind(struct minimal *minimal, bdd f, unsigned rank)
{
	return minimal_tests(minimal->pool, f, rank) ? find(minimal, f).later
						     : minimal_zeros(minimal, f, rank + 1);
}

static struct found find(struct minimal *minimal, bdd f)
{
	const struct bdd_pool *pool = minimal->pool;
	const unsigned rank = bdd_top(pool, f) / 32;
	struct found found = *slot_of(minimal, f);

	if (found.f == f)
		return found;
	found.f = f;
	found.later = max(zeros_behind(minimal, bdd_low(pool, f), rank),
			  zeros_behind(minimal, bdd_high(pool, f), rank));
	found.with = max(1 + minimal_zeros(minimal, minimal_fix(pool, f, rank, 0), rank + 1),
			 found.later);
	found.words = 1u << rank | minimal_words(minimal, bdd_low(pool, f)) |
		      minimal_words(minimal, bdd_high(pool, f));
	return remember(minimal, found);
}

unsigned minimal_words(struct minimal *minimal, bdd f)
{
	return f == BDD_FALSE || f == BDD_TRUE ? 0 : find(minimal, f).words;
}

int minimal_zeros(struct minimal *minimal, bdd f, unsigned rank)
{
	if (f == BDD_FALSE)
		return MINIMAL_NONE;
	if (f == BDD_TRUE)
		return (int)(ABI_DATA_WORDS - rank);
	return (int)(bdd_top(minimal->pool, f) / 32 - rank) + find(minimal, f).with;
}

uint32_t minimal_value(struct minimal *minimal, bdd f, unsigned rank)
{
	const struct bdd_pool *pool = minimal->pool;
	const int wanted = minimal_zeros(minimal, f, rank);
	uint32_t value = 0;

	if (1 + minimal_zeros(minimal, minimal_fix(pool, f, rank, 0), rank + 1) == wanted)
		return 0;
	while (minimal_tests(pool, f, rank)) {
		const bool low = zeros_behind(minimal, bdd_low(pool, f), rank) == wanted;

		if (!low)
			value |= 0x80000000u >> bdd_top(pool, f) % 32;
		f = low ? bdd_low(pool, f) : bdd_high(pool, f);
	}
	return value;
}

void minimal_rest(struct minimal *minimal, bdd f, unsigned rank, uint32_t ranked[ABI_DATA_WORDS])
{
	for (; rank < ABI_DATA_WORDS; rank++) {
		ranked[rank] = minimal_value(minimal, f, rank);
		f = minimal_fix(minimal->pool, f, rank, ranked[rank]);
	}
}

bool minimal_holds(const struct bdd_pool *pool, bdd f, const uint32_t ranked[ABI_DATA_WORDS])
{
	while (f != BDD_FALSE && f != BDD_TRUE) {
		const unsigned rank = bdd_top(pool, f) / 32;

		f = minimal_fix(pool, f, rank, ranked[rank]);
	}
	return f == BDD_TRUE;
}
