/* SPDX-License-Identifier: MIT */
/* What is seen and what is not, on samples made by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "harness/base/alloc.h"
#include "harness/run/session.h"

#define BLOCKS  30
#define COLUMNS 3

struct fixture {
	struct run_row rows[COLUMNS];
	struct run_config configs[COLUMNS];
	struct sg_rng rng;
	struct run_session session;
};

/* `none` takes 1,000 ns; the others as much more as @aa_ns and @filter_ns say, spread by 2 ns. */
static void init(struct fixture *f, double aa_ns, double filter_ns, size_t blocks)
{
	const double extra[COLUMNS] = {0, aa_ns, filter_ns};

	*f = (struct fixture){0};
	sg_rng_seed(&f->rng, 1);
	for (size_t i = 0; i < COLUMNS; i++) {
		f->configs[i] = (struct run_config){.row = &f->rows[i], .in = true};
		f->rows[i].samples = sg_calloc(blocks, sizeof(struct run_sample));
		f->rows[i].sample_count = blocks;
		for (size_t b = 0; b < blocks; b++) {
			double more_ns = extra[i] + (i ? (double)(b % 5) - 2 : 0);

			f->rows[i].samples[b] = (struct run_sample){
				.ns_per_op = 1000 + more_ns,
				.none_ns_per_op = 1000,
				.ratio = 1 + more_ns / 1000,
				.overhead_ns = more_ns,
			};
		}
	}
	f->session = (struct run_session){.configs = f->configs,
					  .config_count = COLUMNS,
					  .rng = &f->rng};
}

static void release(struct fixture *f)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		free(f->rows[i].samples);
		free(f->rows[i].reason);
	}
}

static bool is_seen(double aa_ns, double filter_ns)
{
	struct fixture f;

	init(&f, aa_ns, filter_ns, BLOCKS);
	run_estimate(&f.session);
	assert_int_equal(f.rows[2].status, RUN_MEASURED);
	release(&f);
	return f.rows[2].seen;
}

static void clear_differences_are_seen(void **state)
{
	(void)state;
	assert_true(is_seen(0, 10));
	assert_true(is_seen(0, -10));
}

static void zero_is_never_seen(void **state)
{
	(void)state;
	assert_false(is_seen(0, 0));
	assert_false(is_seen(20, 0)); /* beside the control's interval, but no difference */
	assert_false(is_seen(-20, 0));
}

static void what_the_control_shows_too_is_not_seen(void **state)
{
	(void)state;
	assert_false(is_seen(10, 10));
	assert_false(is_seen(10, 5)); /* between zero and the control */
	assert_true(is_seen(10, 20));
	assert_true(is_seen(10, -5));
}

static void estimates_are_medians_of_the_pairs(void **state)
{
	struct fixture f;

	(void)state;
	init(&f, 0, 50, BLOCKS);
	run_estimate(&f.session);
	assert_true(f.rows[2].overhead_ns.estimate == 50);
	assert_true(f.rows[2].ratio.estimate == 1.05);
	assert_true(f.rows[2].ns_per_op.estimate == 1050);
	assert_true(f.rows[2].overhead_ns.low >= 48 && f.rows[2].overhead_ns.low <= 50);
	assert_true(f.rows[0].ratio.low == 1 && f.rows[0].ratio.high == 1);
	release(&f);
}

static void without_a_control_nothing_is_seen(void **state)
{
	struct fixture f;

	(void)state;
	init(&f, 0, 50, BLOCKS);
	run_config_drop(&f.configs[RUN_AA], RUN_FAILED, sg_strdup("lost"));
	run_estimate(&f.session);
	assert_false(f.rows[2].seen);
	release(&f);
}

static void few_blocks_are_no_measurement(void **state)
{
	const int interrupted = 1;
	struct fixture f;

	(void)state;
	init(&f, 0, 50, STATS_MIN_VALUES - 1);
	run_estimate(&f.session);
	assert_int_equal(f.rows[2].status, RUN_FAILED);
	release(&f);
	init(&f, 0, 50, STATS_MIN_VALUES - 1);
	f.session.control.interrupted = &interrupted;
	run_estimate(&f.session);
	assert_int_equal(f.rows[2].status, RUN_INTERRUPTED);
	assert_int_equal(f.rows[2].sample_count, STATS_MIN_VALUES - 1);
	release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clear_differences_are_seen),
		cmocka_unit_test(zero_is_never_seen),
		cmocka_unit_test(what_the_control_shows_too_is_not_seen),
		cmocka_unit_test(estimates_are_medians_of_the_pairs),
		cmocka_unit_test(without_a_control_nothing_is_seen),
		cmocka_unit_test(few_blocks_are_no_measurement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
