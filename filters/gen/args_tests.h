/* SPDX-License-Identifier: MIT */
/* The tests that the search (args_search.h) tries in front of a graph. */
#ifndef SG_GEN_ARGS_TESTS_H
#define SG_GEN_ARGS_TESTS_H

#include "filters/gen/args_graph.h"

#define ARGS_SOME_TESTS 48 /* so many need no memory of their own */

struct args_tests {
	struct ir_test some[ARGS_SOME_TESTS];
	struct ir_test *items; /* some, or owned */
	size_t count;
	uint16_t whole_words; /* those to be decided as a whole, a bit each */
};

/*
 * The tests of @root, high halves first, so that of equal graphs those are chosen whose high halves
 * stand in front (args_chain.c says why). And a part of masked comparisons that samples of @set
 * fail on: one JSET may tell what takes an AND and a JEQ:
 *	(x & mask) == value	x & (mask & ~value)	x & (a bit of the value)
 *
 * False, and nothing to release: there are too many.
 */
bool args_tests_find(struct args_graph *graph, ir_id root, const struct args_samples *samples,
		     uint64_t set, bool big_endian, struct args_tests *tests);
void args_tests_release(struct args_tests *tests);

#endif
