/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness/base/alloc.h"
#include "harness/stats/stats.h"
#include "harness/stats/tests/draws.h"

#define assert_near(a, b) assert_true(fabs((a) - (b)) < 1e-9)

static void of_one_ratio_is_that_ratio(void **state)
{
	const struct stats_interval one = {1.1, 1.05, 1.2};
	struct stats_interval mean = stats_geometric_mean(&one, 1);

	(void)state;
	assert_near(mean.estimate, 1.1);
	assert_near(mean.low, 1.05);
	assert_near(mean.high, 1.2);
}

/* Twice and half cancel; four parts of equal width halve it on the logarithmic scale. */
static void opposites_cancel_and_width_shrinks(void **state)
{
	const double w = exp(0.1);
	const struct stats_interval parts[] = {{2, 2 / w, 2 * w},
					       {0.5, 0.5 / w, 0.5 * w},
					       {4, 4 / w, 4 * w},
					       {0.25, 0.25 / w, 0.25 * w}};
	struct stats_interval mean = stats_geometric_mean(parts, SG_COUNT(parts));

	(void)state;
	assert_near(mean.estimate, 1);
	assert_near(log(mean.low), -0.05);
	assert_near(log(mean.high), 0.05);
}

/* Parts of unequal widths whose own intervals hold 95%: so does the mean's. */
static void holds_as_often_as_its_parts(void **state)
{
	const double sigmas[] = {0.001, 0.002, 0.01, 0.03, 0.005};
	int held = 0, rounds = 4000;
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 7);
	for (int i = 0; i < rounds; i++) {
		struct stats_interval parts[SG_COUNT(sigmas)];

		for (size_t k = 0; k < SG_COUNT(sigmas); k++) {
			double at = sigmas[k] * draw_normal(&rng), reach = 1.96 * sigmas[k];

			parts[k] =
				(struct stats_interval){exp(at), exp(at - reach), exp(at + reach)};
		}

		struct stats_interval mean = stats_geometric_mean(parts, SG_COUNT(parts));

		held += mean.low <= 1 && 1 <= mean.high;
	}
	assert_true(held > rounds * 0.94 && held < rounds * 0.96);
}

static void of_nothing_is_no_number(void **state)
{
	const struct stats_interval negative = {1, -0.1, 2};

	(void)state;
	assert_true(isnan(stats_geometric_mean(NULL, 0).estimate));
	assert_true(isnan(stats_geometric_mean(&negative, 1).estimate));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_one_ratio_is_that_ratio),
		cmocka_unit_test(opposites_cancel_and_width_shrinks),
		cmocka_unit_test(holds_as_often_as_its_parts),
		cmocka_unit_test(of_nothing_is_no_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
