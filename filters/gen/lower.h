/* SPDX-License-Identifier: MIT */
/*
 * From a policy to runs: for each audit value the whole space of 32-bit system call numbers, cut
 * into maximal ranges of equal outcome, each with the weight that the objective gives it.
 *
 * x86_64 and x32 share an audit value: the group of x86_64 ends at 0x3fffffff, and what is above
 * hangs under it as a group of its own. One more range for the tree of the one, a small tree of its
 * own for the other: together they would make one too large to search well.
 */
#ifndef SG_GEN_LOWER_H
#define SG_GEN_LOWER_H

#include "filters/gen/gen.h"
#include "filters/gen/ir.h"

/* A system call of an architecture, in the eyes of the objective. */
struct lower_call {
	uint32_t nr;
	ir_id node;        /* what the filter does with it */
	uint32_t action;   /* what comes out for its usual arguments: the mix's, else zeros */
	uint32_t insns;    /* of the node, to get there */
	double mix_weight; /* share of the mix, 0..1 */
	double weight;     /* for the objective */
};

struct lower_run {
	uint32_t low, high; /* numbers, both included */
	ir_id node;
	double weight;  /* of the calls in it */
	uint32_t worst; /* instructions of its node for an allowed call; 0: no call is allowed */
};

struct lower_group {
	uint32_t audit;
	struct lower_call *calls; /* ascending by number */
	size_t call_count, call_cap;
	struct lower_run *runs; /* from 0 or ABI_X32_BIT on, without a gap; neighbours differ */
	size_t run_count, run_cap;
	double weight;             /* beside other groups; within the group, weights sum to 1 */
	struct lower_group *above; /* from ABI_X32_BIT on; NULL where the runs reach UINT32_MAX */
};

/* Owned by the caller; valid when zeroed. */
struct lowered {
	struct lower_group *groups; /* in the policy's order of architectures */
	size_t len, cap;
};

/* Builds the argument graphs in @ir, then the runs. @shortest: graphs for length alone. */
void lower_policy(struct ir *ir, const struct gen_request *request, bool shortest,
		  struct lowered *out);
void lowered_release(struct lowered *lowered);

#endif
