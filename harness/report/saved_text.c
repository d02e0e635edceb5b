/* SPDX-License-Identifier: MIT */
/* A saved result for people at a terminal: the headline, then the table of a fresh result. */
#include "harness/report/headline.h"
#include "harness/report/history.h"
#include "harness/report/text.h"

static void headline(const struct report_view *view, const struct report_options *look,
		     struct sg_buf *out)
{
	struct sg_buf text = {0};

	report_headline(view, &report_plain, &text);
	sg_buf_adds(&text, ".");
	report_tint_begin(out, look, REPORT_BOLD);
	report_wrap(out, sg_buf_text(&text), 0, 0, REPORT_TABLE_WIDTH);
	report_tint_end(out, look);
	sg_buf_clear(&text);
	report_headline_noise(view, &report_plain, &text);
	report_wrap(out, sg_buf_text(&text), 0, 0, REPORT_TABLE_WIDTH);
	sg_buf_adds(out, "\n");
	sg_buf_release(&text);
}

static void one_point(const struct report_history *history, size_t index,
		      const struct run_group *group, const struct run_filter *filter,
		      struct sg_buf *out)
{
	struct report_point point = report_point_of(history, index, group->profile, filter->name);
	struct sg_buf date = {0}, interval = {0};

	report_date(&date, history->results[index].env.date);
	sg_buf_addf(out, "    %-18s", sg_buf_text(&date));
	if (point.summary) {
		report_percent_interval(&interval, &point.summary->ratio);
		report_signed(out, 100 * (point.summary->ratio.estimate - 1), 2, 8);
		sg_buf_addf(out, "%% %-16s", sg_buf_text(&interval));
	} else {
		sg_buf_addf(out, "%9s %-16s", "-", "");
	}
	if (point.filter) {
		report_right(out, point.filter->figures.mix_insns, 2, 10);
		report_right(out, point.filter->figures.filter_insns, 0, 10);
	}
	sg_buf_adds(out, "\n");
	sg_buf_release(&date);
	sg_buf_release(&interval);
}

static void one_filter(const struct report_history *history, const struct run_group *group,
		       const struct run_filter *filter, struct sg_buf *out)
{
	sg_buf_addf(out, "  %s\n", filter->name);
	for (size_t i = 0; i < history->count; i++)
		one_point(history, i, group, filter, out);
}

static void history(const struct report_view *view, const struct saved_result *results,
		    size_t count, const struct report_options *look, struct sg_buf *out)
{
	struct report_history history;

	report_history_make(results, count, &history);
	for (size_t i = 0; i < view->plan.group_count; i++) {
		const struct run_group *group = &view->groups[i];

		sg_buf_adds(out, "\n");
		report_tint(out, look, REPORT_BOLD, "%s over time", group->profile);
		sg_buf_adds(out, "\n");
		report_tint(out, look, REPORT_DIM, "    %-18s%9s %-16s%10s%10s\n", "result",
			    "overhead", "%", "mix insns", "length");
		for (size_t j = 0; j < group->filter_count; j++)
			one_filter(&history, group, &group->filters[j], out);
	}
	for (size_t i = 0; i < history.classes.len; i++) {
		sg_buf_adds(out, "another machine class, times left out: ");
		report_wrap(out, history.classes.items[i], 39, 4, REPORT_TABLE_WIDTH);
	}
	report_history_release(&history);
}

static int write_text(const struct saved_result *results, size_t count,
		      const struct report_options *look, struct sg_buf *out, struct sg_err *err)
{
	struct report_view view;

	report_view_make(&results[count - 1], &view);
	headline(&view, look, out);

	int ret = report_find("table", err)->write(&view.result, look, out, err);

	if (!ret && count > 1)
		history(&view, results, count, look, out);
	report_view_release(&view);
	return ret;
}

const struct saved_report saved_report_text = {
	.name = "text",
	.summary = "for people at a terminal: the headline and the table",
	.several = true,
	.write = write_text,
};
