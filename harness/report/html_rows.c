/* SPDX-License-Identifier: MIT */
/* Every measured row in one table; what is there of each block stays in the result file. */
#include <math.h>

#include "harness/report/html.h"
#include "harness/report/summary.h"

static void head(bool profiles, struct sg_buf *out)
{
	static const char *const columns[] = {
		"ns/op",          "over none, ns/op", "over none, %", "noise floor, ns", "insns/op",
		"without bitmap", "served, %",        "calls/op",     "blocks",          "wrong",
	};

	if (profiles)
		sg_buf_adds(out, "<th scope=\"col\">profile</th>");
	sg_buf_adds(out, "<th scope=\"col\">workload</th><th scope=\"col\">filter</th>");
	for (size_t i = 0; i < SG_COUNT(columns); i++)
		sg_buf_addf(out, "<th scope=\"col\" class=\"n\">%s</th>", columns[i]);
}

static int decimals(const struct stats_interval *ns)
{
	return fmax(fabs(ns->low), fabs(ns->high)) < 10000 ? 1 : 0;
}

static void against_none(const struct run_row *row, double floor_ns, struct sg_buf *out)
{
	struct stats_interval percent = report_percent_over(&row->ratio);

	if (row->status == RUN_UNTIMED || (!row->filter && !row->aa)) {
		html_number(out, NAN, 0);
		html_number(out, NAN, 0);
	} else {
		html_interval(out, &row->overhead_ns, decimals(&row->overhead_ns));
		html_interval(out, &percent, 2);
	}
	html_number(out, floor_ns, 1);
}

static void one_row(struct html_page *page, const struct run_row *row, bool profiles)
{
	struct sg_buf *out = page->out;

	sg_buf_adds(out, row->filter && row->status == RUN_MEASURED && !row->seen
				 ? "<tr class=\"unseen\">"
				 : "<tr>");
	if (profiles) {
		sg_buf_adds(out, "<td>");
		html_name(out, row->group->profile);
		sg_buf_adds(out, "</td>");
	}
	sg_buf_adds(out, "<th scope=\"row\">");
	html_name(out, row->workload->name);
	sg_buf_adds(out, "</th><td>");
	html_name(out, report_row_filter(row));
	sg_buf_adds(out, "</td>");
	if (row->status == RUN_UNTIMED)
		html_number(out, NAN, 0);
	else
		html_interval(out, &row->ns_per_op, decimals(&row->ns_per_op));
	against_none(row, report_floor_ns(&page->view.result, row), out);
	html_number(out, row->bpf_insns, 1);
	html_number(out, row->bpf_insns_full, 1);
	html_number(out, 100 * row->bitmap_share, 1);
	html_number(out, row->calls_per_op, 2);
	html_number(out, (double)row->sample_count, 0);
	html_number(out, (double)row->faults, 0);
	sg_buf_adds(out, "</tr>\n");
}

void html_rows(struct html_page *page)
{
	const struct run_result *result = &page->view.result;
	bool profiles = page->view.plan.group_count > 1;
	struct sg_buf *out = page->out;

	sg_buf_adds(out,
		    "<section id=\"measurements\">\n<h2>Every measurement</h2>\n<p>One row for "
		    "each workload and filter; none-aa is the control, no filter once more. In "
		    "brackets the 95% interval. Pale rows do not stand clear of their noise "
		    "floor: no difference seen. The result file holds each block.</p>\n<div "
		    "class=\"scroll tall\" tabindex=\"0\" role=\"region\" aria-label=\"Every "
		    "measurement\">\n<table class=\"sortable\">\n<thead><tr>");
	head(profiles, out);
	sg_buf_adds(out, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < result->row_count; i++)
		if (result->rows[i].status == RUN_MEASURED || result->rows[i].status == RUN_UNTIMED)
			one_row(page, &result->rows[i], profiles);
	sg_buf_adds(out, "</tbody></table></div>\n</section>\n");
}
