/* SPDX-License-Identifier: MIT */
/*
 * The best graph for what a graph says, made anew from its tests.
 *
 *	solve(graph):
 *		for each move: what is left behind each of its answers
 *		the cheapest of
 *			if (test) solve(left behind yes) else solve(left behind no)
 *			comparisons of a word (args_runs.h), solve(left) for each run of its values
 *			the graph as it is
 *
 * "What is left" (args_graph.h) are the same few graphs again and again, whichever tests came
 * first, so each is solved once. That is exact for the tests at hand where there are few of them;
 * with more the most promising are tried alone, and when the work is up the graphs stay as they
 * are. So it needs no order of rules, of conditions or of halves, nor to look for tests that are
 * made twice: it cannot see them.
 *
 * A word whose tests are all comparisons with values is decided by all of them at once. Of such
 * tests alone those are tried that a sample meets.
 */
#ifndef SG_GEN_ARGS_SEARCH_H
#define SG_GEN_ARGS_SEARCH_H

#include "filters/gen/args_graph.h"

/* A graph that says what @root says, and costs no more (args_cost_less()). *ret_complete: all was
 * tried that this file knows to try. */
ir_id args_search(struct args_graph *graph, ir_id root, const struct args_samples *samples,
		  bool big_endian, bool *ret_complete);

#endif
