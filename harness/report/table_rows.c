/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/report/summary.h"
#include "harness/report/table.h"
#include "harness/report/text.h"

#define WORKLOAD_WIDTH 20
#define FILTER_WIDTH   13
#define INDENT         (WORKLOAD_WIDTH + FILTER_WIDTH + 2)

static void head(const struct run_plan *plan, const struct report_options *look, struct sg_buf *out)
{
	sg_buf_adds(out, "\n");
	if (plan->no_time)
		report_tint(out, look, REPORT_DIM, "%-*s %-*s %11s %12s %14s %8s\n", WORKLOAD_WIDTH,
			    "workload", FILTER_WIDTH, "filter", "calls/op", "insns/op",
			    "without bitmap", "served");
	else
		report_tint(out, look, REPORT_DIM, "%-*s %-*s %11s  %-35s %8s %6s\n",
			    WORKLOAD_WIDTH, "workload", FILTER_WIDTH, "filter", "ns/op",
			    "overhead ns/op (95% interval)", "insns/op", "served");
}

/* A tenth of a nanosecond says nothing beside microseconds. */
static int decimals(double largest_ns)
{
	return largest_ns < 1000 ? 1 : 0;
}

static void time_per_op(const struct run_row *row, struct sg_buf *out)
{
	report_right(out, row->ns_per_op.estimate, row->ns_per_op.estimate < 1e6, 11);
}

static void baseline(const struct run_result *result, const struct run_row *row, struct sg_buf *out)
{
	double noise_ns = report_floor_ns(result, row);

	time_per_op(row, out);
	if (isnan(noise_ns)) {
		sg_buf_adds(out, "  noise floor not measured\n");
		return;
	}
	sg_buf_adds(out, "  noise floor ");
	report_number(out, noise_ns, decimals(noise_ns));
	sg_buf_addf(out, " ns (%.2f%%)\n", 100 * noise_ns / row->ns_per_op.estimate);
}

/* What is too wide for its column in nanoseconds is shown in microseconds, and says so. */
static void interval(const struct stats_interval *ns, double bound_ns, struct sg_buf *text)
{
	bool wide = bound_ns >= 100000;
	double unit_ns = wide ? 1000 : 1;

	report_signed(text, ns->estimate / unit_ns, decimals(bound_ns), 8);
	sg_buf_adds(text, " [");
	report_signed(text, ns->low / unit_ns, decimals(bound_ns), 0);
	sg_buf_adds(text, ", ");
	report_signed(text, ns->high / unit_ns, decimals(bound_ns), 0);
	sg_buf_adds(text, wide ? "] us" : "]");
}

static void overhead(const struct run_result *result, const struct run_row *row,
		     const struct report_options *look, struct sg_buf *out)
{
	const struct stats_interval *ns = &row->overhead_ns;
	double bound_ns = fmax(fabs(ns->low), fabs(ns->high));
	struct sg_buf text = {0};

	if (row->seen) {
		interval(ns, bound_ns, &text);
		if (isfinite(row->ratio.estimate)) /* a result file may lack it */
			sg_buf_addf(&text, "%*s%+6.1f%%", text.len < 27 ? 28 - (int)text.len : 1,
				    "", 100 * (row->ratio.estimate - 1));
		report_tint(out, look, ns->estimate > 0 ? REPORT_RED : REPORT_GREEN, "  %-35s",
			    text.data);
	} else {
		bound_ns = fmax(bound_ns, report_floor_ns(result, row));
		sg_buf_adds(&text, "no difference seen (below ");
		report_number(&text, bound_ns, decimals(bound_ns));
		sg_buf_adds(&text, " ns)");
		sg_buf_addf(out, "  %-35s", text.data);
	}
	sg_buf_release(&text);
}

static void measured(const struct run_result *result, const struct run_row *row,
		     const struct report_options *look, struct sg_buf *out)
{
	time_per_op(row, out);
	overhead(result, row, look, out);
	report_right(out, row->bpf_insns, 1, 9);
	sg_buf_addf(out, "%6.1f%%", 100 * row->bitmap_share);
	if (row->faults)
		report_tint(out, look, REPORT_RED, " %llu wrong", (unsigned long long)row->faults);
	sg_buf_adds(out, "\n");
}

/* No filter executes nothing. */
static void untimed(const struct run_row *row, struct sg_buf *out)
{
	report_right(out, row->calls_per_op, 1, 11);
	if (row->filter) {
		report_right(out, row->bpf_insns, 1, 13);
		report_right(out, row->bpf_insns_full, 1, 15);
		sg_buf_addf(out, "%8.1f%%", 100 * row->bitmap_share);
	}
	sg_buf_adds(out, "\n");
}

static void not_measured(const struct run_row *row, const struct report_options *look,
			 struct sg_buf *out)
{
	struct sg_buf text = {0};

	if (row->reason)
		sg_buf_addf(&text, "%s: %s", run_status_name(row->status), row->reason);
	else
		sg_buf_adds(&text, run_status_name(row->status));
	report_tint_begin(out, look, REPORT_YELLOW);
	report_wrap(out, text.data, INDENT, INDENT, REPORT_TABLE_WIDTH);
	report_tint_end(out, look);
	sg_buf_release(&text);
}

static void one_row(const struct run_result *result, const struct run_row *row, const char *label,
		    const struct report_options *look, struct sg_buf *out)
{
	sg_buf_addf(out, "%-*.*s %-*.*s ", WORKLOAD_WIDTH, WORKLOAD_WIDTH, label, FILTER_WIDTH,
		    FILTER_WIDTH, report_row_filter(row));
	if (row->status == RUN_UNTIMED)
		untimed(row, out);
	else if (row->status != RUN_MEASURED)
		not_measured(row, look, out);
	else if (!row->filter)
		baseline(result, row, out);
	else
		measured(result, row, look, out);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* A workload that cannot run at all is one line, not one for each filter. */
static bool all_alike(const struct run_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].status == RUN_MEASURED || rows[i].status == RUN_UNTIMED ||
		    rows[i].status != rows[0].status || !same_text(rows[i].reason, rows[0].reason))
			return false;
	return true;
}

static void one_workload(const struct run_result *result, const struct run_row *rows, size_t count,
			 const struct report_options *look, struct sg_buf *out)
{
	const char *label = rows->workload->name;

	if (all_alike(rows, count)) {
		sg_buf_addf(out, "%-*s %-*s ", WORKLOAD_WIDTH, label, FILTER_WIDTH, "");
		not_measured(rows, look, out);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (rows[i].aa)
			continue; /* it is the noise floor of `none` */
		one_row(result, &rows[i], label, look, out);
		label = "";
	}
}

void report_table_rows(const struct run_result *result, const struct run_group *group,
		       const struct report_options *look, struct sg_buf *out)
{
	head(result->plan, look, out);
	for (size_t i = 0, count; i < result->row_count; i += count) {
		count = report_workload_rows(result, i);
		if (result->rows[i].group == group)
			one_workload(result, &result->rows[i], count, look, out);
	}
}
