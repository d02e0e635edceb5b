/* SPDX-License-Identifier: MIT */
/*
 * One word, cut into runs of values with equal outcome, as comparisons:
 *
 *	if (word >= start of a run)		// a split
 *		... the runs from there on
 *	else
 *		... the runs below
 * or
 *	if (word == a) goto a's outcome;	// a chain of single values
 *	if (word == b) goto b's outcome;
 *	goto the outcome of all the rest
 *
 * whichever costs the samples less, then the worst way, then in length: exactly, by a dynamic
 * program over intervals of runs, where there are few. Many are split in the middle until they are
 * few; of very many, so that the filter stays short, only down to chains of some length.
 */
#ifndef SG_GEN_ARGS_RUNS_H
#define SG_GEN_ARGS_RUNS_H

#include "filters/gen/args_graph.h"

struct args_run {
	uint32_t low, high; /* both included; runs join without a gap, from 0 to UINT32_MAX */
	ir_id to;           /* neighbours differ */
	uint64_t weight;    /* of the samples in it */
	uint32_t worst;     /* instructions from there on, the word being loaded */
};

ir_id args_runs_tree(struct ir *ir, uint8_t word, const struct args_run *runs, size_t count);

#endif
