/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: which registers and scratch words of a filter are still read from an
 * instruction on, on some way to a RET. The rest may be forgotten there, and what would only be
 * written to it need not be worked out.
 */
#ifndef SG_PROVE_LIVE_H
#define SG_PROVE_LIVE_H

#include "filters/cbpf/prog.h"

/* A set of them. */
#define LIVE_A             1u
#define LIVE_X             2u
#define LIVE_SCRATCH(slot) (4u << (slot))
#define LIVE_ANY_SCRATCH   (LIVE_SCRATCH(BPF_MEMWORDS) - LIVE_SCRATCH(0))

/* By instruction: before it. Owned; free(). @prog has passed cbpf_verify(). */
uint32_t *live_before(const struct cbpf_prog *prog);
/* What a load, a store, a move or arithmetic writes; of other instructions nothing. */
uint32_t live_written(const struct sock_filter *insn);

#endif
