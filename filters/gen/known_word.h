/* SPDX-License-Identifier: MIT */
/*
 * What is known of one 32-bit word after some tests of it.
 *
 * A range, the bits known to be 0 or 1, and a few values or masked values that are ruled out. Each
 * part sharpens the others: below 8 all bits from 3 up are 0; where one of two bits is set and the
 * first is not, the second is. It is sound, not complete: what it says holds, and what it leaves
 * open may be decided all the same.
 */
#ifndef SG_GEN_KNOWN_WORD_H
#define SG_GEN_KNOWN_WORD_H

#include "filters/gen/ir.h"

#define KNOWN_RULED_OUT 8 /* more are forgotten, which is safe */

struct known_word {
	uint32_t low, high;   /* range, both ends included, and both fit the bits */
	uint32_t ones, zeros; /* bits known to be 1, to be 0 */
	struct known_cube {
		uint32_t mask, value; /* (word & mask) == value is ruled out */
	} ruled_out[KNOWN_RULED_OUT];
	uint8_t ruled_out_count;
};

enum known_answer { KNOWN_NO, KNOWN_YES, KNOWN_OPEN };

/* Nothing is known. */
void known_word_init(struct known_word *word);

/* The answer to a test of this word, as far as it is known. */
enum known_answer known_word_ask(const struct known_word *word, const struct ir_test *test);

/* Adds an answer. False: no word is left, so this answer cannot come; then @word means nothing. */
bool known_word_learn(struct known_word *word, const struct ir_test *test, bool yes);

/* What is known where one of two ways may have come: @word becomes what both say. */
void known_word_join(struct known_word *word, const struct known_word *other);

#endif
