/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: a 32-bit value as a function of the input, one diagram a bit, and the
 * arithmetic of the filter machine on it (net/core/filter.c, bpf_convert_filter: shifts by X use
 * its low five bits; what a division by X = 0 does is the caller's matter).
 *
 * Variables: input word w (offset 4 * w of struct seccomp_data) has the ranks
 * 32 * sym_rank(w) .. + 31, its highest bit first. arch stands first, then nr, so that a filter's
 * tree over numbers is near the diagram's root; then the others from the last to the first, which
 * is libseccomp's order of arguments, and of their halves where the high one decides.
 */
#ifndef SG_PROVE_SYM_H
#define SG_PROVE_SYM_H

#include "filters/abi/abi.h"
#include "filters/prove/bdd.h"

struct sym {
	bdd bits[32]; /* [0] is the lowest */
};

unsigned sym_rank(unsigned word);

struct sym sym_const(uint32_t value);
struct sym sym_word(struct bdd_pool *pool, unsigned word);
bool sym_is_const(const struct sym *a, uint32_t *ret_value);
bool sym_same(const struct sym *a, const struct sym *b);

struct sym sym_add(struct bdd_pool *pool, const struct sym *a, const struct sym *b);
struct sym sym_sub(struct bdd_pool *pool, const struct sym *a, const struct sym *b);
struct sym sym_mul(struct bdd_pool *pool, const struct sym *a, const struct sym *b);
struct sym sym_div(struct bdd_pool *pool, const struct sym *a, const struct sym *b);
struct sym sym_and(struct bdd_pool *pool, const struct sym *a, const struct sym *b);
struct sym sym_or(struct bdd_pool *pool, const struct sym *a, const struct sym *b);
struct sym sym_xor(struct bdd_pool *pool, const struct sym *a, const struct sym *b);
struct sym sym_lsh(struct bdd_pool *pool, const struct sym *a, const struct sym *b);
struct sym sym_rsh(struct bdd_pool *pool, const struct sym *a, const struct sym *b);
struct sym sym_neg(struct bdd_pool *pool, const struct sym *a);
struct sym sym_ite(struct bdd_pool *pool, bdd cond, const struct sym *a, const struct sym *b);

bdd sym_eq(struct bdd_pool *pool, const struct sym *a, const struct sym *b);
bdd sym_gt(struct bdd_pool *pool, const struct sym *a, const struct sym *b);   /* unsigned */
bdd sym_ge(struct bdd_pool *pool, const struct sym *a, const struct sym *b);   /* unsigned */
bdd sym_meet(struct bdd_pool *pool, const struct sym *a, const struct sym *b); /* a & b != 0 */

/* abi_verdict_effect() of the value. */
struct sym sym_effect(struct bdd_pool *pool, const struct sym *a);
/* The inputs with which the two differ. */
bdd sym_differ(struct bdd_pool *pool, const struct sym *a, const struct sym *b);

#endif
