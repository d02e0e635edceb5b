/* SPDX-License-Identifier: MIT */
#include "filters/prove/smt_rule.h"

static Z3_ast number64(const struct smt_terms *terms, uint64_t value)
{
	return terms->z3->mk_unsigned_int64(terms->context, value, terms->bits64);
}

static Z3_ast half(const struct smt_terms *terms, const struct abi_arch *arch, int arg, bool high)
{
	return terms->words[abi_off_half(arch->big_endian, arg, high) / 4];
}

/* What a condition sees of an argument. */
static Z3_ast argument(const struct smt_terms *terms, const struct abi_arch *arch, int arg)
{
	Z3_ast high = arch->word_bits == 32 ? smt_number(terms, 0) : half(terms, arch, arg, true);

	return terms->z3->mk_concat(terms->context, high, half(terms, arch, arg, false));
}

static Z3_ast holds(const struct smt_terms *terms, const struct abi_arch *arch,
		    const struct policy_cond *cond)
{
	const struct smt_z3 *z3 = terms->z3;
	Z3_context context = terms->context;
	Z3_ast arg = argument(terms, arch, cond->arg), value = number64(terms, cond->value);

	switch (cond->op) {
	case POLICY_NE: return smt_not(terms, smt_equal(terms, arg, value));
	case POLICY_LT: return z3->mk_bvult(context, arg, value);
	case POLICY_LE: return z3->mk_bvule(context, arg, value);
	case POLICY_EQ: return smt_equal(terms, arg, value);
	case POLICY_GE: return z3->mk_bvuge(context, arg, value);
	case POLICY_GT: return z3->mk_bvugt(context, arg, value);
	case POLICY_MASKED_EQ: break;
	}
	return smt_equal(terms, z3->mk_bvand(context, arg, value),
			 number64(terms, cond->value & cond->value_two));
}

Z3_ast smt_rule_matches(const struct smt_terms *terms, const struct abi_arch *arch,
			const struct policy_rule *rule)
{
	Z3_ast all = terms->yes;

	for (size_t i = 0; i < rule->cond_count; i++)
		all = smt_and(terms, all, holds(terms, arch, &rule->conds[i]));
	return all;
}

/* The datum of MASKED_EQ counts under the mask. */
static bool is_wide(const struct policy_cond *cond)
{
	uint64_t mask = cond->op == POLICY_MASKED_EQ ? cond->value_two : UINT64_MAX;

	return (cond->value & mask) >> 32 != 0;
}

Z3_ast smt_cond_unspecified(const struct smt_terms *terms, const struct abi_arch *arch,
			    const struct policy_cond *cond)
{
	if (arch->word_bits == 32 && is_wide(cond))
		return terms->yes;
	if (arch->id == ABI_X32)
		return smt_not(terms, smt_is(terms, half(terms, arch, cond->arg, true), 0));
	return terms->no;
}
