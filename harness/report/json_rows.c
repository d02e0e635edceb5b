/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "harness/base/clean.h"
#include "harness/report/json_report.h"
#include "harness/report/put_json.h"
#include "harness/report/summary.h"

static json_t *row_name(const struct run_row *row, const char *suffix)
{
	char *name = sg_asprintf("%s/%s/%s%s", row->workload->name, row->group->profile,
				 report_row_filter(row), suffix);
	json_t *json = sg_clean_json(name);

	free(name);
	return json;
}

/* Children have their processor to themselves while they run, so wall and CPU time are the same
 * measurement: cpu_time repeats real_time for compare.py. */
static void set_times(json_t *object, double ns_per_op)
{
	report_json_set_real(object, "real_time", ns_per_op);
	report_json_set_real(object, "cpu_time", ns_per_op);
	json_object_set_new(object, "time_unit", json_string("ns"));
}

static json_t *new_row(const struct run_row *row, const char *suffix, const char *run_type)
{
	json_t *object = json_object();

	json_object_set_new(object, "name", row_name(row, suffix));
	json_object_set_new(object, "run_name", row_name(row, ""));
	json_object_set_new(object, "run_type", json_string(run_type));
	json_object_set_new(object, "repetitions", json_integer(row->sample_count));
	json_object_set_new(object, "threads", json_integer(1));
	return object;
}

static json_t *iteration(const struct run_row *row, size_t block)
{
	const struct run_sample *sample = &row->samples[block];
	json_t *object = new_row(row, "", "iteration");

	json_object_set_new(object, "repetition_index", json_integer(block));
	json_object_set_new(object, "iterations", json_integer(sample->iterations));
	set_times(object, sample->ns_per_op);
	report_json_set_real(object, "none_ns", sample->none_ns_per_op);
	report_json_set_real(object, "ratio", sample->ratio);
	report_json_set_real(object, "overhead_ns", sample->overhead_ns);
	if (row->filter)
		report_json_set_real(object, "install_ns", sample->install_ns);
	return object;
}

static json_t *aggregate(const struct run_row *row, const char *name, double ns_per_op)
{
	char suffix[16] = "_";
	json_t *object;

	for (size_t i = 0; name[i] && i + 2 < sizeof(suffix); i++)
		suffix[i + 1] = name[i];
	object = new_row(row, suffix, "aggregate");
	json_object_set_new(object, "aggregate_name", json_string(name));
	json_object_set_new(object, "aggregate_unit", json_string("time"));
	json_object_set_new(object, "iterations", json_integer(row->sample_count));
	set_times(object, ns_per_op);
	return object;
}

static void set_exact(json_t *object, const struct run_row *row)
{
	report_json_set_real(object, "calls_per_op", row->calls_per_op);
	report_json_set_real(object, "bpf_insns", row->bpf_insns);
	report_json_set_real(object, "bpf_insns_without_bitmap", row->bpf_insns_full);
	report_json_set_real(object, "bitmap_share", row->bitmap_share);
}

static void set_counters(json_t *object, const struct run_result *result, const struct run_row *row)
{
	report_json_set_real(object, "ns_low", row->ns_per_op.low);
	report_json_set_real(object, "ns_high", row->ns_per_op.high);
	report_json_set_real(object, "ratio", row->ratio.estimate);
	report_json_set_real(object, "ratio_low", row->ratio.low);
	report_json_set_real(object, "ratio_high", row->ratio.high);
	report_json_set_real(object, "overhead_ns", row->overhead_ns.estimate);
	report_json_set_real(object, "overhead_ns_low", row->overhead_ns.low);
	report_json_set_real(object, "overhead_ns_high", row->overhead_ns.high);
	report_json_set_real(object, "aa_ns", report_floor_ns(result, row));
	json_object_set_new(object, "seen", json_boolean(row->seen));
	set_exact(object, row);
	json_object_set_new(object, "faults", json_integer(row->faults));
	if (row->filter) {
		json_object_set_new(object, "filter_insns",
				    json_integer(row->filter->filter.prog.len));
		report_json_set_real(object, "install_ns", row->filter->install_ns);
	}
}

static void add_aggregates(json_t *list, const struct run_result *result, const struct run_row *row)
{
	double *values = sg_calloc(row->sample_count, sizeof(*values));

	for (size_t i = 0; i < row->sample_count; i++)
		values[i] = row->samples[i].ns_per_op;

	json_t *mean = aggregate(row, "mean", stats_mean(values, row->sample_count));
	json_t *median = aggregate(row, "median", row->ns_per_op.estimate);
	json_t *stddev = aggregate(row, "stddev", stats_stddev(values, row->sample_count));

	set_counters(median, result, row);
	json_array_append_new(list, mean);
	json_array_append_new(list, median);
	json_array_append_new(list, stddev);
	free(values);
}

json_t *report_json_benchmarks(const struct run_result *result)
{
	json_t *list = json_array();

	for (size_t i = 0; i < result->row_count; i++) {
		const struct run_row *row = &result->rows[i];

		if (row->status != RUN_MEASURED)
			continue;
		for (size_t block = 0; block < row->sample_count; block++)
			json_array_append_new(list, iteration(row, block));
		add_aggregates(list, result, row);
	}
	return list;
}

json_t *report_json_skipped(const struct run_result *result)
{
	json_t *list = json_array();

	for (size_t i = 0; i < result->row_count; i++) {
		const struct run_row *row = &result->rows[i];
		json_t *object;

		if (row->status == RUN_MEASURED)
			continue;
		object = json_pack("{s:o, s:s, s:o}", "name", row_name(row, ""), "status",
				   run_status_name(row->status), "reason",
				   sg_clean_json(row->reason ? row->reason : ""));
		set_exact(object, row);
		json_array_append_new(list, object);
	}
	return list;
}
