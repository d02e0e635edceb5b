/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: of the inputs that a function holds for, one with as many zero words as
 * there can be. Words are contiguous in the order of variables, so that the greatest number of
 * zero words below a node is a matter of the node alone: dynamic programming over the diagram.
 *
 * Words are numbered by rank here (sym.h): rank 0 is arch, rank 1 is nr.
 */
#ifndef SG_PROVE_MINIMAL_H
#define SG_PROVE_MINIMAL_H

#include "filters/prove/sym.h"

#define MINIMAL_ARCH 0
#define MINIMAL_NR   1

struct minimal;
/* Remembers what it found of nodes. Borrows the pool, which must not be taken back meanwhile. */
struct minimal *minimal_new(const struct bdd_pool *pool);
void minimal_free(struct minimal *minimal);

#define MINIMAL_NONE (-1000) /* of BDD_FALSE: negative whatever is added */
/* How many of the words from rank @rank on can be zero; negative for BDD_FALSE. @f depends on no
 * word before. */
int minimal_zeros(struct minimal *minimal, bdd f, unsigned rank);

/* The words that @f hangs on: bit i is that of rank i. */
unsigned minimal_words(struct minimal *minimal, bdd f);

/* Is the variable at the root of @f one of that word? */
bool minimal_tests(const struct bdd_pool *pool, bdd f, unsigned rank);
/* @f where the word of rank @rank, which no variable of @f stands before, is @value. */
bdd minimal_fix(const struct bdd_pool *pool, bdd f, unsigned rank, uint32_t value);

/*
 * A value of the word with which the words from @rank on have as many zeros as they can: zero where
 * that is one, else the smallest.
 */
uint32_t minimal_value(struct minimal *minimal, bdd f, unsigned rank);
/* The same for all words from @rank on. */
void minimal_rest(struct minimal *minimal, bdd f, unsigned rank, uint32_t ranked[ABI_DATA_WORDS]);

/* Does @f hold for the words, which stand by rank? */
bool minimal_holds(const struct bdd_pool *pool, bdd f, const uint32_t ranked[ABI_DATA_WORDS]);

#endif
