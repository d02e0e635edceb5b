/* SPDX-License-Identifier: MIT */
/* The headline of a result without times: what the filters execute. */
#include <string.h>

#include "harness/report/headline.h"
#include "harness/report/text.h"

static void executes(const struct run_filter *filter, bool first, const struct report_style *style,
		     struct sg_buf *out)
{
	sg_buf_adds(out, first ? "" : ", ");
	style->text(out, filter->name);
	sg_buf_addf(out, " %s%s", first ? "executes " : "", style->strong);
	report_number(out, filter->figures.mix_insns, 2);
	sg_buf_addf(out, "%s%s", style->strong_end, first ? " instructions a call of the mix" : "");
}

/* Of those that there are but `allow`, which executes one. */
static const struct run_filter *most_or_least(const struct run_group *group, int sign)
{
	const struct run_filter *found = NULL;

	for (size_t i = 0; i < group->filter_count; i++) {
		const struct run_filter *filter = &group->filters[i];

		if (filter->unsupported || !strcmp(filter->name, "allow"))
			continue;
		if (!found || sign * (filter->figures.mix_insns - found->figures.mix_insns) > 0)
			found = filter;
	}
	return found;
}

bool report_headline_exact(const struct run_group *group, const struct report_style *style,
			   struct sg_buf *out)
{
	const struct run_filter *most = most_or_least(group, 1), *least = most_or_least(group, -1);

	if (!most)
		return false;
	executes(most, true, style, out);
	if (least != most)
		executes(least, false, style, out);
	return true;
}
