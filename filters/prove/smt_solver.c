/* SPDX-License-Identifier: MIT */
#include "filters/prove/smt_solver.h"

#include "harness/base/alloc.h"
#include "harness/base/clock.h"

/* What nothing refers to goes when the next object is made: a reference comes first of all. */
static Z3_params new_params(const struct smt_terms *terms)
{
	Z3_params params = terms->z3->mk_params(terms->context);

	terms->z3->params_inc_ref(terms->context, params);
	return params;
}

/* ---- Z3's steps */

static Z3_tactic then(const struct smt_terms *terms, Z3_tactic first, const char *name)
{
	const struct smt_z3 *z3 = terms->z3;
	Z3_tactic next = z3->mk_tactic(terms->context, name), both;

	z3->tactic_inc_ref(terms->context, next);
	if (!first)
		return next;
	both = z3->tactic_and_then(terms->context, first, next);
	z3->tactic_inc_ref(terms->context, both);
	return both;
}

/* Sums and products are brought into one order: those written in two ways become one. */
static Z3_tactic sorted(const struct smt_terms *terms, Z3_tactic all)
{
	static const char *const names[] = {"bv_sort_ac", "sort_sums"};
	const struct smt_z3 *z3 = terms->z3;
	Z3_params params = new_params(terms);

	for (size_t i = 0; i < SG_COUNT(names); i++)
		z3->params_set_bool(terms->context, params,
				    z3->mk_string_symbol(terms->context, names[i]), true);
	all = z3->tactic_using_params(terms->context, all, params);
	z3->tactic_inc_ref(terms->context, all);
	return all;
}

/*
 * With @deep, and-inverter graphs ("aig") find what is equal in both sides down to single bits.
 *
 * Found on 320 small programs with arithmetic against the same written otherwise: Z3's own choice
 * for the logic (QF_BV) gave up on 7 of them after 4 s, these steps on 1, on 6 when not sorted, on
 * none when deep. Two filters of 4,000 comparisons: QF_BV 30 s, these 1.3 s, deep 6 s.
 */
static Z3_tactic steps(const struct smt_terms *terms, bool deep)
{
	static const char *const names[] = {"simplify",     "propagate-values", "solve-eqs",
					    "elim-uncnstr", "simplify",         "bit-blast"};
	Z3_tactic all = NULL;

	for (size_t i = 0; i < SG_COUNT(names); i++)
		all = then(terms, all, names[i]);
	if (deep)
		all = then(terms, all, "aig");
	return sorted(terms, then(terms, all, "sat"));
}

void smt_solver_init(struct smt_solver *solver, const struct smt_terms *terms)
{
	*solver = (struct smt_solver){.terms = terms, .params = new_params(terms)};
	solver->tactic = steps(terms, false);
}

void smt_solver_deepen(struct smt_solver *solver)
{
	solver->tactic = steps(solver->terms, true);
}

/* ---- asking */

/* A new one each time: asked again, a solver goes over to a way that is slower on filters. */
static void renew(struct smt_solver *solver)
{
	const struct smt_z3 *z3 = solver->terms->z3;
	Z3_context context = solver->terms->context;

	if (solver->solver)
		z3->solver_dec_ref(context, solver->solver);
	solver->solver = z3->mk_solver_from_tactic(context, solver->tactic);
	z3->solver_inc_ref(context, solver->solver);
}

static void set_timeout(struct smt_solver *solver, uint64_t until_ns)
{
	const struct smt_z3 *z3 = solver->terms->z3;
	Z3_context context = solver->terms->context;
	uint64_t now_ns = sg_monotonic_ns();
	uint64_t left_ms = until_ns > now_ns ? (until_ns - now_ns) / 1000000 : 0;

	/* At least 1: to Z3, 0 is no time limit. */
	z3->params_set_uint(context, solver->params, z3->mk_string_symbol(context, "timeout"),
			    left_ms ? (unsigned)left_ms : 1);
	z3->solver_set_params(context, solver->solver, solver->params);
}

static void keep_model(struct smt_solver *solver)
{
	const struct smt_z3 *z3 = solver->terms->z3;
	Z3_context context = solver->terms->context;

	solver->model = z3->solver_get_model(context, solver->solver);
	z3->model_inc_ref(context, solver->model);
}

Z3_lbool smt_solver_check(struct smt_solver *solver, Z3_ast condition, Z3_ast other,
			  uint64_t until_ns)
{
	const struct smt_z3 *z3 = solver->terms->z3;
	Z3_context context = solver->terms->context;
	Z3_lbool found;

	renew(solver);
	z3->solver_assert(context, solver->solver, condition);
	z3->solver_assert(context, solver->solver, other);
	set_timeout(solver, until_ns);
	found = z3->solver_check(context, solver->solver);
	if (found == Z3_L_TRUE)
		keep_model(solver);
	return found;
}

uint32_t smt_solver_value(const struct smt_solver *solver, Z3_ast term)
{
	const struct smt_z3 *z3 = solver->terms->z3;
	Z3_ast number = term;
	unsigned value = 0;

	z3->model_eval(solver->terms->context, solver->model, term, true, &number);
	z3->get_numeral_uint(solver->terms->context, number, &value);
	return value;
}

const char *smt_solver_reason(const struct smt_solver *solver)
{
	return solver->terms->z3->solver_get_reason_unknown(solver->terms->context, solver->solver);
}
