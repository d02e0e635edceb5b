/* SPDX-License-Identifier: MIT */
/* Calls of more rules than the search looks at: it ends, what comes out is right and of a fair
 * size. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "filters/gen/args_chain.h"
#include "filters/gen/args_search.h"
#include "filters/gen/tests/args_tables.h"
#include "harness/base/alloc.h"

#define PAIRS    200
#define VALUES   1500
#define TOO_MANY 20000

/* a0 == 2 * i && a1 == 3 * i, for each i: two words that could be cut at each value. */
static ir_id chain_of_pairs(struct ir *ir)
{
	const struct args_chain_form form = {0};
	struct policy_cond conds[PAIRS][2];
	struct args_rule from[PAIRS];
	struct args_rules rules;
	ir_id root;
	size_t i;

	for (i = 0; i < PAIRS; i++) {
		conds[i][0] = (struct policy_cond)EQ(0, 2 * i);
		conds[i][1] = (struct policy_cond)EQ(1, 3 * i);
		from[i] = (struct args_rule){conds[i], 2, i & 1 ? A : B};
	}
	args_rules_make(&rules, abi_arch(ABI_X86_64), from, PAIRS, REST);
	root = args_chain(ir, &rules, &form);
	args_rules_release(&rules);
	return root;
}

static void search_ends_when_its_work_is_up(void **state)
{
	const struct args_sample sample = table_sample(ABI_X86_64, (uint64_t[]){50, 75, 0}, 1);
	struct args_samples samples;
	struct ir ir = {0};
	struct args_graph graph;
	ir_id root = chain_of_pairs(&ir), found;
	bool complete = true;

	(void)state;
	args_graph_init(&graph, &ir);
	args_samples_make(&samples, &sample, 1);
	found = args_search(&graph, root, &samples, false, &complete);
	assert_false(complete);
	assert_true(graph.work < 100000);
	assert_true(ir_cost(&ir, found, sample.words, NULL) < 20);
	args_graph_release(&graph);
	ir_release(&ir);
}

/* a0 == 3 * i, for each of @count i, with seven actions in turn. */
static ir_id lower_values(struct ir *ir, size_t count, const struct args_sample *sample)
{
	struct policy_cond *conds = sg_calloc(count, sizeof(*conds));
	struct args_rule *rules = sg_calloc(count, sizeof(*rules));
	ir_id root;
	size_t i;

	for (i = 0; i < count; i++) {
		conds[i] = (struct policy_cond)EQ(0, 3 * i);
		rules[i] = (struct args_rule){&conds[i], 1, (uint32_t)(10 + i % 7)};
	}
	root = args_lower(ir, abi_arch(ABI_X86_64), rules, count, REST, sample, 1,
			  &(struct args_passes){0});
	free(conds);
	free(rules);
	return root;
}

static void many_values_are_a_tree(void **state)
{
	const struct args_sample sample = table_sample(ABI_X86_64, (uint64_t[]){3, 0, 0}, 1);
	struct ir ir = {0};
	uint32_t action;
	ir_id root = lower_values(&ir, VALUES, &sample);
	uint64_t a0;

	(void)state;
	assert_true(ir_count_tests(&ir, root) < VALUES + VALUES / 10);
	for (a0 = 0; a0 < 3 * VALUES + 3; a0++) {
		struct args_sample asked = table_sample(ABI_X86_64, (uint64_t[]){a0, 0, 0}, 1);

		assert_true(ir_cost(&ir, root, asked.words, &action) < 60);
		assert_int_equal(action, a0 % 3 || a0 / 3 >= VALUES ? REST : 10 + a0 / 3 % 7);
	}
	ir_release(&ir);
}

/* No filter has as many tests; what is made of them all the same is right, and nothing recurses as
 * deep. */
static void more_rules_than_fit(void **state)
{
	const struct args_sample sample = table_sample(ABI_X86_64, (uint64_t[]){6, 0, 0}, 1);
	struct ir ir = {0};
	uint32_t action;

	(void)state;
	ir_cost(&ir, lower_values(&ir, TOO_MANY, &sample), sample.words, &action);
	assert_int_equal(action, 12);
	ir_release(&ir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(search_ends_when_its_work_is_up),
		cmocka_unit_test(many_values_are_a_tree),
		cmocka_unit_test(more_rules_than_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
