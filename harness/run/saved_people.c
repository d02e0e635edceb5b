/* SPDX-License-Identifier: MIT */
/* What a result file says to people alone: context.summary and context.notes. */
#include <stdlib.h>

#include "harness/run/saved_private.h"

static int read_summary(const struct sg_json *at, struct saved_summary *summary, struct sg_err *err)
{
	static const struct saved_number ratio[] = {
		{"ratio", offsetof(struct saved_summary, ratio.estimate), SAVED_POSITIVE, false},
		{"ratio_low", offsetof(struct saved_summary, ratio.low), SAVED_POSITIVE, false},
		{"ratio_high", offsetof(struct saved_summary, ratio.high), SAVED_POSITIVE, false},
	};
	uint64_t workloads;
	int bad = saved_name(at, "profile", &summary->profile, err);

	if (!bad)
		bad = saved_name(at, "filter", &summary->filter, err);
	if (!bad)
		bad = saved_whole(at, "workloads", 1, UINT32_MAX, &workloads, err);
	if (!bad)
		bad = saved_numbers(at, ratio, SG_COUNT(ratio), summary, err);
	if (!bad)
		bad = saved_check_interval(at, "ratio_low", &summary->ratio, err);
	if (!bad)
		summary->workloads = (unsigned)workloads;
	return bad;
}

int saved_read_summaries(const struct sg_json *context, struct saved_result *result,
			 struct sg_err *err)
{
	struct sg_json list;
	size_t len;
	int bad = saved_list(context, "summary", &list, &len, err);

	if (bad)
		return bad;
	result->summaries = sg_calloc(len, sizeof(*result->summaries));
	for (size_t i = 0; i < len && !bad; i++) {
		struct sg_json at = sg_json_element(&list, i);

		bad = read_summary(&at, &result->summaries[result->summary_count++], err);
	}
	return bad;
}

int saved_read_notes(const struct sg_json *context, struct saved_result *result, struct sg_err *err)
{
	struct sg_json list;
	size_t len;
	int bad = saved_list(context, "notes", &list, &len, err);

	for (size_t i = 0; !bad && i < len; i++) {
		struct sg_json at = sg_json_element(&list, i);
		const char *text;

		bad = saved_line_of(&at, &text, err);
		if (!bad)
			sg_strv_add(&result->notes, text);
	}
	return bad;
}

void saved_release_summaries(struct saved_result *result)
{
	for (size_t i = 0; i < result->summary_count; i++) {
		free(result->summaries[i].profile);
		free(result->summaries[i].filter);
	}
	free(result->summaries);
}
