/* SPDX-License-Identifier: MIT */
/*
 * What the search asks of graphs: what is left of one once a test is answered, and what it costs.
 */
#ifndef SG_GEN_ARGS_GRAPH_H
#define SG_GEN_ARGS_GRAPH_H

#include "filters/gen/args_samples.h"

/* Executed instructions, the return included. */
struct args_cost {
	uint64_t samples; /* weighted sum */
	uint32_t worst;   /* on the longest way, be it possible or not */
	uint32_t insns;   /* in the filter, without returns; what is shared counts once */
};

/* The samples decide, then the worst way, then the length. */
bool args_cost_less(const struct args_cost *a, const struct args_cost *b);

/* How long a graph may be beside one of @insns that says the same, whatever it saves. */
uint32_t args_length_limit(uint32_t insns);

/* Owns its notes about the nodes of @ir. */
struct args_graph {
	struct ir *ir;
	struct args_note *notes;
	size_t noted, cap;
	/* Scratch of the functions below: what a root reaches, and the way there. */
	ir_id *list;
	size_t list_len, list_cap;
	uint64_t *stack;
	size_t stack_len, stack_cap;
	uint32_t round;
	size_t work; /* nodes visited so far */
};

void args_graph_init(struct args_graph *graph, struct ir *ir);
void args_graph_release(struct args_graph *graph);

/* The words that @root looks at, a bit each. */
uint16_t args_graph_words(struct args_graph *graph, ir_id root);

/* What is left of @root where @test is answered so: no test of that word that this decides. */
ir_id args_graph_behind(struct args_graph *graph, ir_id root, const struct ir_test *test, bool yes);

/* Writes the different tests below @root, those near to it first; returns how many there are, of
 * which no more than @max were written. */
size_t args_graph_tests(struct args_graph *graph, ir_id root, struct ir_test *ret_tests,
			size_t max);

/* The cost from @root on behind @before (NULL: nothing is loaded), for the samples of @set. */
struct args_cost args_graph_cost(struct args_graph *graph, ir_id root, const struct ir_test *before,
				 const struct args_samples *samples, uint64_t set);

/* The same graph in another ir. */
ir_id args_graph_copy(struct args_graph *graph, ir_id root, struct ir *to);

#endif
