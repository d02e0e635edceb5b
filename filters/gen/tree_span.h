/* SPDX-License-Identifier: MIT */
/*
 * What the dynamic program of tree.c walks over: spans of runs from which hot numbers have been
 * taken out, with their weights. Private to tree*.c.
 */
#ifndef SG_GEN_TREE_SPAN_H
#define SG_GEN_TREE_SPAN_H

#include "filters/gen/ir.h"
#include "filters/gen/lower.h"

#define TREE_HOT_MAX 12 /* numbers that may be taken out; a set of them is a bit mask */

/* A number heavy enough for a test of its own, wherever it stands. */
struct tree_hot {
	uint32_t nr;
	size_t run;
	double weight;
	bool whole; /* it is all of its run */
};

/* The runs of a group, and what is asked of them often. */
struct tree_ground {
	const struct lower_run *runs;
	size_t run_count;
	double *weight_before;       /* of the runs before each, and at the end of all */
	uint16_t *hot_from, *hot_to; /* the hot numbers in runs from and up to each */
	struct tree_hot hot[TREE_HOT_MAX];
	size_t hot_count;
};

/* @hot_max: how many hot numbers at most. Borrows the group's runs. */
void tree_ground_init(struct tree_ground *ground, const struct lower_group *group, size_t hot_max);
void tree_ground_release(struct tree_ground *ground);

/* What a way of deciding costs: the weighted number of its tests, and the longest way to an allowed
 * call, in instructions. A test has a small price of its own, which settles ties. */
struct tree_cost {
	double insns;
	float worst;
};
#define TREE_TEST_PRICE 1e-7

/* Of a run that is alone: no test, and its node's own instructions. */
struct tree_cost tree_cost_of_run(const struct tree_ground *ground, size_t run);

/* Runs @first..@last without the hot numbers in @holes, all of which lie inside. */
struct tree_span {
	size_t first, last;
	uint16_t holes;
};

/* The part @first..@last of a span. */
struct tree_span tree_part(const struct tree_ground *ground, const struct tree_span *span,
			   size_t first, size_t last);
/* The span without removed runs at its ends; at least one run stays. */
struct tree_span tree_trim(const struct tree_ground *ground, struct tree_span span);
bool tree_is_removed(const struct tree_ground *ground, uint16_t holes, size_t run);
double tree_weight(const struct tree_ground *ground, const struct tree_span *span);
/* Is all that is left one node? Then *ret_cost (untouched otherwise) is what it costs. */
bool tree_is_uniform(const struct tree_ground *ground, const struct tree_span *span,
		     struct tree_cost *ret_cost);
/* The last run before @run that is not removed; there must be one. */
size_t tree_run_before(const struct tree_ground *ground, const struct tree_span *span, size_t run);

#endif
