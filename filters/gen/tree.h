/* SPDX-License-Identifier: MIT */
/*
 * From runs to a decision tree over the system call number: the tests that decide which run a
 * number lies in, arranged so that the weighted number of tests is least.
 *
 * A dynamic program over intervals of runs. An interval is decided by one of
 *
 *	split	jge #LOW, RIGHT, LEFT		between any two neighbours
 *	hole	jeq #NR, ITS NODE, REST		for one of the heaviest numbers of the whole space;
 *the rest of the interval is solved without it chain	jeq #A, ...; jeq #B, ...; X
 *single numbers in an interval that is otherwise X
 *
 * With at most two holes open at a time and chains of up to CHAIN_MAX numbers this is within a
 * hundredth of the best comparison tree known (tests/test_tuned.c holds the figures). Ties go to
 * the smaller tree.
 */
#ifndef SG_GEN_TREE_H
#define SG_GEN_TREE_H

#include "filters/gen/ir.h"
#include "filters/gen/lower.h"

/* @worst_first: the longest way to an allowed call decides, the weights only among equals. */
ir_id tree_build(struct ir *ir, const struct lower_group *group, bool worst_first);

#endif
