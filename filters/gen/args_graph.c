/* SPDX-License-Identifier: MIT */
#include "filters/gen/args_graph.h"

#include <stdlib.h>

#include "filters/gen/known_word.h"
#include "harness/base/alloc.h"

/* About one node. What is marked with a round is of that round alone. */
struct args_note {
	uint16_t words;
	uint8_t entries; /* ways into it in this round, one bit for each enum ir_entry */
	uint32_t round;
	uint32_t worst; /* from its test on, in this round */
	ir_id behind;   /* what is left of it, or its copy, in this round */
};

/* ---- notes */

void args_graph_init(struct args_graph *graph, struct ir *ir)
{
	*graph = (struct args_graph){.ir = ir};
}

void args_graph_release(struct args_graph *graph)
{
	free(graph->notes);
	free(graph->list);
	free(graph->stack);
	*graph = (struct args_graph){0};
}

/* A note for each node that there is by now. Successors stand before their node. */
static void note_all(struct args_graph *graph)
{
	const struct ir *ir = graph->ir;

	if (graph->cap < ir->len) {
		size_t cap = 2 * ir->len;

		graph->notes = sg_realloc_array(graph->notes, cap, sizeof(*graph->notes));
		graph->cap = cap;
	}
	for (; graph->noted < ir->len; graph->noted++) {
		const struct ir_node *node = &ir->nodes[graph->noted];
		struct args_note *note = &graph->notes[graph->noted];

		*note = (struct args_note){0};
		if (!node->leaf)
			note->words =
				(uint16_t)(1u << node->test.word | graph->notes[node->yes].words |
					   graph->notes[node->no].words);
	}
}

uint16_t args_graph_words(struct args_graph *graph, ir_id root)
{
	note_all(graph);
	return graph->notes[root].words;
}

/* ---- behind a test */

struct behind {
	struct args_graph *graph;
	uint8_t word;
	struct known_word known;
};

static ir_id leave(struct behind *behind, ir_id id);

static ir_id rebuild(struct behind *behind, const struct ir_node *node)
{
	ir_id yes = leave(behind, node->yes), no = leave(behind, node->no);
	ir_id id = ir_test(behind->graph->ir, node->test, yes, no);

	note_all(behind->graph);
	return id;
}

static ir_id leave(struct behind *behind, ir_id id)
{
	struct args_graph *graph = behind->graph;
	const struct ir_node node = graph->ir->nodes[id]; /* a copy: the array may move */
	enum known_answer answer = KNOWN_OPEN;
	ir_id left;

	if (!(graph->notes[id].words >> behind->word & 1))
		return id;
	if (graph->notes[id].round == graph->round)
		return graph->notes[id].behind;
	graph->work++;
	if (node.test.word == behind->word)
		answer = known_word_ask(&behind->known, &node.test);
	if (answer == KNOWN_OPEN)
		left = rebuild(behind, &node);
	else
		left = leave(behind, answer == KNOWN_YES ? node.yes : node.no);
	graph->notes[id].round = graph->round;
	graph->notes[id].behind = left;
	return left;
}

ir_id args_graph_behind(struct args_graph *graph, ir_id root, const struct ir_test *test, bool yes)
{
	struct behind behind = {.graph = graph, .word = test->word};

	if (!(args_graph_words(graph, root) >> test->word & 1))
		return root;
	graph->round++;
	known_word_init(&behind.known);
	if (!known_word_learn(&behind.known, test, yes))
		return root; /* nobody comes here */
	return leave(&behind, root);
}

/* ---- tests */

static void push(struct args_graph *graph, ir_id id, bool entered)
{
	SG_GROW(graph->stack, graph->stack_len, graph->stack_cap);
	graph->stack[graph->stack_len++] = (uint64_t)id << 1 | entered;
}

static void enlist(struct args_graph *graph, ir_id id)
{
	SG_GROW(graph->list, graph->list_len, graph->list_cap);
	graph->list[graph->list_len++] = id;
}

/* A node goes back on the stack below its successors, and is listed when it comes up again. */
static void enter_node(struct args_graph *graph, ir_id id)
{
	const struct ir_node *node = &graph->ir->nodes[id];
	struct args_note *note = &graph->notes[id];

	if (note->round == graph->round)
		return;
	note->round = graph->round;
	note->entries = 0;
	graph->work++;
	if (node->leaf) {
		enlist(graph, id);
		return;
	}
	push(graph, id, true);
	push(graph, node->yes, false);
	push(graph, node->no, false);
}

/* What @root reaches, in graph->list, successors first. By a stack of its own: nobody has looked at
 * how deep the graph is. */
static void list_all(struct args_graph *graph, ir_id root)
{
	note_all(graph);
	graph->round++;
	graph->list_len = 0;
	push(graph, root, false);
	while (graph->stack_len > 0) {
		uint64_t top = graph->stack[--graph->stack_len];

		if (top & 1)
			enlist(graph, (ir_id)(top >> 1));
		else
			enter_node(graph, (ir_id)(top >> 1));
	}
}

size_t args_graph_tests(struct args_graph *graph, ir_id root, struct ir_test *ret_tests, size_t max)
{
	size_t i, at, count = 0;

	list_all(graph, root);
	for (at = graph->list_len; at-- > 0 && count <= max;) {
		const struct ir_node *node = &graph->ir->nodes[graph->list[at]];

		if (node->leaf)
			continue;
		for (i = 0; i < count && i < max && !ir_same_test(&ret_tests[i], &node->test); i++)
			;
		if (i < count && i < max)
			continue;
		if (count < max)
			ret_tests[count] = node->test;
		count++;
	}
	return count;
}

/* ---- cost */

bool args_cost_less(const struct args_cost *a, const struct args_cost *b)
{
	if (a->samples != b->samples)
		return a->samples < b->samples;
	if (a->worst != b->worst)
		return a->worst < b->worst;
	return a->insns < b->insns;
}

uint32_t args_length_limit(uint32_t insns)
{
	return insns + insns / 2 + 8;
}

/* A way from a test to @to, with what it costs to the end. */
static uint32_t enter(struct args_graph *graph, const struct ir_test *before, ir_id to)
{
	const struct ir_node *node = &graph->ir->nodes[to];
	struct args_note *note = &graph->notes[to];

	if (node->leaf)
		return 1;
	note->entries |= (uint8_t)(1u << ir_entry(before, &node->test));
	return ir_load_insns(before, &node->test) + note->worst;
}

static void enter_all(struct args_graph *graph)
{
	size_t i;

	for (i = 0; i < graph->list_len; i++) {
		const struct ir_node *node = &graph->ir->nodes[graph->list[i]];
		uint32_t yes, no;

		if (node->leaf)
			continue;
		yes = enter(graph, &node->test, node->yes);
		no = enter(graph, &node->test, node->no);
		graph->notes[graph->list[i]].worst = 1 + (yes > no ? yes : no);
	}
}

/* As emit.c lays it out: the test, and in front of it what some way needs. */
static uint32_t count_insns(const struct args_graph *graph)
{
	uint32_t insns = 0;
	size_t i;

	for (i = 0; i < graph->list_len; i++) {
		const struct ir_node *node = &graph->ir->nodes[graph->list[i]];
		unsigned int entries = graph->notes[graph->list[i]].entries;

		if (node->leaf)
			continue;
		insns += 1 + (entries >> IR_AT_LOAD & 1);
		if (node->test.mask != IR_NO_MASK)
			insns += (entries & (1u << IR_AT_LOAD | 1u << IR_AT_MASK)) != 0;
	}
	return insns;
}

static uint32_t cost_of_words(const struct ir *ir, ir_id root, const struct ir_test *before,
			      const uint32_t *words)
{
	const struct ir_node *node = &ir->nodes[root];
	uint32_t insns = ir_cost(ir, root, words, NULL);

	/* That counts from where nothing is loaded. */
	if (!node->leaf)
		insns -= ir_load_insns(NULL, &node->test) - ir_load_insns(before, &node->test);
	return insns;
}

struct args_cost args_graph_cost(struct args_graph *graph, ir_id root, const struct ir_test *before,
				 const struct args_samples *samples, uint64_t set)
{
	struct args_cost cost = {0};

	list_all(graph, root);
	enter_all(graph);
	cost.worst = enter(graph, before, root);
	cost.insns = count_insns(graph);
	for (; set; set &= set - 1) {
		int i = __builtin_ctzll(set);

		cost.samples += samples->weights[i] *
				cost_of_words(graph->ir, root, before, samples->words[i]);
	}
	return cost;
}

ir_id args_graph_copy(struct args_graph *graph, ir_id root, struct ir *to)
{
	size_t i;

	list_all(graph, root);
	for (i = 0; i < graph->list_len; i++) {
		const struct ir_node *node = &graph->ir->nodes[graph->list[i]];
		struct args_note *note = &graph->notes[graph->list[i]];

		if (node->leaf)
			note->behind = ir_leaf(to, node->action);
		else
			note->behind = ir_test(to, node->test, graph->notes[node->yes].behind,
					       graph->notes[node->no].behind);
	}
	return graph->notes[root].behind;
}
