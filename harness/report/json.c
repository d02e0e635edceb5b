/* SPDX-License-Identifier: MIT */
/*
 * The result file: JSON as Google Benchmark writes it, so that its compare.py reads it
 * (docs/tools.md there). compare.py drops a row that lacks real_time, cpu_time or time_unit and
 * fails on an iteration row without times, so what was not measured stands in "skipped" instead.
 */
#include "harness/report/json_report.h"
#include "harness/report/put_json.h"

static int write_json(const struct run_result *result, const struct report_options *look,
		      struct sg_buf *out, struct sg_err *err)
{
	json_t *root = json_object();

	(void)look;
	(void)err;
	json_object_set_new(root, "context", report_json_context(result));
	json_object_set_new(root, "benchmarks", report_json_benchmarks(result));
	json_object_set_new(root, "skipped", report_json_skipped(result));

	report_json_put(root, out);
	return 0;
}

const struct report report_json = {"json", "the result file, as Google Benchmark writes it",
				   write_json};
