/* SPDX-License-Identifier: MIT */
/* The parts of the table, a file each. Private to the room. */
#ifndef SG_REPORT_TABLE_H
#define SG_REPORT_TABLE_H

#include "harness/report/report.h"

/* What the kernel's bitmap did in this run, in words. */
const char *report_bitmap_text(const struct run_result *result);
/* Machine, profile and settings, before the figures. */
void report_table_head(const struct run_result *result, struct sg_buf *out);
/* One line a filter of a group: length, install, executed instructions, bitmap. */
void report_table_filters(const struct run_result *result, const struct run_group *group,
			  const struct report_options *look, struct sg_buf *out);
/* One line a row of a group: time, overhead with its interval, executed instructions. */
void report_table_rows(const struct run_result *result, const struct run_group *group,
		       const struct report_options *look, struct sg_buf *out);

/* Each filter in one number, where there are several workloads. */
void report_table_summary(const struct run_result *result, const struct run_group *group,
			  const struct report_options *look, struct sg_buf *out);

#endif
