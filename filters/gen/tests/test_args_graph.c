/* SPDX-License-Identifier: MIT */
/* Graphs as the search sees them: what is left behind an answer, and what it costs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "filters/gen/args_graph.h"
#include "filters/gen/tests/args_tables.h"

/* (a0.lo == 1 ? A : a0.lo >= 4 ? B : REST) where a0.hi == 0. */
static ir_id small_graph(struct ir *ir)
{
	ir_id rest = ir_leaf(ir, REST);
	ir_id low = ir_test(ir, ir_eq(4, 1), ir_leaf(ir, A),
			    ir_test(ir, ir_ge(4, 4), ir_leaf(ir, B), rest));

	return ir_test(ir, ir_eq(5, 0), low, rest);
}

static void what_is_left_behind_an_answer(void **state)
{
	const struct ir_test above = ir_ge(4, 2), high = ir_eq(5, 0), other = ir_eq(6, 0);
	struct ir ir = {0};
	struct args_graph graph;
	ir_id root = small_graph(&ir), left;

	(void)state;
	args_graph_init(&graph, &ir);
	assert_int_equal(args_graph_words(&graph, root), 1 << 4 | 1 << 5);
	assert_int_equal(args_graph_behind(&graph, root, &high, false), ir_leaf(&ir, REST));
	left = args_graph_behind(&graph, root, &above, true);
	assert_int_equal(ir_count_tests(&ir, left), 2);
	left = args_graph_behind(&graph, left, &high, true);
	assert_int_equal(left, ir_test(&ir, ir_ge(4, 4), ir_leaf(&ir, B), ir_leaf(&ir, REST)));
	assert_int_equal(args_graph_behind(&graph, root, &other, true), root);
	args_graph_release(&graph);
	ir_release(&ir);
}

/* From where the word is loaded already, one load less. */
static void cost_knows_what_is_loaded(void **state)
{
	const struct ir_test loaded = ir_eq(5, 9), other = ir_eq(4, 9);
	const struct args_sample sample = table_sample(ABI_X86_64, (uint64_t[]){5, 0, 0}, 1);
	struct args_samples samples;
	struct ir ir = {0};
	struct args_graph graph;
	ir_id root = small_graph(&ir);
	struct args_cost cold, warm, elsewhere;

	(void)state;
	args_graph_init(&graph, &ir);
	args_samples_make(&samples, &sample, 1);
	cold = args_graph_cost(&graph, root, NULL, &samples, 1);
	warm = args_graph_cost(&graph, root, &loaded, &samples, 1);
	elsewhere = args_graph_cost(&graph, root, &other, &samples, 1);
	assert_int_equal(cold.samples, 6 * samples.weights[0]);
	assert_int_equal(warm.samples, 5 * samples.weights[0]);
	assert_int_equal(cold.worst, 6);
	assert_int_equal(warm.worst, 5);
	assert_int_equal(cold.insns, 5);
	assert_int_equal(warm.insns, 4);
	assert_memory_equal(&elsewhere, &cold, sizeof(cold));
	args_graph_release(&graph);
	ir_release(&ir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_left_behind_an_answer),
		cmocka_unit_test(cost_knows_what_is_loaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
