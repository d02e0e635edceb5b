/* SPDX-License-Identifier: MIT */
/*
 * The solved spans of tree.c: one layer a set of holes, in each a triangle of first and last run.
 * Private to tree*.c.
 */
#ifndef SG_GEN_TREE_TABLE_H
#define SG_GEN_TREE_TABLE_H

#include "filters/gen/tree_span.h"

#define TREE_HOLES_MAX 2 /* in a set */

/* Sets of at most TREE_HOLES_MAX of TREE_HOT_MAX numbers: 1 + n + n (n - 1) / 2. */
#define TREE_SETS_MAX (1 + TREE_HOT_MAX + TREE_HOT_MAX * (TREE_HOT_MAX - 1) / 2)

enum tree_kind { TREE_CHAIN, TREE_SPLIT, TREE_HOLE };

struct tree_state {
	double insns; /* struct tree_cost, packed */
	float worst;
	uint16_t split; /* first run of the right side of the best split, whatever is best of all */
	uint8_t kind;   /* enum tree_kind */
	uint8_t hole;   /* TREE_HOLE: which hot number */
};

struct tree_table {
	struct tree_state *states;
	size_t layer_len;
	uint16_t sets[TREE_SETS_MAX]; /* largest first: a set's supersets stand before it */
	size_t set_count;
	uint8_t layer_of[1u << TREE_HOT_MAX];
};

/* How many hot numbers @run_count runs can afford. */
size_t tree_table_hot_max(size_t run_count);
void tree_table_init(struct tree_table *table, size_t run_count, size_t hot_count);
void tree_table_release(struct tree_table *table);

static inline struct tree_state *tree_state(const struct tree_table *table,
					    const struct tree_span *span)
{
	size_t place = span->last * (span->last + 1) / 2 + span->first;

	return &table->states[table->layer_of[span->holes] * table->layer_len + place];
}

#endif
