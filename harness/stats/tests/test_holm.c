/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness/base/alloc.h"
#include "harness/stats/stats.h"
#include "harness/stats/tests/draws.h"
#include "harness/stats/tests/near.h"

/* Holm's rule by hand; R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm"). */
static void holm_is_as_in_the_books(void **state)
{
	const double p[] = {0.01, 0.04, 0.03, 0.005}, want[] = {0.03, 0.06, 0.06, 0.02};
	const double large[] = {0.4, 0.9, 0.5};
	double got[4];

	(void)state;
	stats_holm(p, 4, got);
	for (size_t i = 0; i < 4; i++)
		assert_near(got[i], want[i], 1e-15);
	stats_holm(large, 3, got);
	for (size_t i = 0; i < 3; i++)
		assert_near(got[i], 1, 0);
	stats_holm(p, 1, got);
	assert_near(got[0], 0.01, 0);
	stats_holm(p, 0, got);
}

static void holm_in_place(void **state)
{
	double p[] = {0.2, 0.001, 0.02, 0.02};
	const double want[] = {0.2, 0.004, 0.06, 0.06};

	(void)state;
	stats_holm(p, 4, p);
	for (size_t i = 0; i < 4; i++)
		assert_near(p[i], want[i], 1e-15);
}

/* Families of 40 questions whose answers are all no: at most 5% of them hold a yes. */
static void holm_keeps_the_error_of_the_family(void **state)
{
	double p[40];
	struct sg_rng rng;
	int wrong = 0;

	(void)state;
	sg_rng_seed(&rng, 5);
	for (int family = 0; family < 4000; family++) {
		bool any = false;

		for (size_t i = 0; i < SG_COUNT(p); i++)
			p[i] = draw_uniform(&rng);
		stats_holm(p, SG_COUNT(p), p);
		for (size_t i = 0; i < SG_COUNT(p); i++)
			any = any || p[i] < 0.05;
		wrong += any;
	}
	assert_true(wrong > 0.035 * 4000 && wrong < 0.06 * 4000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holm_is_as_in_the_books),
		cmocka_unit_test(holm_in_place),
		cmocka_unit_test(holm_keeps_the_error_of_the_family),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
