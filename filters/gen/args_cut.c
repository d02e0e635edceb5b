/* SPDX-License-Identifier: MIT */
#include "filters/gen/args_cut.h"

#include <stdlib.h>

#include "harness/base/alloc.h"

size_t args_cut_tests(const struct ir_test *tests, size_t count, uint8_t word)
{
	size_t i, found = 0;

	for (i = 0; i < count; i++) {
		if (tests[i].word != word)
			continue;
		if (tests[i].op == IR_SET || tests[i].mask != IR_NO_MASK)
			return 0;
		found++;
	}
	return found;
}

static int ascending(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Where something may change: 0, and each value that begins or follows what a test names. */
static size_t find_starts(const struct ir_test *tests, size_t count, uint8_t word,
			  uint32_t *ret_starts)
{
	size_t i, found = 0, kept = 1;

	ret_starts[found++] = 0;
	for (i = 0; i < count; i++) {
		if (tests[i].word != word)
			continue;
		ret_starts[found++] = tests[i].k;
		if (tests[i].op == IR_EQ && tests[i].k != UINT32_MAX)
			ret_starts[found++] = tests[i].k + 1;
	}
	qsort(ret_starts, found, sizeof(*ret_starts), ascending);
	for (i = 1; i < found; i++) {
		if (ret_starts[i] != ret_starts[kept - 1])
			ret_starts[kept++] = ret_starts[i];
	}
	return kept;
}

/* What is left of @root where @word is @value. Down to the first test of another word there is
 * nothing to build; all tests of this one compare it (args_cut_tests()). */
static ir_id left_at(struct args_graph *graph, ir_id root, uint8_t word, uint32_t value)
{
	const struct ir_test is_value = ir_eq(word, value);
	const struct ir_node *node = &graph->ir->nodes[root];

	while (!node->leaf && node->test.word == word) {
		uint32_t k = node->test.k;

		graph->work++;
		root = (node->test.op == IR_EQ ? value == k : value >= k) ? node->yes : node->no;
		node = &graph->ir->nodes[root];
	}
	return args_graph_behind(graph, root, &is_value, true);
}

size_t args_cut(struct args_graph *graph, ir_id root, const struct ir_test *tests,
		size_t test_count, uint8_t word, struct args_run **ret_runs)
{
	uint32_t *starts = sg_calloc(2 * test_count + 1, sizeof(*starts));
	size_t i, kept = 0, count = find_starts(tests, test_count, word, starts);
	struct args_run *runs = sg_calloc(count, sizeof(*runs));

	for (i = 0; i < count; i++) {
		ir_id left = left_at(graph, root, word, starts[i]);

		if (kept == 0 || runs[kept - 1].to != left)
			runs[kept++] = (struct args_run){.low = starts[i], .to = left};
		runs[kept - 1].high = i + 1 < count ? starts[i + 1] - 1 : UINT32_MAX;
	}
	free(starts);
	*ret_runs = runs;
	return kept;
}
