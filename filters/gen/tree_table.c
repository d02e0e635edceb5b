/* SPDX-License-Identifier: MIT */
#include "filters/gen/tree_table.h"

#include <stdlib.h>

#include "harness/base/alloc.h"

#define STATES_MAX (1u << 20) /* 16 MiB */

static size_t layer_len(size_t run_count)
{
	return run_count * (run_count + 1) / 2;
}

size_t tree_table_hot_max(size_t run_count)
{
	size_t hot = TREE_HOT_MAX;

	while (hot > 0 && (1 + hot + hot * (hot - 1) / 2) * layer_len(run_count) > STATES_MAX)
		hot--;
	return hot;
}

static void add_sets_of(struct tree_table *table, size_t hot_count, int size)
{
	unsigned int set;

	for (set = 0; set < 1u << hot_count; set++) {
		if (__builtin_popcount(set) != size)
			continue;
		table->layer_of[set] = (uint8_t)table->set_count;
		table->sets[table->set_count++] = (uint16_t)set;
	}
}

void tree_table_init(struct tree_table *table, size_t run_count, size_t hot_count)
{
	int size;

	*table = (struct tree_table){.layer_len = layer_len(run_count)};
	for (size = TREE_HOLES_MAX; size >= 0; size--)
		add_sets_of(table, hot_count, size);
	table->states = sg_calloc(table->set_count * table->layer_len, sizeof(*table->states));
}

void tree_table_release(struct tree_table *table)
{
	free(table->states);
	*table = (struct tree_table){0};
}
