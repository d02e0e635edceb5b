/* SPDX-License-Identifier: MIT */
/*
 * A result that was read back, in the form that a fresh one has, so that what shows the one shows
 * the other. Private to the room.
 *
 * The view borrows from the saved result, which must outlive it, and from itself: it is not to be
 * copied or moved. In it: groups by profile, in the order of the file's filters; rows by group,
 * then by name of the workload, then none, its A/A control, and the filters in their order.
 */
#ifndef SG_REPORT_VIEW_H
#define SG_REPORT_VIEW_H

#include "harness/report/report.h"

struct report_view {
	const struct saved_result *saved;
	struct run_result result; /* never run_result_release()d: borrowed but for .rows */
	struct run_plan plan;
	struct wl *workloads;       /* nothing but a name; owned, as what follows */
	struct run_filter *filters; /* of all groups, in a row */
	struct policy *policies;    /* one a group: names of architectures alone */
	struct run_group *groups;   /* .plan.groups */
};

void report_view_make(const struct saved_result *saved, struct report_view *ret);
void report_view_release(struct report_view *view);

#endif
