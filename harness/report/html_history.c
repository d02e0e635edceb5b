/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "harness/report/html.h"
#include "harness/report/summary.h"

static const char times_caption[] = "Geometric mean of the workloads' times over no filter, with "
				    "its 95% interval, oldest result "
				    "first. Only results of one machine class are compared.";
static const char insns_caption[] =
	"BPF instructions a call of the mix executes, exact, so it is the same on every machine.";

static void other_classes(struct html_page *page)
{
	const struct sg_strv *classes = &page->history.classes;

	if (!classes->len)
		return;
	sg_buf_adds(page->out, "<p>Of another machine class than the newest, so that their times "
			       "are left out:</p>\n<ul class=\"notes\">\n");
	for (size_t i = 0; i < classes->len; i++) {
		sg_buf_adds(page->out, "<li>");
		html_text(page->out, classes->items[i]);
		sg_buf_adds(page->out, "</li>\n");
	}
	sg_buf_adds(page->out, "</ul>\n");
}

static void time_cell(const struct report_point *point, struct sg_buf *out)
{
	struct stats_interval percent = {NAN, NAN, NAN};

	if (point->summary)
		percent = report_percent_over(&point->summary->ratio);
	html_interval(out, &percent, 2);
}

static void one_row(struct html_page *page, size_t index, const struct run_group *group,
		    const struct run_filter *filter)
{
	struct report_point point =
		report_point_of(&page->history, index, group->profile, filter->name);
	const struct gen_figures *f = point.filter ? &point.filter->figures : NULL;
	struct sg_buf *out = page->out;

	sg_buf_adds(out, "<tr><td>");
	html_date(out, page->history.results[index].env.date);
	sg_buf_adds(out, "</td><td>");
	html_name(out, group->profile);
	sg_buf_adds(out, "</td><th scope=\"row\">");
	html_name(out, filter->name);
	sg_buf_adds(out, "</th>");
	time_cell(&point, out);
	html_number(out, f ? f->mix_insns : NAN, 2);
	html_number(out, f ? f->uniform_insns : NAN, 1);
	html_number(out, f ? f->worst_insns : NAN, 0);
	html_number(out, f ? (double)f->filter_insns : NAN, 0);
	html_number(out, f ? 100 * f->bitmap_share : NAN, 1);
	sg_buf_adds(out, "</tr>\n");
}

static void table(struct html_page *page)
{
	const struct report_view *view = &page->view;

	sg_buf_adds(
		page->out,
		"<details><summary>The history in figures</summary>\n<div class=\"scroll tall\" "
		"tabindex=\"0\" role=\"region\" aria-label=\"History\">\n<table "
		"class=\"sortable\">\n<thead><tr><th scope=\"col\">result</th><th "
		"scope=\"col\">profile</th><th scope=\"col\">filter</th><th scope=\"col\" "
		"class=\"n\">over none, %</th><th scope=\"col\" class=\"n\">mix, "
		"insns/call</th><th scope=\"col\" class=\"n\">all allowed</th><th scope=\"col\" "
		"class=\"n\">worst allowed</th><th scope=\"col\" class=\"n\">length, "
		"insns</th><th scope=\"col\" class=\"n\">bitmap serves, %</th></tr></thead>\n"
		"<tbody>\n");
	for (size_t i = 0; i < view->plan.group_count; i++)
		for (size_t j = 0; j < view->groups[i].filter_count; j++)
			for (size_t k = 0; k < page->history.count; k++)
				one_row(page, k, &view->groups[i], &view->groups[i].filters[j]);
	sg_buf_adds(page->out, "</tbody></table></div></details>\n");
}

void html_history(struct html_page *page)
{
	struct sg_buf *out = page->out;

	if (page->history.count < 2)
		return;
	sg_buf_addf(out, "<section id=\"history\">\n<h2>History: %zu results</h2>\n",
		    page->history.count);
	other_classes(page);
	for (size_t i = 0; i < page->view.plan.group_count; i++) {
		const struct run_group *group = &page->view.groups[i];

		if (page->view.plan.group_count > 1) {
			sg_buf_adds(out, "<h3 class=\"profile\">");
			html_name(out, group->profile);
			sg_buf_adds(out, "</h3>\n");
		}
		html_figure(page, group, plot_history_times, times_caption, true);
		html_figure(page, group, plot_history_insns, insns_caption, true);
	}
	table(page);
	sg_buf_adds(out, "</section>\n");
}
