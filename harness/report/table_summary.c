/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "harness/report/summary.h"
#include "harness/report/table.h"
#include "harness/report/text.h"

struct writer {
	struct sg_buf *out;
	const struct report_options *look;
};

static void one_line(void *ctx, const struct report_summary *summary)
{
	const struct stats_interval *r = &summary->ratio;
	struct writer *writer = ctx;
	bool control = !strcmp(summary->filter, "none-aa");

	if (!isfinite(r->estimate))
		return;
	sg_buf_addf(writer->out, "  %-16.16s", control ? "(A/A control)" : summary->filter);
	report_tint(writer->out, writer->look, REPORT_BOLD, " %+7.2f%%", 100 * (r->estimate - 1));
	sg_buf_addf(writer->out, "  [%+.2f%%, %+.2f%%] over %zu workload%s\n", 100 * (r->low - 1),
		    100 * (r->high - 1), summary->workloads, summary->workloads == 1 ? "" : "s");
}

static size_t workloads_measured(const struct run_result *result, const struct run_group *group)
{
	size_t count = 0;

	for (size_t i = 0; i < result->row_count; i++)
		count += result->rows[i].group == group && result->rows[i].aa &&
			 result->rows[i].status == RUN_MEASURED;
	return count;
}

void report_table_summary(const struct run_result *result, const struct run_group *group,
			  const struct report_options *look, struct sg_buf *out)
{
	struct writer writer = {out, look};

	if (workloads_measured(result, group) < 2)
		return;
	report_tint(out, look, REPORT_DIM,
		    "\n  in one number: time against no filter, geometric mean of the workloads\n");
	report_summaries(result, group, one_line, &writer);
}
