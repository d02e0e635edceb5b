/* SPDX-License-Identifier: MIT */
/*
 * Each operation goes down its operands together, variable by variable, and remembers what it gave.
 * It goes no deeper than there are variables. The deepest level that finds the pool exhausted
 * returns, and so does everything above it.
 */
#include <stdlib.h>
#include <string.h>

#include "filters/prove/bdd_pool.h"
#include "filters/prove/table.h"

/* ---- what was done before */

#define FIRST_MEMOS    256
#define MEMOS_MAX      ((size_t)1 << 20)
#define LAPS           8 /* a table is written over so often, on average, before it grows */
#define OP_BITS        3
#define OP_MASK        ((1u << OP_BITS) - 1)
#define GENERATION_MAX (UINT32_MAX >> OP_BITS)

static struct bdd_memo *memo_at(const struct bdd_pool *pool, const struct bdd_memo *key)
{
	uint64_t hash = key->f * 0x9e3779b97f4a7c15u + key->g * 0xd6e8feb86659fd93u +
			(key->h << OP_BITS | (key->stamp & OP_MASK)) * 0xc2b2ae3d27d4eb4fu;

	return &pool->memos[hash >> 32 & (pool->memo_count - 1)];
}

static struct bdd_memo memo_key(const struct bdd_pool *pool, enum bdd_op op, bdd f, bdd g, bdd h)
{
	return (struct bdd_memo){.f = f, .g = g, .h = h, .stamp = pool->generation << OP_BITS | op};
}

static bool recall(const struct bdd_pool *pool, const struct bdd_memo *key, bdd *ret)
{
	const struct bdd_memo *memo = memo_at(pool, key);

	*ret = memo->result;
	return memo->f == key->f && memo->g == key->g && memo->h == key->h &&
	       memo->stamp == key->stamp;
}

static void new_memos(struct bdd_pool *pool, size_t count)
{
	pool->memo_count = count;
	pool->memos = table_new(count * sizeof(*pool->memos));
	memset(pool->memos, 0, count * sizeof(*pool->memos));
}

void bdd_memos_new(struct bdd_pool *pool)
{
	new_memos(pool, FIRST_MEMOS);
}

static void grow_memos(struct bdd_pool *pool)
{
	struct bdd_memo *old = pool->memos;
	size_t old_count = pool->memo_count;

	new_memos(pool, 2 * old_count);
	for (size_t i = 0; i < old_count; i++)
		if (old[i].stamp >> OP_BITS == pool->generation && old[i].stamp & OP_MASK)
			*memo_at(pool, &old[i]) = old[i];
	free(old);
}

/*
 * Most work is done once: a small table that stays in the processor's caches serves it best. Where
 * the same is done again, what got lost is dear. How much was done tells which it is.
 */
static bdd remember(struct bdd_pool *pool, struct bdd_memo *key, bdd result)
{
	if (++pool->steps > pool->step_limit)
		pool->exhausted = true;
	if (pool->steps > LAPS * pool->memo_count && pool->memo_count < MEMOS_MAX)
		grow_memos(pool);
	key->result = result;
	*memo_at(pool, key) = *key;
	return pool->exhausted ? BDD_FALSE : result;
}

void bdd_memos_forget(struct bdd_pool *pool)
{
	if (pool->generation++ < GENERATION_MAX)
		return;
	pool->generation = 0;
	memset(pool->memos, 0, pool->memo_count * sizeof(*pool->memos));
}

/* ---- going down */

struct cofactors {
	bdd low, high;
};

/* Of f by a variable that stands not below its root. */
static inline struct cofactors split(const struct bdd_pool *pool, bdd f, unsigned var)
{
	const struct bdd_node *node = bdd_node_of(pool, f);

	if (node->var != var)
		return (struct cofactors){f, f};
	return (struct cofactors){node->low ^ (f & 1), node->high ^ (f & 1)};
}

/* Is f a variable, or the complement of one, above @var? Then its cofactors are constants. */
static inline bool is_literal_above(const struct bdd_pool *pool, bdd f, unsigned var)
{
	const struct bdd_node *node = bdd_node_of(pool, f);

	return node->var < var && bdd_is_const(node->low) && bdd_is_const(node->high);
}

static inline unsigned min_var(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static inline void swap(bdd *f, bdd *g)
{
	bdd was = *f;

	*f = *g;
	*g = was;
}

/* ---- and */

/* Conjunctions that need no look below the roots. */
static inline bool is_easy_and(bdd f, bdd g, bdd *ret)
{
	if (f == g || g == BDD_TRUE)
		*ret = f;
	else if (f == BDD_TRUE)
		*ret = g;
	else if (f == bdd_not(g) || f == BDD_FALSE || g == BDD_FALSE)
		*ret = BDD_FALSE;
	else
		return false;
	return true;
}

/* literal and g, where g begins below it: one node. */
static bdd and_literal(struct bdd_pool *pool, bdd literal, bdd g)
{
	unsigned var = bdd_top(pool, literal);

	return split(pool, literal, var).low ? bdd_make(pool, var, g, BDD_FALSE)
					     : bdd_make(pool, var, BDD_FALSE, g);
}

bdd bdd_and(struct bdd_pool *pool, bdd f, bdd g)
{
	bdd result;

	if (pool->exhausted)
		return BDD_FALSE;
	if (is_easy_and(f, g, &result))
		return result;
	unsigned f_var = bdd_top(pool, f), g_var = bdd_top(pool, g), var = min_var(f_var, g_var);

	/* What makes a comparison with a constant cost a node a bit, and nothing else. */
	if (is_literal_above(pool, f, g_var))
		return and_literal(pool, f, g);
	if (is_literal_above(pool, g, f_var))
		return and_literal(pool, g, f);
	if (f > g)
		swap(&f, &g);
	struct bdd_memo key = memo_key(pool, BDD_OP_AND, f, g, 0);

	if (recall(pool, &key, &result))
		return result;
	struct cofactors a = split(pool, f, var), b = split(pool, g, var);
	bdd low = bdd_and(pool, a.low, b.low);
	bdd high = bdd_and(pool, a.high, b.high);

	return remember(pool, &key, bdd_make(pool, var, low, high));
}

bdd bdd_or(struct bdd_pool *pool, bdd f, bdd g)
{
	/* An exhausted pool's answer is false, not its complement. */
	bdd neither = bdd_and(pool, bdd_not(f), bdd_not(g));

	return pool->exhausted ? BDD_FALSE : bdd_not(neither);
}

/* ---- xor */

/* Both operands are no complements. */
static bdd xor_plain(struct bdd_pool *pool, bdd f, bdd g)
{
	bdd result;

	if (f == g)
		return BDD_FALSE;
	if (bdd_is_const(f) || bdd_is_const(g))
		return f | g; /* one of them is the constant false */
	if (f > g)
		swap(&f, &g);
	struct bdd_memo key = memo_key(pool, BDD_OP_XOR, f, g, 0);

	if (recall(pool, &key, &result))
		return result;
	unsigned var = min_var(bdd_top(pool, f), bdd_top(pool, g));
	struct cofactors a = split(pool, f, var), b = split(pool, g, var);
	bdd low = bdd_xor(pool, a.low, b.low);
	bdd high = bdd_xor(pool, a.high, b.high);

	return remember(pool, &key, bdd_make(pool, var, low, high));
}

bdd bdd_xor(struct bdd_pool *pool, bdd f, bdd g)
{
	bdd complement = (f ^ g) & 1;

	if (pool->exhausted)
		return BDD_FALSE;
	bdd result = xor_plain(pool, f & ~1u, g & ~1u);

	return pool->exhausted ? BDD_FALSE : result ^ complement;
}

/* ---- ite */

/* f ? g : h where g or h is a constant or the other's complement, so that two operands are left. */
static bool is_ite_of_two(struct bdd_pool *pool, bdd f, bdd g, bdd h, bdd *ret)
{
	if (g == BDD_TRUE)
		*ret = bdd_or(pool, f, h);
	else if (g == BDD_FALSE)
		*ret = bdd_and(pool, bdd_not(f), h);
	else if (h == BDD_TRUE)
		*ret = bdd_or(pool, bdd_not(f), g);
	else if (h == BDD_FALSE)
		*ret = bdd_and(pool, f, g);
	else if (g == bdd_not(h))
		*ret = bdd_xor(pool, f, h);
	else
		return false;
	return true;
}

/* Three different functions, none a constant; f and g no complements. */
static bdd ite_plain(struct bdd_pool *pool, bdd f, bdd g, bdd h)
{
	struct bdd_memo key = memo_key(pool, BDD_OP_ITE, f, g, h);
	bdd result;

	if (recall(pool, &key, &result))
		return result;
	unsigned below = min_var(bdd_top(pool, g), bdd_top(pool, h));
	unsigned var = min_var(bdd_top(pool, f), below);
	struct cofactors a = split(pool, f, var), b = split(pool, g, var), c = split(pool, h, var);
	bdd low = bdd_ite(pool, a.low, b.low, c.low);
	bdd high = bdd_ite(pool, a.high, b.high, c.high);

	return remember(pool, &key, bdd_make(pool, var, low, high));
}

bdd bdd_ite(struct bdd_pool *pool, bdd f, bdd g, bdd h)
{
	bdd result;

	if (pool->exhausted)
		return BDD_FALSE;
	if (bdd_is_const(f) || g == h)
		return f == BDD_TRUE ? g : h;
	if ((g ^ f) <= 1)
		g = f == g;
	if ((h ^ f) <= 1)
		h = f != h;
	if (is_ite_of_two(pool, f, g, h, &result))
		return result;
	if (f & 1)
		swap(&g, &h);
	bdd complement = g & 1;

	result = ite_plain(pool, f & ~1u, g ^ complement, h ^ complement);
	return pool->exhausted ? BDD_FALSE : result ^ complement;
}

/* ---- questions about assignments */

bool bdd_meet(struct bdd_pool *pool, bdd f, bdd g)
{
	bdd easy, met;

	if (pool->exhausted)
		return false;
	if (is_easy_and(f, g, &easy))
		return easy != BDD_FALSE;
	if (f > g)
		swap(&f, &g);
	struct bdd_memo key = memo_key(pool, BDD_OP_MEET, f, g, 0);

	if (recall(pool, &key, &met))
		return met == BDD_TRUE;
	unsigned var = min_var(bdd_top(pool, f), bdd_top(pool, g));
	struct cofactors a = split(pool, f, var), b = split(pool, g, var);
	bool meets = bdd_meet(pool, a.low, b.low) || bdd_meet(pool, a.high, b.high);

	return remember(pool, &key, meets ? BDD_TRUE : BDD_FALSE) == BDD_TRUE;
}

bdd bdd_exists(struct bdd_pool *pool, bdd f, unsigned from, unsigned to)
{
	bdd result;

	if (pool->exhausted)
		return BDD_FALSE;
	if (bdd_is_const(f) || bdd_top(pool, f) > to)
		return f;
	struct bdd_memo key = memo_key(pool, BDD_OP_EXISTS, f, from, to);

	if (recall(pool, &key, &result))
		return result;
	unsigned var = bdd_top(pool, f);
	struct cofactors a = split(pool, f, var);
	bdd low = bdd_exists(pool, a.low, from, to);

	if (var < from)
		result = bdd_make(pool, var, low, bdd_exists(pool, a.high, from, to));
	else if (low == BDD_TRUE)
		result = BDD_TRUE;
	else
		result = bdd_or(pool, low, bdd_exists(pool, a.high, from, to));
	return remember(pool, &key, result);
}
