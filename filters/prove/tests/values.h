/* SPDX-License-Identifier: MIT */
/* What a function is for one input. Include after cmocka's own headers. */
#ifndef SG_PROVE_TESTS_VALUES_H
#define SG_PROVE_TESTS_VALUES_H

#include "filters/prove/sym.h"

/* The words of an input as the variables stand: the highest bit of a word first. */
struct by_rank {
	uint32_t words[ABI_DATA_WORDS];
};

static inline struct by_rank by_rank(const struct abi_tuple *tuple)
{
	uint32_t words[ABI_DATA_WORDS];
	struct by_rank ranked;

	abi_tuple_words(tuple, words);
	for (unsigned word = 0; word < ABI_DATA_WORDS; word++)
		ranked.words[sym_rank(word)] = words[word];
	return ranked;
}

static inline bool value_of(const struct bdd_pool *pool, bdd f, const struct by_rank *input)
{
	while (f != BDD_FALSE && f != BDD_TRUE) {
		const unsigned var = bdd_top(pool, f);
		const uint32_t bit = input->words[var / 32] & 0x80000000u >> var % 32;

		f = bit ? bdd_high(pool, f) : bdd_low(pool, f);
	}
	return f == BDD_TRUE;
}

static inline uint32_t sym_value_of(const struct bdd_pool *pool, const struct sym *sym,
				    const struct by_rank *input)
{
	uint32_t value = 0;

	for (unsigned bit = 0; bit < 32; bit++)
		value |= (uint32_t)value_of(pool, sym->bits[bit], input) << bit;
	return value;
}

/* word == value, from the top bit down. */
static inline bdd equals(struct bdd_pool *pool, unsigned word, uint32_t value)
{
	bdd all = BDD_TRUE;

	for (unsigned i = 0; i < 32; i++) {
		const bdd bit = bdd_var(pool, 32 * sym_rank(word) + i);

		all = bdd_and(pool, all, value & 0x80000000u >> i ? bit : bdd_not(bit));
	}
	return all;
}

#endif
