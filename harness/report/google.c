/* SPDX-License-Identifier: MIT */
/*
 * What Google Benchmark itself writes with --benchmark_out_format=json, and nothing more: for
 * readers that take no other keys. The context has that tool's keys; ours stand beside them as
 * text, as its --benchmark_context=KEY=VALUE puts them there. Rows have that tool's keys and
 * numbers as counters. (src/json_reporter.cc there.) What was not measured is left out: a row needs
 * times.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/clean.h"
#include "harness/report/put_json.h"
#include "harness/report/report.h"

static void set_text(json_t *object, const char *key, const char *value)
{
	json_object_set_new(object, key, sg_clean_json(value));
}

/* Of the machine's name and frequency a result file says nothing. */
static json_t *context(const struct saved_result *result)
{
	const struct run_env *env = &result->env;
	json_t *object = json_object(), *load = json_array();

	set_text(object, "date", env->date);
	set_text(object, "host_name", "unknown");
	set_text(object, "executable", "secgauge");
	json_object_set_new(object, "num_cpus", json_integer(env->cpus_online));
	json_object_set_new(object, "mhz_per_cpu", json_integer(0));
	if (strcmp(env->governor, "unknown"))
		json_object_set_new(object, "cpu_scaling_enabled",
				    json_boolean(strcmp(env->governor, "none") &&
						 strcmp(env->governor, "performance")));
	json_object_set_new(object, "caches", json_array());
	if (isfinite(env->load_start))
		json_array_append_new(load, json_real(env->load_start));
	json_object_set_new(object, "load_avg", load);
	set_text(object, "library_build_type", "release");
	json_object_set_new(object, "json_schema_version", json_integer(1));
	set_text(object, "secgauge_version", env->secgauge);
	set_text(object, "kernel", env->kernel);
	set_text(object, "cpu", env->cpu);
	set_text(object, "virtualisation", env->virtualisation);
	return object;
}

/* Where a row stands: the workloads are the families. */
struct place {
	size_t family, instance;
};

static json_t *new_row(const struct saved_row *row, const struct place *place, const char *suffix,
		       const char *run_type)
{
	json_t *object = json_object();

	json_object_set_new(object, "name", json_sprintf("%s%s", row->name, suffix));
	json_object_set_new(object, "family_index", json_integer(place->family));
	json_object_set_new(object, "per_family_instance_index", json_integer(place->instance));
	set_text(object, "run_name", row->name);
	set_text(object, "run_type", run_type);
	json_object_set_new(object, "repetitions", json_integer(row->sample_count));
	return object;
}

static void set_times(json_t *object, double time)
{
	report_json_set_real(object, "real_time", time);
	report_json_set_real(object, "cpu_time", time);
	set_text(object, "time_unit", "ns");
}

static json_t *iteration(const struct saved_row *row, const struct place *place, size_t block)
{
	const struct run_sample *sample = &row->samples[block];
	json_t *object = new_row(row, place, "", "iteration");

	json_object_set_new(object, "repetition_index", json_integer(block));
	json_object_set_new(object, "threads", json_integer(1));
	json_object_set_new(object, "iterations", json_integer(sample->iterations));
	set_times(object, sample->ns_per_op);
	report_json_set_real(object, "overhead_ns", sample->overhead_ns);
	report_json_set_real(object, "ratio", sample->ratio);
	report_json_set_real(object, "install_ns", sample->install_ns);
	return object;
}

/* As there, an aggregate counts repetitions, and "cv" is a share though its unit is a time's. */
static json_t *add_aggregate(json_t *list, const struct saved_row *row, const struct place *place,
			     const char *name, double value)
{
	char *suffix = sg_asprintf("_%s", name);
	json_t *object = new_row(row, place, suffix, "aggregate");

	free(suffix);
	json_object_set_new(object, "threads", json_integer(1));
	set_text(object, "aggregate_name", name);
	set_text(object, "aggregate_unit", strcmp(name, "cv") ? "time" : "percentage");
	json_object_set_new(object, "iterations", json_integer(row->sample_count));
	set_times(object, value);
	json_array_append_new(list, object);
	return object;
}

static void set_counters(json_t *object, const struct saved_row *row)
{
	report_json_set_real(object, "overhead_ns", row->overhead_ns.estimate);
	report_json_set_real(object, "overhead_ns_low", row->overhead_ns.low);
	report_json_set_real(object, "overhead_ns_high", row->overhead_ns.high);
	report_json_set_real(object, "ratio", row->ratio.estimate);
	report_json_set_real(object, "aa_ns", row->aa_ns);
	report_json_set_real(object, "bpf_insns", row->bpf_insns);
	report_json_set_real(object, "bitmap_share", row->bitmap_share);
	if (row->column)
		report_json_set_real(object, "filter_insns", row->column->filter.prog.len);
}

static void add_aggregates(json_t *list, const struct saved_row *row, const struct place *place)
{
	double *values = sg_calloc(row->sample_count, sizeof(*values));

	for (size_t i = 0; i < row->sample_count; i++)
		values[i] = row->samples[i].ns_per_op;

	double mean = stats_mean(values, row->sample_count);
	double stddev = stats_stddev(values, row->sample_count);

	add_aggregate(list, row, place, "mean", mean);
	set_counters(add_aggregate(list, row, place, "median", row->ns_per_op.estimate), row);
	add_aggregate(list, row, place, "stddev", stddev);
	add_aggregate(list, row, place, "cv", stddev / mean);
	free(values);
}

static json_t *benchmarks(const struct saved_result *result)
{
	struct place place = {0};
	const char *workload = NULL;
	json_t *list = json_array();

	for (size_t i = 0; i < result->row_count; i++) {
		const struct saved_row *row = &result->rows[i];

		if (row->status != RUN_MEASURED)
			continue;
		if (workload && strcmp(workload, row->workload))
			place = (struct place){.family = place.family + 1};
		workload = row->workload;
		for (size_t block = 0; block < row->sample_count; block++)
			json_array_append_new(list, iteration(row, &place, block));
		add_aggregates(list, row, &place);
		place.instance++;
	}
	return list;
}

static int write_google(const struct saved_result *results, size_t count,
			const struct report_options *look, struct sg_buf *out, struct sg_err *err)
{
	json_t *root = json_object();

	(void)count;
	(void)look;
	(void)err;
	json_object_set_new(root, "context", context(results));
	json_object_set_new(root, "benchmarks", benchmarks(results));
	report_json_put(root, out);
	return 0;
}

const struct saved_report saved_report_google = {
	.name = "google",
	.summary = "Google Benchmark's own JSON, without a key more",
	.write = write_google,
};
