/* SPDX-License-Identifier: MIT */
/* What the result lacks, and what it refuses. */
#include <math.h>

#include "harness/gate/tests/made.h"

static void add_rows(struct saved_result *result, const char *workload)
{
	made_row(result, workload, "p", "none");
	made_row(result, workload, "p", "none-aa");
	made_row(result, workload, "p", "f");
	made_row(result, workload, "p", "g");
}

/* Two filters and the workload null on both sides. */
static void begin(struct made_two *two)
{
	*two = made_two();
	made_filter(&two->was, "p", "f");
	made_filter(&two->was, "p", "g");
	made_filter(&two->is, "p", "f");
	made_filter(&two->is, "p", "g");
	add_rows(&two->was, "null");
	add_rows(&two->is, "null");
}

static void expect_missing(const struct gate_report *report, const char *name, const char *words)
{
	const struct gate_check *check = made_expect(report, GATE_MISSING, name, GATE_INCONCLUSIVE);

	assert_non_null(strstr(check->message, words));
	assert_true(check->baseline == 0 && check->value == 1);
}

static void nothing_is_missing_from_the_same(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	assert_int_equal(made_count(made_compare(&two), GATE_MISSING), 0);
	assert_false(made_noted(&two.report, "not in the baseline"));
	made_end(&two);
}

static void a_filter_is_missing_and_its_rows_are_not_listed(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	made_filter(&two.was, "p", "h");
	made_row(&two.was, "null", "p", "h");
	expect_missing(made_compare(&two), "p/h", "lacks this filter");
	assert_int_equal(made_count(&two.report, GATE_MISSING), 1);
	made_end(&two);
}

static void a_filter_that_was_none_is_not_missing(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	made_unsupported(made_filter(&two.was, "p", "hand"), "for x86_64 only");
	assert_int_equal(made_count(made_compare(&two), GATE_MISSING), 0);
	made_end(&two);
}

static void a_workload_is_missing_once(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	add_rows(&two.was, "futex");
	expect_missing(made_compare(&two), "futex/p/none", "lacks this workload");
	assert_int_equal(made_count(&two.report, GATE_MISSING), 1);
	made_end(&two);
}

static void a_row_is_missing(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	made_row(&two.was, "futex", "p", "none");
	made_row(&two.is, "futex", "p", "none");
	made_row(&two.was, "futex", "p", "g");
	expect_missing(made_compare(&two), "futex/p/g", "lacks this row");
	assert_int_equal(made_count(&two.report, GATE_MISSING), 1);
	made_end(&two);
}

static void a_row_without_its_time_is_missing_where_times_count(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	made_not_measured(&two.is.rows[2], RUN_DENIED, "openat");
	expect_missing(made_compare(&two), "null/p/f", "not measured: denied: openat");
	assert_int_equal(made_count(&two.report, GATE_MISSING), 1);
	two.request.exact = true;
	assert_int_equal(made_count(made_compare(&two), GATE_MISSING), 0);
	made_end(&two);
}

static void a_row_without_its_figures_is_missing(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	two.request.exact = true;
	made_not_measured(&two.is.rows[2], RUN_UNSUPPORTED, "no such file system");
	two.is.rows[2].bpf_insns = NAN;
	expect_missing(made_compare(&two), "null/p/f", "unsupported: no such file system");
	assert_int_equal(made_count(&two.report, GATE_MISSING), 1);
	two.was.rows[2].bpf_insns = NAN;
	assert_int_equal(made_count(made_compare(&two), GATE_MISSING), 0);
	made_end(&two);
}

static void rows_without_times_are_not_listed(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	for (size_t i = 0; i < two.is.row_count; i++)
		made_not_measured(&two.is.rows[i], RUN_UNTIMED, "--no-time");
	assert_int_equal(made_count(made_compare(&two), GATE_MISSING), 0);
	assert_true(made_noted(&two.report, "has no times"));
	made_end(&two);
}

static void a_row_that_had_no_time_lacks_none(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	made_not_measured(&two.was.rows[2], RUN_DENIED, "openat");
	made_not_measured(&two.is.rows[2], RUN_DENIED, "openat");
	assert_int_equal(made_count(made_compare(&two), GATE_MISSING), 0);
	made_end(&two);
}

static void rows_that_were_not_reached_are_counted(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	add_rows(&two.was, "futex");
	add_rows(&two.is, "futex");
	two.is.interrupted = true;
	for (size_t i = 4; i < 8; i++)
		made_not_measured(&two.is.rows[i], RUN_INTERRUPTED, "");
	expect_missing(made_compare(&two), "p", "4 rows of the baseline were not reached");
	assert_int_equal(made_count(&two.report, GATE_MISSING), 1);
	made_end(&two);
}

static void what_may_be_missing_passes(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	made_filter(&two.was, "p", "h");
	two.request.allow[GATE_MISSING].all = true;
	made_expect(made_compare(&two), GATE_MISSING, "p/h", GATE_PASS);
	made_end(&two);
}

static void what_is_new_is_noted(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	made_filter(&two.is, "p", "h");
	made_row(&two.is, "null", "p", "h");
	add_rows(&two.is, "futex");
	assert_int_equal(made_count(made_compare(&two), GATE_MISSING), 0);
	assert_true(made_noted(&two.report, "not in the baseline, so not compared: p/h, "
					    "futex/p/none"));
	assert_false(made_noted(&two.report, "null/p/h"));
	assert_false(made_noted(&two.report, "futex/p/f"));
	made_end(&two);
}

static void of_much_that_is_new_some_is_named(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	for (int i = 0; i < 6; i++) {
		char name[] = {'a', (char)('0' + i), '\0'};

		made_filter(&two.is, "p", name);
	}
	assert_true(made_noted(made_compare(&two), "p/a0, p/a1, p/a2, p/a3, p/a4 and 1 more"));
	made_end(&two);
}

/* ---- refusals */

static void expect_refusal(struct made_two *two, enum gate_result result, double was, double is,
			   const char *words)
{
	const struct gate_check *check =
		made_expect(made_compare(two), GATE_REFUSAL, "p/f", result);

	assert_non_null(strstr(check->message, words));
	assert_true(check->baseline == was && check->value == is);
	assert_int_equal(check->better, is < was);
}

static void a_generator_that_refuses_now_fails(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	expect_refusal(&two, GATE_PASS, 0, 0, "there is a filter, as before");
	made_unsupported(&two.is.filters[0], "too long");
	expect_refusal(&two, GATE_FAIL, 0, 1, "no filter any more: too long");
	assert_int_equal(made_count(&two.report, GATE_MISSING), 0);
	made_expect(&two.report, GATE_REFUSAL, "p/g", GATE_PASS);
	two.request.allow[GATE_REFUSAL].all = true;
	expect_refusal(&two, GATE_PASS, 0, 1, "no filter any more: too long");
	made_end(&two);
}

static void a_generator_that_refused_may_go_on_or_not(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	made_unsupported(&two.was.filters[0], "too long");
	expect_refusal(&two, GATE_PASS, 1, 0, "there is a filter now; there was none: too long");
	made_unsupported(&two.is.filters[0], "still too long");
	expect_refusal(&two, GATE_PASS, 1, 1, "no filter, as before: still too long");
	made_end(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_missing_from_the_same),
		cmocka_unit_test(a_filter_is_missing_and_its_rows_are_not_listed),
		cmocka_unit_test(a_filter_that_was_none_is_not_missing),
		cmocka_unit_test(a_workload_is_missing_once),
		cmocka_unit_test(a_row_is_missing),
		cmocka_unit_test(a_row_without_its_time_is_missing_where_times_count),
		cmocka_unit_test(a_row_without_its_figures_is_missing),
		cmocka_unit_test(rows_without_times_are_not_listed),
		cmocka_unit_test(a_row_that_had_no_time_lacks_none),
		cmocka_unit_test(rows_that_were_not_reached_are_counted),
		cmocka_unit_test(what_may_be_missing_passes),
		cmocka_unit_test(what_is_new_is_noted),
		cmocka_unit_test(of_much_that_is_new_some_is_named),
		cmocka_unit_test(a_generator_that_refuses_now_fails),
		cmocka_unit_test(a_generator_that_refused_may_go_on_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
