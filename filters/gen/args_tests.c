/* SPDX-License-Identifier: MIT */
#include "filters/gen/args_tests.h"

#include <stdlib.h>

#include "filters/gen/args_cut.h"
#include "harness/base/alloc.h"

#define MAX_TESTS  4096
#define WORD_TESTS 3 /* from so many on, a word is decided as a whole */

/* ---- parts */

static bool has_test(const struct args_tests *tests, const struct ir_test *test)
{
	size_t i;

	for (i = 0; i < tests->count; i++) {
		if (ir_same_test(&tests->items[i], test))
			return true;
	}
	return false;
}

static void add_part(struct args_tests *tests, uint8_t word, uint32_t bits)
{
	const struct ir_test part = {word, IR_SET, IR_NO_MASK, bits};

	if (bits && tests->count < ARGS_SOME_TESTS && !has_test(tests, &part))
		tests->some[tests->count++] = part;
}

static void add_parts_of(struct args_tests *tests, struct ir_test test,
			 const struct args_samples *samples, uint64_t set)
{
	uint64_t failing = set & ~args_samples_holding(samples, set, &test);
	uint32_t missing;

	if (test.op != IR_EQ || test.mask == IR_NO_MASK || !failing)
		return;
	add_part(tests, test.word, test.mask & ~test.k);
	missing = test.k & ~samples->words[__builtin_ctzll(failing)][test.word];
	add_part(tests, test.word, missing & -missing);
}

static void add_parts(struct args_tests *tests, const struct args_samples *samples, uint64_t set)
{
	size_t i, count = tests->count;

	for (i = 0; i < count; i++)
		add_parts_of(tests, tests->some[i], samples, set);
}

/* ---- the tests of a graph */

static void high_first(struct args_tests *tests, bool big_endian)
{
	size_t i, at;

	for (i = 1; i < tests->count; i++) {
		struct ir_test test = tests->items[i];

		if ((test.word & 1) == big_endian)
			continue;
		for (at = i; at > 0 && (tests->items[at - 1].word & 1) == big_endian; at--)
			tests->items[at] = tests->items[at - 1];
		tests->items[at] = test;
	}
}

static void find_whole_words(struct args_tests *tests)
{
	uint8_t word;

	tests->whole_words = 0;
	for (word = 0; word < ABI_DATA_WORDS; word++) {
		if (args_cut_tests(tests->items, tests->count, word) >= WORD_TESTS)
			tests->whole_words |= (uint16_t)(1u << word);
	}
}

bool args_tests_find(struct args_graph *graph, ir_id root, const struct args_samples *samples,
		     uint64_t set, bool big_endian, struct args_tests *tests)
{
	tests->items = tests->some;
	tests->count = args_graph_tests(graph, root, tests->some, ARGS_SOME_TESTS);
	if (tests->count > ARGS_SOME_TESTS) {
		tests->items = sg_calloc(MAX_TESTS, sizeof(*tests->items));
		tests->count = args_graph_tests(graph, root, tests->items, MAX_TESTS);
	} else {
		add_parts(tests, samples, set);
	}
	if (tests->count > MAX_TESTS) {
		args_tests_release(tests);
		return false;
	}
	high_first(tests, big_endian);
	find_whole_words(tests);
	return true;
}

void args_tests_release(struct args_tests *tests)
{
	if (tests->items != tests->some)
		free(tests->items);
}
