/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "harness/report/headline.h"
#include "harness/report/history.h"
#include "harness/run/machine.h"

static void other_class(struct report_history *history, size_t index, const struct sg_strv *lines)
{
	struct sg_buf text = {0};

	report_date(&text, history->results[index].env.date);
	for (size_t i = 0; i < lines->len; i++)
		sg_buf_addf(&text, "%s%s", i ? "; " : ": ", lines->items[i]);
	sg_strv_add(&history->classes, sg_buf_text(&text));
	sg_buf_release(&text);
}

void report_history_make(const struct saved_result *results, size_t count,
			 struct report_history *ret)
{
	*ret = (struct report_history){.results = results, .count = count};
	ret->comparable = sg_calloc(count, sizeof(*ret->comparable));
	for (size_t i = 0; i < count; i++) {
		struct sg_strv lines = {0};

		ret->comparable[i] =
			!run_machine_differences(&results[count - 1].env, &results[i].env, &lines);
		if (!ret->comparable[i])
			other_class(ret, i, &lines);
		sg_strv_release(&lines);
	}
}

void report_history_release(struct report_history *history)
{
	free(history->comparable);
	sg_strv_release(&history->classes);
	*history = (struct report_history){0};
}

struct report_point report_point_of(const struct report_history *history, size_t index,
				    const char *profile, const char *filter)
{
	const struct saved_result *result = &history->results[index];
	const struct saved_filter *found = saved_filter_find(result, profile, filter);
	struct report_point point = {0};

	if (history->comparable[index])
		point.summary = report_summary_find(result, profile, filter);
	if (found && !found->unsupported)
		point.filter = found;
	return point;
}

void report_date(struct sg_buf *out, const char *iso)
{
	static const char form[] = "0000-00-00T00:00";
	size_t i = 0;

	for (; form[i]; i++)
		if (form[i] == '0' ? iso[i] < '0' || iso[i] > '9' : iso[i] != form[i])
			break;
	if (form[i])
		sg_buf_adds(out, iso);
	else
		sg_buf_addf(out, "%.10s %.5s", iso, iso + 11);
}
