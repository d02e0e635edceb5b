/* SPDX-License-Identifier: MIT */
/*
 * Private to lower.c: which things (rules of the policy, lines of the mix) belong to which call of
 * an architecture, as a list for each call. No thing is looked at once for every call, nor sorted.
 */
#ifndef SG_GEN_LOWER_BY_CALL_H
#define SG_GEN_LOWER_BY_CALL_H

#include "filters/abi/abi.h"

/* Things count from 1, so that 0 ends a list. Owned arrays. */
struct by_call {
	const struct abi_arch *arch;
	uint32_t *first; /* by the call's place in abi_calls() */
	uint32_t *next;  /* by thing */
};

void by_call_init(struct by_call *by_call, const struct abi_arch *arch, size_t things);
void by_call_release(struct by_call *by_call);

/* In front of those that the call has: who puts the last thing first gets lists in order. @nr: of
 * a call of the architecture; ABI_NR_NONE: nobody gets the thing. */
void by_call_put(struct by_call *by_call, int nr, size_t thing);

#endif
