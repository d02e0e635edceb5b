/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: of the inputs that stand at one instruction, which come to another, worked
 * out as far as somebody asks. These conditions hold everything that is compared in between: from
 * the start of a filter on they are the largest diagrams there are.
 */
#ifndef SG_PROVE_WAYS_H
#define SG_PROVE_WAYS_H

#include "filters/prove/run.h"

struct ways {
	struct bdd_pool *pool;
	const struct cbpf_prog *prog;
	/* By instruction: of conditional jumps, when they go by jt; of others, when the run goes
	 * on. Set before anything behind the instruction is asked for; BDD_FALSE where no run
	 * comes. Borrowed. */
	const bdd *on;
	size_t from;              /* where all inputs stand */
	size_t known;             /* reach holds what leads on from the instructions before it */
	struct prove_reach reach; /* owned */
};

struct ways ways_from(struct bdd_pool *pool, const struct cbpf_prog *prog, const bdd *on,
		      size_t from);
/* The same from another instruction on. */
void ways_restart(struct ways *ways, size_t from);
void ways_release(struct ways *ways);

/* Of the inputs that come to @pc: those that go by jt, or on; and those that go by jf. */
bdd ways_on(struct ways *ways, size_t pc);
bdd ways_fell(struct ways *ways, size_t pc);
/* Do any come to @to from an instruction before @pc? */
bool ways_lead(struct ways *ways, size_t pc, size_t to);
/* All of it; owned by the caller, and gone from here. */
struct prove_reach ways_reach(struct ways *ways);

#endif
