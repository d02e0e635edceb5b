/* SPDX-License-Identifier: MIT */
/*
 * What was not measured, told once: rows of a profile with the same status and reason are put
 * together, first the filters of a workload, then the workloads with the same filters. Private to
 * the room.
 */
#ifndef SG_REPORT_SKIPPED_H
#define SG_REPORT_SKIPPED_H

#include "harness/report/view.h"

struct report_skipped {
	const struct run_group *group;
	enum run_status status;
	const char *reason; /* "" when there is none; borrowed */
	char *workloads;    /* "metadata, wal"; owned */
	char *filters;      /* "linear, bst", or "all"; owned */
};

/* Returns how many; the caller frees with the latter. */
size_t report_skipped(const struct report_view *view, struct report_skipped **ret);
void report_skipped_free(struct report_skipped *skipped, size_t count);

#endif
