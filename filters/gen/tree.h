/* SPDX-License-Identifier: MIT */
/*
 * From runs to a decision tree over the system call number: the tests that decide which run a
 * number lies in, arranged so that the weighted number of tests is least.
 *
 * Two searches, one after the other:
 *
 * peel (tree_peel.h), while a few numbers outweigh all others: at each step the one test that
 * promises most for them, among all of
 *	jset #(any mask of the number's bits)
 *	jge #(start of any segment)
 *	jeq #(heavy number)
 *
 * spans (tree_span.h), for what is left: a dynamic program over intervals of segments, each
 * decided by a split, a chain of single numbers, or, where it is short, by the best of all trees
 * of all three tests (tree_knot.h).
 *
 * What was tried and did not help, so that nobody tries it again unknowing; figures are executed
 * instructions a call, podman-default on x86_64:
 * - Taking up to two heavy numbers out of any interval of the dynamic program (jeq only, no jset)
 *   in place of the peel: 5.868 for the mix against 5.807, in ten times the time.
 * - A beam of two to twenty tests at each step of the peel in place of its three guesses: no gain
 *   on podman-default and plain names, 0.011 on a blocklist of 43, for up to ten times the work.
 * - jset at the root for the uniform objective: always behind the dynamic program's split, but on
 *   the blocklist, where the knots reach the same.
 * - Sending x32's numbers through x86_64's tree with bit 30 masked off: jumps only go forward, so
 *   that bit would have to be tested before all else, one test for every call.
 * - Knots of more than five segments: 0.003 for the uniform objective at eight, for ten times the
 *   work.
 *
 * And for time, on three architectures; README.md says how it is counted:
 * - Keeping what the masks do to a set for the peel's next guess: 25 of its 27 sets are new ones.
 * - All intervals of the dynamic program in one block, not one for each last segment: 1% fewer
 *   instructions (11% for the worst objective), but a fresh process touches six pages more, which
 *   takes longer.
 * - For the worst objective, the least worst way first and then what costs least among the splits
 *   that have it: a tenth more time, since what a guess does not rule out is looked at twice.
 */
#ifndef SG_GEN_TREE_H
#define SG_GEN_TREE_H

#include "filters/gen/ir.h"
#include "filters/gen/lower.h"

struct tree_options {
	/* What a test costs that is never executed, beside weights that sum to 1: a little keeps
	 * trees over numbers that nobody calls short, much makes all of them lists. */
	double test_price;
	bool worst_first; /* the longest way to an allowed call decides, weights among equals */
	bool even_masks;  /* more masks in knots: for weights of which none stands out */
	bool quick;       /* smaller knots: where weights hardly matter */
	bool no_peel;     /* the other searches alone */
	bool no_knots;
	bool no_bits; /* jge and jeq alone, no jset */
};

ir_id tree_build(struct ir *ir, const struct lower_group *group,
		 const struct tree_options *options);

#endif
