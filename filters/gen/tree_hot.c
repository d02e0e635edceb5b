/* SPDX-License-Identifier: MIT */
#include "filters/gen/tree_hot.h"

#include <math.h>
#include <stdlib.h>

#include "harness/base/alloc.h"

#define HOT_SHARE  0.001 /* of the weight, at least */
#define HOT_FACTOR 4     /* times what the median call weighs, at least */
#define HOT_LEAST  0.5   /* together, of all the weight */

static int heavier_first(const void *a, const void *b)
{
	const struct atom *x = *(const struct atom *const *)a, *y = *(const struct atom *const *)b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return x->low < y->low ? -1 : x->low > y->low;
}

/* The numbers that weigh anything, heaviest first. */
static size_t sort_numbers(const struct atoms *atoms, const struct atom **sorted)
{
	size_t i, count = 0;

	for (i = 0; i < atoms->count; i++) {
		if (atoms->items[i].weight > 0 && atoms->items[i].low == atoms->items[i].high)
			sorted[count++] = &atoms->items[i];
	}
	qsort(sorted, count, sizeof(*sorted), heavier_first);
	return count;
}

/* A number is heavy where it stands out, or where few numbers weigh anything. Returns what they
 * weigh together. */
static double choose(const struct atoms *atoms, struct tree_hot *hot)
{
	const struct atom **sorted = sg_calloc(atoms->count, sizeof(struct atom *));
	size_t i, count = sort_numbers(atoms, sorted);
	double least = count > TREE_HOT_MAX ? HOT_FACTOR * sorted[count / 2]->weight : 0, sum = 0;

	if (least < HOT_SHARE)
		least = HOT_SHARE;
	for (i = 0; i < count && i < TREE_HOT_MAX && sorted[i]->weight >= least; i++) {
		hot->atoms[hot->count++] = (size_t)(sorted[i] - atoms->items);
		sum += sorted[i]->weight;
	}
	free(sorted);
	return sum;
}

static void fill_ascending(struct tree_hot *hot)
{
	size_t i, at;

	for (i = 0; i < hot->count; i++) {
		for (at = i; at > 0 && hot->atoms[hot->ascending[at - 1]] > hot->atoms[i]; at--)
			hot->ascending[at] = hot->ascending[at - 1];
		hot->ascending[at] = (uint8_t)i;
	}
}

static void fill_sums(const struct atoms *atoms, struct tree_hot *hot)
{
	size_t i, set;

	for (i = 0; i < hot->count; i++) {
		double weight = atoms->items[hot->atoms[i]].weight, entropy = weight * log2(weight);

		for (set = 0; set < 16; set++) {
			if (!(set >> i % 4 & 1))
				continue;
			hot->weight[i / 4][set] += weight;
			hot->entropy[i / 4][set] += entropy;
		}
	}
}

bool tree_hot_choose(const struct atoms *atoms, struct tree_hot *hot)
{
	if (choose(atoms, hot) < HOT_LEAST)
		return false;
	fill_ascending(hot);
	fill_sums(atoms, hot);
	return true;
}

uint64_t tree_hot_in(const struct tree_hot *hot, const struct atom_set *set)
{
	uint64_t in = 0;
	size_t i;

	for (i = 0; i < hot->count; i++)
		in |= (uint64_t)atoms_has(set, hot->atoms[i]) << i;
	return in;
}

static double sum(const double sums[TREE_HOT_MAX / 4][16], uint64_t set)
{
	double total = 0;
	size_t i;

	for (i = 0; set; i++, set >>= 4)
		total += sums[i][set & 15];
	return total;
}

double tree_hot_weight(const struct tree_hot *hot, uint64_t set)
{
	return sum(hot->weight, set);
}

void tree_hot_count(const struct tree_hot *hot, uint64_t set, struct tree_crowd *crowd)
{
	crowd->hot = set;
	crowd->weight = sum(hot->weight, set);
	crowd->bits = crowd->weight * log2(crowd->weight) - sum(hot->entropy, set);
}
