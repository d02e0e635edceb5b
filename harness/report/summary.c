/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "harness/report/summary.h"

size_t report_workload_rows(const struct run_result *result, size_t from)
{
	const struct run_row *first = &result->rows[from];
	size_t count = 0;

	while (from + count < result->row_count && first[count].workload == first->workload &&
	       first[count].group == first->group)
		count++;
	return count;
}

double report_floor_ns(const struct run_result *result, const struct run_row *row)
{
	const struct run_row *aa = run_aa_of(result, row);

	return aa ? fmax(fabs(aa->overhead_ns.low), fabs(aa->overhead_ns.high)) : NAN;
}

double report_floor_share(const struct stats_interval *aa)
{
	return fmax(fabs(aa->low - 1), fabs(aa->high - 1));
}

bool report_summary_seen(const struct stats_interval *ratio, const struct stats_interval *aa)
{
	return !isnan(aa->estimate) &&
	       (ratio->low > fmax(aa->high, 1) || ratio->high < fmin(aa->low, 1));
}

struct stats_interval report_percent_over(const struct stats_interval *ratio)
{
	return (struct stats_interval){100 * (ratio->estimate - 1), 100 * (ratio->low - 1),
				       100 * (ratio->high - 1)};
}

static bool belongs(const struct run_row *row, const struct run_group *group,
		    const struct run_filter *filter)
{
	return row->group == group && row->status == RUN_MEASURED && row->filter == filter &&
	       (filter || row->aa);
}

/* @filter NULL: the A/A control. */
static struct report_summary summarise(const struct run_result *result,
				       const struct run_group *group,
				       const struct run_filter *filter)
{
	struct stats_interval ratios[WL_MAX];
	struct report_summary summary = {.filter = filter ? filter->name : "none-aa"};

	for (size_t i = 0; i < result->row_count && summary.workloads < WL_MAX; i++)
		if (belongs(&result->rows[i], group, filter))
			ratios[summary.workloads++] = result->rows[i].ratio;
	summary.ratio = stats_geometric_mean(ratios, summary.workloads);
	return summary;
}

void report_summaries(const struct run_result *result, const struct run_group *group,
		      void (*fn)(void *ctx, const struct report_summary *summary), void *ctx)
{
	struct report_summary summary = summarise(result, group, NULL);

	fn(ctx, &summary);
	for (size_t i = 0; i < group->filter_count; i++) {
		summary = summarise(result, group, &group->filters[i]);
		fn(ctx, &summary);
	}
}
