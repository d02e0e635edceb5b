/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness/gate/tests/times_support.h"

/* The only check. */
static const struct gate_check *only(const struct judged *of)
{
	assert_int_equal(of->report.check_count, 1);
	assert_int_equal(of->report.checks[0].kind, GATE_TIME);
	assert_string_equal(of->report.checks[0].name, "w0/p/linear");
	return of->report.checks;
}

/* How one row comes out; the reason, if it is not as wanted. */
static void expect(const struct gate_request *options, struct blocks was, struct blocks is,
		   enum gate_result result, const char *message_part)
{
	for (uint64_t seed = 1; seed <= 5; seed++) {
		struct judged of = judge(options, &was, &is, 1, seed);
		const struct gate_check *check = only(&of);

		if (check->result != result || !strstr(check->message, message_part))
			fail_msg("seed %d: %s: %s", (int)seed, gate_result_name(check->result),
				 check->message);
		judged_release(&of);
	}
}

static struct blocks slower_by(double share)
{
	struct blocks blocks = QUIET;

	blocks.ratio *= 1 + share;
	return blocks;
}

/* ---- a row alone */

static void slower_by_5_percent_fails(void **state)
{
	(void)state;
	expect(NULL, QUIET, slower_by(0.05), GATE_FAIL, "slower (p ");
}

static void slower_by_2_percent_passes(void **state)
{
	(void)state;
	expect(NULL, QUIET, slower_by(0.02), GATE_PASS, "fails above +3.");
}

static void as_before_passes(void **state)
{
	(void)state;
	expect(NULL, QUIET, QUIET, GATE_PASS, "ns an operation; fails above +3.");
}

static void faster_is_better(void **state)
{
	const struct blocks was = QUIET, is = slower_by(-0.06), hardly = slower_by(-0.02);
	struct judged of = judge(NULL, &was, &is, 1, 1);

	(void)state;
	assert_int_equal(only(&of)->result, GATE_PASS);
	assert_true(only(&of)->better);
	assert_non_null(strstr(only(&of)->message, ": faster (p "));
	judged_release(&of);
	of = judge(NULL, &was, &hardly, 1, 1);
	assert_false(only(&of)->better);
	judged_release(&of);
}

/* 8% from block to block: 5% more may or may not be there, and nothing fails by it. */
static void noise_is_inconclusive(void **state)
{
	struct blocks was = QUIET, is = slower_by(0.05);

	(void)state;
	was.noise = is.noise = 0.08;
	was.count = is.count = 9;
	expect(NULL, was, is, GATE_INCONCLUSIVE, "cannot be told; these runs would show +");
}

/* The blocks are quiet, but two processes without a filter differed by as much in one of the runs.
 */
static void the_noise_floor_of_either_run_counts(void **state)
{
	struct blocks loud = QUIET, slower = slower_by(0.05), loud_and_slower = slower_by(0.05);

	(void)state;
	loud.aa_ns = loud_and_slower.aa_ns = 70; /* 6.4% */
	expect(NULL, loud, slower, GATE_INCONCLUSIVE, "would show +6.");
	expect(NULL, QUIET, loud_and_slower, GATE_INCONCLUSIVE, "would show +6.");
}

static void without_a_noise_floor_the_blocks_decide(void **state)
{
	struct blocks was = QUIET, is = slower_by(0.05);

	(void)state;
	was.aa_ns = is.aa_ns = NAN;
	expect(NULL, was, is, GATE_FAIL, "slower");
	expect(NULL, was, was, GATE_PASS, "fails above +3.");
}

/* 5% of 110 ns are less than 10 ns. */
static void few_nanoseconds_do_not_count(void **state)
{
	struct blocks was = QUIET, is = slower_by(0.05);

	(void)state;
	was.none_ns = is.none_ns = 100;
	was.aa_ns = is.aa_ns = 0.3;
	expect(NULL, was, is, GATE_PASS, "fails above +9.");
	expect(&(struct gate_request){.time_ns = 4}, was, is, GATE_FAIL, "fails above +3.");
}

static void the_share_can_be_asked_for(void **state)
{
	(void)state;
	expect(&(struct gate_request){.time_share = 0.08}, QUIET, slower_by(0.05), GATE_PASS,
	       "fails above +8.");
	expect(&(struct gate_request){.time_share = 0.015}, QUIET, slower_by(0.03), GATE_FAIL,
	       "fails above +1.");
}

/* Of 100 blocks, as many as @high are a tenth slower than the others; with hardly any noise. */
static void two_humps(struct saved_result *result, size_t high)
{
	struct saved_row *row = &result->rows[1];

	for (size_t i = 0; i < row->sample_count; i++)
		if (i * high / row->sample_count != (i + 1) * high / row->sample_count)
			row->samples[i].ratio *= 1.1;
}

/* The humps themselves lie @shift times as high now. */
static struct judged judge_two_humps(size_t high, size_t now_high, double shift)
{
	struct blocks was = {100, 1, 0.001, 1000, 3}, is = {100, shift, 0.001, 1000, 3};
	struct judged of = {.baseline = result_of(&was, 1, 1), .result = result_of(&is, 1, 2)};

	two_humps(&of.baseline, high);
	two_humps(&of.result, now_high);
	judge_results(NULL, &of);
	return of;
}

/* 41 slow blocks of 100 or 59: Mann-Whitney sees that, but either median might be the other. */
static void both_ways_of_looking_must_agree(void **state)
{
	struct judged slower = judge_two_humps(41, 59, 0.995);
	struct judged faster = judge_two_humps(59, 41, 1.005);

	(void)state;
	assert_true(only(&slower)->timing->p_holm < 0.02);
	assert_true(only(&slower)->timing->ratio.estimate > 1.09);
	assert_true(only(&slower)->timing->ratio.low < 1);
	assert_int_equal(only(&slower)->result, GATE_INCONCLUSIVE);
	assert_true(only(&faster)->timing->p_holm < 0.02);
	assert_true(only(&faster)->timing->ratio.high > 1);
	assert_false(only(&faster)->better);
	judged_release(&slower);
	judged_release(&faster);
}

/* ---- drift */

/* Twice the time without a filter, and with it: a part of that may show in the ratio. */
static void drift_alone_passes_or_is_told(void **state)
{
	struct blocks now = QUIET;

	(void)state;
	now.none_ns *= 1.04;
	expect(NULL, QUIET, now, GATE_PASS, "fails above +4.");
	now.none_ns = 2000;
	expect(NULL, QUIET, now, GATE_INCONCLUSIVE, "would show +26.");
}

/* The drift of 1% moves the limit by a third of it. */
static void slowdown_beside_a_small_drift_fails(void **state)
{
	struct blocks slower = slower_by(0.05), faster = slower_by(0.05);

	(void)state;
	slower.none_ns *= 1.01;
	faster.none_ns /= 1.01;
	expect(NULL, QUIET, slower, GATE_FAIL, "fails above +3.3");
	expect(NULL, QUIET, faster, GATE_FAIL, "fails above +3.3");
}

static void drift_is_reported(void **state)
{
	const struct blocks was[] = {QUIET, QUIET, QUIET};
	struct blocks is[] = {QUIET, QUIET, QUIET};
	struct judged of;

	(void)state;
	is[0].none_ns *= 1.03;
	is[1].none_ns *= 0.8;
	is[2].none_ns *= 1.1;
	of = judge(NULL, was, is, 3, 1);
	assert_int_equal(of.report.notes.len, 1);
	assert_non_null(strstr(of.report.notes.items[0],
			       "without a filter 2 of 3 workloads took another time than in the "
			       "baseline, w1 by -2"));
	assert_true(fabs(of.report.checks[1].timing->drift - 0.8) < 0.01);
	assert_true(fabs(of.report.checks[2].timing->drift - 1.1) < 0.01);
	judged_release(&of);

	is[1] = is[2] = QUIET;
	of = judge(NULL, was, is, 3, 1);
	assert_int_equal(of.report.notes.len, 0);
	judged_release(&of);
}

/* ---- numbers */

static void numbers_are_those_of_the_baseline_without_drift(void **state)
{
	struct blocks was = QUIET, is = slower_by(0.1);
	struct judged of;

	(void)state;
	is.none_ns *= 1.02;
	is.count = 25;
	of = judge(NULL, &was, &is, 1, 3);

	const struct gate_check *check = only(&of);
	const struct gate_timing *timing = check->timing;

	assert_true(fabs(check->baseline - 1100) < 1e-6);
	assert_true(fabs(check->value - 1210) < 5);
	assert_true(fabs(timing->change_ns - 110) < 5);
	assert_true(fabs(check->value - check->baseline - timing->change_ns) < 1e-9);
	assert_true(timing->ratio.low < 1.1 && 1.1 < timing->ratio.high);
	assert_true(timing->detectable > 0.002 && timing->detectable < 0.015);
	assert_int_equal(timing->baseline_blocks, 40);
	assert_int_equal(timing->blocks, 25);
	assert_true(timing->p <= timing->p_holm && timing->p_holm < 1e-6);
	judged_release(&of);
}

static void same_files_and_seed_give_the_same_numbers(void **state)
{
	const struct blocks was = QUIET, is = slower_by(0.03);
	struct judged one = judge(NULL, &was, &is, 1, 4), two = judge(NULL, &was, &is, 1, 4);

	(void)state;
	assert_memory_equal(only(&one)->timing, only(&two)->timing, sizeof(*only(&one)->timing));
	assert_string_equal(only(&one)->message, only(&two)->message);
	judged_release(&one);
	judged_release(&two);
}

/* ---- what is compared */

static void different_numbers_of_blocks_are_compared(void **state)
{
	struct blocks few = QUIET, many = slower_by(0.05);

	(void)state;
	few.count = 10;
	many.count = 120;
	expect(NULL, few, many, GATE_FAIL, "slower");
	many.ratio = few.ratio;
	expect(NULL, many, few, GATE_PASS, "fails above +3.");
}

static void few_blocks_are_inconclusive(void **state)
{
	struct blocks few = slower_by(0.5);

	(void)state;
	few.count = 5;
	expect(NULL, QUIET, few, GATE_INCONCLUSIVE, "5 blocks against 40: at least 6 of each");
	expect(NULL, few, QUIET, GATE_INCONCLUSIVE, "40 blocks against 5: at least 6 of each");
}

static void rows_without_a_time_on_both_sides_are_no_check(void **state)
{
	const struct blocks was[] = {QUIET, QUIET, QUIET};
	struct judged of = {.baseline = result_of(was, 3, 1), .result = result_of(was, 3, 2)};
	struct saved_row *denied = &of.result.rows[1], *cut_short = &of.baseline.rows[3];

	(void)state;
	denied->status = RUN_DENIED;
	cut_short->status = RUN_INTERRUPTED;
	denied->sample_count = cut_short->sample_count = 0;
	judge_results(NULL, &of);
	assert_int_equal(of.report.check_count, 1);
	assert_string_equal(of.report.checks[0].name, "w2/p/linear");
	judged_release(&of);
}

/* Slower, since an operation makes more calls than it did. */
static void rows_that_do_other_work_are_no_check(void **state)
{
	const struct blocks was[] = {QUIET, QUIET}, is[] = {slower_by(0.05), slower_by(0.05)};
	struct judged of = {.baseline = result_of(was, 2, 1), .result = result_of(is, 2, 2)};

	(void)state;
	of.baseline.rows[1].calls_per_op = 2;
	of.result.rows[1].calls_per_op = 3;
	judge_results(NULL, &of);
	assert_int_equal(of.report.check_count, 1);
	assert_string_equal(of.report.checks[0].name, "w1/p/linear");
	judged_release(&of);
}

/* Nor does `none` drift by it. */
static void other_work_is_no_drift(void **state)
{
	const struct blocks was[] = {QUIET, QUIET};
	struct blocks is[] = {QUIET, QUIET};
	struct judged of;

	(void)state;
	is[0].none_ns *= 1.5;
	of = (struct judged){.baseline = result_of(was, 2, 1), .result = result_of(is, 2, 2)};
	for (size_t i = 0; i < 2; i++) {
		of.baseline.rows[i].calls_per_op = 2;
		of.result.rows[i].calls_per_op = 3;
	}
	judge_results(NULL, &of);
	assert_int_equal(of.report.check_count, 1);
	assert_int_equal(of.report.notes.len, 0);
	judged_release(&of);
}

static void interrupted_before_the_first_row(void **state)
{
	const struct blocks was[] = {QUIET, QUIET};
	volatile int interrupted = 1;
	struct judged of =
		judge(&(struct gate_request){.interrupted = &interrupted}, was, was, 2, 1);

	(void)state;
	assert_int_equal(of.report.check_count, 0);
	judged_release(&of);
}

/* ---- many rows */

/* What fails alone is one of a hundred chances among as many rows, where nothing else is there. */
static void many_rows_ask_for_more(void **state)
{
	struct blocks was[90], is[90];
	double alone, among;

	(void)state;
	for (size_t i = 0; i < SG_COUNT(was); i++) {
		was[i] = is[i] = QUIET;
		was[i].noise = is[i].noise = 0.03;
		was[i].count = is[i].count = 9;
	}
	is[0].ratio *= 1.06;

	struct judged of = judge(NULL, was, is, 1, 6);

	assert_int_equal(of.report.checks[0].result, GATE_FAIL);
	assert_true(of.report.checks[0].timing->p == of.report.checks[0].timing->p_holm);
	alone = of.report.checks[0].timing->detectable;
	judged_release(&of);
	of = judge(NULL, was, is, SG_COUNT(was), 6);
	assert_int_equal(of.report.checks[0].result, GATE_INCONCLUSIVE);
	assert_true(of.report.checks[0].timing->p < 0.02);
	assert_true(of.report.checks[0].timing->p_holm > 0.02);
	among = of.report.checks[0].timing->detectable;
	judged_release(&of);
	assert_true(among > alone);
}

static void too_few_blocks_for_so_many_rows_are_told(void **state)
{
	struct blocks was[40], is[40];

	(void)state;
	for (size_t i = 0; i < SG_COUNT(was); i++) {
		was[i] = is[i] = QUIET;
		was[i].count = is[i].count = 6;
	}
	is[3].ratio *= 2;

	struct judged of = judge(NULL, was, is, SG_COUNT(was), 1);

	assert_int_equal(of.report.checks[3].result, GATE_INCONCLUSIVE);
	assert_true(isinf(of.report.checks[3].timing->detectable));
	assert_non_null(strstr(of.report.checks[3].message,
			       "6 blocks against 6 are too few among so many rows"));
	judged_release(&of);
}

/* ---- allowances */

static void allowed_slowdowns_do_not_fail(void **state)
{
	struct gate_request all = {.allow[GATE_TIME].all = true};
	struct gate_request share = {.allow[GATE_TIME].share = 0.1};
	struct gate_request amount = {.allow[GATE_TIME].amount = 80};

	(void)state;
	expect(&all, QUIET, slower_by(0.05), GATE_PASS, "slower, which is allowed");
	expect(&share, QUIET, slower_by(0.05), GATE_PASS, "fails above +10.");
	expect(&share, QUIET, slower_by(0.15), GATE_FAIL, "fails above +10.");
	expect(&amount, QUIET, slower_by(0.05), GATE_PASS, "fails above +7.");
}

/* ---- how often it errs */

static void one_in_ten_wild(struct saved_result *result, struct sg_rng *rng)
{
	for (size_t i = 0; i < result->row_count; i++)
		for (size_t k = 0; result->rows[i].column && k < result->rows[i].sample_count; k++)
			if (!sg_rng_below(rng, 10))
				result->rows[i].samples[k].ratio *= exp(0.3 * bell(rng));
}

/*
 * 30 pairs of runs in which nothing changed, of 40 rows whose noise is as large as what counts, so
 * that only the statistics stand between them and a false alarm. Without Holm's correction three
 * in four fail; with it one in a hundred.
 */
static void alike_fails_in_less_than_one_run_of_a_hundred(void **state)
{
	struct blocks kinds[40];
	struct sg_rng rng;
	int alarms = 0;

	(void)state;
	sg_rng_seed(&rng, 12);
	for (size_t i = 0; i < SG_COUNT(kinds); i++) {
		kinds[i] = QUIET;
		kinds[i].noise = 0.02 + 0.002 * i;
		kinds[i].count = 8 + i % 4;
	}
	for (uint64_t run = 0; run < 30; run++) {
		struct judged of = {.baseline = result_of(kinds, SG_COUNT(kinds), 1000 + run),
				    .result = result_of(kinds, SG_COUNT(kinds), 5000 + run)};
		bool alarm = false;

		one_in_ten_wild(&of.baseline, &rng);
		one_in_ten_wild(&of.result, &rng);
		judge_results(NULL, &of);
		for (size_t i = 0; i < of.report.check_count; i++)
			alarm = alarm || of.report.checks[i].result == GATE_FAIL;
		alarms += alarm;
		judged_release(&of);
	}
	if (alarms > 2)
		fail_msg("%d of 30 runs", alarms);
}

/* Blocks as those of a default run on a quiet machine. */
static void slower_by_5_percent_is_found_nearly_always(void **state)
{
	struct blocks was = QUIET, is = slower_by(0.05);
	int found = 0;

	(void)state;
	was.noise = is.noise = 0.015;
	for (uint64_t run = 0; run < 100; run++) {
		struct judged of = judge(NULL, &was, &is, 1, 300 + run);

		found += only(&of)->result == GATE_FAIL;
		judged_release(&of);
	}
	if (found < 98)
		fail_msg("%d of 100 runs", found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slower_by_5_percent_fails),
		cmocka_unit_test(slower_by_2_percent_passes),
		cmocka_unit_test(as_before_passes),
		cmocka_unit_test(faster_is_better),
		cmocka_unit_test(noise_is_inconclusive),
		cmocka_unit_test(the_noise_floor_of_either_run_counts),
		cmocka_unit_test(without_a_noise_floor_the_blocks_decide),
		cmocka_unit_test(few_nanoseconds_do_not_count),
		cmocka_unit_test(the_share_can_be_asked_for),
		cmocka_unit_test(both_ways_of_looking_must_agree),
		cmocka_unit_test(drift_alone_passes_or_is_told),
		cmocka_unit_test(slowdown_beside_a_small_drift_fails),
		cmocka_unit_test(drift_is_reported),
		cmocka_unit_test(numbers_are_those_of_the_baseline_without_drift),
		cmocka_unit_test(same_files_and_seed_give_the_same_numbers),
		cmocka_unit_test(different_numbers_of_blocks_are_compared),
		cmocka_unit_test(few_blocks_are_inconclusive),
		cmocka_unit_test(rows_without_a_time_on_both_sides_are_no_check),
		cmocka_unit_test(rows_that_do_other_work_are_no_check),
		cmocka_unit_test(other_work_is_no_drift),
		cmocka_unit_test(interrupted_before_the_first_row),
		cmocka_unit_test(many_rows_ask_for_more),
		cmocka_unit_test(too_few_blocks_for_so_many_rows_are_told),
		cmocka_unit_test(allowed_slowdowns_do_not_fail),
		cmocka_unit_test(alike_fails_in_less_than_one_run_of_a_hundred),
		cmocka_unit_test(slower_by_5_percent_is_found_nearly_always),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
