/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness/base/alloc.h"
#include "harness/stats/stats.h"
#include "harness/stats/tests/near.h"
#include "harness/stats/tests/pairs.h"

static double coverage(const struct pair_kind *kind, double ratio, double level)
{
	struct sg_rng rng;
	struct pair pair;
	int held = 0;

	sg_rng_seed(&rng, 40 * kind->a_count + kind->b_count);
	for (int run = 0; run < 500; run++) {
		pair_draw(kind, ratio, &rng, &pair);

		struct stats_interval it = stats_ratio_of_medians(pair.a, kind->a_count, pair.b,
								  kind->b_count, level, 300, &rng);

		held += it.low <= ratio && ratio <= it.high;
	}
	return held / 500.0;
}

/* 500 intervals a row: the standard error is 1% and 0.4%. */
static void intervals_cover_as_the_header_says(void **state)
{
	(void)state;
	for (size_t k = 0; k < SG_COUNT(pair_kinds); k++) {
		double most = coverage(&pair_kinds[k], 1.05, 0.95);
		double nearly_all = coverage(&pair_kinds[k], 1, 0.99);

		if (most < 0.92 || most > 0.985 || nearly_all < 0.965)
			fail_msg("pairs of kind %zu: %.3f, %.3f", k, most, nearly_all);
	}
}

static void ratio_of_few_values_is_all_it_can_be(void **state)
{
	const double a[] = {2, 1, 4, 3, 5}, b[] = {20, 10, 30, 40, 50, 60, 70};
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 1);

	struct stats_interval it = stats_ratio_of_medians(a, 5, b, 7, 0.95, 100, &rng);

	assert_near(it.estimate, 40.0 / 3, 1e-12);
	assert_near(it.low, 2, 0);
	assert_near(it.high, 70, 0);
	assert_true(isnan(stats_ratio_of_medians(a, 0, b, 7, 0.95, 100, &rng).low));
	assert_true(isnan(stats_ratio_of_medians(a, 5, b, 0, 0.95, 100, &rng).estimate));
}

/* The bootstrap's ends at another level lie outside, and the same seed gives them again. */
static void higher_levels_are_wider_and_seeds_repeat(void **state)
{
	const struct pair_kind kind = {draw_normal, 20, 30};
	struct sg_rng rng, again;
	struct pair pair;

	(void)state;
	sg_rng_seed(&rng, 3);
	pair_draw(&kind, 1.1, &rng, &pair);
	again = rng;

	struct stats_interval most =
		stats_ratio_of_medians(pair.a, 20, pair.b, 30, 0.95, 2000, &rng);
	struct stats_interval wide =
		stats_ratio_of_medians(pair.a, 20, pair.b, 30, 0.999, 2000, &rng);
	struct stats_interval same =
		stats_ratio_of_medians(pair.a, 20, pair.b, 30, 0.95, 2000, &again);

	assert_true(wide.low < most.low && most.low < most.estimate);
	assert_true(wide.high > most.high && most.high > most.estimate);
	assert_near(same.low, most.low, 0);
	assert_near(same.high, most.high, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals_cover_as_the_header_says),
		cmocka_unit_test(ratio_of_few_values_is_all_it_can_be),
		cmocka_unit_test(higher_levels_are_wider_and_seeds_repeat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
