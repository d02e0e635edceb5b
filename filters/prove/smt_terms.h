/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: terms over the 16 words of a filter's input. Conditions are Booleans, values
 * have 32 bits.
 *
 * Terms belong to the context and live as long. Where Z3 fails (memory runs out) its error handler
 * does not return, so that no function here has to check.
 */
#ifndef SG_PROVE_SMT_TERMS_H
#define SG_PROVE_SMT_TERMS_H

#include <stdint.h>

#include "filters/abi/abi.h"
#include "filters/prove/smt_z3.h"

struct smt_terms {
	const struct smt_z3 *z3;
	Z3_context context;
	Z3_sort bits32, bits64;
	Z3_ast yes, no;
	Z3_ast words[ABI_DATA_WORDS]; /* what LD|W|ABS at 4 * i sees */
};

/* A context of its own; @on_error must not return. */
void smt_terms_init(struct smt_terms *terms, const struct smt_z3 *z3, Z3_error_handler *on_error);

Z3_ast smt_number(const struct smt_terms *terms, uint32_t value);
Z3_ast smt_and(const struct smt_terms *terms, Z3_ast a, Z3_ast b);
Z3_ast smt_or(const struct smt_terms *terms, Z3_ast a, Z3_ast b);
Z3_ast smt_not(const struct smt_terms *terms, Z3_ast a);
/* Of two Booleans or two values. */
Z3_ast smt_choose(const struct smt_terms *terms, Z3_ast when, Z3_ast a, Z3_ast b);
Z3_ast smt_equal(const struct smt_terms *terms, Z3_ast a, Z3_ast b);
/* Does the value equal the constant? */
Z3_ast smt_is(const struct smt_terms *terms, Z3_ast a, uint32_t value);
/* abi_verdict_effect() of a value. */
Z3_ast smt_effect(const struct smt_terms *terms, Z3_ast value);

/*
 * A value that is one of a few constants. Conditions of different constants exclude each other.
 * One condition for each constant, instead of one choice for each place where a constant comes
 * from: the question is then one about Booleans. Valid when zeroed; the list is owned.
 */
struct smt_case {
	uint32_t value;
	Z3_ast when;
};
struct smt_cases {
	struct smt_case *items;
	size_t len, cap;
};
void smt_cases_add(const struct smt_terms *terms, struct smt_cases *cases, uint32_t value,
		   Z3_ast when);
/* The value; @other where no case holds. */
Z3_ast smt_cases_value(const struct smt_terms *terms, const struct smt_cases *cases, Z3_ast other);
void smt_cases_release(struct smt_cases *cases);

#endif
