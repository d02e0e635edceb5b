/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: a filter run on all inputs at once.
 *
 * Forward from the first instruction; jumps only go forward, so the order of instructions is a
 * topological one. Where ways join, registers and scratch words that are still read (liveness)
 * become a choice by the way's condition, dead ones are forgotten.
 */
#ifndef SG_PROVE_RUN_H
#define SG_PROVE_RUN_H

#include "filters/cbpf/prog.h"
#include "filters/prove/sym.h"

/* By instruction: the inputs that come there; of conditional jumps, those that go by jt and by jf,
 * which are all of them where both are one. Owned arrays; prove_reach_release(). */
struct prove_reach {
	bdd *here, *taken, *fell;
};

/*
 * The verdict of @prog, which has passed cbpf_verify(), as a function of the input: the effect,
 * abi_verdict_effect(). @ret_reach may be NULL. Meaningless when the pool is exhausted afterwards.
 */
struct sym prove_run(struct bdd_pool *pool, const struct cbpf_prog *prog,
		     struct prove_reach *ret_reach);
void prove_reach_release(struct prove_reach *reach);

#endif
