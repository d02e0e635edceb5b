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

/* Calls @fn for the A/A control, then for each filter of the group. */
void report_summaries(const struct run_result *result, const struct run_group *group,
		      void (*fn)(void *ctx, const struct report_summary *summary), void *ctx);

#endif
