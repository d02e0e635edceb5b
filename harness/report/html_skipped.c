/* SPDX-License-Identifier: MIT */
#include "harness/report/html.h"
#include "harness/report/skipped.h"

static void cell(struct sg_buf *out, const char *text)
{
	sg_buf_adds(out, "<td>");
	html_text(out, text);
	sg_buf_adds(out, "</td>");
}

static void one(const struct report_skipped *skipped, struct sg_buf *out)
{
	sg_buf_adds(out, "<tr><th scope=\"row\">");
	html_name(out, skipped->group->profile);
	sg_buf_adds(out, "</th>");
	cell(out, skipped->filters);
	cell(out, skipped->workloads);
	sg_buf_addf(out, "<td>%s%s", run_status_name(skipped->status),
		    *skipped->reason ? ": " : "");
	html_text(out, skipped->reason);
	sg_buf_adds(out, "</td></tr>\n");
}

void html_not_measured(struct html_page *page)
{
	struct report_skipped *skipped;
	size_t count = report_skipped(&page->view, &skipped);
	struct sg_buf *out = page->out;

	sg_buf_adds(out,
		    "<section id=\"not-measured\">\n<h2>What was not measured, and why</h2>\n");
	if (!count)
		sg_buf_adds(out, "<p>Everything that was asked for was measured.</p>\n");
	else
		sg_buf_adds(out,
			    "<p>A call that a profile refuses is fast, so its time would "
			    "flatter the filter: such workloads are left out.</p>\n<div "
			    "class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"What "
			    "was not measured\">\n<table class=\"words sortable\">\n<thead><tr><th "
			    "scope=\"col\">profile</th><th scope=\"col\">filters</th><th "
			    "scope=\"col\">workloads</th><th scope=\"col\">why</th></tr></thead>"
			    "\n<tbody>\n");
	for (size_t i = 0; i < count; i++)
		one(&skipped[i], out);
	if (count)
		sg_buf_adds(out, "</tbody></table></div>\n");
	sg_buf_adds(out, "</section>\n");
	report_skipped_free(skipped, count);
}
