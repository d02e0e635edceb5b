/* SPDX-License-Identifier: MIT */
#include "filters/prove/smt_terms.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness/base/alloc.h"

#define ERRNO_MAX 4095u /* MAX_ERRNO of include/linux/err.h */

void smt_terms_init(struct smt_terms *terms, const struct smt_z3 *z3, Z3_error_handler *on_error)
{
	char name[16];

	/* A context without reference counts: terms need none then. */
	*terms = (struct smt_terms){.z3 = z3, .context = z3->mk_context(z3->mk_config())};
	z3->set_error_handler(terms->context, on_error);
	terms->bits32 = z3->mk_bv_sort(terms->context, 32);
	terms->bits64 = z3->mk_bv_sort(terms->context, 64);
	terms->yes = z3->mk_true(terms->context);
	terms->no = z3->mk_false(terms->context);
	for (int i = 0; i < ABI_DATA_WORDS; i++) {
		snprintf(name, sizeof(name), "w%d", i);
		terms->words[i] =
			z3->mk_const(terms->context, z3->mk_string_symbol(terms->context, name),
				     terms->bits32);
	}
}

Z3_ast smt_number(const struct smt_terms *terms, uint32_t value)
{
	return terms->z3->mk_unsigned_int(terms->context, value, terms->bits32);
}

Z3_ast smt_and(const struct smt_terms *terms, Z3_ast a, Z3_ast b)
{
	if (a == terms->yes || b == terms->no)
		return b;
	if (b == terms->yes || a == terms->no)
		return a;
	return terms->z3->mk_and(terms->context, 2, (Z3_ast[]){a, b});
}

Z3_ast smt_or(const struct smt_terms *terms, Z3_ast a, Z3_ast b)
{
	if (a == terms->no || b == terms->yes)
		return b;
	if (b == terms->no || a == terms->yes)
		return a;
	return terms->z3->mk_or(terms->context, 2, (Z3_ast[]){a, b});
}

Z3_ast smt_not(const struct smt_terms *terms, Z3_ast a)
{
	return terms->z3->mk_not(terms->context, a);
}

Z3_ast smt_choose(const struct smt_terms *terms, Z3_ast when, Z3_ast a, Z3_ast b)
{
	return a == b ? a : terms->z3->mk_ite(terms->context, when, a, b);
}

Z3_ast smt_equal(const struct smt_terms *terms, Z3_ast a, Z3_ast b)
{
	return terms->z3->mk_eq(terms->context, a, b);
}

Z3_ast smt_is(const struct smt_terms *terms, Z3_ast a, uint32_t value)
{
	return smt_equal(terms, a, smt_number(terms, value));
}

/* kernel/seccomp.c, __seccomp_filter: what it takes the value for, by its upper half. */
Z3_ast smt_effect(const struct smt_terms *terms, Z3_ast value)
{
	static const uint32_t bare[] = {ABI_RET_KILL_THREAD, ABI_RET_USER_NOTIF, ABI_RET_LOG,
					ABI_RET_ALLOW};
	static const uint32_t with_data[] = {ABI_RET_TRAP, ABI_RET_TRACE};
	const struct smt_z3 *z3 = terms->z3;
	Z3_context context = terms->context;
	Z3_ast action = z3->mk_bvand(context, value, smt_number(terms, ABI_RET_ACTION_FULL));
	Z3_ast errno_max = smt_number(terms, ABI_RET_ERRNO | ERRNO_MAX);
	Z3_ast effect = smt_number(terms, ABI_RET_KILL_PROCESS);

	for (size_t i = 0; i < SG_COUNT(bare); i++)
		effect = smt_choose(terms, smt_is(terms, action, bare[i]),
				    smt_number(terms, bare[i]), effect);
	for (size_t i = 0; i < SG_COUNT(with_data); i++)
		effect = smt_choose(terms, smt_is(terms, action, with_data[i]), value, effect);
	return smt_choose(terms, smt_is(terms, action, ABI_RET_ERRNO),
			  smt_choose(terms, z3->mk_bvugt(context, value, errno_max), errno_max,
				     value),
			  effect);
}

/* ---- cases */

void smt_cases_add(const struct smt_terms *terms, struct smt_cases *cases, uint32_t value,
		   Z3_ast when)
{
	for (size_t i = 0; i < cases->len; i++)
		if (cases->items[i].value == value) {
			cases->items[i].when = smt_or(terms, cases->items[i].when, when);
			return;
		}
	SG_GROW(cases->items, cases->len, cases->cap);
	cases->items[cases->len++] = (struct smt_case){value, when};
}

Z3_ast smt_cases_value(const struct smt_terms *terms, const struct smt_cases *cases, Z3_ast other)
{
	for (size_t i = cases->len; i-- > 0;)
		other = smt_choose(terms, cases->items[i].when,
				   smt_number(terms, cases->items[i].value), other);
	return other;
}

void smt_cases_release(struct smt_cases *cases)
{
	free(cases->items);
	*cases = (struct smt_cases){0};
}
