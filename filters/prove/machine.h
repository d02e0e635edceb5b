/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: the registers and scratch words of the filter machine, as functions of the
 * input.
 */
#ifndef SG_PROVE_MACHINE_H
#define SG_PROVE_MACHINE_H

#include "filters/cbpf/prog.h"
#include "filters/prove/sym.h"

/* Zeroed: everything 0, as a run starts. */
struct machine {
	struct sym a, x;
	struct sym *scratch; /* BPF_MEMWORDS; NULL while nothing was stored that is read; owned */
};

/* On the heap, with what of @from is in @live (live.h). */
struct machine *machine_copy(const struct machine *from, uint32_t live);
void machine_free(struct machine *machine); /* NULL is fine */
/* Do the two differ in anything that is in @live? */
bool machine_differs(const struct machine *a, const struct machine *b, uint32_t live);
/* @into becomes @from where @cond holds, in what is in @live. */
void machine_merge(struct bdd_pool *pool, bdd cond, const struct machine *from, uint32_t live,
		   struct machine *into);

/* Loads, stores, moves and arithmetic. */
void machine_execute(struct bdd_pool *pool, const struct sock_filter *insn,
		     struct machine *machine);
/* The comparison of a conditional jump. */
bdd machine_compare(struct bdd_pool *pool, const struct sock_filter *insn,
		    const struct machine *machine);

#endif
