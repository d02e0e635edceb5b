/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: the functions of Z3 that we call, found in the library at run time. Nothing
 * is linked: <z3.h> gives the prototypes alone.
 */
#ifndef SG_PROVE_SMT_Z3_H
#define SG_PROVE_SMT_Z3_H

#include <stdbool.h>
#include <z3.h>

#include "harness/base/buf.h"

#define SMT_Z3_FUNCTIONS(X)          \
	X(mk_config)                 \
	X(mk_context)                \
	X(set_error_handler)         \
	X(get_error_msg)             \
	X(global_param_set)          \
	X(mk_string_symbol)          \
	X(mk_bv_sort)                \
	X(mk_const)                  \
	X(mk_true)                   \
	X(mk_false)                  \
	X(mk_unsigned_int)           \
	X(mk_unsigned_int64)         \
	X(mk_and)                    \
	X(mk_or)                     \
	X(mk_not)                    \
	X(mk_ite)                    \
	X(mk_eq)                     \
	X(mk_bvadd)                  \
	X(mk_bvsub)                  \
	X(mk_bvmul)                  \
	X(mk_bvudiv)                 \
	X(mk_bvand)                  \
	X(mk_bvor)                   \
	X(mk_bvxor)                  \
	X(mk_bvshl)                  \
	X(mk_bvlshr)                 \
	X(mk_bvneg)                  \
	X(mk_bvugt)                  \
	X(mk_bvuge)                  \
	X(mk_bvult)                  \
	X(mk_bvule)                  \
	X(mk_concat)                 \
	X(mk_atmost)                 \
	X(mk_params)                 \
	X(params_inc_ref)            \
	X(params_set_uint)           \
	X(params_set_bool)           \
	X(mk_tactic)                 \
	X(tactic_inc_ref)            \
	X(tactic_and_then)           \
	X(tactic_using_params)       \
	X(mk_solver_from_tactic)     \
	X(solver_inc_ref)            \
	X(solver_dec_ref)            \
	X(solver_set_params)         \
	X(solver_assert)             \
	X(solver_check)              \
	X(solver_get_model)          \
	X(solver_get_reason_unknown) \
	X(model_inc_ref)             \
	X(model_eval)                \
	X(get_numeral_uint)

struct smt_z3 {
#define SMT_Z3_FIELD(name) __typeof__(Z3_##name) *name;
	SMT_Z3_FUNCTIONS(SMT_Z3_FIELD)
#undef SMT_Z3_FIELD
};

/* What Debian's libz3-4 installs: the name that goes with the headers' ABI. */
#define SMT_Z3_LIBRARY "libz3.so.4"

/* Loads @library for as long as the process lives. False with the reason, one line. */
bool smt_z3_load(const char *library, struct smt_z3 *ret, struct sg_buf *reason);

#endif
