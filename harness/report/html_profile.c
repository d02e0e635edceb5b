/* SPDX-License-Identifier: MIT */
/* A profile: its pictures, then its filters in a table. */
#include <math.h>
#include <string.h>

#include "harness/report/html.h"

/* ---- the filters in figures */

static void head(struct sg_buf *out)
{
	static const char *const columns[] = {
		"length, insns",    "compile, \u00b5s", "install, \u00b5s", "mix, insns/call",
		"left by bitmap",   "all allowed",      "worst allowed",    "longest path",
		"bitmap serves, %", "mix denied, %",
	};

	sg_buf_adds(
		out,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Filters\">"
		"\n<table class=\"sortable filters\">\n<caption>Filters. Executed instructions are "
		"exact: the reference interpreter counts them, without the bitmap unless "
		"it says so.</caption>\n<thead><tr><th scope=\"col\">filter</th>");
	for (size_t i = 0; i < SG_COUNT(columns); i++)
		sg_buf_addf(out, "<th scope=\"col\" class=\"n\">%s</th>", columns[i]);
	sg_buf_adds(out,
		    "<th scope=\"col\">made by</th><th scope=\"col\">SHA-256</th></tr></thead>\n"
		    "<tbody>\n");
}

static void figures(const struct run_filter *filter, struct sg_buf *out)
{
	const struct gen_figures *f = &filter->figures;

	html_number(out, (double)f->filter_insns, 0);
	html_number(out, (double)filter->filter.compile_ns / 1e3, 1);
	html_number(out, filter->install_ns > 0 ? filter->install_ns / 1e3 : NAN, 0);
	html_number(out, f->mix_insns, 2);
	html_number(out, f->left_insns, 2);
	html_number(out, f->uniform_insns, 1);
	html_number(out, f->worst_insns, 0);
	html_number(out, f->longest_path_insns, 0);
	html_number(out, 100 * f->bitmap_share, 1);
	html_number(out, 100 * f->mix_denied, 1);
	sg_buf_adds(out, "<td>");
	html_text(out, filter->filter.version);
	sg_buf_addf(out, "</td><td><code>%.12s</code></td>", filter->filter.sha256);
}

static void table(const struct run_group *group, struct sg_buf *out)
{
	head(out);
	for (size_t i = 0; i < group->filter_count; i++) {
		const struct run_filter *filter = &group->filters[i];

		sg_buf_adds(out, "<tr><th scope=\"row\">");
		html_name(out, filter->name);
		sg_buf_adds(out, "</th>");
		if (filter->unsupported) {
			sg_buf_adds(out, "<td colspan=\"12\">unsupported: ");
			html_text(out, filter->unsupported);
			sg_buf_adds(out, "</td>");
		} else {
			figures(filter, out);
		}
		sg_buf_adds(out, "</tr>\n");
	}
	sg_buf_adds(out, "</tbody></table></div>\n");
}

/* ---- the pictures */

static const char overhead_caption[] =
	"Time of one operation over no filter, in percent, paired within blocks of fresh "
	"processes: "
	"the median over the blocks with its 95% interval. The shaded ground is the noise floor, "
	"what "
	"the same workload without a filter, twice, differed by. What does not stand clear of it "
	"is "
	"no difference seen. Intervals that reach far beyond the others are cut at the edge.";

static const char insns_caption[] =
	"BPF instructions a call executes where the bitmap does not serve it, on a logarithmic "
	"axis: "
	"<svg class=\"key\" viewBox=\"-7 -7 14 14\" aria-hidden=\"true\"><use href=\"#p6\" "
	"class=\"m\"/></svg>mean of the mix, <svg class=\"key\" viewBox=\"-7 -7 14 14\" "
	"aria-hidden=\"true\"><use href=\"#p4\" class=\"m\"/></svg>mean over all allowed calls, "
	"<svg "
	"class=\"key\" viewBox=\"-7 -7 14 14\" aria-hidden=\"true\"><use href=\"#p8\" "
	"class=\"m\"/></svg>the worst allowed call.";

static const char bitmap_caption[] = "Calls of the mix that the kernel allows from its bitmap, "
				     "without running the filter. Those "
				     "cost the same under every filter.";

static const char served_caption[] = "The least share of all filters; where they differ, the "
				     "range. What a workload calls beside it "
				     "runs the filter: only there does its length matter.";

static const char times_caption[] =
	"What starting a program pays once, in microseconds, on a logarithmic axis: <svg "
	"class=\"key\" "
	"viewBox=\"-7 -7 14 14\" aria-hidden=\"true\"><use href=\"#p6\" "
	"class=\"m\"/></svg>compiling, "
	"<svg class=\"key\" viewBox=\"-7 -7 14 14\" aria-hidden=\"true\"><use href=\"#p4\" "
	"class=\"m\"/></svg>installing.";

static void one_profile(struct html_page *page, size_t index)
{
	const struct run_group *group = &page->view.groups[index];
	struct sg_buf *out = page->out;

	sg_buf_addf(out, "<section id=\"profile-%zu\">\n<h2>", index);
	if (group->policy)
		html_name(out, group->profile);
	else
		sg_buf_adds(out, "Filters without a profile");
	sg_buf_adds(out, "</h2>\n");
	if (page->view.plan.group_count > 1) {
		sg_buf_adds(out, "<p class=\"lead\">");
		report_headline_profile(&page->view, group, &html_style, out);
		sg_buf_adds(out, ".</p>\n");
	}
	html_figure(page, group, plot_overhead, overhead_caption, true);
	sg_buf_adds(out, "<div class=\"pair\">\n");
	html_figure(page, group, plot_insns, insns_caption, false);
	html_figure(page, group, plot_bitmap, bitmap_caption, false);
	html_figure(page, group, plot_setup_times, times_caption, false);
	html_figure(page, group, plot_served, served_caption, false);
	sg_buf_adds(out, "</div>\n");
	table(group, out);
	sg_buf_adds(out, "</section>\n");
}

void html_profiles(struct html_page *page)
{
	for (size_t i = 0; i < page->view.plan.group_count; i++)
		one_profile(page, i);
}
