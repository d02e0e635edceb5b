/* SPDX-License-Identifier: MIT */
/* Private to tree*.c: what its searches share. */
#ifndef SG_GEN_TREE_PRIVATE_H
#define SG_GEN_TREE_PRIVATE_H

#include "filters/gen/atoms.h"
#include "filters/gen/tree.h"

#define TREE_UNREACHED -1e9f /* the longest way to an allowed call where there is none */
#define TREE_UNSOLVED  1e300

struct tree_cost {
	double insns; /* weighted number of tests, with what they cost unexecuted */
	float worst;  /* instructions on the longest way to an allowed call */
};

/* Solved knots, by a hash of the set: two sets with one hash would cost tests, not verdicts. */
struct tree_memo {
	struct {
		uint64_t hash; /* 0: free */
		struct tree_cost cost;
	} * slots;
	size_t slot_count, used;
};

struct tree {
	struct ir *ir;
	const struct atoms *atoms;
	const struct tree_options *options;
	struct tree_memo memo;
};

static inline struct tree_cost tree_unsolved(void)
{
	return (struct tree_cost){TREE_UNSOLVED, 1e30f};
}

static inline struct tree_cost tree_cost_of_leaf(uint32_t worst)
{
	return (struct tree_cost){0, worst ? (float)worst : TREE_UNREACHED};
}

/* One test in front of two ways. */
static inline struct tree_cost tree_cost_of_test(const struct tree *tree, double weight,
						 struct tree_cost a, struct tree_cost b)
{
	return (struct tree_cost){weight + tree->options->test_price + a.insns + b.insns,
				  1 + (a.worst > b.worst ? a.worst : b.worst)};
}

static inline bool tree_is_better(const struct tree *tree, struct tree_cost a, struct tree_cost b)
{
	if (tree->options->worst_first && a.worst != b.worst)
		return a.worst < b.worst;
	return a.insns < b.insns;
}

#endif
