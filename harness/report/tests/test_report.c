/* SPDX-License-Identifier: MIT */
/* Reporters on a result made by hand: what they print is known, no time is involved. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/json.h"
#include "harness/report/report.h"
#include "harness/report/text.h"

#define BLOCKS 3

static const struct wl fast = {.name = "fast", .op = "one call"};
static const struct wl slow = {.name = "argcheck-personality", .op = "one call"};

struct fixture {
	struct policy policy;
	const struct abi_arch *arches[1];
	struct mix mix;
	struct run_filter filters[2];
	struct run_group group;
	struct run_plan plan;
	struct run_sample samples[BLOCKS];
	struct run_row rows[8];
	struct run_result result;
};

static struct run_row row(struct fixture *f, const struct wl *wl, const struct run_filter *filter,
			  bool aa, double ns, double low, double high)
{
	return (struct run_row){
		.workload = wl,
		.group = &f->group,
		.filter = filter,
		.aa = aa,
		.samples = f->samples,
		.sample_count = BLOCKS,
		.ns_per_op = {ns, ns - 1, ns + 1},
		.ratio = {ns / 1000, 1, 1},
		.overhead_ns = {ns - 1000, low, high},
		.seen = low > 5 || high < -5,
		.bitmap_share = filter ? 0.5 : 0,
		.bpf_insns = filter ? 12.5 : 0,
	};
}

static void fill_rows(struct fixture *f)
{
	struct run_row *r = f->rows;

	r[0] = row(f, &fast, NULL, false, 1000, 0, 0);
	r[1] = row(f, &fast, NULL, true, 1001, -2.5, 3);
	r[2] = row(f, &fast, &f->filters[0], false, 1040, 35, 45);
	r[3] = row(f, &fast, &f->filters[1], false, 1001.5, -1, 4);
	for (int i = 4; i < 8; i++) {
		r[i] = row(f, &slow, i > 5 ? &f->filters[i - 6] : NULL, i == 5, 1, 0, 0);
		r[i].status = RUN_UNSUPPORTED;
		r[i].reason = (char *)"this host has no such call, and a reason that long must be "
				      "wrapped to stay within one hundred columns of the terminal";
		r[i].sample_count = 0;
	}
}

static struct fixture *make(void)
{
	struct fixture *f = sg_calloc(1, sizeof(*f));
	struct sg_err err = {0};

	assert_int_equal(mix_parse("1 read\n", 7, "t.mix", &f->mix, &err), 0);
	f->arches[0] = abi_arch(ABI_X86_64);
	f->policy = (struct policy){.arches = f->arches, .arch_count = 1};
	memset(f->policy.sha256, 'a', sizeof(f->policy.sha256) - 1);
	f->filters[0] = (struct run_filter){.name = (char *)"linear", .install_ns = 2110000};
	cbpf_add(&f->filters[0].filter.prog, (struct sock_filter){6, 0, 0, 0x7fff0000});
	memset(f->filters[0].filter.sha256, 'b', SG_SHA256_HEX_BYTES - 1);
	f->filters[1] = f->filters[0];
	f->filters[1].name = (char *)"tuned";
	f->filters[0].figures = (struct gen_figures){.filter_insns = 1144, .mix_insns = 66.2};
	for (int i = 0; i < BLOCKS; i++)
		f->samples[i] = (struct run_sample){1040 + i, 1000 + i, 1.04, 40, 100, 0};
	f->group = (struct run_group){(char *)"some-profile", &f->policy, f->filters, 2};
	f->plan = (struct run_plan){
		.groups = &f->group, .group_count = 1, .mix = &f->mix, .seconds = 8, .stack = 1};
	fill_rows(f);
	f->result = (struct run_result){.plan = &f->plan, .rows = f->rows, .row_count = 8};
	memcpy(f->result.env.seccomp_implies_ssbd, "no", 3);
	return f;
}

static void drop(struct fixture *f)
{
	cbpf_release(&f->filters[0].filter.prog);
	mix_release(&f->mix);
	sg_strv_release(&f->result.warnings);
	free(f);
}

static struct sg_buf render(const struct fixture *f, const char *name, bool colour)
{
	struct report_options look = {.colour = colour};
	struct sg_buf out = {0};
	struct sg_err err = {0};

	assert_int_equal(report_find(name, &err)->write(&f->result, &look, &out, &err), 0);
	return out;
}

static void assert_has(const struct sg_buf *out, const char *text)
{
	if (!strstr(out->data, text))
		fail_msg("expected \"%s\" in:\n%s", text, out->data);
}

static void table_says_what_was_measured(void **state)
{
	struct fixture *f = make();
	struct sg_buf out = render(f, "table", false);

	(void)state;
	assert_has(&out, "some-profile for x86_64");
	assert_has(&out, "noise floor 3.0 ns (0.30%)");
	assert_has(&out, "+40.0 [+35.0, +45.0]");
	assert_has(&out, "no difference seen (below 4.0 ns)");
	assert_has(&out, "1,144");
	assert_null(strstr(out.data, "none-aa"));
	assert_null(strchr(out.data, '\033'));
	sg_buf_release(&out);
	drop(f);
}

/* A result file may lack it. */
static void table_says_where_the_load_is_unknown(void **state)
{
	struct fixture *f = make();
	struct sg_buf out;

	(void)state;
	f->result.env.load_end = NAN;
	out = render(f, "table", false);
	assert_has(&out, "load unknown");
	assert_null(strstr(out.data, "nan"));
	sg_buf_release(&out);
	drop(f);
}

/* One number needs more than one workload: the second is measured too, at the same ratios. */
static void table_ends_with_one_number_a_filter(void **state)
{
	struct fixture *f = make();

	(void)state;
	for (int i = 0; i < 4; i++) {
		f->rows[4 + i] = f->rows[i];
		f->rows[4 + i].workload = &slow;
		f->rows[i].ratio = f->rows[4 + i].ratio = (struct stats_interval){1.04, 1.03, 1.05};
	}

	struct sg_buf out = render(f, "table", false);

	assert_has(&out, "linear             +4.00%  [+3.29%, +4.71%] over 2 workloads");
	assert_has(&out, "(A/A control)");
	sg_buf_release(&out);
	drop(f);
}

static void table_shows_a_workload_that_cannot_run_once(void **state)
{
	struct fixture *f = make();
	struct sg_buf out = render(f, "table", false);
	char *first = strstr(out.data, "unsupported: this host");

	(void)state;
	assert_non_null(first);
	assert_null(strstr(first + 1, "unsupported: this host"));
	sg_buf_release(&out);
	drop(f);
}

static void table_fits_100_columns(void **state)
{
	struct fixture *f = make();

	(void)state;
	sg_strv_add(&f->result.warnings,
		    "a note that is far too long for one line of a terminal, as "
		    "notes tend to be, and goes on and on and on until it ends");
	f->rows[2].overhead_ns = (struct stats_interval){-1234567.8, -2234567.8, -1034567.8};
	f->rows[2].ns_per_op.estimate = 123456789.1;

	struct sg_buf out = render(f, "table", false);

	for (const char *line = out.data; *line; line += strcspn(line, "\n") + 1)
		if (strcspn(line, "\n") > REPORT_TABLE_WIDTH)
			fail_msg("too wide: %.120s", line);
	sg_buf_release(&out);
	drop(f);
}

static void table_is_coloured_only_when_asked(void **state)
{
	struct fixture *f = make();
	struct sg_buf out = render(f, "table", true);

	(void)state;
	assert_non_null(strchr(out.data, '\033'));
	sg_buf_release(&out);
	drop(f);
}

static void table_says_when_it_was_interrupted(void **state)
{
	struct fixture *f = make();

	(void)state;
	f->result.interrupted = true;

	struct sg_buf out = render(f, "table", false);

	assert_has(&out, "Interrupted");
	sg_buf_release(&out);
	drop(f);
}

static json_t *parse(struct sg_buf *out)
{
	json_t *root;
	struct sg_err err = {0};

	assert_int_equal(sg_json_parse(out->data, out->len, "result", &root, &err), 0);
	sg_buf_release(out);
	return root;
}

static void json_has_a_row_for_each_block_and_aggregate(void **state)
{
	struct fixture *f = make();
	struct sg_buf out = render(f, "json", false);
	json_t *root = parse(&out), *rows = json_object_get(root, "benchmarks"), *row;
	size_t i;

	(void)state;
	assert_int_equal(json_array_size(rows), 4 * (BLOCKS + 3));
	assert_int_equal(json_array_size(json_object_get(root, "skipped")), 4);
	json_array_foreach(rows, i, row)
	{
		assert_true(json_is_number(json_object_get(row, "real_time")));
		assert_true(json_is_number(json_object_get(row, "cpu_time")));
		assert_string_equal(json_string_value(json_object_get(row, "time_unit")), "ns");
	}
	row = json_array_get(rows, 2 * (BLOCKS + 3));
	assert_string_equal(json_string_value(json_object_get(row, "name")),
			    "fast/some-profile/linear");
	row = json_array_get(rows, 2 * (BLOCKS + 3) + BLOCKS + 1);
	assert_string_equal(json_string_value(json_object_get(row, "name")),
			    "fast/some-profile/linear_median");
	assert_true(json_number_value(json_object_get(row, "overhead_ns")) == 40);
	assert_true(json_number_value(json_object_get(row, "aa_ns")) == 3);
	json_decref(root);
	drop(f);
}

static void json_carries_the_filters_themselves(void **state)
{
	struct fixture *f = make();
	struct sg_buf out = render(f, "json", false), insns = {0};
	json_t *root = parse(&out);
	json_t *filters = json_object_get(json_object_get(root, "context"), "filters");
	const char *base64 =
		json_string_value(json_object_get(json_array_get(filters, 0), "insns_base64"));
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(json_array_size(filters), 2);
	assert_int_equal(sg_base64_decode(base64, &insns, &err), 0);
	assert_int_equal(insns.len, sizeof(struct sock_filter));
	assert_memory_equal(insns.data, f->filters[0].filter.prog.insns, insns.len);
	sg_buf_release(&insns);
	json_decref(root);
	drop(f);
}

/* json_real(NaN) is NULL, and a NULL member is an empty place in the file. */
static void json_leaves_out_what_is_no_number(void **state)
{
	struct fixture *f = make();

	(void)state;
	f->rows[2].overhead_ns.low = NAN;

	struct sg_buf out = render(f, "json", false);

	assert_null(strstr(out.data, "nan"));

	json_t *root = parse(&out);
	json_t *median = json_array_get(json_object_get(root, "benchmarks"), 2 * 6 + BLOCKS + 1);

	assert_null(json_object_get(median, "overhead_ns_low"));
	assert_non_null(json_object_get(median, "overhead_ns_high"));
	json_decref(root);
	drop(f);
}

static void numbers_are_grouped_and_signed(void **state)
{
	static const struct {
		double value;
		int decimals;
		const char *plain, *with_sign;
	} rows[] = {
		{0, 1, "0.0", "0.0"},
		{-0.04, 1, "0.0", "0.0"},
		{999.94, 1, "999.9", "+999.9"},
		{1000, 0, "1,000", "+1,000"},
		{-1234567.85, 1, "-1,234,567.9", "-1,234,567.9"},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		struct sg_buf plain = {0}, with_sign = {0};

		report_number(&plain, rows[i].value, rows[i].decimals);
		report_signed(&with_sign, rows[i].value, rows[i].decimals, 0);
		assert_string_equal(plain.data, rows[i].plain);
		assert_string_equal(with_sign.data, rows[i].with_sign);
		sg_buf_release(&plain);
		sg_buf_release(&with_sign);
	}
}

static void sentences_are_wrapped_at_blanks_and_words_that_fit_nowhere_anywhere(void **state)
{
	static const struct {
		const char *text;
		int column;
		const char *wanted;
	} rows[] = {
		{"one two three", 0, "one two\n  three\n"},
		{"0123456789abcdef", 0, "0123456789\n  abcdef\n"},
		{"to 0123456789abc", 0, "to\n  01234567\n  89abc\n"},
		{"six678", 5, "\n  six678\n"}, /* it fits into a line of its own */
		{"\u00e4\u00e4\u00e4\u00e4 \u00f6\u00f6\u00f6\u00f6\u00f6", 0,
		 "\u00e4\u00e4\u00e4\u00e4 \u00f6\u00f6\u00f6\u00f6\u00f6\n"},
		{"", 0, "\n"},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		struct sg_buf out = {0};

		report_wrap(&out, rows[i].text, rows[i].column, 2, 10);
		assert_string_equal(out.data, rows[i].wanted);
		sg_buf_release(&out);
	}
}

static void registry_is_sorted_and_found(void **state)
{
	struct sg_err err = {0};

	(void)state;
	for (size_t i = 0; report_registry[i]; i++) {
		assert_ptr_equal(report_find(report_registry[i]->name, &err), report_registry[i]);
		if (i)
			assert_true(strcmp(report_registry[i - 1]->name, report_registry[i]->name) <
				    0);
	}
	assert_null(report_find("nonsense", &err));
	assert_int_equal(err.kind, SG_ERR_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_says_what_was_measured),
		cmocka_unit_test(table_says_where_the_load_is_unknown),
		cmocka_unit_test(table_ends_with_one_number_a_filter),
		cmocka_unit_test(table_shows_a_workload_that_cannot_run_once),
		cmocka_unit_test(table_fits_100_columns),
		cmocka_unit_test(table_is_coloured_only_when_asked),
		cmocka_unit_test(table_says_when_it_was_interrupted),
		cmocka_unit_test(json_has_a_row_for_each_block_and_aggregate),
		cmocka_unit_test(json_carries_the_filters_themselves),
		cmocka_unit_test(json_leaves_out_what_is_no_number),
		cmocka_unit_test(numbers_are_grouped_and_signed),
		cmocka_unit_test(
			sentences_are_wrapped_at_blanks_and_words_that_fit_nowhere_anywhere),
		cmocka_unit_test(registry_is_sorted_and_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
