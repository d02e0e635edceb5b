/* SPDX-License-Identifier: MIT */
/* Private to the room: a filter as a term. */
#ifndef SG_PROVE_SMT_PROG_H
#define SG_PROVE_SMT_PROG_H

#include "filters/cbpf/prog.h"
#include "filters/prove/smt_terms.h"

/* The effect (abi_verdict_effect()) of what @prog returns; it has passed cbpf_verify(). */
Z3_ast smt_prog(const struct smt_terms *terms, const struct cbpf_prog *prog);

#endif
