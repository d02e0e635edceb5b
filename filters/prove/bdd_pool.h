/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: how a pool of diagrams is laid out, for the operations (bdd_ops.c).
 *
 * A handle is a node's index and, in its lowest bit, whether the function is the complement of the
 * node's. Node 0 is the constant false. The edge for "variable is 1" is never a complement, so
 * that a function has one form. Nodes with equal hashes are chained, newest first: taking the pool
 * back pops heads.
 */
#ifndef SG_PROVE_BDD_POOL_H
#define SG_PROVE_BDD_POOL_H

#include "filters/prove/bdd.h"

/* The constant stands below all variables. */
#define BDD_NO_VAR UINT16_MAX

struct bdd_node {
	bdd low, high;
	uint32_t next; /* index, 0 at the end of the chain */
	uint16_t var;
};

enum bdd_op { BDD_OP_NONE, BDD_OP_AND, BDD_OP_XOR, BDD_OP_ITE, BDD_OP_EXISTS, BDD_OP_MEET };

/* What an operation gave. Valid when the stamp is of the pool's present generation. */
struct bdd_memo {
	bdd f, g, h;
	bdd result;
	uint32_t stamp; /* generation and enum bdd_op */
};

struct bdd_shares; /* bdd_share.c */

struct bdd_pool {
	struct bdd_node *nodes;
	uint32_t *buckets;
	size_t count; /* of nodes, the constant included */
	size_t cap;   /* of nodes, and how many buckets: a power of 2 */
	size_t limit; /* of nodes, the constant included */
	bool exhausted;

	/* Direct-mapped; each operation that is not quickly done leaves its answer here. */
	struct bdd_memo *memos;
	size_t memo_count; /* a power of 2 */
	size_t steps;      /* of operations: memos that were left since the last back_to */
	size_t step_limit;
	uint32_t generation;

	struct bdd_shares *shares;
};

/* The node with these cofactors, made where there is none yet. */
bdd bdd_make(struct bdd_pool *pool, unsigned var, bdd low, bdd high);

static inline const struct bdd_node *bdd_node_of(const struct bdd_pool *pool, bdd f)
{
	return &pool->nodes[f >> 1];
}

static inline bool bdd_is_const(bdd f)
{
	return f <= BDD_TRUE;
}

/* bdd_ops.c */
void bdd_memos_new(struct bdd_pool *pool);
void bdd_memos_forget(struct bdd_pool *pool);

/* bdd_share.c */
struct bdd_shares *bdd_shares_new(void);
void bdd_shares_free(struct bdd_shares *shares);
/* Forgets the shares of nodes that go. */
void bdd_shares_back_to(struct bdd_shares *shares, size_t count);

#endif
