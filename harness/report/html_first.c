/* SPDX-License-Identifier: MIT */
/* What is understood by who reads no further: the headline, the noise, each filter in one bar. */
#include <math.h>
#include <string.h>

#include "harness/report/html.h"
#include "harness/report/summary.h"
#include "harness/report/text.h"

#define BAR_WIDTH 400.0

/* Of all bars of the page, so that profiles can be compared: shares of the time without filter. */
struct range {
	double low, high;
};

static struct range range_of(const struct saved_result *result)
{
	struct range range = {0, 0.001};

	for (size_t i = 0; i < result->summary_count; i++) {
		range.low = fmin(range.low, result->summaries[i].ratio.low - 1);
		range.high = fmax(range.high, result->summaries[i].ratio.high - 1);
	}
	return range;
}

static double place(const struct range *range, double share)
{
	return BAR_WIDTH * (share - range->low) / (range->high - range->low);
}

static void box(struct sg_buf *out, const struct range *range, const char *class, double low,
		double high, double top, double height)
{
	sg_buf_addf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%g\" width=\"%.1f\" height=\"%g\"/>",
		    class, place(range, low), top, place(range, high) - place(range, low), height);
}

static void bar(struct html_page *page, const struct range *range,
		const struct saved_summary *summary, const struct saved_summary *aa)
{
	double estimate = summary->ratio.estimate - 1;
	struct sg_buf *out = page->out;
	char class[16] = "s";

	class[1] = (char)('0' + plot_series(&page->series, summary->filter) % PLOT_SERIES);
	sg_buf_addf(out,
		    "<svg class=\"bar\" viewBox=\"0 0 %g 20\" preserveAspectRatio=\"none\" "
		    "aria-hidden=\"true\">",
		    BAR_WIDTH);
	if (aa) {
		double floor = report_floor_share(&aa->ratio);

		box(out, range, "floor", fmax(-floor, range->low), fmin(floor, range->high), 0, 20);
	}
	box(out, range, class, fmin(0, estimate), fmax(0, estimate), 5, 10);
	box(out, range, "zero", -0.5 / BAR_WIDTH * (range->high - range->low),
	    0.5 / BAR_WIDTH * (range->high - range->low), 0, 20);
	box(out, range, "whisker", summary->ratio.low - 1, summary->ratio.high - 1, 9, 2);
	sg_buf_adds(out, "</svg>");
}

static void in_words(struct sg_buf *out, const struct saved_summary *summary, bool seen)
{
	sg_buf_adds(out, seen ? "<b>" : "<b class=\"unseen\">");
	report_percent(out, &summary->ratio);
	sg_buf_adds(out, "</b> <span class=\"ci\">");
	report_percent_interval(out, &summary->ratio);
	sg_buf_addf(out, "</span>%s",
		    seen ? "" : "<br><span class=\"ci\">no difference seen</span>");
}

static void one_filter(struct html_page *page, const struct range *range, const char *profile,
		       const char *filter)
{
	const struct saved_result *saved = page->view.saved;
	const struct saved_summary *summary = report_summary_find(saved, profile, filter),
				   *aa = report_summary_find(saved, profile, "none-aa");
	struct sg_buf *out = page->out;

	if (!summary)
		return;
	sg_buf_adds(out, "<tr><th scope=\"row\">");
	html_key(page, filter);
	html_name(out, filter);
	sg_buf_adds(out, "</th><td>");
	bar(page, range, summary, aa);
	sg_buf_adds(out, "</td><td>");
	in_words(out, summary, !aa || report_summary_seen(&summary->ratio, &aa->ratio));
	sg_buf_adds(out, "</td></tr>\n");
}

static void arches(struct sg_buf *out, const struct run_group *group)
{
	for (size_t i = 0; group->policy && i < group->policy->arch_count; i++)
		sg_buf_addf(out, "%s%s", i ? ", " : " <span>for ", group->policy->arches[i]->name);
	if (group->policy)
		sg_buf_adds(out, "</span>");
}

static void one_profile(struct html_page *page, const struct range *range, size_t index)
{
	const struct run_group *group = &page->view.groups[index];
	struct sg_buf *out = page->out;

	sg_buf_addf(out, "<table class=\"strip\">\n<caption><a href=\"#profile-%zu\">", index);
	if (group->policy)
		html_name(out, group->profile);
	else
		sg_buf_adds(out, "filters without a profile");
	sg_buf_adds(out, "</a>");
	arches(out, group);
	sg_buf_adds(
		out,
		"</caption>\n<colgroup><col><col><col></colgroup>\n<thead><tr><th "
		"scope=\"col\">filter</th><th scope=\"col\">time "
		"over no filter</th><th scope=\"col\">95% interval</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < group->filter_count; i++)
		one_filter(page, range, group->profile, group->filters[i].name);
	sg_buf_adds(out, "</tbody></table>\n");
}

static bool has_summary(const struct saved_result *saved, const char *profile)
{
	for (size_t i = 0; i < saved->summary_count; i++)
		if (!strcmp(saved->summaries[i].profile, profile))
			return true;
	return false;
}

static unsigned int most_workloads(const struct saved_result *saved)
{
	unsigned int most = 0;

	for (size_t i = 0; i < saved->summary_count; i++)
		if (saved->summaries[i].workloads > most)
			most = saved->summaries[i].workloads;
	return most;
}

static void strips(struct html_page *page)
{
	const struct saved_result *saved = page->view.saved;
	struct range range = range_of(saved);
	size_t groups = page->view.plan.group_count;

	sg_buf_addf(page->out, "<div class=\"strips%s\">\n", groups > 1 ? " several" : "");
	for (size_t i = 0; i < groups; i++)
		if (has_summary(saved, page->view.groups[i].profile))
			one_profile(page, &range, i);
	sg_buf_adds(page->out, "</div>\n");
	if (saved->summary_count)
		sg_buf_addf(page->out,
			    "<p class=\"small\"><svg class=\"key\" viewBox=\"-7 -7 14 14\" "
			    "aria-hidden=\"true\"><rect class=\"floor\" x=\"-7\" y=\"-6\" "
			    "width=\"14\" height=\"12\"/></svg> noise floor. Geometric mean over "
			    "%u workload%s that count%s the same, the argument-checked and denied "
			    "calls too: it compares filters.</p>\n",
			    most_workloads(saved), most_workloads(saved) == 1 ? "" : "s",
			    most_workloads(saved) == 1 ? "s" : "");
}

static void banner(struct html_page *page)
{
	if (page->view.saved->interrupted)
		sg_buf_adds(page->out, "<p class=\"banner\" role=\"note\"><b>Interrupted.</b> "
				       "The run was ended early: this is what was measured until "
				       "then.</p>\n");
}

static void notes(struct html_page *page)
{
	const struct sg_strv *list = &page->view.saved->notes;

	if (!list->len)
		return;
	sg_buf_adds(page->out, "<ul class=\"notes\" aria-label=\"Notes on this run\">\n");
	for (size_t i = 0; i < list->len; i++) {
		sg_buf_adds(page->out, "<li>");
		html_text(page->out, list->items[i]);
		sg_buf_adds(page->out, "</li>\n");
	}
	sg_buf_adds(page->out, "</ul>\n");
}

void html_first_screen(struct html_page *page)
{
	struct sg_buf *out = page->out;

	sg_buf_adds(out, "<header class=\"first\">\n");
	banner(page);
	sg_buf_adds(out, "<p class=\"eyebrow\">secgauge, ");
	html_date(out, page->view.saved->env.date);
	sg_buf_adds(out, "</p>\n<h1>");
	report_headline(&page->view, &html_style, out);
	sg_buf_adds(out, ".</h1>\n<p class=\"lead\">");
	report_headline_noise(&page->view, &html_style, out);
	sg_buf_adds(out, "</p>\n");
	notes(page);
	strips(page);
	html_facts(page);
	sg_buf_adds(out, "</header>\n");
}
