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

/* Numbers in no order that two lines of Python make as well; without ties in what follows. */
static void scattered(double *values, unsigned count, unsigned factor, double offset)
{
	for (unsigned i = 1; i <= count; i++)
		values[i - 1] = (i * i * factor + i * 31) % 10007 + offset;
}

/* scipy.stats.mannwhitneyu(a, b, method="exact"), 1.10.1; from 29 and 29 values on "asymptotic". */
static void p_without_ties_is_scipys(void **state)
{
	static const struct {
		unsigned a_count, b_count;
		double offset, p;
	} rows[] = {
		{8, 8, 3000, 0.160528360528},   {12, 9, 900, 0.601599020175},
		{20, 20, 1700, 0.242269621483}, {28, 28, 1500, 0.0477476093333},
		{8, 60, 2500, 0.122353004445},  {40, 40, 2000, 0.00239818756256},
		{60, 60, 1000, 0.188582498793}, {60, 96, 1200, 0.0634561338046},
	};
	double a[PAIR_MAX], b[PAIR_MAX];

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		scattered(a, rows[i].a_count, 7919, 0);
		scattered(b, rows[i].b_count, 6007, rows[i].offset);

		double p = stats_mann_whitney(a, rows[i].a_count, b, rows[i].b_count);

		assert_near(p, rows[i].p, 1e-11);
		assert_near(stats_mann_whitney(b, rows[i].b_count, a, rows[i].a_count), p, 1e-15);
	}
}

/* By hand: 1 of C(6,3) = 20 arrangements on each side; scipy's own example. */
static void p_of_few_values_is_counted(void **state)
{
	const double low[] = {1, 2, 3}, high[] = {4, 5, 6};
	const double males[] = {19, 22, 16, 29, 24}, females[] = {20, 11, 17, 12};

	(void)state;
	assert_near(stats_mann_whitney(low, 3, high, 3), 0.1, 1e-15);
	assert_near(stats_mann_whitney(low, 1, high, 1), 1, 0);
	assert_near(stats_mann_whitney(males, 5, females, 4), 1.0 / 9, 1e-15);
}

/* scipy's with method="asymptotic". */
static void p_with_ties_is_scipys(void **state)
{
	const double a[] = {1, 2, 2, 3, 3, 3, 4}, b[] = {2, 3, 4, 4, 5, 5};
	const double c[] = {10, 10, 10, 11, 12, 12}, d[] = {10, 12, 13, 13, 13, 14, 15};

	(void)state;
	assert_near(stats_mann_whitney(a, 7, b, 6), 0.0782624294771, 1e-12);
	assert_near(stats_mann_whitney(c, 6, d, 7), 0.0279569787356, 1e-12);
}

static void nothing_to_tell_apart_is_one(void **state)
{
	const double same[] = {7, 7, 7, 7, 7, 7};

	(void)state;
	assert_near(stats_mann_whitney(same, 6, same, 6), 1, 0);
	assert_near(stats_mann_whitney(same, 0, same, 6), 1, 0);
	assert_near(stats_mann_whitney(same, 6, same, 0), 1, 0);
}

/* 2,000 pairs a row: the standard error is 0.5%. */
static void alike_is_called_different_as_often_as_said(void **state)
{
	struct sg_rng rng;
	struct pair pair;

	(void)state;
	sg_rng_seed(&rng, 11);
	for (size_t k = 0; k < SG_COUNT(pair_kinds); k++) {
		const struct pair_kind *kind = &pair_kinds[k];
		int alarms = 0;

		for (int run = 0; run < 2000; run++) {
			pair_draw(kind, 1, &rng, &pair);
			alarms += stats_mann_whitney(pair.a, kind->a_count, pair.b, kind->b_count) <
				  0.05;
		}
		if (alarms < 0.03 * 2000 || alarms > 0.065 * 2000)
			fail_msg("pairs of kind %zu: %d of 2000", k, alarms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(p_without_ties_is_scipys),
		cmocka_unit_test(p_of_few_values_is_counted),
		cmocka_unit_test(p_with_ties_is_scipys),
		cmocka_unit_test(nothing_to_tell_apart_is_one),
		cmocka_unit_test(alike_is_called_different_as_often_as_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
