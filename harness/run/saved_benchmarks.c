/* SPDX-License-Identifier: MIT */
/*
 * "benchmarks": a row's blocks in the order measured, its aggregates behind them. Entries of other
 * rows may stand in between.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/run/saved_private.h"

/* ---- entries */

static int read_word(const struct sg_json *object, const char *key, const char *word,
		     struct sg_err *err)
{
	struct sg_json at;
	const char *text;
	int bad = sg_json_member(object, key, &at, err);

	if (!bad && (sg_json_string(&at, &text, NULL) || strcmp(text, word) != 0))
		bad = sg_json_expected(&at, err, "\"%s\"", word);
	return bad;
}

static bool has_aggregates(const struct saved_row *row)
{
	return !isnan(row->mean_ns) || !isnan(row->ns_per_op.estimate) || !isnan(row->stddev_ns);
}

static int read_block(const struct sg_json *at, struct saved_row *row, struct sg_err *err)
{
	static const struct saved_number numbers[] = {
		{"real_time", offsetof(struct run_sample, ns_per_op), SAVED_POSITIVE, false},
		{"none_ns", offsetof(struct run_sample, none_ns_per_op), SAVED_POSITIVE, false},
		{"ratio", offsetof(struct run_sample, ratio), SAVED_POSITIVE, false},
		{"overhead_ns", offsetof(struct run_sample, overhead_ns), SAVED_SIGNED, false},
		{"install_ns", offsetof(struct run_sample, install_ns), SAVED_AMOUNT, true},
	};
	struct run_sample sample = {.install_ns = NAN};
	int bad = read_word(at, "name", row->name, err);

	if (!bad && has_aggregates(row))
		bad = sg_json_expected(at, err, "no block behind the aggregates of its row");
	if (!bad)
		bad = saved_exactly(at, "repetition_index", row->sample_count,
				    "the next block of its row", err);
	if (!bad)
		bad = saved_whole(at, "iterations", 1, (uint64_t)SAVED_NUMBER_MAX,
				  &sample.iterations, err);
	if (!bad)
		bad = saved_numbers(at, numbers, SG_COUNT(numbers), &sample, err);
	if (bad)
		return bad;
	SG_GROW(row->samples, row->sample_count, row->sample_cap);
	row->samples[row->sample_count++] = sample;
	return 0;
}

/* What stands beside the median. */
static int read_counters(const struct sg_json *at, struct saved_row *row, struct sg_err *err)
{
#define COUNTER(key, field, range, opt)                            \
	{                                                          \
		key, offsetof(struct saved_row, field), range, opt \
	}
	static const struct saved_number numbers[] = {
		COUNTER("ns_low", ns_per_op.low, SAVED_POSITIVE, true),
		COUNTER("ns_high", ns_per_op.high, SAVED_POSITIVE, true),
		COUNTER("ratio", ratio.estimate, SAVED_POSITIVE, true),
		COUNTER("ratio_low", ratio.low, SAVED_POSITIVE, true),
		COUNTER("ratio_high", ratio.high, SAVED_POSITIVE, true),
		COUNTER("overhead_ns", overhead_ns.estimate, SAVED_SIGNED, false),
		COUNTER("overhead_ns_low", overhead_ns.low, SAVED_SIGNED, false),
		COUNTER("overhead_ns_high", overhead_ns.high, SAVED_SIGNED, false),
		COUNTER("aa_ns", aa_ns, SAVED_AMOUNT, true),
		COUNTER("calls_per_op", calls_per_op, SAVED_AMOUNT, true),
		COUNTER("bpf_insns", bpf_insns, SAVED_AMOUNT, false),
		COUNTER("bpf_insns_without_bitmap", bpf_insns_full, SAVED_AMOUNT, true),
		COUNTER("bitmap_share", bitmap_share, SAVED_SHARE, false),
	};
#undef COUNTER
	int bad = saved_numbers(at, numbers, SG_COUNT(numbers), row, err);

	if (!bad)
		bad = saved_flag(at, "seen", &row->seen, err);
	if (!bad)
		bad = saved_opt_whole(at, "faults", 0, (uint64_t)SAVED_NUMBER_MAX, &row->faults,
				      err);
	return bad;
}

static int read_median(const struct sg_json *at, struct saved_row *row, struct sg_err *err)
{
	struct sg_json len;
	int bad = read_counters(at, row, err);

	if (!bad)
		bad = saved_check_interval(at, "ns_low", &row->ns_per_op, err);
	if (!bad)
		bad = saved_check_interval(at, "ratio_low", &row->ratio, err);
	if (!bad)
		bad = saved_check_interval(at, "overhead_ns_low", &row->overhead_ns, err);
	if (!bad)
		bad = sg_json_member(at, "filter_insns", &len, err);
	if (!bad && len.value && row->column)
		bad = saved_exactly(at, "filter_insns", row->column->filter.prog.len,
				    "the length of its filter", err);
	return bad;
}

static int read_known_aggregate(const struct sg_json *at, const struct saved_number *time,
				const char *aggregate, struct saved_row *row, struct sg_err *err)
{
	const double *value = (const void *)((const char *)row + time->offset);
	char *name = sg_asprintf("%s_%s", row->name, aggregate);
	int bad = read_word(at, "name", name, err);

	free(name);
	if (!bad && !row->sample_count)
		bad = sg_json_expected(at, err, "the blocks of %s in front of it", row->name);
	if (!bad && !isnan(*value))
		bad = sg_json_expected(at, err, "one %s of %s", aggregate, row->name);
	if (!bad)
		bad = saved_exactly(at, "repetitions", row->sample_count,
				    "the number of blocks in front of it", err);
	if (!bad)
		bad = saved_numbers(at, time, 1, row, err);
	return bad;
}

/* Those of a later writer are passed over. */
static int read_aggregate(const struct sg_json *at, struct saved_row *row, struct sg_err *err)
{
	static const struct {
		const char *name;
		struct saved_number time;
	} known[] = {
#define TIME(field, range) {"real_time", offsetof(struct saved_row, field), range, false}
		{"mean", TIME(mean_ns, SAVED_POSITIVE)},
		{"median", TIME(ns_per_op.estimate, SAVED_POSITIVE)},
		{"stddev", TIME(stddev_ns, SAVED_AMOUNT)},
#undef TIME
	};
	const char *name;
	int bad = saved_line(at, "aggregate_name", &name, err);

	for (size_t i = 0; i < SG_COUNT(known) && !bad; i++)
		if (!strcmp(name, known[i].name))
			bad = read_known_aggregate(at, &known[i].time, name, row, err);
	if (!bad && !strcmp(name, "median"))
		bad = read_median(at, row, err);
	return bad;
}

/* ---- all of them */

/* What is not said stays NaN. */
static void forget_numbers(struct saved_row *row)
{
	const struct stats_interval not_said = {NAN, NAN, NAN};

	row->ns_per_op = row->ratio = row->overhead_ns = not_said;
	row->mean_ns = row->stddev_ns = row->aa_ns = NAN;
	row->calls_per_op = row->bpf_insns = row->bpf_insns_full = row->bitmap_share = NAN;
}

static int row_of(struct saved_rows *rows, const struct sg_json *entry, struct saved_row **ret,
		  struct sg_err *err)
{
	struct sg_json at;
	const char *name;
	int bad = saved_line(entry, "run_name", &name, err);

	if (bad)
		return bad;
	*ret = saved_rows_find(rows, name);
	if (*ret)
		return 0;
	sg_json_member(entry, "run_name", &at, NULL);
	bad = saved_rows_add(rows, &at, name, ret, err);
	if (bad)
		return bad;
	forget_numbers(*ret);
	if ((*ret)->column && (*ret)->column->unsupported)
		return sg_json_expected(&at, err,
					"a filter that is supported in $.context.filters");
	return 0;
}

static int read_entry(struct saved_rows *rows, const struct sg_json *at, struct sg_err *err)
{
	struct saved_row *row;
	struct sg_json run_type;
	const char *text = "";
	int bad = row_of(rows, at, &row, err);

	if (!bad)
		bad = read_word(at, "time_unit", "ns", err);
	if (!bad)
		bad = sg_json_member(at, "run_type", &run_type, err);
	if (bad)
		return bad;
	sg_json_string(&run_type, &text, NULL);
	if (!strcmp(text, "iteration"))
		return read_block(at, row, err);
	if (!strcmp(text, "aggregate"))
		return read_aggregate(at, row, err);
	return sg_json_expected(&run_type, err, "\"iteration\" or \"aggregate\"");
}

int saved_read_benchmarks(struct saved_rows *rows, const struct sg_json *root, struct sg_err *err)
{
	struct saved_result *result = rows->result;
	struct sg_json list;
	size_t len;
	int bad = saved_list(root, "benchmarks", &list, &len, err);

	for (size_t i = 0; !bad && i < len; i++) {
		struct sg_json at = sg_json_element(&list, i);

		bad = read_entry(rows, &at, err);
	}
	for (size_t i = 0; !bad && i < result->row_count; i++)
		if (isnan(result->rows[i].ns_per_op.estimate))
			bad = sg_json_expected(&list, err, "a row named %s_median",
					       result->rows[i].name);
	return bad;
}
