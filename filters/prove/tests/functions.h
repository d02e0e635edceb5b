/* SPDX-License-Identifier: MIT */
/* Random functions of few variables, so that all their inputs can be tried. */
#ifndef SG_PROVE_TESTS_FUNCTIONS_H
#define SG_PROVE_TESTS_FUNCTIONS_H

#include "filters/prove/tests/evaluate.h"
#include "harness/base/alloc.h"
#include "harness/base/rng.h"

#define VARS 11

static inline unsigned zeros_of(const uint32_t words[ABI_DATA_WORDS])
{
	unsigned zeros = 0;

	for (unsigned word = 0; word < ABI_DATA_WORDS; word++)
		zeros += words[word] == 0;
	return zeros;
}

/* Distinct variables of the words from a rank on, some of them of the same word. */
static inline void pick_vars(struct sg_rng *rng, unsigned rank, unsigned vars[VARS])
{
	size_t order[4 * ABI_DATA_WORDS];

	sg_rng_permutation(rng, order, 4 * (ABI_DATA_WORDS - rank));
	for (unsigned i = 0; i < VARS; i++)
		vars[i] = (unsigned)(32 * rank + order[i] / 4 * 32 + order[i] % 4 * 9);
}

static inline bdd random_function(struct sg_rng *rng, struct bdd_pool *pool,
				  const unsigned vars[VARS])
{
	bdd some[VARS];
	bdd f = BDD_FALSE;

	for (unsigned i = 0; i < VARS; i++)
		some[i] = bdd_var(pool, vars[i]);
	for (unsigned i = 0; i < 60; i++) {
		const unsigned into = sg_rng_below(rng, VARS);

		f = bdd_ite(pool, some[sg_rng_below(rng, VARS)], some[sg_rng_below(rng, VARS)],
			    bdd_not(some[sg_rng_below(rng, VARS)]));
		some[into] = f;
	}
	/* Zero everywhere would do too often. */
	return bdd_and(pool, f, bdd_var(pool, vars[0]));
}

/* Sets the variables in the words: variable i where bit i of @bits is set. */
static inline void set_vars(const unsigned vars[VARS], unsigned bits,
			    uint32_t words[ABI_DATA_WORDS])
{
	for (unsigned i = 0; i < VARS; i++)
		if (bits & 1u << i)
			words[word_of_rank(vars[i] / 32)] |= 0x80000000u >> vars[i] % 32;
}

#endif
