/* SPDX-License-Identifier: MIT */
/* Private to the room: whether a condition over the input can hold, and with which input. */
#ifndef SG_PROVE_SMT_SOLVER_H
#define SG_PROVE_SMT_SOLVER_H

#include "filters/prove/smt_terms.h"

struct smt_solver {
	const struct smt_terms *terms;
	Z3_params params;
	Z3_tactic tactic; /* Z3's steps */
	Z3_solver solver; /* of the last check */
	Z3_model model;   /* where that found an input */
};

/* Borrows @terms. Everything lives as long as their context. */
void smt_solver_init(struct smt_solver *solver, const struct smt_terms *terms);

/* From now on by steps that decide more arithmetic, but take up to five times as long on large
 * filters of comparisons. */
void smt_solver_deepen(struct smt_solver *solver);

/* Can both conditions hold at once? Until @until_ns of sg_monotonic_ns(), about. */
Z3_lbool smt_solver_check(struct smt_solver *solver, Z3_ast condition, Z3_ast other,
			  uint64_t until_ns);
/* The last check was Z3_L_TRUE: a 32-bit term for the input that it found. */
uint32_t smt_solver_value(const struct smt_solver *solver, Z3_ast term);
/* The last check was Z3_L_UNDEF: why, in Z3's words. */
const char *smt_solver_reason(const struct smt_solver *solver);

#endif
