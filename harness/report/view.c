/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "harness/report/view.h"

/* ---- groups and their filters */

static struct run_group *group_of(const struct report_view *view, const char *profile)
{
	for (size_t i = 0; i < view->plan.group_count; i++)
		if (!strcmp(view->groups[i].profile, profile))
			return &view->groups[i];
	return NULL;
}

/* Of a policy the table shows the architectures. */
static void add_group(struct report_view *view, char *profile)
{
	const struct saved_result *saved = view->saved;
	size_t index = view->plan.group_count++;

	view->groups[index].profile = profile;
	for (size_t i = 0; i < saved->policy_count && !view->groups[index].policy; i++) {
		if (strcmp(saved->policies[i].profile, profile))
			continue;
		view->policies[index].arches = saved->policies[i].arches;
		view->policies[index].arch_count = saved->policies[i].arch_count;
		view->groups[index].policy = &view->policies[index];
	}
}

/* A profile may have been measured without any filter. */
static void make_groups(struct report_view *view)
{
	const struct saved_result *saved = view->saved;

	view->groups = sg_calloc(saved->filter_count + saved->row_count, sizeof(*view->groups));
	view->policies = sg_calloc(saved->filter_count + saved->row_count, sizeof(*view->policies));
	for (size_t i = 0; i < saved->filter_count; i++)
		if (!group_of(view, saved->filters[i].profile))
			add_group(view, saved->filters[i].profile);
	for (size_t i = 0; i < saved->row_count; i++)
		if (!group_of(view, saved->rows[i].profile))
			add_group(view, saved->rows[i].profile);
}

static struct run_filter filter_of(const struct saved_filter *saved)
{
	return (struct run_filter){.name = saved->name,
				   .filter = saved->filter,
				   .unsupported = saved->unsupported,
				   .figures = saved->figures,
				   .install_ns = saved->install_ns};
}

static void make_filters(struct report_view *view)
{
	const struct saved_result *saved = view->saved;
	size_t made = 0;

	view->filters = sg_calloc(saved->filter_count, sizeof(*view->filters));
	for (size_t i = 0; i < view->plan.group_count; i++) {
		struct run_group *group = &view->groups[i];

		group->filters = &view->filters[made];
		for (size_t j = 0; j < saved->filter_count; j++)
			if (!strcmp(saved->filters[j].profile, group->profile))
				view->filters[made++] = filter_of(&saved->filters[j]);
		group->filter_count = &view->filters[made] - group->filters;
	}
}

/* ---- rows */

static const struct wl *workload_of(const struct report_view *view, const char *name)
{
	struct wl *workload = view->workloads;

	while (workload->name && strcmp(workload->name, name))
		workload++;
	workload->name = name; /* the first that is free, where it is new */
	return workload;
}

static const struct run_filter *column_of(const struct run_group *group,
					  const struct saved_row *row)
{
	for (size_t i = 0; row->column && i < group->filter_count; i++)
		if (!strcmp(group->filters[i].name, row->filter))
			return &group->filters[i];
	return NULL;
}

static struct run_row row_of(const struct report_view *view, const struct saved_row *saved)
{
	const struct run_group *group = group_of(view, saved->profile);

	return (struct run_row){
		.workload = workload_of(view, saved->workload),
		.group = group,
		.filter = column_of(group, saved),
		.aa = saved->aa,
		.status = saved->status,
		.reason = saved->reason && *saved->reason ? saved->reason : NULL,
		.samples = saved->samples,
		.sample_count = saved->sample_count,
		.ns_per_op = saved->ns_per_op,
		.ratio = saved->ratio,
		.overhead_ns = saved->overhead_ns,
		.seen = saved->seen,
		.calls_per_op = saved->calls_per_op,
		.bpf_insns = saved->bpf_insns,
		.bpf_insns_full = saved->bpf_insns_full,
		.bitmap_share = saved->bitmap_share,
		.faults = saved->faults,
	};
}

static int by_place(const void *a, const void *b)
{
	const struct run_row *left = a, *right = b;
	int names = strcmp(left->workload->name, right->workload->name);

	if (left->group != right->group)
		return left->group < right->group ? -1 : 1;
	if (names)
		return names;
	if (left->filter != right->filter) /* NULL, of none and its control, comes first */
		return left->filter < right->filter ? -1 : 1;
	return left->aa - right->aa;
}

static void make_rows(struct report_view *view)
{
	const struct saved_result *saved = view->saved;
	struct run_result *result = &view->result;

	view->workloads = sg_calloc(saved->row_count + 1, sizeof(*view->workloads));
	result->rows = sg_calloc(saved->row_count, sizeof(*result->rows));
	result->row_count = saved->row_count;
	for (size_t i = 0; i < saved->row_count; i++)
		result->rows[i] = row_of(view, &saved->rows[i]);
	if (result->row_count)
		qsort(result->rows, result->row_count, sizeof(*result->rows), by_place);
}

void report_view_make(const struct saved_result *saved, struct report_view *ret)
{
	*ret = (struct report_view){
		.saved = saved,
		.plan = {.mix = &saved->mix,
			 .seconds = saved->settings.seconds,
			 .bitmap_off = saved->settings.bitmap_off,
			 .stack = saved->settings.stack,
			 .allow_denied = saved->settings.allow_denied,
			 .no_time = !(saved->settings.seconds > 0),
			 .seed = saved->settings.seed},
		.result = {.plan = &ret->plan,
			   .env = saved->env,
			   .interrupted = saved->interrupted,
			   .wall_s = saved->wall_s,
			   .peak_rss_bytes = saved->peak_rss_bytes,
			   .warnings = saved->notes},
	};
	make_groups(ret);
	make_filters(ret);
	make_rows(ret);
	ret->plan.groups = ret->groups;
}

void report_view_release(struct report_view *view)
{
	free(view->result.rows);
	free(view->workloads);
	free(view->filters);
	free(view->policies);
	free(view->groups);
	*view = (struct report_view){0};
}
