/* SPDX-License-Identifier: MIT */
#include "filters/prove/conds.h"
#include "filters/prove/sym.h"

/* ---- words */

bdd cond_word_bit(struct bdd_pool *pool, unsigned word, unsigned bit)
{
	return bdd_var(pool, 32 * sym_rank(word) + 31 - bit);
}

bdd cond_word_above(struct bdd_pool *pool, unsigned word, uint32_t value)
{
	bdd above = BDD_FALSE;

	for (unsigned bit = 0; bit < 32; bit++) {
		const bdd set = cond_word_bit(pool, word, bit);

		above = value >> bit & 1 ? bdd_ite(pool, set, above, BDD_FALSE)
					 : bdd_ite(pool, set, BDD_TRUE, above);
	}
	return above;
}

bdd cond_word_masked(struct bdd_pool *pool, unsigned word, uint32_t mask, uint32_t value)
{
	bdd equal = BDD_TRUE;

	for (unsigned bit = 0; bit < 32; bit++) {
		const bdd set = cond_word_bit(pool, word, bit);

		if (!(mask >> bit & 1))
			continue;
		equal = value >> bit & 1 ? bdd_ite(pool, set, equal, BDD_FALSE)
					 : bdd_ite(pool, set, BDD_FALSE, equal);
	}
	return equal;
}

bdd cond_call(struct bdd_pool *pool, uint32_t audit, uint32_t nr)
{
	return bdd_and(pool, cond_word_masked(pool, ABI_OFF_ARCH / 4, UINT32_MAX, audit),
		       cond_word_masked(pool, ABI_OFF_NR / 4, UINT32_MAX, nr));
}

/* ---- arguments */

static unsigned half(const struct abi_arch *arch, unsigned arg, bool high)
{
	return abi_off_half(arch->big_endian, (int)arg, high) / 4;
}

static bool is_narrow(const struct abi_arch *arch)
{
	return arch->word_bits == 32;
}

/* (argument & mask) == value. */
static bdd masked(struct bdd_pool *pool, const struct abi_arch *arch, unsigned arg, uint64_t mask,
		  uint64_t value)
{
	const bdd low =
		cond_word_masked(pool, half(arch, arg, false), (uint32_t)mask, (uint32_t)value);

	if (is_narrow(arch))
		return value > UINT32_MAX ? BDD_FALSE : low;
	return bdd_and(pool, low,
		       cond_word_masked(pool, half(arch, arg, true), (uint32_t)(mask >> 32),
					(uint32_t)(value >> 32)));
}

static bdd equal(struct bdd_pool *pool, const struct abi_arch *arch, unsigned arg, uint64_t value)
{
	return masked(pool, arch, arg, UINT64_MAX, value);
}

static bdd above(struct bdd_pool *pool, const struct abi_arch *arch, unsigned arg, uint64_t value)
{
	const bdd low = cond_word_above(pool, half(arch, arg, false), (uint32_t)value);
	const uint32_t upper = (uint32_t)(value >> 32);

	if (is_narrow(arch))
		return upper ? BDD_FALSE : low;
	const unsigned high = half(arch, arg, true);
	const bdd same = cond_word_masked(pool, high, UINT32_MAX, upper);
	return bdd_or(pool, cond_word_above(pool, high, upper), bdd_and(pool, same, low));
}

static bdd at_least(struct bdd_pool *pool, const struct abi_arch *arch, unsigned arg,
		    uint64_t value)
{
	return value == 0 ? BDD_TRUE : above(pool, arch, arg, value - 1);
}

bdd cond_holds(struct bdd_pool *pool, const struct abi_arch *arch, const struct policy_cond *cond)
{
	const uint64_t value = cond->value;

	switch (cond->op) {
	case POLICY_NE: return bdd_not(equal(pool, arch, cond->arg, value));
	case POLICY_LT: return bdd_not(at_least(pool, arch, cond->arg, value));
	case POLICY_LE: return bdd_not(above(pool, arch, cond->arg, value));
	case POLICY_EQ: return equal(pool, arch, cond->arg, value);
	case POLICY_GE: return at_least(pool, arch, cond->arg, value);
	case POLICY_GT: return above(pool, arch, cond->arg, value);
	case POLICY_MASKED_EQ: return masked(pool, arch, cond->arg, value, cond->value_two & value);
	}
	return BDD_FALSE;
}

unsigned cond_rank(const struct abi_arch *arch, const struct policy_cond *cond)
{
	return sym_rank(half(arch, cond->arg, false));
}

bdd cond_upper_half(struct bdd_pool *pool, const struct abi_arch *arch, unsigned arg)
{
	return bdd_not(cond_word_masked(pool, half(arch, arg, true), UINT32_MAX, 0));
}
