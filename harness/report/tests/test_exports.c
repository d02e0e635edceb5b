/* SPDX-License-Identifier: MIT */
/*
 * One result in the formats of services that draw curves. With a directory as argument it tests
 * nothing and writes each format there, "some.google", for test_exports.sh, which has their own
 * readers and schemas look at them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/file.h"
#include "harness/base/json.h"
#include "harness/report/report.h"

#define BLOCKS 9

/* Six rows: two workloads under `none`, its control and two filters; one of them not measured. */
struct fixture {
	struct saved_policy policy;
	struct saved_filter filters[3];
	struct run_sample samples[BLOCKS];
	struct saved_row rows[8];
	char *names[8];
	struct saved_result result;
};

#define HOSTILE "a \"b\" <&> |\\ \u00e4\001"

static void add_row(struct fixture *f, const char *workload, const char *filter,
		    const struct saved_filter *column, double ns)
{
	size_t i = f->result.row_count++;

	f->names[i] = sg_asprintf("%s/%s/%s", workload, HOSTILE, filter);
	f->rows[i] = (struct saved_row){
		.name = f->names[i],
		.workload = (char *)workload,
		.profile = (char *)HOSTILE,
		.filter = (char *)filter,
		.column = column,
		.aa = !strcmp(filter, "none-aa"),
		.samples = f->samples,
		.sample_count = BLOCKS,
		.ns_per_op = {ns, ns - 1, ns + 3},
		.ratio = {ns / 1000, ns / 1000 - 0.01, ns / 1000 + 0.01},
		.overhead_ns = {ns - 1000, ns - 1002, ns - 999},
		.aa_ns = 2.5,
		.bpf_insns = column ? 12.25 : 0,
		.bitmap_share = column ? 0.5 : 0,
	};
}

static void add_workload(struct fixture *f, const char *workload)
{
	add_row(f, workload, "none", NULL, 1000);
	add_row(f, workload, "none-aa", NULL, 1001);
	add_row(f, workload, "linear", &f->filters[0], 1040);
	add_row(f, workload, "tuned", &f->filters[1], 1004);
}

static struct fixture *make(void)
{
	static struct sock_filter insns[3];
	struct fixture *f = sg_calloc(1, sizeof(*f));

	f->filters[0] = (struct saved_filter){.name = (char *)"linear", .profile = (char *)HOSTILE};
	f->filters[1] = (struct saved_filter){.name = (char *)"tuned", .profile = (char *)HOSTILE};
	f->filters[2] = (struct saved_filter){.name = (char *)"hand",
					      .profile = (char *)HOSTILE,
					      .unsupported = (char *)"not here"};
	f->filters[0].filter.prog = (struct cbpf_prog){.insns = insns, .len = 3};
	f->filters[1].filter.prog = (struct cbpf_prog){.insns = insns, .len = 1};
	for (int i = 0; i < BLOCKS; i++)
		f->samples[i] = (struct run_sample){1040 + i, 1000 + i, 1.04, 40, 100 + i, NAN};
	f->result.rows = f->rows;
	f->result.filters = f->filters;
	f->result.filter_count = SG_COUNT(f->filters);
	add_workload(f, "null");
	add_workload(f, "futex");
	f->rows[7] = (struct saved_row){.name = f->names[7],
					.workload = (char *)"futex",
					.profile = (char *)HOSTILE,
					.filter = (char *)"tuned",
					.column = &f->filters[1],
					.status = RUN_DENIED,
					.reason = (char *)"futex"};
	memcpy(f->result.env.date, "2024-05-17T09:30:00Z", 21);
	memcpy(f->result.env.governor, "performance", 12);
	f->result.env.cpus_online = 8;
	f->result.env.load_start = 0.25;
	return f;
}

static void drop(struct fixture *f)
{
	for (size_t i = 0; i < SG_COUNT(f->names); i++)
		free(f->names[i]);
	free(f);
}

static struct sg_buf render(const struct fixture *f, const char *name)
{
	const struct report_options look = {0};
	struct sg_buf out = {0};
	struct sg_err err = {0};

	for (size_t i = 0; saved_report_registry[i]; i++)
		if (!strcmp(saved_report_registry[i]->name, name) &&
		    saved_report_registry[i]->write(&f->result, 1, &look, &out, &err))
			sg_buf_release(&out);
	return out;
}

static json_t *read_back(const struct fixture *f, const char *name)
{
	struct sg_buf out = render(f, name);
	struct sg_err err = {0};
	json_t *root;

	if (sg_json_parse(sg_buf_text(&out), out.len, name, &root, &err))
		fail_msg("%s", err.msg);
	sg_buf_release(&out);
	return root;
}

static double number_at(const json_t *object, const char *key)
{
	const json_t *number = json_object_get(object, key);

	if (!json_is_number(number))
		fail_msg("%s is no number", key);
	return json_number_value(number);
}

static const char *text_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void registry_is_sorted(void **state)
{
	(void)state;
	assert_non_null(saved_report_registry[0]);
	for (size_t i = 1; saved_report_registry[i]; i++)
		assert_true(strcmp(saved_report_registry[i - 1]->name,
				   saved_report_registry[i]->name) < 0);
}

/* ---- bencher */

static void bencher_has_measures_with_their_intervals(void **state)
{
	struct fixture *f = make();
	json_t *root = read_back(f, "bencher");
	const json_t *row = json_object_get(root, "null/" HOSTILE "/linear");
	const json_t *latency = json_object_get(row, "latency");

	(void)state;
	assert_int_equal(json_object_size(root), 5); /* no control, none that was not measured */
	assert_true(number_at(latency, "value") == 1040);
	assert_true(number_at(latency, "lower_value") == 1039);
	assert_true(number_at(latency, "upper_value") == 1043);
	assert_true(number_at(json_object_get(row, "overhead"), "lower_value") == 38);
	assert_true(number_at(json_object_get(row, "bpf-insns"), "value") == 12.25);
	assert_true(number_at(json_object_get(row, "filter-insns"), "value") == 3);
	assert_true(number_at(json_object_get(row, "bitmap-share"), "value") == 0.5);
	assert_int_equal(json_object_size(json_object_get(root, "null/" HOSTILE "/none")), 1);
	json_decref(root);
	drop(f);
}

static void bencher_leaves_out_what_is_not_said(void **state)
{
	struct fixture *f = make();

	(void)state;
	f->rows[2].ns_per_op.low = f->rows[2].ns_per_op.high = NAN;

	json_t *root = read_back(f, "bencher");
	const json_t *latency =
		json_object_get(json_object_get(root, "null/" HOSTILE "/linear"), "latency");

	assert_int_equal(json_object_size(latency), 1);
	assert_true(number_at(latency, "value") == 1040);
	json_decref(root);
	drop(f);
}

/* ---- smaller-is-better */

static const json_t *entry(const json_t *list, const char *name)
{
	const json_t *item, *found = NULL;
	size_t i;

	json_array_foreach(list, i, item)
	{
		if (strcmp(text_at(item, "name"), name))
			continue;
		assert_null(found); /* one curve a name */
		found = item;
	}
	if (!found)
		fail_msg("%s is not there", name);
	return found;
}

static void smaller_is_better_has_a_curve_for_each_figure(void **state)
{
	struct fixture *f = make();
	json_t *list = read_back(f, "smaller-is-better");
	const json_t *item = entry(list, "null/" HOSTILE "/linear");

	(void)state;
	/* time of 5 rows; ratio and instructions of 3 with a filter; length of 2 filters */
	assert_int_equal(json_array_size(list), 5 + 2 * 3 + 2);
	assert_true(number_at(item, "value") == 1040);
	assert_string_equal(text_at(item, "unit"), "ns/op");
	assert_string_equal(text_at(item, "range"), "\u00b1 3");
	assert_string_equal(
		text_at(item, "extra"),
		"9 blocks\noverhead +40.0 ns/op [+38.0, +41.0], inside the noise floor");
	item = entry(list, "null/" HOSTILE "/linear against none");
	assert_true(number_at(item, "value") == 1.04);
	item = entry(list, "null/" HOSTILE "/linear executed");
	assert_true(number_at(item, "value") == 12.25);
	item = entry(list, HOSTILE "/linear length");
	assert_true(number_at(item, "value") == 3);
	json_decref(list);
	drop(f);
}

static void smaller_is_better_leaves_out_what_is_not_said(void **state)
{
	struct fixture *f = make();

	(void)state;
	f->rows[2].ratio.estimate = f->rows[2].ns_per_op.low = NAN;

	json_t *list = read_back(f, "smaller-is-better");

	assert_int_equal(json_array_size(list), 5 + 2 * 3 + 2 - 1);
	json_decref(list);
	drop(f);
}

/* ---- google */

static bool is_googles_key(const char *key)
{
	static const char *const keys[] = {
		"name",           "family_index",     "per_family_instance_index",
		"run_name",       "run_type",         "threads",
		"repetitions",    "repetition_index", "real_time",
		"cpu_time",       "iterations",       "time_unit",
		"aggregate_name", "aggregate_unit"};

	for (size_t i = 0; i < SG_COUNT(keys); i++)
		if (!strcmp(keys[i], key))
			return true;
	return false;
}

/* What is no key of that tool is a counter: a number. */
static void assert_googles(json_t *row)
{
	const char *key;
	json_t *value;

	json_object_foreach(row, key, value)
	{
		if (!is_googles_key(key) && !json_is_number(value))
			fail_msg("%s of %s", key, text_at(row, "name"));
	}
}

static void google_rows_have_that_tools_keys_and_counters(void **state)
{
	struct fixture *f = make();
	json_t *root = read_back(f, "google"), *rows = json_object_get(root, "benchmarks");
	json_t *row;
	size_t i;

	(void)state;
	assert_int_equal(json_object_size(root), 2);
	assert_int_equal(json_array_size(rows), 7 * (BLOCKS + 4));
	json_array_foreach(rows, i, row)
	{
		assert_googles(row);
	}
	row = json_array_get(rows, 2 * (BLOCKS + 4) + BLOCKS + 1);
	assert_string_equal(text_at(row, "name"), "null/" HOSTILE "/linear_median");
	assert_string_equal(text_at(row, "run_name"), "null/" HOSTILE "/linear");
	assert_true(number_at(row, "filter_insns") == 3);
	assert_true(number_at(row, "per_family_instance_index") == 2);
	row = json_array_get(rows, 4 * (BLOCKS + 4));
	assert_string_equal(text_at(row, "name"), "futex/" HOSTILE "/none");
	assert_true(number_at(row, "family_index") == 1);
	assert_true(number_at(row, "per_family_instance_index") == 0);
	json_decref(root);
	drop(f);
}

static void google_aggregates_are_of_the_blocks(void **state)
{
	struct fixture *f = make();
	json_t *root = read_back(f, "google"), *rows = json_object_get(root, "benchmarks");
	const json_t *mean = json_array_get(rows, BLOCKS), *cv = json_array_get(rows, BLOCKS + 3);
	const double stddev = sqrt(60 / 8.0); /* of nine numbers in a row */

	(void)state;
	assert_true(number_at(mean, "real_time") == 1044);
	assert_true(fabs(number_at(cv, "real_time") - stddev / 1044) < 1e-12);
	assert_string_equal(text_at(cv, "aggregate_unit"), "percentage");
	json_decref(root);
	drop(f);
}

static void google_context_says_what_is_known(void **state)
{
	struct fixture *f = make();

	(void)state;
	memcpy(f->result.env.governor, "unknown", 8);
	f->result.env.load_start = NAN;

	json_t *root = read_back(f, "google"), *context = json_object_get(root, "context");

	assert_string_equal(text_at(context, "date"), "2024-05-17T09:30:00Z");
	assert_true(number_at(context, "num_cpus") == 8);
	assert_null(json_object_get(context, "cpu_scaling_enabled"));
	assert_int_equal(json_array_size(json_object_get(context, "load_avg")), 0);
	json_decref(root);
	drop(f);
}

/* ---- all of them */

/* bench --no-time: exact figures alone. Of a workload that is denied they are not the workload's.
 */
static void a_run_without_times_has_its_exact_figures(void **state)
{
	struct fixture *f = make();
	json_t *root;

	(void)state;
	for (size_t i = 0; i < f->result.row_count; i++)
		f->rows[i].status = i == 2 ? RUN_UNTIMED : RUN_DENIED;
	root = read_back(f, "bencher");
	assert_int_equal(json_object_size(root), 1);
	assert_int_equal(json_object_size(json_object_get(root, "null/" HOSTILE "/linear")), 3);
	json_decref(root);
	root = read_back(f, "smaller-is-better");
	assert_int_equal(json_array_size(root), 1 + 2);
	entry(root, "null/" HOSTILE "/linear executed");
	json_decref(root);
	f->rows[2].bpf_insns = NAN;
	root = read_back(f, "bencher");
	assert_int_equal(json_object_size(root), 0);
	json_decref(root);
	drop(f);
}

static void a_result_without_a_measured_row_is_a_document_all_the_same(void **state)
{
	struct fixture *f = make();
	json_t *root;

	(void)state;
	for (size_t i = 0; i < f->result.row_count; i++)
		f->rows[i].status = RUN_INTERRUPTED;
	f->result.filter_count = 0;
	root = read_back(f, "bencher");
	assert_int_equal(json_object_size(root), 0);
	json_decref(root);
	root = read_back(f, "smaller-is-better");
	assert_int_equal(json_array_size(root), 0);
	json_decref(root);
	root = read_back(f, "google");
	assert_int_equal(json_array_size(json_object_get(root, "benchmarks")), 0);
	json_decref(root);
	drop(f);
}

/* ---- for test_exports.sh */

static int write_all(const char *directory)
{
	static const char *const names[] = {"bencher", "google", "smaller-is-better"};
	struct fixture *f = make();
	struct sg_err err = {0};
	int r = 0;

	for (size_t i = 0; i < SG_COUNT(names) && !r; i++) {
		struct sg_buf out = render(f, names[i]);
		char *path = sg_asprintf("%s/some.%s", directory, names[i]);

		r = sg_file_write(path, sg_buf_text(&out), out.len, &err);
		free(path);
		sg_buf_release(&out);
	}
	if (r)
		fprintf(stderr, "%s\n", err.msg);
	drop(f);
	return r ? 1 : 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registry_is_sorted),
		cmocka_unit_test(bencher_has_measures_with_their_intervals),
		cmocka_unit_test(bencher_leaves_out_what_is_not_said),
		cmocka_unit_test(smaller_is_better_has_a_curve_for_each_figure),
		cmocka_unit_test(smaller_is_better_leaves_out_what_is_not_said),
		cmocka_unit_test(google_rows_have_that_tools_keys_and_counters),
		cmocka_unit_test(google_aggregates_are_of_the_blocks),
		cmocka_unit_test(google_context_says_what_is_known),
		cmocka_unit_test(a_run_without_times_has_its_exact_figures),
		cmocka_unit_test(a_result_without_a_measured_row_is_a_document_all_the_same),
	};

	if (argc > 1)
		return write_all(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
