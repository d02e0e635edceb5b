/* SPDX-License-Identifier: MIT */
/* What the interpreter says of a tuple, as the kernel acts on it. */
#ifndef SG_PROVE_TESTS_EFFECT_H
#define SG_PROVE_TESTS_EFFECT_H

#include "filters/cbpf/interp.h"

static inline uint32_t effect_at(const struct cbpf_prog *prog, const struct abi_tuple *tuple)
{
	return abi_verdict_effect(cbpf_run(prog, tuple).ret);
}

#endif
