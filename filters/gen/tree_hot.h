/* SPDX-License-Identifier: MIT */
/*
 * Private to tree*.c: the numbers that outweigh all others, and what sets of them weigh. A set of
 * heavy numbers is a bit mask.
 */
#ifndef SG_GEN_TREE_HOT_H
#define SG_GEN_TREE_HOT_H

#include "filters/gen/atoms.h"

#define TREE_HOT_MAX 64

/* Heavy numbers that are to be told apart. */
struct tree_crowd {
	uint64_t hot;
	double weight, bits; /* the information in telling them apart, weighted */
};
#define TREE_CROWDS 128

struct tree_hot {
	size_t atoms[TREE_HOT_MAX];      /* heaviest first */
	uint8_t ascending[TREE_HOT_MAX]; /* the same by number: indices of atoms[] */
	size_t count;
	/* By four heavy numbers and a set of them: sums of w and of w * log2(w). */
	double weight[TREE_HOT_MAX / 4][16], entropy[TREE_HOT_MAX / 4][16];
	struct tree_crowd crowds[TREE_CROWDS]; /* asked for last, by a hash of the set */
};

/* False where none stand out. @hot is zeroed. */
bool tree_hot_choose(const struct atoms *atoms, struct tree_hot *hot);

uint64_t tree_hot_in(const struct tree_hot *hot, const struct atom_set *set);
double tree_hot_weight(const struct tree_hot *hot, uint64_t set);
/* What tree_hot_crowd() does where another set was asked for since. */
void tree_hot_count(const struct tree_hot *hot, uint64_t set, struct tree_crowd *crowd);
/* @set is not empty. Valid until the next call. Asked for each mask there is, so it stands here. */
static inline const struct tree_crowd *tree_hot_crowd(struct tree_hot *hot, uint64_t set)
{
	struct tree_crowd *crowd =
		&hot->crowds[set * 0x9e3779b97f4a7c15u / (UINT64_MAX / TREE_CROWDS + 1)];

	if (crowd->hot != set)
		tree_hot_count(hot, set, crowd);
	return crowd;
}

#endif
