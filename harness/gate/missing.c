/* SPDX-License-Identifier: MIT */
/*
 * What the baseline has and the result lacks, so that nothing can be said of it. What only the
 * result has is news, and no check.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/gate/gate.h"

static void add(const struct gate_request *request, struct gate_report *report, const char *name,
		const char *why)
{
	struct gate_check *check = gate_check_add(report, GATE_MISSING, name);

	gate_check_numbers(request, check, 0, 1);
	gate_check_say(check, check->result == GATE_FAIL ? GATE_INCONCLUSIVE : GATE_PASS, "%s",
		       why);
}

/* ---- filters */

static void check_filters(const struct gate_request *request, struct gate_report *report)
{
	struct gate_pair *pairs;
	const size_t count = gate_pairs(request, &pairs);

	for (size_t i = 0; i < count; i++)
		if (!pairs[i].result && !pairs[i].baseline->unsupported)
			add(request, report, pairs[i].name, "the result lacks this filter");
	gate_pairs_free(pairs, count);
}

/* ---- rows */

/* The row without a filter that it was measured beside; itself, when it is that. */
static const struct saved_row *none_of(const struct saved_result *result,
				       const struct saved_row *row)
{
	char *name = sg_asprintf("%s/%s/none", row->workload, row->profile);
	const struct saved_row *none = saved_row_find(result, name);

	free(name);
	return none;
}

/* Is it enough to say of something larger that @other lacks it: the workload, or the filter? */
static bool is_part_of_more(const struct saved_result *result, const struct saved_row *row,
			    const struct saved_result *other)
{
	const struct saved_row *none = none_of(result, row);
	const struct saved_filter *filter = saved_filter_find(other, row->profile, row->filter);

	if (none && none != row && !saved_row_find(other, none->name))
		return true;
	return row->column && (!filter || filter->unsupported);
}

/* What the baseline's row has and is compared by. */
static bool has_less(const struct gate_report *report, const struct saved_row *was,
		     const struct saved_row *is)
{
	if (report->timed && was->status == RUN_MEASURED && is->status != RUN_MEASURED)
		return true;
	return was->column && gate_row_has_figures(was) && !gate_row_has_figures(is);
}

static bool is_lacking(const struct gate_request *request, const struct gate_report *report,
		       const struct saved_row *row)
{
	const struct saved_row *now = saved_row_find(request->result, row->name);

	return (!now || has_less(report, row, now)) &&
	       !is_part_of_more(request->baseline, row, request->result);
}

/* Of a result that ended early: its turn did not come. */
static bool was_not_reached(const struct gate_request *request, const struct saved_row *row)
{
	const struct saved_row *now = saved_row_find(request->result, row->name);

	return request->result->interrupted && (!now || now->status == RUN_INTERRUPTED);
}

/* In the words of the result where it has some. */
static char *why_lacking(const struct gate_request *request, const struct saved_row *row)
{
	const struct saved_row *now = saved_row_find(request->result, row->name);

	if (!now)
		return sg_asprintf("the result lacks this %s",
				   none_of(request->baseline, row) == row ? "workload" : "row");
	if (!now->reason || !*now->reason)
		return sg_asprintf("not measured: %s", run_status_name(now->status));
	return sg_asprintf("not measured: %s: %s", run_status_name(now->status), now->reason);
}

/* One check for all rows of the profile that a result which ended early did not come to. */
static void check_not_reached(const struct gate_request *request, struct gate_report *report,
			      const char *profile)
{
	const struct saved_result *was = request->baseline;
	size_t count = 0;

	for (size_t i = 0; i < was->row_count; i++)
		count += !strcmp(was->rows[i].profile, profile) &&
			 is_lacking(request, report, &was->rows[i]) &&
			 was_not_reached(request, &was->rows[i]);

	char *why = sg_asprintf("the result ended early: %zu rows of the baseline were not reached",
				count);

	add(request, report, profile, why);
	free(why);
}

static void check_rows(const struct gate_request *request, struct gate_report *report)
{
	const struct saved_result *was = request->baseline;
	struct sg_strv profiles = {0}; /* that have rows which were not reached */

	for (size_t i = 0; i < was->row_count; i++) {
		const struct saved_row *row = &was->rows[i];

		if (!is_lacking(request, report, row))
			continue;
		if (was_not_reached(request, row)) {
			if (!sg_strv_contains(&profiles, row->profile))
				sg_strv_add(&profiles, row->profile);
			continue;
		}

		char *why = why_lacking(request, row);

		add(request, report, row->name, why);
		free(why);
	}
	for (size_t i = 0; i < profiles.len; i++)
		check_not_reached(request, report, profiles.items[i]);
	sg_strv_release(&profiles);
}

/* ---- what is new */

#define NAMED_AT_MOST 5

static void collect_new(const struct gate_request *request, struct sg_strv *names)
{
	const struct saved_result *was = request->baseline, *is = request->result;

	for (size_t i = 0; i < is->filter_count; i++) {
		const struct saved_filter *filter = &is->filters[i];

		if (!saved_filter_find(was, filter->profile, filter->name))
			sg_strv_addf(names, "%s/%s", filter->profile, filter->name);
	}
	for (size_t i = 0; i < is->row_count; i++) {
		const struct saved_row *row = &is->rows[i];

		if (!saved_row_find(was, row->name) && !is_part_of_more(is, row, was))
			sg_strv_add(names, row->name);
	}
}

static void note_new(const struct gate_request *request, struct gate_report *report)
{
	struct sg_strv names = {0};
	struct sg_buf text = {0};

	collect_new(request, &names);
	for (size_t i = 0; i < names.len && i < NAMED_AT_MOST; i++)
		sg_buf_addf(&text, "%s%s", i ? ", " : "", names.items[i]);
	if (names.len > NAMED_AT_MOST)
		sg_buf_addf(&text, " and %zu more", names.len - NAMED_AT_MOST);
	if (names.len)
		sg_strv_addf(&report->notes, "not in the baseline, so not compared: %s",
			     sg_buf_text(&text));
	sg_buf_release(&text);
	sg_strv_release(&names);
}

static int run(const struct gate_request *request, struct gate_report *report, struct sg_err *err)
{
	(void)err;
	check_filters(request, report);
	check_rows(request, report);
	note_new(request, report);
	return 0;
}

const struct gate_part gate_part_missing = {
	"missing", "filters and rows of the baseline that the result lacks", true, run};
