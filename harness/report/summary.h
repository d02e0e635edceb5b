/* SPDX-License-Identifier: MIT */
/*
 * A filter in one number: the geometric mean of its workloads' times against no filter. Every
 * workload counts the same; those that were not measured under the filter do not count. Private to
 * the room.
 */
#ifndef SG_REPORT_SUMMARY_H
#define SG_REPORT_SUMMARY_H

#include "harness/report/report.h"

struct report_summary {
	const char *filter;          /* "none-aa": what the same noise makes of no filter */
	struct stats_interval ratio; /* NaN when no workload was measured */
	size_t workloads;
};

/* How many rows from @from on are of the same workload and group. */
size_t report_workload_rows(const struct run_result *result, size_t from);
/* The noise floor of the row's workload: the largest difference, in ns an operation, that the A/A
 * control could not tell from none. NaN: no control was measured. */
double report_floor_ns(const struct run_result *result, const struct run_row *row);
/* The same of a summary, as a share of the time: 0.003. @aa is the control's ratio; NaN: NaN. */
double report_floor_share(const struct stats_interval *aa);
/* Has the interval no point in common with the control's, drawn out to 1 where it lies beside it?
 * As run_row.seen is for one workload. False where there is no control. */
bool report_summary_seen(const struct stats_interval *ratio, const struct stats_interval *aa);

/* A ratio to none as what it is over none, in percent: 1.031 is 3.1. */
struct stats_interval report_percent_over(const struct stats_interval *ratio);

/* Calls @fn for the A/A control, then for each filter of the group. */
void report_summaries(const struct run_result *result, const struct run_group *group,
		      void (*fn)(void *ctx, const struct report_summary *summary), void *ctx);

#endif
