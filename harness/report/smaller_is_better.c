/* SPDX-License-Identifier: MIT */
/*
 * github-action-benchmark's customSmallerIsBetter: an array of {name, unit, value, range, extra},
 * one curve a name (src/extract.ts there: range and extra are text for people). It alerts on the
 * ratio of a value to the one before, so a difference around zero would alert on nothing: a
 * filter's cost stands here as its time against no filter, which is never near zero.
 */
#include "harness/report/exports.h"
#include "harness/report/put_json.h"

static json_t *add(json_t *list, json_t *name, const char *unit, double value)
{
	json_t *entry = json_object();

	json_object_set_new(entry, "name", name);
	json_object_set_new(entry, "unit", json_string(unit));
	report_json_set_real(entry, "value", value);
	json_array_append_new(list, entry);
	return entry;
}

/* "± 1.2": to the farther end of the interval. */
static void set_range(json_t *entry, const struct stats_interval *interval)
{
	double half = fmax(interval->high - interval->estimate, interval->estimate - interval->low);

	if (isfinite(half))
		json_object_set_new(entry, "range", json_sprintf("± %.3g", half));
}

static void add_time(json_t *list, const struct saved_row *row)
{
	const struct stats_interval *ns = &row->overhead_ns;
	json_t *entry = add(list, json_string(row->name), "ns/op", row->ns_per_op.estimate);
	const char *doubt = row->seen ? "" : ", inside the noise floor";

	set_range(entry, &row->ns_per_op);
	if (row->column)
		json_object_set_new(
			entry, "extra",
			json_sprintf("%zu blocks\noverhead %+.1f ns/op [%+.1f, %+.1f]%s",
				     row->sample_count, ns->estimate, ns->low, ns->high, doubt));
	else
		json_object_set_new(entry, "extra", json_sprintf("%zu blocks", row->sample_count));
}

static void add_ratio(json_t *list, const struct saved_row *row)
{
	if (row->column && isfinite(row->ratio.estimate))
		set_range(add(list, json_sprintf("%s against none", row->name), "times none",
			      row->ratio.estimate),
			  &row->ratio);
}

static void add_exact(json_t *list, const struct saved_row *row)
{
	json_t *entry =
		add(list, json_sprintf("%s executed", row->name), "insns/op", row->bpf_insns);

	json_object_set_new(entry, "extra",
			    json_sprintf("the bitmap serves %.1f%% of the calls",
					 100 * row->bitmap_share));
}

static void add_row(json_t *list, const struct saved_row *row)
{
	if (export_has_times(row)) {
		add_time(list, row);
		add_ratio(list, row);
	}
	if (export_has_exact(row))
		add_exact(list, row);
}

static void add_filter(json_t *list, const struct saved_filter *filter)
{
	if (filter->unsupported)
		return;
	add(list, json_sprintf("%s/%s length", filter->profile, filter->name), "insns",
	    filter->filter.prog.len);
}

static int write_smaller_is_better(const struct saved_result *results, size_t count,
				   const struct report_options *look, struct sg_buf *out,
				   struct sg_err *err)
{
	json_t *list = json_array();

	(void)count;
	(void)look;
	(void)err;
	for (size_t i = 0; i < results->row_count; i++)
		add_row(list, &results->rows[i]);
	for (size_t i = 0; i < results->filter_count; i++)
		add_filter(list, &results->filters[i]);
	report_json_put(list, out);
	return 0;
}

const struct saved_report saved_report_smaller_is_better = {
	.name = "smaller-is-better",
	.summary = "github-action-benchmark's customSmallerIsBetter",
	.write = write_smaller_is_better,
};
