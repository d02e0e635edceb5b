/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: reduced ordered binary decision diagrams with complement edges (Bryant,
 * Graph-Based Algorithms for Boolean Function Manipulation, 1986; Brace, Rudell, Bryant,
 * Efficient Implementation of a BDD Package, 1990). Two functions are equal exactly when their
 * handles are.
 *
 * A pool has a limit of nodes, and one of work that follows from it, since work may be in vain and
 * leave no nodes. The operation that would pass one makes the pool exhausted: from then on
 * everything returns BDD_FALSE, quickly, and no answer counts. Callers work on and ask
 * bdd_exhausted() once, at the end.
 */
#ifndef SG_PROVE_BDD_H
#define SG_PROVE_BDD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t bdd;
#define BDD_FALSE 0u
#define BDD_TRUE  1u

struct bdd_pool;
#define BDD_NODE_LIMIT     4000000 /* where the caller has no wish */
#define BDD_NODE_LIMIT_MAX 0x3fffffff
/*
 * @node_limit 0: BDD_NODE_LIMIT; constants do not count. Tables start small and grow: a pool for a
 * small question costs microseconds, a large one up to 40 bytes a node (72 when shares are asked
 * for) and 20 MB.
 */
struct bdd_pool *bdd_pool_new(size_t node_limit);
void bdd_pool_free(struct bdd_pool *pool);
bool bdd_exhausted(const struct bdd_pool *pool);
size_t bdd_node_count(const struct bdd_pool *pool);
size_t bdd_node_limit(const struct bdd_pool *pool);

/*
 * Nodes made after a mark go when the pool is taken back to it, and with them exhaustion that came
 * after it; handles from before stay what they are. Costs what goes, and the limit of work begins
 * anew. What a mark is, is the pool's matter.
 */
size_t bdd_mark(const struct bdd_pool *pool);
void bdd_back_to(struct bdd_pool *pool, size_t mark);

/* The variable of rank @var: a small rank stands near the root. */
bdd bdd_var(struct bdd_pool *pool, unsigned var);
static inline bdd bdd_not(bdd f)
{
	return f ^ 1u;
}
bdd bdd_and(struct bdd_pool *pool, bdd f, bdd g);
bdd bdd_or(struct bdd_pool *pool, bdd f, bdd g);
bdd bdd_xor(struct bdd_pool *pool, bdd f, bdd g);
bdd bdd_ite(struct bdd_pool *pool, bdd f, bdd g, bdd h);
/* Is there a variable assignment with f and g? Makes no nodes. */
bool bdd_meet(struct bdd_pool *pool, bdd f, bdd g);
/* There is a value of the variables @from..@to (both included) with which f holds. */
bdd bdd_exists(struct bdd_pool *pool, bdd f, unsigned from, unsigned to);

/* Walking, for f that is no constant: the rank at its root and its two cofactors. */
unsigned bdd_top(const struct bdd_pool *pool, bdd f);
bdd bdd_low(const struct bdd_pool *pool, bdd f);
bdd bdd_high(const struct bdd_pool *pool, bdd f);

/* The share of all assignments with which f holds: 0..1, exact up to the precision of a double. */
double bdd_share(const struct bdd_pool *pool, bdd f);

#endif
