/* SPDX-License-Identifier: MIT */
/* The exact figures: of filters, recomputed over each mix, and of rows, from the files. */
#include <math.h>

#include "harness/gate/tests/made.h"

static void begin(struct made_two *two)
{
	*two = made_two();
	two->request.exact = true;
	made_filter(&two->was, "p", "f");
	made_filter(&two->is, "p", "f");
}

/* ---- filters */

/* What a filter of 2 loads comes to, beside one of 5; the bitmap serves neither. */
static const struct {
	enum gate_kind kind;
	double of_2, of_5;
} lengths[] = {
	{GATE_FILTER_INSNS, 3, 6},  {GATE_MIX_INSNS, 3, 6},    {GATE_LEFT_INSNS, 3, 6},
	{GATE_UNIFORM_INSNS, 3, 6}, {GATE_WORST_INSNS, 3, 6},  {GATE_LONGEST_INSNS, 3, 6},
	{GATE_MIX_DENIED, 0, 0},    {GATE_BITMAP_SHARE, 0, 0},
};

static void expect_numbers(const struct gate_report *report, enum gate_kind kind, double was,
			   double is)
{
	const bool worse = is > was;
	const struct gate_check *check =
		made_expect(report, kind, "p/f", worse ? GATE_FAIL : GATE_PASS);

	assert_true(check->baseline == was && check->value == is);
	assert_int_equal(check->better, is < was);
}

static void a_longer_filter_is_worse_in_all_that_is_executed(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	made_prog(&two.was.filters[0], 2, ABI_RET_ALLOW);
	made_prog(&two.is.filters[0], 5, ABI_RET_ALLOW);
	made_compare(&two);
	for (size_t i = 0; i < SG_COUNT(lengths); i++)
		expect_numbers(&two.report, lengths[i].kind, lengths[i].of_2, lengths[i].of_5);
	made_prog(&two.was.filters[0], 5, ABI_RET_ALLOW);
	made_prog(&two.is.filters[0], 2, ABI_RET_ALLOW);
	made_compare(&two);
	for (size_t i = 0; i < SG_COUNT(lengths); i++)
		expect_numbers(&two.report, lengths[i].kind, lengths[i].of_5, lengths[i].of_2);
	made_end(&two);
}

static void figures_are_recomputed_not_read(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	made_prog(&two.was.filters[0], 2, ABI_RET_ALLOW);
	made_prog(&two.is.filters[0], 2, ABI_RET_ALLOW);
	two.was.filters[0].figures = (struct gen_figures){.mix_insns = 1, .worst_insns = 1};
	two.is.filters[0].figures = (struct gen_figures){.mix_insns = 9, .worst_insns = 9};
	made_compare(&two);
	for (size_t i = 0; i < SG_COUNT(lengths); i++)
		expect_numbers(&two.report, lengths[i].kind, lengths[i].of_2, lengths[i].of_2);
	assert_int_equal(two.report.outcome, GATE_PASS);
	made_end(&two);
}

static void what_the_bitmap_serves_no_more_is_worse(void **state)
{
	char *native = sg_asprintf("p/f, %s", abi_arch_native()->name);
	struct made_two two;

	(void)state;
	begin(&two);
	made_prog(&two.is.filters[0], 1, ABI_RET_ALLOW);
	made_expect(made_compare(&two), GATE_BITMAP_SHARE, "p/f", GATE_FAIL);
	made_expect(&two.report, GATE_BITMAP_SERVED, native, GATE_FAIL);
	made_prog(&two.was.filters[0], 1, ABI_RET_ALLOW);
	made_prog(&two.is.filters[0], 0, ABI_RET_ALLOW);
	assert_true(made_expect(made_compare(&two), GATE_BITMAP_SHARE, "p/f", GATE_PASS)->better);
	assert_true(made_expect(&two.report, GATE_BITMAP_SERVED, native, GATE_PASS)->better);
	free(native);
	made_end(&two);
}

static void denying_the_mix_is_worse(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	made_prog(&two.is.filters[0], 0, ABI_RET_ERRNO | 1);
	made_compare(&two);
	expect_numbers(&two.report, GATE_MIX_DENIED, 0, 1);
	made_end(&two);
}

static void allowances_hold_for_figures(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	made_prog(&two.was.filters[0], 2, ABI_RET_ALLOW);
	made_prog(&two.is.filters[0], 5, ABI_RET_ALLOW);
	two.request.allow[GATE_FILTER_INSNS].amount = 3;
	two.request.allow[GATE_MIX_INSNS].share = 0.5;
	made_expect(made_compare(&two), GATE_FILTER_INSNS, "p/f", GATE_PASS);
	made_expect(&two.report, GATE_MIX_INSNS, "p/f", GATE_FAIL);
	made_end(&two);
}

/* Twice an argument is never odd, which is more than the search for the longest path knows: the
 * loads behind the test count all the same. */
static void made_unsettled(struct saved_filter *filter, size_t loads)
{
	struct cbpf_prog *prog = &filter->filter.prog;

	cbpf_release(prog);
	cbpf_add(prog, MADE_LOAD_ARG);
	cbpf_add(prog, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, 2));
	cbpf_add(prog, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 1, 1, 0));
	cbpf_add(prog, MADE_RETURN(ABI_RET_ALLOW));
	made_append(filter, loads, ABI_RET_ALLOW);
}

static void a_longest_path_that_was_not_found_is_not_longer(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	made_prog(&two.was.filters[0], 5, ABI_RET_ALLOW);
	made_unsettled(&two.is.filters[0], 5);
	made_expect(made_compare(&two), GATE_LONGEST_INSNS, "p/f", GATE_INCONCLUSIVE);
	made_unsettled(&two.was.filters[0], 6);
	assert_false(made_expect(made_compare(&two), GATE_LONGEST_INSNS, "p/f", GATE_PASS)->better);
	made_end(&two);
}

/* read and write have the same number everywhere on x86_64; the mix decides what counts. */
static void each_mix_is_compared_once(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	assert_int_equal(made_count(made_compare(&two), GATE_MIX_INSNS), 1);
	made_mix(&two.was, "web", "1 read\n");
	made_mix(&two.is, "web", "1 read\n");
	made_expect(made_compare(&two), GATE_MIX_INSNS, "p/f, mix io", GATE_PASS);
	made_expect(&two.report, GATE_MIX_INSNS, "p/f, mix web", GATE_PASS);
	assert_int_equal(made_count(&two.report, GATE_MIX_INSNS), 2);
	made_mix(&two.is, "web", "1 write\n");
	made_expect(made_compare(&two), GATE_MIX_INSNS, "p/f, mix web of the result", GATE_PASS);
	assert_int_equal(made_count(&two.report, GATE_MIX_INSNS), 3);
	assert_int_equal(made_count(&two.report, GATE_FILTER_INSNS), 1);
	assert_int_equal(made_count(&two.report, GATE_LONGEST_INSNS), 1);
	made_end(&two);
}

static void a_mix_of_no_call_here_is_noted(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	made_mix(&two.was, "other", "1 s390x:read\n");
	made_mix(&two.is, "other", "1 s390x:read\n");
	assert_true(made_noted(made_compare(&two), "the mix other has no call of"));
	assert_int_equal(made_count(&two.report, GATE_MIX_INSNS), 1);
	made_end(&two);
}

static void other_architectures_are_not_compared(void **state)
{
	const struct abi_arch *arches[] = {abi_arch(ABI_X86_64), abi_arch(ABI_AARCH64)};
	struct made_two two;

	(void)state;
	begin(&two);
	two.was.filters[0].policy = made_policy(&two.was, "p", &arches[0], 1);
	two.is.filters[0].policy = made_policy(&two.is, "p", &arches[1], 1);
	assert_non_null(strstr(
		made_expect(made_compare(&two), GATE_MIX_INSNS, "p/f", GATE_INCONCLUSIVE)->message,
		"the first architecture is aarch64, was x86_64"));
	assert_int_equal(made_count(&two.report, GATE_BITMAP_SERVED), 0);
	made_end(&two);
}

static void the_bitmap_is_compared_on_each_architecture_of_both(void **state)
{
	const struct abi_arch *arches[] = {abi_arch(ABI_X86_64), abi_arch(ABI_I386),
					   abi_arch(ABI_X32), abi_arch(ABI_AARCH64)};
	struct made_two two;

	(void)state;
	begin(&two);
	two.was.filters[0].policy = made_policy(&two.was, "p", arches, 4);
	two.is.filters[0].policy = made_policy(&two.is, "p", arches, 3);
	made_expect(made_compare(&two), GATE_BITMAP_SERVED, "p/f, x86_64", GATE_PASS);
	made_expect(&two.report, GATE_BITMAP_SERVED, "p/f, i386", GATE_PASS);
	assert_int_equal(made_count(&two.report, GATE_BITMAP_SERVED), 2);
	made_end(&two);
}

static void no_filter_at_all_has_figures_too(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	for (int i = 0; i < 2; i++) {
		struct gen_filter *filter =
			i ? &two.is.filters[0].filter : &two.was.filters[0].filter;

		cbpf_release(&filter->prog);
		filter->none = true;
	}
	made_compare(&two);
	expect_numbers(&two.report, GATE_FILTER_INSNS, 0, 0);
	expect_numbers(&two.report, GATE_LONGEST_INSNS, 0, 0);
	assert_int_equal(two.report.outcome, GATE_PASS);
	made_end(&two);
}

/* ---- rows */

#define ROW "null/p/f"

static void begin_rows(struct made_two *two)
{
	begin(two);
	made_row(&two->was, "null", "p", "f");
	made_row(&two->is, "null", "p", "f");
}

static void rows_are_compared_from_the_files(void **state)
{
	struct made_two two;

	(void)state;
	begin_rows(&two);
	made_expect(made_compare(&two), GATE_BPF_INSNS, ROW, GATE_PASS);
	made_expect(&two.report, GATE_ROW_SHARE, ROW, GATE_PASS);
	two.is.rows[0].bpf_insns = 10.5;
	two.is.rows[0].bitmap_share = 0.4;
	made_expect(made_compare(&two), GATE_BPF_INSNS, ROW, GATE_FAIL);
	made_expect(&two.report, GATE_ROW_SHARE, ROW, GATE_FAIL);
	two.is.rows[0].bpf_insns = 9.5;
	two.is.rows[0].bitmap_share = 0.6;
	assert_true(made_expect(made_compare(&two), GATE_BPF_INSNS, ROW, GATE_PASS)->better);
	assert_true(made_expect(&two.report, GATE_ROW_SHARE, ROW, GATE_PASS)->better);
	made_end(&two);
}

static void rows_without_a_filter_have_no_figures(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	made_row(&two.was, "null", "p", "none");
	made_row(&two.is, "null", "p", "none");
	assert_int_equal(made_count(made_compare(&two), GATE_BPF_INSNS), 0);
	made_end(&two);
}

static void a_row_that_was_not_measured_counts_where_it_has_figures(void **state)
{
	struct made_two two;

	(void)state;
	begin_rows(&two);
	made_not_measured(&two.is.rows[0], RUN_DENIED, "openat");
	two.is.rows[0].bpf_insns = 11;
	made_expect(made_compare(&two), GATE_BPF_INSNS, ROW, GATE_FAIL);
	two.is.rows[0].bpf_insns = NAN;
	assert_int_equal(made_count(made_compare(&two), GATE_BPF_INSNS), 0);
	made_end(&two);
}

static void a_workload_that_makes_other_calls_is_not_compared(void **state)
{
	struct made_two two;

	(void)state;
	begin_rows(&two);
	two.is.rows[0].calls_per_op = 2;
	two.is.rows[0].bpf_insns = 20;
	assert_non_null(strstr(
		made_expect(made_compare(&two), GATE_BPF_INSNS, ROW, GATE_INCONCLUSIVE)->message,
		"makes 2 calls an operation, and made 1"));
	assert_int_equal(made_count(&two.report, GATE_ROW_SHARE), 0);
	two.was.rows[0].calls_per_op = NAN;
	made_expect(made_compare(&two), GATE_BPF_INSNS, ROW, GATE_FAIL);
	made_end(&two);
}

static void the_mix_workload_of_another_mix_is_not_compared(void **state)
{
	struct made_two two;

	(void)state;
	begin(&two);
	made_row(&two.was, "mix", "p", "f");
	made_row(&two.is, "mix", "p", "f")->bpf_insns = 20;
	made_expect(made_compare(&two), GATE_BPF_INSNS, "mix/p/f", GATE_FAIL);
	made_mix(&two.is, "web", "1 read\n");
	made_expect(made_compare(&two), GATE_BPF_INSNS, "mix/p/f", GATE_INCONCLUSIVE);
	made_end(&two);
}

static void a_kernel_without_a_bitmap_compares_as_if_neither_had_one(void **state)
{
	struct made_two two;

	(void)state;
	begin_rows(&two);
	two.was.env.bitmap = true;
	two.is.env.bitmap = false;
	two.was.rows[0].bpf_insns = 0;
	two.is.rows[0].bitmap_share = 0;
	made_expect(made_compare(&two), GATE_BPF_INSNS, ROW, GATE_PASS);
	assert_int_equal(made_count(&two.report, GATE_ROW_SHARE), 0);
	assert_true(made_noted(&two.report, "the kernel of the result has no bitmap"));
	two.is.rows[0].bpf_insns_full = 11;
	made_expect(made_compare(&two), GATE_BPF_INSNS, ROW, GATE_FAIL);
	two.was.rows[0].bpf_insns_full = NAN;
	assert_int_equal(made_count(made_compare(&two), GATE_BPF_INSNS), 0);
	made_end(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_longer_filter_is_worse_in_all_that_is_executed),
		cmocka_unit_test(figures_are_recomputed_not_read),
		cmocka_unit_test(what_the_bitmap_serves_no_more_is_worse),
		cmocka_unit_test(denying_the_mix_is_worse),
		cmocka_unit_test(allowances_hold_for_figures),
		cmocka_unit_test(a_longest_path_that_was_not_found_is_not_longer),
		cmocka_unit_test(each_mix_is_compared_once),
		cmocka_unit_test(a_mix_of_no_call_here_is_noted),
		cmocka_unit_test(other_architectures_are_not_compared),
		cmocka_unit_test(the_bitmap_is_compared_on_each_architecture_of_both),
		cmocka_unit_test(no_filter_at_all_has_figures_too),
		cmocka_unit_test(rows_are_compared_from_the_files),
		cmocka_unit_test(rows_without_a_filter_have_no_figures),
		cmocka_unit_test(a_row_that_was_not_measured_counts_where_it_has_figures),
		cmocka_unit_test(a_workload_that_makes_other_calls_is_not_compared),
		cmocka_unit_test(the_mix_workload_of_another_mix_is_not_compared),
		cmocka_unit_test(a_kernel_without_a_bitmap_compares_as_if_neither_had_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
