/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "filters/prove/bdd_pool.h"
#include "filters/prove/table.h"
#include "harness/base/alloc.h"

#define FIRST_CAP 256

/* What ends well takes two steps a node, seldom five. */
#define STEPS_PER_NODE 16

static uint32_t *zeroed_buckets(size_t count)
{
	uint32_t *buckets = table_new(count * sizeof(*buckets));

	memset(buckets, 0, count * sizeof(*buckets));
	return buckets;
}

struct bdd_pool *bdd_pool_new(size_t node_limit)
{
	struct bdd_pool *pool = sg_calloc(1, sizeof(*pool));

	if (node_limit == 0)
		node_limit = BDD_NODE_LIMIT;
	pool->limit = node_limit < BDD_NODE_LIMIT_MAX ? node_limit + 1 : BDD_NODE_LIMIT_MAX + 1;
	pool->step_limit = pool->limit * STEPS_PER_NODE;
	pool->cap = FIRST_CAP;
	pool->nodes = table_new(pool->cap * sizeof(*pool->nodes));
	pool->buckets = zeroed_buckets(pool->cap);
	bdd_memos_new(pool);
	pool->shares = bdd_shares_new();
	pool->nodes[0] = (struct bdd_node){.var = BDD_NO_VAR};
	pool->count = 1;
	return pool;
}

void bdd_pool_free(struct bdd_pool *pool)
{
	if (!pool)
		return;
	bdd_shares_free(pool->shares);
	free(pool->memos);
	free(pool->buckets);
	free(pool->nodes);
	free(pool);
}

bool bdd_exhausted(const struct bdd_pool *pool)
{
	return pool->exhausted;
}

size_t bdd_node_count(const struct bdd_pool *pool)
{
	return pool->count - 1;
}

size_t bdd_node_limit(const struct bdd_pool *pool)
{
	return pool->limit - 1;
}

/* ---- nodes */

static size_t bucket_of(const struct bdd_pool *pool, unsigned var, bdd low, bdd high)
{
	uint64_t hash =
		low * 0x9e3779b97f4a7c15u + high * 0xd6e8feb86659fd93u + var * 0xc2b2ae3d27d4eb4fu;

	return hash >> 32 & (pool->cap - 1);
}

static void link_node(struct bdd_pool *pool, uint32_t index)
{
	struct bdd_node *node = &pool->nodes[index];
	uint32_t *head = &pool->buckets[bucket_of(pool, node->var, node->low, node->high)];

	node->next = *head;
	*head = index;
}

static void grow_nodes(struct bdd_pool *pool)
{
	size_t old_cap = pool->cap;

	pool->cap *= 2;
	pool->nodes = table_grow(pool->nodes, old_cap * sizeof(*pool->nodes),
				 pool->cap * sizeof(*pool->nodes));
	free(pool->buckets);
	pool->buckets = zeroed_buckets(pool->cap);
	for (size_t i = 1; i < pool->count; i++)
		link_node(pool, i);
}

static bdd add_node(struct bdd_pool *pool, unsigned var, bdd low, bdd high)
{
	if (pool->count >= pool->limit) {
		pool->exhausted = true;
		return BDD_FALSE;
	}
	if (pool->count == pool->cap)
		grow_nodes(pool);
	uint32_t index = pool->count++;

	pool->nodes[index] = (struct bdd_node){.low = low, .high = high, .var = var};
	link_node(pool, index);
	return index << 1;
}

static bdd find_or_add(struct bdd_pool *pool, unsigned var, bdd low, bdd high)
{
	uint32_t index = pool->buckets[bucket_of(pool, var, low, high)];

	for (; index; index = pool->nodes[index].next) {
		const struct bdd_node *node = &pool->nodes[index];

		if (node->low == low && node->high == high && node->var == var)
			return index << 1;
	}
	return add_node(pool, var, low, high);
}

bdd bdd_make(struct bdd_pool *pool, unsigned var, bdd low, bdd high)
{
	bdd complement = high & 1;

	if (pool->exhausted)
		return BDD_FALSE;
	if (low == high)
		return low;
	bdd plain = find_or_add(pool, var, low ^ complement, high ^ complement);

	return pool->exhausted ? BDD_FALSE : plain ^ complement;
}

bdd bdd_var(struct bdd_pool *pool, unsigned var)
{
	return bdd_make(pool, var, BDD_FALSE, BDD_TRUE);
}

unsigned bdd_top(const struct bdd_pool *pool, bdd f)
{
	return bdd_node_of(pool, f)->var;
}

bdd bdd_low(const struct bdd_pool *pool, bdd f)
{
	return bdd_node_of(pool, f)->low ^ (f & 1);
}

bdd bdd_high(const struct bdd_pool *pool, bdd f)
{
	return bdd_node_of(pool, f)->high ^ (f & 1);
}

/* ---- marks */

/* What no back_to undoes: the pool was exhausted already. */
#define MARK_EXHAUSTED SIZE_MAX

size_t bdd_mark(const struct bdd_pool *pool)
{
	return pool->exhausted ? MARK_EXHAUSTED : pool->count;
}

void bdd_back_to(struct bdd_pool *pool, size_t mark)
{
	if (mark == MARK_EXHAUSTED)
		return;
	/* The newest node is the head of its chain. */
	while (pool->count > mark) {
		const struct bdd_node *node = &pool->nodes[--pool->count];

		pool->buckets[bucket_of(pool, node->var, node->low, node->high)] = node->next;
	}
	pool->exhausted = false;
	pool->steps = 0;
	bdd_memos_forget(pool);
	bdd_shares_back_to(pool->shares, pool->count);
}
