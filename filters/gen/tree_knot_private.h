/* SPDX-License-Identifier: MIT */
/* Private to tree_knot*.c: a set of few segments, and the tests that may come first in it. */
#ifndef SG_GEN_TREE_KNOT_PRIVATE_H
#define SG_GEN_TREE_KNOT_PRIVATE_H

#include "filters/gen/tree_knot.h"

/* The first test of a knot. */
struct knot_test {
	struct tree_cost cost;
	struct atom_test test;
};

/* A set to be decided. Patterns of its segments have a bit for each. */
struct knot {
	struct tree *tree;
	const struct atom_set *whole; /* a set in which it reaches from one atom to another */
	const struct atom_segment *segments;
	size_t count;
	double weight;
	bool has_set;
	struct atom_set set; /* what it is, once somebody asks */
};

const struct atom_set *knot_set(struct knot *knot);

/* The pattern of all. */
static inline unsigned int knot_all(const struct knot *knot)
{
	return (1u << knot->count) - 1;
}

/*
 * What the segments of a pattern cost at least, neighbours of one class counting as one: nothing,
 * or a test for all of them. True: exactly that, since they are no more than two.
 */
bool knot_least_cost(const struct knot *knot, unsigned int pattern, struct tree_cost *ret);

/* Makes @test the best where it is better. The patterns of its two sides: what both have is cut. */
void knot_consider(struct knot *knot, struct atom_test test, unsigned int yes_pattern,
		   unsigned int no_pattern, struct knot_test *best);

/*
 * May a mask be better than the best comparison? Not than one test. And where each segment is of a
 * class of its own, no mask leaves fewer of them; those that leave as many tell some from others,
 * none cut.
 */
bool knot_masks_may_help(const struct knot *knot, const struct knot_test *best);
void knot_try_masks(struct knot *knot, struct knot_test *best);

#endif
