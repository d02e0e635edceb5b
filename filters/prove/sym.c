/* SPDX-License-Identifier: MIT */
/*
 * Values bit by bit. Bits that are constants cost next to nothing in the operations on diagrams
 * (bdd_ops.c), so that what has one constant operand needs no code of its own. Sums over bits go
 * from the lowest, whose variable of a plain word stands deepest: each step then adds a node on
 * top.
 */
#include <string.h>

#include "filters/prove/sym.h"

#define WORD_NR   (ABI_OFF_NR / 4)
#define WORD_ARCH (ABI_OFF_ARCH / 4)

unsigned sym_rank(unsigned word)
{
	switch (word) {
	case WORD_ARCH: return 0;
	case WORD_NR: return 1;
	default: return ABI_DATA_WORDS + 1 - word; /* from 2 on */
	}
}

struct sym sym_const(uint32_t value)
{
	struct sym ret;

	for (int i = 0; i < 32; i++)
		ret.bits[i] = value >> i & 1;
	return ret;
}

struct sym sym_word(struct bdd_pool *pool, unsigned word)
{
	struct sym ret;

	for (int i = 0; i < 32; i++)
		ret.bits[i] = bdd_var(pool, 32 * sym_rank(word) + 31 - i);
	return ret;
}

bool sym_is_const(const struct sym *a, uint32_t *ret_value)
{
	uint32_t value = 0;

	for (int i = 0; i < 32; i++) {
		if (a->bits[i] > BDD_TRUE)
			return false;
		value |= a->bits[i] << i;
	}
	*ret_value = value;
	return true;
}

bool sym_same(const struct sym *a, const struct sym *b)
{
	return memcmp(a->bits, b->bits, sizeof(a->bits)) == 0;
}

/* ---- bit by bit */

static struct sym by_bit(struct bdd_pool *pool, bdd (*op)(struct bdd_pool *, bdd, bdd),
			 const struct sym *a, const struct sym *b)
{
	struct sym ret;

	for (int i = 0; i < 32; i++)
		ret.bits[i] = op(pool, a->bits[i], b->bits[i]);
	return ret;
}

struct sym sym_and(struct bdd_pool *pool, const struct sym *a, const struct sym *b)
{
	return by_bit(pool, bdd_and, a, b);
}

struct sym sym_or(struct bdd_pool *pool, const struct sym *a, const struct sym *b)
{
	return by_bit(pool, bdd_or, a, b);
}

struct sym sym_xor(struct bdd_pool *pool, const struct sym *a, const struct sym *b)
{
	return by_bit(pool, bdd_xor, a, b);
}

/* Neighbours are often alike: all the bits that tell one verdict from the rest. */
struct sym sym_ite(struct bdd_pool *pool, bdd cond, const struct sym *a, const struct sym *b)
{
	struct sym ret = {.bits[0] = bdd_ite(pool, cond, a->bits[0], b->bits[0])};

	for (int i = 1; i < 32; i++)
		if (a->bits[i] == a->bits[i - 1] && b->bits[i] == b->bits[i - 1])
			ret.bits[i] = ret.bits[i - 1];
		else
			ret.bits[i] = bdd_ite(pool, cond, a->bits[i], b->bits[i]);
	return ret;
}

/* ---- comparisons */

bdd sym_eq(struct bdd_pool *pool, const struct sym *a, const struct sym *b)
{
	bdd equal = BDD_TRUE;

	for (int i = 0; i < 32 && equal != BDD_FALSE; i++)
		equal = bdd_and(pool, equal, bdd_not(bdd_xor(pool, a->bits[i], b->bits[i])));
	return equal;
}

bdd sym_differ(struct bdd_pool *pool, const struct sym *a, const struct sym *b)
{
	bdd differ = BDD_FALSE;

	for (int i = 0; i < 32 && differ != BDD_TRUE; i++)
		differ = bdd_or(pool, differ, bdd_xor(pool, a->bits[i], b->bits[i]));
	return differ;
}

/* The highest bit that differs decides. */
bdd sym_gt(struct bdd_pool *pool, const struct sym *a, const struct sym *b)
{
	bdd greater = BDD_FALSE;

	for (int i = 0; i < 32; i++) {
		bdd differ = bdd_xor(pool, a->bits[i], b->bits[i]);

		greater = bdd_ite(pool, differ, a->bits[i], greater);
	}
	return greater;
}

/* Of an exhausted pool the complement is no false, and needs to be none: no answer counts. */
bdd sym_ge(struct bdd_pool *pool, const struct sym *a, const struct sym *b)
{
	return bdd_not(sym_gt(pool, b, a));
}

bdd sym_meet(struct bdd_pool *pool, const struct sym *a, const struct sym *b)
{
	bdd meet = BDD_FALSE;

	for (int i = 0; i < 32 && meet != BDD_TRUE; i++)
		meet = bdd_or(pool, meet, bdd_and(pool, a->bits[i], b->bits[i]));
	return meet;
}
