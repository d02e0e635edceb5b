/* SPDX-License-Identifier: MIT */
/* What a diagram or a value is for one input, by walking down. */
#ifndef SG_PROVE_TESTS_EVALUATE_H
#define SG_PROVE_TESTS_EVALUATE_H

#include "filters/prove/sym.h"

static inline unsigned word_of_rank(unsigned rank)
{
	unsigned word = 0;

	while (sym_rank(word) != rank)
		word++;
	return word;
}

static inline bool evaluate(const struct bdd_pool *pool, bdd f,
			    const uint32_t words[ABI_DATA_WORDS])
{
	while (f > BDD_TRUE) {
		unsigned var = bdd_top(pool, f), bit = 31 - var % 32;

		f = words[word_of_rank(var / 32)] >> bit & 1 ? bdd_high(pool, f) : bdd_low(pool, f);
	}
	return f == BDD_TRUE;
}

static inline uint32_t evaluate_sym(const struct bdd_pool *pool, const struct sym *value,
				    const uint32_t words[ABI_DATA_WORDS])
{
	uint32_t ret = 0;

	for (int i = 0; i < 32; i++)
		if (evaluate(pool, value->bits[i], words))
			ret |= 1u << i;
	return ret;
}

#endif
