/* SPDX-License-Identifier: MIT */
/*
 * Bencher Metric Format, for `bencher run --adapter json` (bencher.dev/docs/reference/
 * bencher-metric-format): benchmarks by name, measures by slug, each a value and where it has one
 * its 95% interval. "latency", in nanoseconds, is a measure that every project has; the others are
 * created on first use.
 */
#include "harness/report/exports.h"
#include "harness/report/put_json.h"

static void set_value(json_t *benchmark, const char *measure, double value)
{
	json_t *metric = json_object();

	report_json_set_real(metric, "value", value);
	json_object_set_new(benchmark, measure, metric);
}

static void set_interval(json_t *benchmark, const char *measure,
			 const struct stats_interval *interval)
{
	json_t *metric = json_object();

	report_json_set_real(metric, "value", interval->estimate);
	report_json_set_real(metric, "lower_value", interval->low);
	report_json_set_real(metric, "upper_value", interval->high);
	json_object_set_new(benchmark, measure, metric);
}

static json_t *one_row(const struct saved_row *row)
{
	json_t *benchmark = json_object();

	if (export_has_times(row))
		set_interval(benchmark, "latency", &row->ns_per_op);
	if (export_has_times(row) && row->column)
		set_interval(benchmark, "overhead", &row->overhead_ns);
	if (export_has_exact(row)) {
		set_value(benchmark, "bpf-insns", row->bpf_insns);
		set_value(benchmark, "bitmap-share", row->bitmap_share);
		set_value(benchmark, "filter-insns", row->column->filter.prog.len);
	}
	return benchmark;
}

static int write_bencher(const struct saved_result *results, size_t count,
			 const struct report_options *look, struct sg_buf *out, struct sg_err *err)
{
	json_t *root = json_object();

	(void)count;
	(void)look;
	(void)err;
	for (size_t i = 0; i < results->row_count; i++) {
		const struct saved_row *row = &results->rows[i];

		if (export_has_times(row) || export_has_exact(row))
			json_object_set_new(root, row->name, one_row(row));
	}
	report_json_put(root, out);
	return 0;
}

const struct saved_report saved_report_bencher = {
	.name = "bencher",
	.summary = "Bencher Metric Format, for bencher run --adapter json",
	.write = write_bencher,
};
