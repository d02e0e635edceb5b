/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness/run/budget.h"

/* Plays a whole run in which every block costs what was foreseen. */
static struct run_budget play(struct run_budget budget, unsigned *ret_last_rounds)
{
	while (run_budget_more(&budget)) {
		*ret_last_rounds = run_budget_rounds(&budget);
		budget.blocks++;
		budget.spent_s += budget.overhead_s + *ret_last_rounds * budget.round_s;
	}
	return budget;
}

static void rounds_take_about_as_long_as_the_overhead(void **state)
{
	unsigned rounds;
	struct run_budget end = play((struct run_budget){.configs = 8,
							 .total_s = 4,
							 .overhead_s = 0.04,
							 .round_s = 0.002},
				     &rounds);

	(void)state;
	assert_in_range(end.blocks, 48, 51);
	assert_in_range(rounds, 17, 24);
	assert_true(end.spent_s <= 4.0 && end.spent_s > 3.7);
}

static void quick_runs_still_get_their_blocks(void **state)
{
	unsigned rounds;
	struct run_budget end = play((struct run_budget){.configs = 8,
							 .total_s = 0.8,
							 .overhead_s = 0.05,
							 .round_s = 0.002},
				     &rounds);

	(void)state;
	assert_int_equal(end.blocks, RUN_BLOCKS_MIN);
	assert_in_range(rounds, 25, 30);
	assert_true(end.spent_s <= 0.8);
}

static void long_runs_are_bounded_in_blocks_and_use_rounds(void **state)
{
	unsigned rounds;
	struct run_budget end = play((struct run_budget){.configs = 8,
							 .total_s = 30,
							 .overhead_s = 0.04,
							 .round_s = 0.004},
				     &rounds);

	(void)state;
	assert_int_equal(end.blocks, RUN_SAMPLES_MAX / 8);
	assert_in_range(rounds, 85, 95);
}

/* One filter beside `none` and its control gets more blocks than eight do in the same time. */
static void few_configurations_get_more_blocks(void **state)
{
	struct run_budget budget = {.total_s = 100, .overhead_s = 0.01, .round_s = 0.001};
	unsigned rounds;

	(void)state;
	budget.configs = 3;
	assert_int_equal(play(budget, &rounds).blocks, RUN_SAMPLES_MAX / 3);
	budget.configs = 100;
	assert_int_equal(play(budget, &rounds).blocks, RUN_BLOCKS_ALWAYS);
}

static void no_time_at_all_gives_the_least(void **state)
{
	unsigned rounds;
	struct run_budget end = play((struct run_budget){.configs = 8,
							 .total_s = 1e-6,
							 .overhead_s = 0.04,
							 .round_s = 0.01},
				     &rounds);

	(void)state;
	assert_int_equal(end.blocks, RUN_BLOCKS_MIN);
	assert_int_equal(rounds, 1);
}

static void asked_for_blocks_come_whatever_they_take(void **state)
{
	unsigned rounds;
	struct run_budget end = play((struct run_budget){.configs = 8,
							 .total_s = 0.1,
							 .min_blocks = 75,
							 .overhead_s = 0.04,
							 .round_s = 0.01},
				     &rounds);

	(void)state;
	assert_int_equal(end.blocks, 75);
}

/* The first block knows nothing yet: a guess that was 50 times too low must not eat the time. */
static void first_block_is_short(void **state)
{
	struct run_budget budget = {.configs = 8,
				    .total_s = 8,
				    .overhead_s = 0.001,
				    .round_s = 0.0001};

	(void)state;
	assert_int_equal(run_budget_rounds(&budget), RUN_ROUNDS_FIRST);
	budget.blocks = 1;
	assert_int_equal(run_budget_rounds(&budget), RUN_ROUNDS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rounds_take_about_as_long_as_the_overhead),
		cmocka_unit_test(quick_runs_still_get_their_blocks),
		cmocka_unit_test(long_runs_are_bounded_in_blocks_and_use_rounds),
		cmocka_unit_test(few_configurations_get_more_blocks),
		cmocka_unit_test(no_time_at_all_gives_the_least),
		cmocka_unit_test(asked_for_blocks_come_whatever_they_take),
		cmocka_unit_test(first_block_is_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
