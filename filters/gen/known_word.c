/* SPDX-License-Identifier: MIT */
#include "filters/gen/known_word.h"

#define SETTLE_ROUNDS 8 /* more would rarely sharpen anything */

void known_word_init(struct known_word *word)
{
	*word = (struct known_word){.high = UINT32_MAX};
}

/* ---- ranges and bits */

static uint32_t known_bits(const struct known_word *word)
{
	return word->ones | word->zeros;
}

/*
 * The least value from @from up that has the bits @value under @mask; false: there is none. The
 * highest bit in which @from is wrong decides: where a 1 is wanted, everything below it is at its
 * least; where a 0 is wanted, the next free 0 above has to become 1.
 */
static bool next_match(uint32_t from, uint32_t mask, uint32_t value, uint32_t *ret)
{
	uint32_t wrong = (from ^ value) & mask, high, free;

	if (wrong == 0) {
		*ret = from;
		return true;
	}
	high = 1u << (31 - __builtin_clz(wrong));
	if (!(value & high)) {
		free = ~mask & ~from & ~(high | (high - 1));
		if (free == 0)
			return false;
		high = free & -free;
		from |= high;
	}
	*ret = (from & ~(high - 1) & ~mask) | (value & mask);
	return true;
}

/* Both ends of the range move inwards to values that fit the bits. */
static bool fit_range(struct known_word *word)
{
	uint32_t mask = known_bits(word), top;

	if (word->ones & word->zeros || !next_match(word->low, mask, word->ones, &word->low) ||
	    !next_match(~word->high, mask, word->zeros, &top))
		return false;
	word->high = ~top;
	return word->low <= word->high;
}

/* The bits in front of the first in which the two ends differ. */
static void fit_bits(struct known_word *word)
{
	uint32_t differ = word->low ^ word->high, common = UINT32_MAX;

	if (differ)
		common = ~(UINT32_MAX >> __builtin_clz(differ));
	word->ones |= word->low & common;
	word->zeros |= ~word->low & common;
}

/* ---- what is ruled out */

static bool in_cube(const struct known_cube *cube, uint32_t value)
{
	return (value & cube->mask) == cube->value;
}

/* No value that has the known bits, and @value under @mask, escapes the cube. */
static bool cube_holds(const struct known_cube *cube, uint32_t mask, uint32_t value)
{
	return (cube->mask & ~mask) == 0 && (value & cube->mask) == cube->value;
}

/*
 * Uses one that is ruled out: where all of its bits but one are met, the last must differ; where it
 * is an end of the range, the range ends before it. True: something came of it.
 */
static bool use_ruled_out(struct known_word *word, const struct known_cube *cube)
{
	uint32_t known = known_bits(word), open = cube->mask & ~known;

	if (((word->ones ^ cube->value) & cube->mask & known) == 0 && (open & (open - 1)) == 0) {
		if (open == 0) /* all that is left is ruled out */
			word->zeros = word->ones = UINT32_MAX;
		word->ones |= open & ~cube->value;
		word->zeros |= open & cube->value;
		return true;
	}
	if (in_cube(cube, word->low) && word->low < word->high) {
		word->low++;
		return true;
	}
	if (in_cube(cube, word->high) && word->low < word->high) {
		word->high--;
		return true;
	}
	return false;
}

/* Until nothing sharpens anything, or long enough. False: no value is left. */
static bool settle(struct known_word *word)
{
	bool more = true;
	unsigned int round, i;

	for (round = 0; more && round < SETTLE_ROUNDS; round++) {
		more = false;
		if (!fit_range(word))
			return false;
		fit_bits(word);
		for (i = 0; i < word->ruled_out_count; i++)
			more |= use_ruled_out(word, &word->ruled_out[i]);
	}
	return fit_range(word);
}

/* ---- asking */

static bool is_ruled_out(const struct known_word *word, uint32_t mask, uint32_t value)
{
	unsigned int i;

	for (i = 0; i < word->ruled_out_count; i++) {
		if (cube_holds(&word->ruled_out[i], mask | known_bits(word), value | word->ones))
			return true;
	}
	return false;
}

static enum known_answer ask_eq(const struct known_word *word, uint32_t mask, uint32_t k)
{
	if (word->zeros & k || word->ones & mask & ~k)
		return KNOWN_NO;
	if ((mask & ~known_bits(word)) == 0)
		return KNOWN_YES;
	if (mask == IR_NO_MASK && (k < word->low || k > word->high))
		return KNOWN_NO;
	return is_ruled_out(word, mask, k) ? KNOWN_NO : KNOWN_OPEN;
}

enum known_answer known_word_ask(const struct known_word *word, const struct ir_test *test)
{
	switch (test->op) {
	case IR_EQ: return ask_eq(word, test->mask, test->k);
	case IR_GE:
		if (word->low >= test->k)
			return KNOWN_YES;
		return word->high < test->k ? KNOWN_NO : KNOWN_OPEN;
	default:
		if (word->ones & test->k)
			return KNOWN_YES;
		if ((test->k & ~word->zeros) == 0)
			return KNOWN_NO;
		return is_ruled_out(word, test->k, 0) ? KNOWN_YES : KNOWN_OPEN;
	}
}

/* ---- learning */

static void rule_out(struct known_word *word, uint32_t mask, uint32_t value)
{
	if (word->ruled_out_count < KNOWN_RULED_OUT)
		word->ruled_out[word->ruled_out_count++] = (struct known_cube){mask, value};
}

static bool learn_range(struct known_word *word, uint32_t low, uint32_t high)
{
	if (word->low < low)
		word->low = low;
	if (word->high > high)
		word->high = high;
	return word->low <= word->high && settle(word);
}

static bool learn_bits(struct known_word *word, uint32_t ones, uint32_t zeros)
{
	word->ones |= ones;
	word->zeros |= zeros;
	return settle(word);
}

static bool learn_not(struct known_word *word, uint32_t mask, uint32_t value)
{
	rule_out(word, mask, value);
	return settle(word);
}

bool known_word_learn(struct known_word *word, const struct ir_test *test, bool yes)
{
	switch (test->op) {
	case IR_EQ:
		if (yes)
			return learn_bits(word, test->k, test->mask & ~test->k);
		return learn_not(word, test->mask, test->k);
	case IR_GE:
		if (yes)
			return learn_range(word, test->k, UINT32_MAX);
		return test->k > 0 && learn_range(word, 0, test->k - 1);
	default: return yes ? learn_not(word, test->k, 0) : learn_bits(word, 0, test->k);
	}
}

/* ---- joining */

void known_word_join(struct known_word *word, const struct known_word *other)
{
	unsigned int i, kept = 0;

	for (i = 0; i < word->ruled_out_count; i++) {
		struct known_cube cube = word->ruled_out[i];

		if (ask_eq(other, cube.mask, cube.value) == KNOWN_NO)
			word->ruled_out[kept++] = cube;
	}
	word->ruled_out_count = (uint8_t)kept;
	word->low = word->low < other->low ? word->low : other->low;
	word->high = word->high > other->high ? word->high : other->high;
	word->ones &= other->ones;
	word->zeros &= other->zeros;
}
