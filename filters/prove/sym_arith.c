/* SPDX-License-Identifier: MIT */
/* Arithmetic, as a circuit would do it. Constants alone are reckoned with. */
#include "filters/prove/sym.h"

static bool both_const(const struct sym *a, const struct sym *b, uint32_t *ret_a, uint32_t *ret_b)
{
	return sym_is_const(a, ret_a) && sym_is_const(b, ret_b);
}

/* ---- sums */

/* a + (b ^ flip) + carry, with flip in every bit: a ripple of full adders. */
static struct sym ripple(struct bdd_pool *pool, const struct sym *a, const struct sym *b, bdd flip,
			 bdd carry)
{
	struct sym ret;

	for (int i = 0; i < 32; i++) {
		bdd x = a->bits[i], differ = bdd_xor(pool, x, b->bits[i] ^ flip);

		ret.bits[i] = bdd_xor(pool, differ, carry);
		if (i < 31)
			carry = bdd_ite(pool, differ, carry, x);
	}
	return ret;
}

struct sym sym_add(struct bdd_pool *pool, const struct sym *a, const struct sym *b)
{
	uint32_t x, y;

	if (both_const(a, b, &x, &y))
		return sym_const(x + y);
	return ripple(pool, a, b, 0, BDD_FALSE);
}

/* By the two's complement: a + ~b + 1. */
struct sym sym_sub(struct bdd_pool *pool, const struct sym *a, const struct sym *b)
{
	uint32_t x, y;

	if (both_const(a, b, &x, &y))
		return sym_const(x - y);
	return ripple(pool, a, b, 1, BDD_TRUE);
}

struct sym sym_neg(struct bdd_pool *pool, const struct sym *a)
{
	struct sym zero = sym_const(0);

	return sym_sub(pool, &zero, a);
}

/* ---- shifts */

static struct sym shifted_left(const struct sym *a, unsigned by)
{
	struct sym ret = sym_const(0);

	for (unsigned i = by; i < 32; i++)
		ret.bits[i] = a->bits[i - by];
	return ret;
}

static struct sym shifted_right(const struct sym *a, unsigned by)
{
	struct sym ret = sym_const(0);

	for (unsigned i = by; i < 32; i++)
		ret.bits[i - by] = a->bits[i];
	return ret;
}

/* By 16, 8, 4, 2 and 1, each where its bit of @by is set. */
static struct sym shift(struct bdd_pool *pool, struct sym (*shifted)(const struct sym *, unsigned),
			const struct sym *a, const struct sym *by)
{
	struct sym ret = *a;

	for (int i = 4; i >= 0; i--) {
		struct sym moved = shifted(&ret, 1u << i);

		ret = sym_ite(pool, by->bits[i], &moved, &ret);
	}
	return ret;
}

struct sym sym_lsh(struct bdd_pool *pool, const struct sym *a, const struct sym *b)
{
	return shift(pool, shifted_left, a, b);
}

struct sym sym_rsh(struct bdd_pool *pool, const struct sym *a, const struct sym *b)
{
	return shift(pool, shifted_right, a, b);
}

/* ---- products and quotients */

static struct sym gated(struct bdd_pool *pool, bdd gate, const struct sym *a)
{
	struct sym zero = sym_const(0);

	return sym_ite(pool, gate, a, &zero);
}

/* The sum of @a, shifted, for each bit of @b. */
static struct sym shift_and_add(struct bdd_pool *pool, const struct sym *a, const struct sym *b)
{
	struct sym sum = sym_const(0);

	for (unsigned i = 0; i < 32; i++) {
		if (b->bits[i] == BDD_FALSE)
			continue;
		struct sym moved = shifted_left(a, i), term = gated(pool, b->bits[i], &moved);

		sum = sym_add(pool, &sum, &term);
	}
	return sum;
}

struct sym sym_mul(struct bdd_pool *pool, const struct sym *a, const struct sym *b)
{
	uint32_t x, y;

	if (both_const(a, b, &x, &y))
		return sym_const(x * y);
	return sym_is_const(a, &x) ? shift_and_add(pool, b, a) : shift_and_add(pool, a, b);
}

/*
 * Restoring division, from the highest bit: the remainder takes in the next bit of @a, and where
 * it has reached @b, @b goes off it and the quotient's bit is set. It is never above what was taken
 * in, so that the shift loses no bit.
 */
static struct sym restoring_division(struct bdd_pool *pool, const struct sym *a,
				     const struct sym *b)
{
	struct sym quotient, rest = sym_const(0);

	for (int i = 31; i >= 0; i--) {
		rest = shifted_left(&rest, 1);
		rest.bits[0] = a->bits[i];
		quotient.bits[i] = sym_ge(pool, &rest, b);
		struct sym less = sym_sub(pool, &rest, b);

		rest = sym_ite(pool, quotient.bits[i], &less, &rest);
	}
	return quotient;
}

struct sym sym_div(struct bdd_pool *pool, const struct sym *a, const struct sym *b)
{
	uint32_t x, y;

	if (sym_is_const(b, &y) && y != 0) {
		if (sym_is_const(a, &x))
			return sym_const(x / y);
		if ((y & (y - 1)) == 0)
			return shifted_right(a, (unsigned)__builtin_ctz(y));
	}
	return restoring_division(pool, a, b);
}
