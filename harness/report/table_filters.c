/* SPDX-License-Identifier: MIT */
#include "harness/report/table.h"
#include "harness/report/text.h"

#define NAME_WIDTH 16

static void head(const struct report_options *look, struct sg_buf *out)
{
	report_tint(out, look, REPORT_DIM, "  %-*s %7s %10s %10s %33s %9s\n", NAME_WIDTH, "",
		    "length", "compile", "install", "executed insns a call, no bitmap", "bitmap");
	report_tint(out, look, REPORT_DIM, "  %-*s %7s %10s %10s %11s %11s %9s %9s\n", NAME_WIDTH,
		    "filter", "insns", "us", "us", "IO mix", "all allowed", "worst", "serves");
}

static void figures(const struct run_filter *filter, struct sg_buf *out)
{
	const struct gen_figures *f = &filter->figures;

	report_right(out, f->filter_insns, 0, 8);
	report_right(out, filter->filter.compile_ns / 1e3, 1, 11);
	if (filter->install_ns > 0)
		report_right(out, filter->install_ns / 1e3, 0, 11);
	else
		sg_buf_addf(out, "%11s", "-");
	report_right(out, f->mix_insns, 2, 12);
	report_right(out, f->uniform_insns, 1, 12);
	report_right(out, f->worst_insns, 0, 10);
	sg_buf_addf(out, "%8.1f%%\n", 100 * f->bitmap_share);
}

static void unsupported(const struct run_filter *filter, struct sg_buf *out)
{
	struct sg_buf text = {0};

	sg_buf_addf(&text, "unsupported: %s", filter->unsupported);
	sg_buf_adds(out, " ");
	report_wrap(out, text.data, NAME_WIDTH + 3, NAME_WIDTH + 3, REPORT_TABLE_WIDTH);
	sg_buf_release(&text);
}

void report_table_filters(const struct run_result *result, const struct run_group *group,
			  const struct report_options *look, struct sg_buf *out)
{
	(void)result;
	if (!group->filter_count)
		return;
	head(look, out);
	for (size_t i = 0; i < group->filter_count; i++) {
		const struct run_filter *filter = &group->filters[i];

		sg_buf_addf(out, "  %-*.*s", NAME_WIDTH, NAME_WIDTH, filter->name);
		if (filter->unsupported)
			unsupported(filter, out);
		else
			figures(filter, out);
	}
}
