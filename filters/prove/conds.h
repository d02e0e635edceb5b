/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: comparisons of an input word, or of an argument, with constants. Each is
 * built from the lowest bit up, one node a bit.
 */
#ifndef SG_PROVE_CONDS_H
#define SG_PROVE_CONDS_H

#include "filters/policy/policy.h"
#include "filters/prove/bdd.h"

/* Bit @bit (0: the lowest) of the input word @word. */
bdd cond_word_bit(struct bdd_pool *pool, unsigned word, unsigned bit);
bdd cond_word_above(struct bdd_pool *pool, unsigned word, uint32_t value); /* word > value */
/* (word & mask) == value; @value lies under the mask. */
bdd cond_word_masked(struct bdd_pool *pool, unsigned word, uint32_t mask, uint32_t value);

/* The inputs with the audit value and the number. */
bdd cond_call(struct bdd_pool *pool, uint32_t audit, uint32_t nr);

/*
 * A policy's condition: on an architecture with 32-bit words it sees the low half of the argument,
 * and compares that with the whole constant.
 */
bdd cond_holds(struct bdd_pool *pool, const struct abi_arch *arch, const struct policy_cond *cond);
/* Where the low half of its argument stands in the order of variables (sym_rank()). */
unsigned cond_rank(const struct abi_arch *arch, const struct policy_cond *cond);
/* The inputs with anything in the upper half of argument @arg. */
bdd cond_upper_half(struct bdd_pool *pool, const struct abi_arch *arch, unsigned arg);

#endif
