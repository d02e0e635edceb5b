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

static const struct pair_kind forty = {draw_normal, 40, 40}, eight = {draw_normal, 8, 8};

static double detectable(const struct pair_kind *kind, const struct pair *pair, double alpha,
			 struct sg_rng *rng)
{
	return stats_detectable_ratio(pair->a, kind->a_count, pair->b, kind->b_count, alpha, 0.8,
				      rng);
}

static double power_at_the_detectable_ratio(const struct pair_kind *kind, double alpha)
{
	struct sg_rng rng;
	struct pair pair;
	int found = 0;

	sg_rng_seed(&rng, 7 * kind->a_count + kind->b_count);
	for (int run = 0; run < 30; run++) {
		pair_draw(kind, 1, &rng, &pair);

		double ratio = detectable(kind, &pair, alpha, &rng);

		for (int again = 0; again < 10; again++) {
			pair_draw(kind, 1 + ratio, &rng, &pair);
			found += stats_mann_whitney(pair.a, kind->a_count, pair.b, kind->b_count) <
				 alpha;
		}
	}
	return found / 300.0;
}

/* The standard error with 30 ratios is 3% to 4%. */
static void is_detected_as_often_as_said(void **state)
{
	(void)state;
	for (size_t k = 0; k < SG_COUNT(pair_kinds); k++) {
		const struct pair_kind *kind = &pair_kinds[k];
		double usual = power_at_the_detectable_ratio(kind, 0.05);
		double strict = power_at_the_detectable_ratio(kind, 0.0005);

		if (usual < 0.7 || usual > 0.95 || strict < (kind->a_count > 8 ? 0.68 : 0.5))
			fail_msg("pairs of kind %zu: %.2f, %.2f", k, usual, strict);
	}
}

static void a_shift_is_no_spread(void **state)
{
	struct sg_rng rng, again;
	struct pair pair, apart;

	(void)state;
	sg_rng_seed(&rng, 2);
	pair_draw(&forty, 1, &rng, &pair);
	apart = pair;
	for (size_t i = 0; i < 40; i++)
		apart.b[i] *= 1.5;
	again = rng;
	assert_near(detectable(&forty, &apart, 0.01, &again), detectable(&forty, &pair, 0.01, &rng),
		    1e-9);
}

static void what_cannot_be_shown_is_infinite(void **state)
{
	struct sg_rng rng;
	struct pair pair;

	(void)state;
	sg_rng_seed(&rng, 9);
	pair_draw(&eight, 1, &rng, &pair);
	/* 2 / C(16, 8) = 0.000155 is the least p */
	assert_true(isinf(detectable(&eight, &pair, 0.00015, &rng)));
	assert_true(isfinite(detectable(&eight, &pair, 0.00016, &rng)));
	assert_true(isnan(stats_detectable_ratio(pair.a, 1, pair.b, 8, 0.05, 0.8, &rng)));
	assert_true(isnan(stats_detectable_ratio(pair.a, 8, pair.b, 0, 0.05, 0.8, &rng)));
}

static void values_without_spread_show_anything(void **state)
{
	const double a[] = {5, 5, 5, 5, 5, 5, 5, 5}, b[] = {6, 6, 6, 6, 6, 6, 6, 6};
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 9);
	assert_near(stats_detectable_ratio(a, 8, b, 8, 0.05, 0.8, &rng), 0, 1e-8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_detected_as_often_as_said),
		cmocka_unit_test(a_shift_is_no_spread),
		cmocka_unit_test(what_cannot_be_shown_is_infinite),
		cmocka_unit_test(values_without_spread_show_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
