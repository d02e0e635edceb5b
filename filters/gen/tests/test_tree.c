/* SPDX-License-Identifier: MIT */
/* The decision tree over numbers: right for each of them, and near the best there is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "filters/gen/tree.h"
#include "harness/base/alloc.h"
#include "harness/base/rng.h"

#define RUNS_MAX 9

static const struct tree_options all_tests = {.test_price = 1e-6},
				 comparisons = {.test_price = 1e-6, .no_bits = true},
				 worst_first = {.test_price = 1e-6, .worst_first = true};

/* A group of runs, made by hand. The weight of each is its first number's. */
struct ground {
	struct ir ir;
	struct lower_group group;
};

static void add_run(struct ground *ground, uint32_t width, uint32_t action, double weight)
{
	struct lower_group *group = &ground->group;
	uint32_t low = group->run_count ? group->runs[group->run_count - 1].high + 1 : 0;
	ir_id node = ir_leaf(&ground->ir, action);

	SG_GROW(group->runs, group->run_count, group->run_cap);
	group->runs[group->run_count++] = (struct lower_run){low, low + width - 1, node, weight, 1};
	SG_GROW(group->calls, group->call_count, group->call_cap);
	group->calls[group->call_count++] = (struct lower_call){
		.nr = low, .node = node, .action = action, .insns = 1, .weight = weight};
}

static void release(struct ground *ground)
{
	free(ground->group.runs);
	free(ground->group.calls);
	ir_release(&ground->ir);
}

static uint32_t tests_of(const struct ground *ground, ir_id root, uint32_t nr, uint32_t *action)
{
	uint32_t words[16] = {nr};
	uint32_t insns = ir_cost(&ground->ir, root, words, action);

	return insns > 2 ? insns - 2 : 0; /* without ld and ret */
}

static double weighted_tests(const struct ground *ground, ir_id root)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < ground->group.run_count; i++)
		sum += ground->group.runs[i].weight *
		       tests_of(ground, root, ground->group.runs[i].low, NULL);
	return sum;
}

static void assert_right(const struct ground *ground, ir_id root)
{
	size_t i;

	for (i = 0; i < ground->group.run_count; i++) {
		const struct lower_run *run = &ground->group.runs[i];
		uint32_t nr, got, want = ground->ir.nodes[run->node].action;

		for (nr = run->low; nr <= run->high; nr++) {
			tests_of(ground, root, nr, &got);
			assert_int_equal(got, want);
		}
	}
}

/* ---- the best tree there is, by trying all: a state is the set of runs that are left */

struct search {
	const struct ground *ground;
	double best[1u << RUNS_MAX];
};

static double set_weight(const struct search *search, unsigned int set)
{
	double weight = 0;
	size_t i;

	for (i = 0; set >> i; i++)
		weight += set >> i & 1 ? search->ground->group.runs[i].weight : 0;
	return weight;
}

static bool is_one_node(const struct search *search, unsigned int set)
{
	const struct lower_run *runs = search->ground->group.runs;
	size_t i;

	for (i = 0; set >> i; i++) {
		if (set >> i & 1 && runs[i].node != runs[__builtin_ctz(set)].node)
			return false;
	}
	return true;
}

static double best_of(struct search *search, unsigned int set)
{
	double best = 1e9, weight = set_weight(search, set);
	size_t i;

	if (set == 0 || is_one_node(search, set))
		return 0;
	if (search->best[set] > 0)
		return search->best[set];
	for (i = 1; i < search->ground->group.run_count; i++) {
		const struct lower_run *run = &search->ground->group.runs[i - 1];
		unsigned int low = set & ((1u << i) - 1), one = set & 1u << (i - 1);
		double split = 1e9, hole = 1e9;

		if (low && low != set)
			split = weight + best_of(search, low) + best_of(search, set & ~low);
		if (one && one != set && run->low == run->high)
			hole = weight + best_of(search, set & ~one);
		best = split < best ? split : best;
		best = hole < best ? hole : best;
	}
	return search->best[set] = best;
}

static double best_tests(const struct ground *ground)
{
	struct search *search = sg_calloc(1, sizeof(*search));
	double best;

	search->ground = ground;
	best = best_of(search, (1u << ground->group.run_count) - 1);
	free(search);
	return best;
}

/* ---- */

/* Neighbours differ; weights are of all sizes and sum to 1. */
static struct ground random_ground(struct sg_rng *rng)
{
	struct ground ground = {0};
	size_t i, runs = 2 + sg_rng_below(rng, RUNS_MAX - 1);
	uint32_t action = 0;
	double sum = 0;

	for (i = 0; i < runs; i++) {
		double weight = (double)(1 + sg_rng_below(rng, 1u << sg_rng_below(rng, 10)));

		action = (action + 1 + (uint32_t)sg_rng_below(rng, 2)) % 3;
		add_run(&ground, sg_rng_below(rng, 2) ? 1 : 10, action, weight);
		sum += weight;
	}
	for (i = 0; i < runs; i++)
		ground.group.runs[i].weight /= sum;
	for (i = 0; i < ground.group.call_count; i++)
		ground.group.calls[i].weight /= sum;
	ground.group.weight = 1;
	return ground;
}

static void trees_are_right_and_near_the_best(void **state)
{
	struct sg_rng rng;
	double ours = 0, best = 0, with_bits = 0;
	size_t i, equal = 0, count = 400;

	(void)state;
	sg_rng_seed(&rng, 5);
	for (i = 0; i < count; i++) {
		struct ground ground = random_ground(&rng);
		ir_id root = tree_build(&ground.ir, &ground.group, &comparisons);
		double tests = weighted_tests(&ground, root), least = best_tests(&ground);

		assert_right(&ground, root);
		assert_true(tests < 1.2 * least + 1e-6);
		equal += tests < least + 1e-6;
		ours += tests;
		best += least;
		root = tree_build(&ground.ir, &ground.group, &all_tests);
		assert_right(&ground, root);
		with_bits += weighted_tests(&ground, root);
		release(&ground);
	}
	print_message("comparisons: %.4f of the best, %zu of %zu equal; all tests: %.4f\n",
		      ours / best, equal, count, with_bits / best);
	assert_true(ours < 1.01 * best);
	assert_true(equal > count * 90 / 100);
	assert_true(with_bits < 0.99 * best);
}

static uint32_t longest(const struct ground *ground, ir_id root)
{
	uint32_t worst = 0, tests;
	size_t i;

	for (i = 0; i < ground->group.run_count; i++) {
		tests = tests_of(ground, root, ground->group.runs[i].low, NULL);
		worst = tests > worst ? tests : worst;
	}
	return worst;
}

/* 64 runs take 6 tests where the longest way decides, whatever the weights. */
static void worst_first_balances(void **state)
{
	struct ground ground = {0};
	ir_id weighted, balanced;
	uint32_t i;

	(void)state;
	for (i = 0; i < 64; i++)
		add_run(&ground, 10, i, i == 0 ? 0.99 : 0.01 / 63);
	ground.group.weight = 1;
	weighted = tree_build(&ground.ir, &ground.group, &all_tests);
	balanced = tree_build(&ground.ir, &ground.group, &worst_first);
	assert_right(&ground, weighted);
	assert_right(&ground, balanced);
	assert_int_equal(longest(&ground, balanced), 6);
	assert_true(weighted_tests(&ground, weighted) < 1.1);
	assert_true(weighted_tests(&ground, balanced) > 2);
	release(&ground);
}

/* Runs without an allowed call do not count for the worst way: their weight and size decide. */
static void ways_to_a_denial_may_be_long(void **state)
{
	struct ground ground = {0};
	ir_id root;
	uint32_t i, action;

	(void)state;
	for (i = 0; i < 9; i++) {
		add_run(&ground, 10, i, 0.1);
		ground.group.runs[i].worst = i == 4 ? 1 : 0;
	}
	ground.group.weight = 1;
	root = tree_build(&ground.ir, &ground.group, &worst_first);
	assert_right(&ground, root);
	assert_int_equal(tests_of(&ground, root, 40, &action), 2);
	assert_int_equal(action, 4);
	release(&ground);
}

/* A number that carries most of the weight is asked for first, inside a wide run too. */
static void heavy_numbers_come_first(void **state)
{
	struct ground ground = {0};
	ir_id root;
	uint32_t i;

	(void)state;
	for (i = 0; i < 40; i++)
		add_run(&ground, 10, i % 2, 0.2 / 40);
	ground.group.call_count = 1;
	ground.group.calls[0] = (struct lower_call){.nr = 205, .weight = 0.8};
	ground.group.runs[20].weight += 0.8;
	ground.group.weight = 1;
	root = tree_build(&ground.ir, &ground.group, &all_tests);
	assert_right(&ground, root);
	assert_int_equal(tests_of(&ground, root, 205, NULL), 1);
	release(&ground);
}

/* Weights that just reach the least a hole must weigh beside its span: sums in another order once
 * came out a bit larger, and parts of a solved span had not been solved. */
static void equal_weights_find_their_parts_solved(void **state)
{
	static const uint32_t hot_in[] = {0, 0, 2, 4, 6, 6, 7, 7, 8, 8, 10, 12};
	uint32_t parts, i;

	(void)state;
	for (parts = 13; parts <= 200; parts++) {
		struct ground ground = {0};
		struct lower_group *group = &ground.group;

		for (i = 0; i < 14; i++)
			add_run(&ground, i % 4 == 2 && i != 6 ? 1 : 10, i % 3, 0);
		free(group->calls);
		group->calls = sg_calloc(12, sizeof(*group->calls));
		for (group->call_count = 0; group->call_count < 12; group->call_count++) {
			struct lower_run *run = &group->runs[hot_in[group->call_count]];

			group->calls[group->call_count] =
				(struct lower_call){.nr = run->low + (run->weight > 0),
						    .weight = 1.0 / parts};
			run->weight += 1.0 / parts;
		}
		group->runs[13].weight = 1 - 12.0 / parts;
		group->weight = 1;
		assert_right(&ground, tree_build(&ground.ir, group, &all_tests));
		release(&ground);
	}
}

static void one_run_needs_no_test(void **state)
{
	struct ground ground = {0};

	(void)state;
	add_run(&ground, 1000, 7, 1);
	assert_int_equal(tree_build(&ground.ir, &ground.group, &all_tests), ir_leaf(&ground.ir, 7));
	release(&ground);
}

/* As many runs as the largest table of system calls could have. */
static void many_runs_are_decided(void **state)
{
	struct ground ground = {0};
	ir_id root;
	uint32_t i;

	(void)state;
	for (i = 0; i < 1000; i++)
		add_run(&ground, 1 + i % 3, i % 7, i < 8 ? 0.1 : 0.2 / 992);
	ground.group.weight = 1;
	root = tree_build(&ground.ir, &ground.group, &all_tests);
	assert_right(&ground, root);
	assert_true(weighted_tests(&ground, root) < 6);
	release(&ground);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees_are_right_and_near_the_best),
		cmocka_unit_test(worst_first_balances),
		cmocka_unit_test(ways_to_a_denial_may_be_long),
		cmocka_unit_test(heavy_numbers_come_first),
		cmocka_unit_test(equal_weights_find_their_parts_solved),
		cmocka_unit_test(one_run_needs_no_test),
		cmocka_unit_test(many_runs_are_decided),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
