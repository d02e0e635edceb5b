/* SPDX-License-Identifier: MIT */
/* A graph cut by one of its words: for each run of values what is left of the graph. */
#ifndef SG_GEN_ARGS_CUT_H
#define SG_GEN_ARGS_CUT_H

#include "filters/gen/args_runs.h"

/* How many different tests of @word there are among @tests; 0 unless all of them compare it with a
 * value, without a mask. */
size_t args_cut_tests(const struct ir_test *tests, size_t count, uint8_t word);

/* The runs of @word, with what is left of @root for each; the rest of struct args_run is 0.
 * @tests has all tests of @root. Returns their number; owned by the caller. */
size_t args_cut(struct args_graph *graph, ir_id root, const struct ir_test *tests,
		size_t test_count, uint8_t word, struct args_run **ret_runs);

#endif
