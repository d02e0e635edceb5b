/* SPDX-License-Identifier: MIT */
/* For the summary of a job or a comment: the headline, then a table of filters for each profile. */
#include <math.h>

#include "harness/report/headline.h"
#include "harness/report/history.h"
#include "harness/report/markdown.h"
#include "harness/report/skipped.h"
#include "harness/report/summary.h"
#include "harness/report/text.h"

static const struct report_style style = {report_markdown_text, "**", "**", "", ""};

/* ---- cells */

static void number(struct sg_buf *out, double value, int decimals)
{
	sg_buf_adds(out, " | ");
	if (isfinite(value))
		report_number(out, value, decimals);
	else
		sg_buf_adds(out, "\u2013");
}

static void overhead(struct sg_buf *out, const struct saved_summary *summary,
		     const struct saved_summary *aa)
{
	sg_buf_adds(out, " | ");
	if (!summary) {
		sg_buf_adds(out, "\u2013");
		return;
	}
	report_percent(out, &summary->ratio);
	sg_buf_adds(out, " ");
	report_percent_interval(out, &summary->ratio);
	if (aa && !report_summary_seen(&summary->ratio, &aa->ratio))
		sg_buf_adds(out, ", no difference seen");
}

static void date(const char *iso, struct sg_buf *out)
{
	struct sg_buf text = {0};

	report_date(&text, iso);
	report_markdown_text(out, sg_buf_text(&text));
	sg_buf_release(&text);
}

/* ---- parts */

static void one_filter(const struct report_view *view, const struct run_group *group,
		       const struct run_filter *filter, struct sg_buf *out)
{
	const struct gen_figures *f = &filter->figures;

	sg_buf_adds(out, "| ");
	report_markdown_text(out, filter->name);
	if (filter->unsupported) {
		sg_buf_adds(out, " | unsupported: ");
		report_markdown_text(out, filter->unsupported);
		sg_buf_adds(out, " | | | | | |\n");
		return;
	}
	overhead(out, report_summary_find(view->saved, group->profile, filter->name),
		 report_summary_find(view->saved, group->profile, "none-aa"));
	number(out, f->mix_insns, 2);
	number(out, f->worst_insns, 0);
	number(out, (double)f->filter_insns, 0);
	number(out, 100 * f->bitmap_share, 1);
	number(out, filter->install_ns > 0 ? filter->install_ns / 1e3 : NAN, 0);
	sg_buf_adds(out, " |\n");
}

static void one_profile(const struct report_view *view, const struct run_group *group,
			struct sg_buf *out)
{
	sg_buf_adds(out, "\n#### ");
	report_markdown_text(out, group->policy ? group->profile : "filters without a profile");
	sg_buf_adds(
		out,
		"\n\n| filter | over no filter, 95% interval | insns/call, mix | worst | length "
		"| bitmap serves, % | install, \u00b5s |\n| --- | --- | ---: | ---: | ---: | ---: "
		"| ---: |\n");
	for (size_t i = 0; i < group->filter_count; i++)
		one_filter(view, group, &group->filters[i], out);
}

static void where(const struct saved_result *saved, struct sg_buf *out)
{
	struct sg_buf text = {0};

	report_date(&text, saved->env.date);
	sg_buf_addf(&text, "; Linux %s on %s; %s; virtualisation: %s", saved->env.kernel,
		    saved->env.machine, saved->env.cpu, saved->env.virtualisation);
	if (saved->settings.seconds > 0)
		sg_buf_addf(&text, "; %g s for each workload and profile", saved->settings.seconds);
	sg_buf_adds(out, "\nMade ");
	report_markdown_text(out, sg_buf_text(&text));
	sg_buf_adds(out, ".\n");
	sg_buf_release(&text);
}

static void one_point(const struct report_history *history, size_t index,
		      const struct run_group *group, const struct run_filter *filter,
		      struct sg_buf *out)
{
	struct report_point point = report_point_of(history, index, group->profile, filter->name);
	const struct gen_figures *f = point.filter ? &point.filter->figures : NULL;

	sg_buf_adds(out, "| ");
	report_markdown_text(out, group->profile);
	sg_buf_adds(out, " | ");
	report_markdown_text(out, filter->name);
	sg_buf_adds(out, " | ");
	date(history->results[index].env.date, out);
	overhead(out, point.summary, NULL);
	number(out, f ? f->mix_insns : NAN, 2);
	number(out, f ? (double)f->filter_insns : NAN, 0);
	sg_buf_adds(out, " |\n");
}

static void history(const struct report_view *view, const struct saved_result *results,
		    size_t count, struct sg_buf *out)
{
	struct report_history history;

	report_history_make(results, count, &history);
	sg_buf_adds(
		out,
		"\n<details><summary>History</summary>\n\n| profile | filter | result | over no "
		"filter | insns/call, mix | length |\n| --- | --- | --- | --- | ---: | ---: |\n");
	for (size_t i = 0; i < view->plan.group_count; i++)
		for (size_t j = 0; j < view->groups[i].filter_count; j++)
			for (size_t k = 0; k < count; k++)
				one_point(&history, k, &view->groups[i],
					  &view->groups[i].filters[j], out);
	sg_buf_adds(out, "\n");
	for (size_t i = 0; i < history.classes.len; i++) {
		sg_buf_adds(out, "- Another machine class, times left out: ");
		report_markdown_text(out, history.classes.items[i]);
		sg_buf_adds(out, "\n");
	}
	sg_buf_adds(out, "</details>\n");
	report_history_release(&history);
}

static void skipped(const struct report_view *view, struct sg_buf *out)
{
	struct report_skipped *items;
	size_t count = report_skipped(view, &items);

	if (count)
		sg_buf_adds(out,
			    "\n<details><summary>Not measured</summary>\n\n| profile | filters | "
			    "workloads | why |\n| --- | --- | --- | --- |\n");
	for (size_t i = 0; i < count; i++) {
		sg_buf_adds(out, "| ");
		report_markdown_text(out, items[i].group->profile);
		sg_buf_adds(out, " | ");
		report_markdown_text(out, items[i].filters);
		sg_buf_adds(out, " | ");
		report_markdown_text(out, items[i].workloads);
		sg_buf_addf(out, " | %s%s", run_status_name(items[i].status),
			    *items[i].reason ? ": " : "");
		report_markdown_text(out, items[i].reason);
		sg_buf_adds(out, " |\n");
	}
	if (count)
		sg_buf_adds(out, "\n</details>\n");
	report_skipped_free(items, count);
}

static void notes(const struct saved_result *saved, struct sg_buf *out)
{
	if (saved->interrupted)
		sg_buf_adds(out, "\n**Interrupted: what was measured until then.**\n");
	if (saved->notes.len)
		sg_buf_adds(out, "\n");
	for (size_t i = 0; i < saved->notes.len; i++) {
		sg_buf_adds(out, "- ");
		report_markdown_text(out, saved->notes.items[i]);
		sg_buf_adds(out, "\n");
	}
}

static int write_markdown(const struct saved_result *results, size_t count,
			  const struct report_options *look, struct sg_buf *out, struct sg_err *err)
{
	struct report_view view;

	(void)look;
	(void)err;
	report_view_make(&results[count - 1], &view);
	sg_buf_adds(out, "### ");
	report_headline(&view, &style, out);
	sg_buf_adds(out, "\n\n");
	report_headline_noise(&view, &style, out);
	sg_buf_adds(out, "\n");
	notes(view.saved, out);
	for (size_t i = 0; i < view.plan.group_count; i++)
		one_profile(&view, &view.groups[i], out);
	where(view.saved, out);
	if (count > 1)
		history(&view, results, count, out);
	skipped(&view, out);
	report_view_release(&view);
	return 0;
}

const struct saved_report saved_report_markdown = {
	.name = "markdown",
	.summary = "for a job's summary or a comment",
	.several = true,
	.write = write_markdown,
};
