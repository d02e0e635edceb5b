/* SPDX-License-Identifier: MIT */
/*
 * Several results, oldest first: how the figures of a filter went. Times are compared within one
 * machine class alone, that of the newest result; exact figures over all. Private to the room.
 */
#ifndef SG_REPORT_HISTORY_H
#define SG_REPORT_HISTORY_H

#include "harness/report/report.h"

struct report_history {
	const struct saved_result *results; /* borrowed */
	size_t count;
	bool *comparable;       /* [i]: of the newest one's machine class; owned */
	struct sg_strv classes; /* one line for each that is not, with date and differences */
};

void report_history_make(const struct saved_result *results, size_t count,
			 struct report_history *ret);
void report_history_release(struct report_history *history);

/* A filter in one of the results. */
struct report_point {
	const struct saved_summary *summary; /* NULL: not measured, or another machine class */
	const struct saved_filter *filter;   /* NULL: not there, or unsupported */
};
struct report_point report_point_of(const struct report_history *history, size_t index,
				    const char *profile, const char *filter);

/* "2026-11-24 19:08" of an ISO 8601 date, in UTC as all dates of results; others as they are. */
void report_date(struct sg_buf *out, const char *iso);

#endif
