/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: from the diagram of the inputs with which two sides differ to the answer.
 * Only walks diagrams; makes no nodes, so that a pool near its limit will do.
 */
#ifndef SG_PROVE_ANSWER_H
#define SG_PROVE_ANSWER_H

#include "filters/prove/prove.h"
#include "filters/prove/sym.h"

/*
 * @differ: the inputs that count and with which @a and @b are not the same. Fills result, tuple, a,
 * b, inputs and the regions of @ret, which must be zeroed.
 *
 * The tuple has as many zero words as an input of @differ can have. Among such inputs one of the
 * native architecture comes first, then one of an architecture that abi.h knows; then a number
 * that is a call's; then small values.
 */
void answer_fill(const struct bdd_pool *pool, bdd differ, const struct sym *a, const struct sym *b,
		 struct prove_answer *ret);

/* How many inputs @f holds for. */
double answer_inputs(const struct bdd_pool *pool, bdd f);

/* answer.c: puts the words into the fields that they are. */
struct abi_tuple answer_tuple(const uint32_t words[ABI_DATA_WORDS]);
/* The same where they stand by rank (sym.h). */
struct abi_tuple answer_tuple_by_rank(const uint32_t ranked[ABI_DATA_WORDS]);

#endif
