/* SPDX-License-Identifier: MIT */
/* Result files may differ in what is told here, and are read all the same. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "harness/run/tests/saved_support.h"

#define TUNED "argcheck-personality/tiny.json/tuned"

static void keys_that_are_not_known_are_passed_over(void **state)
{
	static const char *const objects[] = {"",
					      "context.",
					      "context.machine.",
					      "context.settings.",
					      "context.mix.",
					      "context.policies.0.",
					      "context.filters.0.",
					      "context.filters.0.figures.",
					      "context.summary.0.",
					      "benchmarks.0.",
					      "benchmarks.31.",
					      "skipped.0."};
	json_t *root = saved_document();

	(void)state;
	for (size_t i = 0; i < SG_COUNT(objects); i++) {
		char *path = sg_asprintf("%sfresh", objects[i]);

		saved_edit(root, path, "[{\"any\": 1e300}, null]");
		free(path);
	}
	/* An aggregate of a later writer. */
	saved_edit(root, "benchmarks.66", "@benchmarks.65");
	saved_edit(root, "benchmarks.66.name", "\"null/-/one.bpf_cv\"");
	saved_edit(root, "benchmarks.66.aggregate_name", "\"cv\"");
	struct saved_result result = saved_accepted(root);

	assert_int_equal(result.row_count, 11);
	saved_release(&result);
}

/* What the schema lets a file leave out. */
static void what_is_not_said_is_not_made_up(void **state)
{
	static const char *const paths[] = {
		"context.wall_s",
		"context.peak_rss_bytes",
		"context.machine.governor",
		"context.machine.bpf_jit_harden",
		"context.machine.load_start",
		"context.machine.cpus_allowed",
		"context.machine.cpu_child",
		"benchmarks.31.ns_low",
		"benchmarks.31.ns_high",
		"benchmarks.31.ratio",
		"benchmarks.31.ratio_low",
		"benchmarks.31.ratio_high",
		"benchmarks.31.aa_ns",
		"benchmarks.31.calls_per_op",
		"benchmarks.31.bpf_insns_without_bitmap",
		"benchmarks.31.faults",
		"benchmarks.31.filter_insns",
		"benchmarks.32",
		"benchmarks.30",
	};
	json_t *root = saved_document();

	(void)state;
	for (size_t i = 0; i < SG_COUNT(paths); i++)
		saved_edit(root, paths[i], NULL);
	struct saved_result result = saved_accepted(root);
	const struct saved_row *row = saved_row_find(&result, TUNED);

	assert_true(isnan(result.wall_s));
	assert_int_equal(result.peak_rss_bytes, 0);
	assert_string_equal(result.env.governor, "unknown");
	assert_string_equal(result.env.bpf_jit_harden, "unknown");
	assert_true(isnan(result.env.load_start));
	assert_int_equal(result.env.cpus_allowed, 0);
	assert_int_equal(result.env.cpu_child, -1);
	assert_true(isnan(row->ns_per_op.low) && isnan(row->ns_per_op.high));
	assert_true(isnan(row->ratio.low) && isnan(row->ratio.high));
	assert_true(isnan(row->ratio.estimate));
	assert_true(isnan(row->aa_ns) && isnan(row->calls_per_op));
	assert_true(isnan(row->bpf_insns_full));
	assert_true(isnan(row->mean_ns) && isnan(row->stddev_ns));
	assert_int_equal(row->faults, 0);
	saved_release(&result);
}

static void integers_stand_where_reals_are_meant(void **state)
{
	json_t *root = saved_document();

	(void)state;
	saved_edit(root, "benchmarks.31.overhead_ns_low", "-92");
	saved_edit(root, "benchmarks.22.real_time", "1241");
	struct saved_result result = saved_accepted(root);
	const struct saved_row *row = saved_row_find(&result, TUNED);

	assert_number(row->overhead_ns.low, -92);
	assert_number(row->samples[0].ns_per_op, 1241);
	saved_release(&result);
}

/* A profile without rules and default action: nothing is installed, and nothing is no program. */
static void no_filter_is_a_filter(void **state)
{
	json_t *root = saved_document();

	(void)state;
	saved_edit(root, "context.filters.2.insns_base64", "\"\"");
	saved_edit(root, "context.filters.2.sha256",
		   "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"");
	saved_edit(root, "context.filters.2.figures.filter_insns", "0");
	saved_edit(root, "context.filters.2.figures.worst_insns", "0");
	saved_edit(root, "context.filters.2.figures.longest_path_insns", "0");
	saved_edit(root, "benchmarks.64.filter_insns", "0");
	struct saved_result result = saved_accepted(root);
	const struct saved_filter *none = saved_filter_find(&result, "-", "one.bpf");

	assert_true(none->filter.none);
	assert_int_equal(none->filter.prog.len, 0);
	assert_int_equal(none->filter.foreign_action, ABI_RET_ALLOW);
	saved_release(&result);
}

static void a_profile_may_be_a_path(void **state)
{
	json_t *root = saved_document();

	(void)state;
	saved_edit(root, "skipped.4.name", "\"start/./a/b.json/none\"");
	struct saved_result result = saved_accepted(root);
	const struct saved_row *row = saved_row_find(&result, "start/./a/b.json/none");

	assert_string_equal(row->workload, "start");
	assert_string_equal(row->profile, "./a/b.json");
	assert_string_equal(row->filter, "none");
	saved_release(&result);
}

/* The blocks of none-aa (from 11 on) each in front of one of none's. */
static void entries_of_rows_may_be_mixed(void **state)
{
	json_t *root = saved_document(), *list = json_object_get(root, "benchmarks");

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		json_t *block = json_incref(json_array_get(list, 11 + i));

		json_array_remove(list, 11 + i);
		json_array_insert_new(list, 2 * i, block);
	}
	struct saved_result result = saved_accepted(root);

	assert_string_equal(result.rows[0].filter, "none-aa");
	assert_string_equal(result.rows[1].filter, "none");
	assert_int_equal(result.rows[0].sample_count, 8);
	assert_int_equal(result.rows[1].sample_count, 8);
	assert_number(result.rows[0].samples[0].ns_per_op, 1232.76331361);
	assert_number(result.rows[1].samples[0].ns_per_op, 1211.89349112);
	saved_release(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_that_are_not_known_are_passed_over),
		cmocka_unit_test(what_is_not_said_is_not_made_up),
		cmocka_unit_test(integers_stand_where_reals_are_meant),
		cmocka_unit_test(no_filter_is_a_filter),
		cmocka_unit_test(a_profile_may_be_a_path),
		cmocka_unit_test(entries_of_rows_may_be_mixed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
