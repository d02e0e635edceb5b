/* SPDX-License-Identifier: MIT */
/*
 * From runs to a decision tree over the system call number: the tests that decide which run a
 * number lies in, arranged so that the weighted number of tests is least.
 *
 * A dynamic program over intervals of runs. An interval is decided by one of
 *
 * split: between any two neighbours
 *	jge #(first number of the right one), right side
 *	left side
 *
 * hole: for one of the heaviest numbers of the whole space
 *	jeq #(number), its node
 *	the rest of the interval, solved without it
 *
 * chain: single numbers in an interval that is otherwise one node
 *	jeq #A, its node
 *	jeq #B, its node
 *	...
 *	that node
 *
 * With at most two holes open at a time and chains of up to TREE_CHAIN_MAX numbers this is within
 * a hundredth of the best comparison tree (tests/test_tree.c, tests/test_figures.c). Ties go to
 * the smaller tree.
 */
#ifndef SG_GEN_TREE_H
#define SG_GEN_TREE_H

#include "filters/gen/ir.h"
#include "filters/gen/lower.h"

/* @worst_first: the longest way to an allowed call decides, the weights only among equals. */
ir_id tree_build(struct ir *ir, const struct lower_group *group, bool worst_first);

#endif
