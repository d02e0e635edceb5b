/* SPDX-License-Identifier: MIT */
/* Kinds, numbers, allowances, and what the checks come to; what cannot be compared. */
#include <errno.h>
#include <stdio.h>

#include "harness/gate/tests/made.h"

static const struct gate_allowance none_allowed;

/* What two numbers of the kind come to; the message is copied to @message. */
static enum gate_result judge(enum gate_kind kind, struct gate_allowance allowance, double was,
			      double is, bool *ret_better, char message[128])
{
	struct gate_request request = {0};
	struct gate_report report = {0};
	struct gate_check *check = gate_check_add(&report, kind, "p/f");

	request.allow[kind] = allowance;
	gate_check_numbers(&request, check, was, is);

	const enum gate_result result = check->result;

	assert_true(check->baseline == was && check->value == is);
	*ret_better = check->better;
	snprintf(message, 128, "%s", check->message);
	gate_report_release(&report);
	return result;
}

static void every_kind_knows_what_is_worse(void **state)
{
	char text[128];
	bool better;

	(void)state;
	for (int kind = 0; kind < GATE_KIND_COUNT; kind++) {
		const bool lower = gate_kinds[kind].better == GATE_LOWER;
		const double good = lower ? 2 : 4, bad = lower ? 4 : 2;

		assert_int_equal(judge(kind, none_allowed, good, bad, &better, text), GATE_FAIL);
		assert_false(better);
		assert_int_equal(judge(kind, none_allowed, bad, good, &better, text), GATE_PASS);
		assert_true(better);
		assert_int_equal(judge(kind, none_allowed, bad, bad, &better, text), GATE_PASS);
		assert_false(better);
	}
}

static void messages_have_both_numbers_and_the_change(void **state)
{
	char text[128];
	bool better;

	(void)state;
	judge(GATE_FILTER_INSNS, none_allowed, 1200, 1500, &better, text);
	assert_string_equal(text, "1,500 insns, was 1,200 (+300, +25%)");
	judge(GATE_MIX_INSNS, none_allowed, 5.625, 5.5, &better, text);
	assert_string_equal(text, "5.5 insns, was 5.625 (-0.125, -2.22%)");
	judge(GATE_BITMAP_SHARE, none_allowed, 0.25, 0.25, &better, text);
	assert_string_equal(text, "0.25, as before");
	judge(GATE_PROOF, none_allowed, 0, 3, &better, text);
	assert_string_equal(text, "3, was 0 (+3)");
	judge(GATE_MIX_INSNS, (struct gate_allowance){.amount = 1}, 5, 6, &better, text);
	assert_string_equal(text, "6 insns, was 5 (+1, +20%), which is allowed");
}

static void the_larger_allowance_counts(void **state)
{
	const struct gate_allowance amount = {.amount = 5}, share = {.share = 0.1},
				    both = {.amount = 5, .share = 0.1}, all = {.all = true};
	const enum gate_kind kind = GATE_FILTER_INSNS;
	char text[128];
	bool better;

	(void)state;
	assert_int_equal(judge(kind, amount, 100, 105, &better, text), GATE_PASS);
	assert_int_equal(judge(kind, amount, 100, 106, &better, text), GATE_FAIL);
	assert_int_equal(judge(kind, share, 100, 110, &better, text), GATE_PASS);
	assert_int_equal(judge(kind, share, 100, 111, &better, text), GATE_FAIL);
	assert_int_equal(judge(kind, both, 20, 25, &better, text), GATE_PASS);
	assert_int_equal(judge(kind, both, 100, 110, &better, text), GATE_PASS);
	assert_int_equal(judge(kind, both, 100, 111, &better, text), GATE_FAIL);
	assert_int_equal(judge(kind, all, 1, 1e9, &better, text), GATE_PASS);
	assert_int_equal(judge(GATE_BITMAP_SHARE, share, 0.5, 0.46, &better, text), GATE_PASS);
	assert_int_equal(judge(GATE_BITMAP_SHARE, share, 0.5, 0.44, &better, text), GATE_FAIL);
}

static void the_order_of_a_sum_is_no_difference(void **state)
{
	char text[128];
	bool better;

	(void)state;
	assert_int_equal(judge(GATE_MIX_INSNS, none_allowed, 5.1, 5.1 * (1 + 1e-12), &better, text),
			 GATE_PASS);
	assert_int_equal(judge(GATE_MIX_INSNS, none_allowed, 5.1, 5.1 * (1 - 1e-12), &better, text),
			 GATE_PASS);
	assert_false(better);
	assert_int_equal(judge(GATE_MIX_INSNS, none_allowed, 5.1, 5.1 * (1 + 1e-7), &better, text),
			 GATE_FAIL);
	/* 3 is 2.5 and a fifth of it, but not in binary. */
	assert_int_equal(judge(GATE_MIX_INSNS, (struct gate_allowance){.share = 0.2}, 2.5, 3.0,
			       &better, text),
			 GATE_PASS);
}

static void names_of_kinds_are_read_back(void **state)
{
	struct sg_err err = {0};
	enum gate_kind kind;

	(void)state;
	for (int i = 0; i < GATE_KIND_COUNT; i++) {
		assert_int_equal(gate_kind_parse(gate_kinds[i].name, &kind, &err), 0);
		assert_int_equal(kind, i);
	}
	assert_int_equal(gate_kind_parse("filter_insn", &kind, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "did you mean filter_insns?"));
}

/* ---- two results */

static void begin(struct made_two *two)
{
	*two = made_two();
	two->request.exact = true;
	made_filter(&two->was, "p", "f");
	made_filter(&two->is, "p", "f");
}

static void the_same_twice_passes(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	made_row(&two.was, "null", "p", "f");
	made_row(&two.is, "null", "p", "f");
	assert_int_equal(made_compare(&two)->outcome, GATE_PASS);
	assert_in_range(two.report.check_count, 10, 1000);
	assert_int_equal(two.report.counts[GATE_PASS], two.report.check_count);
	assert_ptr_equal(two.report.baseline, &two.was);
	assert_ptr_equal(two.report.result, &two.is);
	made_end(&two);
}

static void the_heaviest_check_decides(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	made_filter(&two.was, "p", "gone");
	assert_int_equal(made_compare(&two)->outcome, GATE_INCONCLUSIVE);
	assert_int_equal(two.report.counts[GATE_INCONCLUSIVE], 1);
	assert_int_equal(two.report.counts[GATE_FAIL], 0);
	made_prog(&two.is.filters[0], 3, ABI_RET_ALLOW);
	assert_int_equal(made_compare(&two)->outcome, GATE_FAIL);
	assert_int_equal(two.report.counts[GATE_INCONCLUSIVE], 1);
	assert_in_range(two.report.counts[GATE_FAIL], 1, 100);
	assert_int_equal(two.report.counts[0] + two.report.counts[1] + two.report.counts[2],
			 two.report.check_count);
	made_end(&two);
}

static void refused(struct made_two *two, const char *words)
{
	struct gate_report report = {.check_count = 77};
	struct sg_err err = {0};

	two->request.baseline = &two->was;
	two->request.result = &two->is;
	assert_int_equal(gate_run(&two->request, &report, &err), -EINVAL);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	if (!strstr(err.msg, words))
		fail_msg("%s", err.msg);
	assert_int_equal(report.check_count, 77);
	made_end(two);
}

static void nothing_in_common_is_refused(void **state)
{
	struct made_two two = made_two();

	(void)state;
	made_filter(&two.was, "p", "f");
	made_filter(&two.is, "q", "f");
	made_row(&two.was, "null", "p", "f");
	made_row(&two.is, "null", "q", "f");
	refused(&two, "was.json and is.json have no filter and no row in common");
}

static void a_row_alone_is_something_in_common(void **state)
{
	struct made_two two = made_two();

	(void)state;
	made_row(&two.was, "null", "p", "none");
	made_row(&two.is, "null", "p", "none");
	two.request.exact = true;
	assert_int_equal(made_compare(&two)->outcome, GATE_PASS);
	made_end(&two);
}

static void other_settings_are_refused(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	two.is.settings.bitmap_off = true;
	refused(&two, "is.json was measured with --bitmap off, was.json with --bitmap on");
	begin(&two);
	two.was.settings.stack = 4;
	refused(&two, "is.json was measured with --stack 1, was.json with --stack 4");
}

/* ---- what is not compared, and said */

static void times_of_two_machines_are_not_compared(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	two.request.exact = false;
	made_row(&two.was, "null", "p", "none");
	made_row(&two.is, "null", "p", "none");
	assert_true(made_compare(&two)->timed);
	assert_int_equal(two.report.class_differences.len, 0);

	snprintf(two.is.env.cpu, sizeof(two.is.env.cpu), "another processor");
	assert_false(made_compare(&two)->timed);
	assert_int_equal(two.report.class_differences.len, 1);
	assert_non_null(strstr(two.report.class_differences.items[0], "another processor"));
	made_end(&two);
}

static void results_without_times_are_noted(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	two.request.exact = false;
	made_row(&two.was, "null", "p", "none");
	assert_false(made_compare(&two)->timed);
	assert_true(made_noted(&two.report, "the result (is.json) has no times"));
	assert_false(made_noted(&two.report, "the baseline (was.json) has no times"));
	two.request.exact = true;
	assert_false(made_compare(&two)->timed);
	assert_true(made_noted(&two.report, "times are not compared, as asked for"));
	made_end(&two);
}

static void an_early_end_is_noted_on_either_side(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	assert_false(made_noted(made_compare(&two), "ended early"));
	two.was.interrupted = true;
	assert_true(made_noted(made_compare(&two), "the baseline ended early (was.json)"));
	two.was.interrupted = false;
	two.is.interrupted = true;
	assert_true(made_noted(made_compare(&two), "the result ended early (is.json)"));
	made_end(&two);
}

static void policies_without_rules_are_noted(void **state)
{
	const struct abi_arch *native = abi_arch_native();
	struct made_two two;

	(void)state;
	begin(&two);
	made_policy(&two.was, "p", &native, 1);
	two.was.schema_version = 1;
	assert_true(made_noted(made_compare(&two),
			       "the baseline (was.json, version 1) does not carry"));
	made_end(&two);
}

static void an_interrupted_gate_says_so(void **state)
{
	const volatile int interrupted = 1;
	struct made_two two;

	(void)state;
	begin(&two);
	assert_false(made_compare(&two)->interrupted);
	two.request.interrupted = &interrupted;
	assert_true(made_compare(&two)->interrupted);
	/* What was not looked at may have become worse. */
	assert_int_equal(made_compare(&two)->outcome, GATE_INCONCLUSIVE);
	assert_int_equal(two.report.check_count, 0);
	made_end(&two);
}

/* ---- pairs */

static void pairs_are_all_filters_of_both(void **state)
{
	struct made_two two;
	struct gate_pair *pairs;

	(void)state;
	begin(&two);
	made_filter(&two.was, "p", "old");
	made_filter(&two.is, "q", "f");
	made_unsupported(made_filter(&two.was, "p", "lost"), "why");
	made_filter(&two.is, "p", "lost");
	two.request.baseline = &two.was;
	two.request.result = &two.is;
	assert_int_equal(gate_pairs(&two.request, &pairs), 4);
	assert_string_equal(pairs[0].name, "p/f");
	assert_ptr_equal(pairs[0].baseline, &two.was.filters[0]);
	assert_ptr_equal(pairs[0].result, &two.is.filters[0]);
	assert_true(gate_pair_both(&pairs[0]) && gate_pair_same(&pairs[0]));
	assert_string_equal(pairs[1].name, "p/old");
	assert_null(pairs[1].result);
	assert_false(gate_pair_both(&pairs[1]) || gate_pair_same(&pairs[1]));
	assert_string_equal(pairs[2].name, "p/lost");
	assert_false(gate_pair_both(&pairs[2]) || gate_pair_same(&pairs[2]));
	assert_string_equal(pairs[3].name, "q/f");
	assert_null(pairs[3].baseline);
	made_prog(&two.is.filters[0], 0, ABI_RET_ERRNO | 1);
	assert_true(gate_pair_both(&pairs[0]));
	assert_false(gate_pair_same(&pairs[0]));
	gate_pairs_free(pairs, 4);
	made_end(&two);
}

/* ---- registries */

static void formats_are_sorted_and_parts_are_named(void **state)
{
	(void)state;
	for (const struct gate_part *const *part = gate_parts; *part; part++)
		assert_true((*part)->name && (*part)->summary && (*part)->run);
	for (const struct gate_format *const *format = gate_formats; *format; format++) {
		assert_true((*format)->name && (*format)->summary && (*format)->write);
		if (format[1])
			assert_true(strcmp(format[0]->name, format[1]->name) < 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_knows_what_is_worse),
		cmocka_unit_test(messages_have_both_numbers_and_the_change),
		cmocka_unit_test(the_larger_allowance_counts),
		cmocka_unit_test(the_order_of_a_sum_is_no_difference),
		cmocka_unit_test(names_of_kinds_are_read_back),
		cmocka_unit_test(the_same_twice_passes),
		cmocka_unit_test(the_heaviest_check_decides),
		cmocka_unit_test(nothing_in_common_is_refused),
		cmocka_unit_test(a_row_alone_is_something_in_common),
		cmocka_unit_test(other_settings_are_refused),
		cmocka_unit_test(times_of_two_machines_are_not_compared),
		cmocka_unit_test(results_without_times_are_noted),
		cmocka_unit_test(an_early_end_is_noted_on_either_side),
		cmocka_unit_test(policies_without_rules_are_noted),
		cmocka_unit_test(an_interrupted_gate_says_so),
		cmocka_unit_test(pairs_are_all_filters_of_both),
		cmocka_unit_test(formats_are_sorted_and_parts_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
