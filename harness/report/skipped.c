/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "harness/report/skipped.h"
#include "harness/report/summary.h"

static const char *reason_of(const struct run_row *row)
{
	return row->reason ? row->reason : "";
}

static bool alike(const struct run_row *a, const struct run_row *b)
{
	return a->status == b->status && !strcmp(reason_of(a), reason_of(b));
}

/* The filters of a workload's rows that are like the first; "all" when no other row is there. */
static char *filters_of(const struct run_row *rows, size_t count, const struct run_row *like)
{
	struct sg_buf text = {0};
	size_t taken = 0;

	for (size_t i = 0; i < count; i++)
		if (alike(&rows[i], like))
			sg_buf_addf(&text, "%s%s", taken++ ? ", " : "",
				    report_row_filter(&rows[i]));
	if (taken == count && count > 1) {
		sg_buf_clear(&text);
		sg_buf_adds(&text, "all");
	}
	return text.data; /* at least one row is like itself */
}

static bool is_first_of_its_kind(const struct run_row *rows, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (alike(&rows[i], &rows[index]))
			return false;
	return rows[index].status != RUN_MEASURED && rows[index].status != RUN_UNTIMED;
}

static struct report_skipped *same_but_workload(struct report_skipped *list, size_t count,
						const struct report_skipped *like)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].group == like->group && list[i].status == like->status &&
		    !strcmp(list[i].reason, like->reason) &&
		    !strcmp(list[i].filters, like->filters))
			return &list[i];
	return NULL;
}

static void add_workload(struct report_skipped *entry, const char *workload)
{
	char *both = sg_asprintf("%s, %s", entry->workloads, workload);

	free(entry->workloads);
	entry->workloads = both;
}

struct list {
	struct report_skipped *items;
	size_t len, cap;
};

static void add_kind(struct list *list, const struct run_row *rows, size_t count,
		     const struct run_row *like)
{
	struct report_skipped entry = {.group = like->group,
				       .status = like->status,
				       .reason = reason_of(like),
				       .filters = filters_of(rows, count, like)};
	struct report_skipped *same = same_but_workload(list->items, list->len, &entry);

	if (same) {
		add_workload(same, like->workload->name);
		free(entry.filters);
		return;
	}
	entry.workloads = sg_strdup(like->workload->name);
	SG_GROW(list->items, list->len, list->cap);
	list->items[list->len++] = entry;
}

size_t report_skipped(const struct report_view *view, struct report_skipped **ret)
{
	const struct run_result *result = &view->result;
	struct list list = {0};

	for (size_t i = 0, count; i < result->row_count; i += count) {
		const struct run_row *rows = &result->rows[i];

		count = report_workload_rows(result, i);
		for (size_t j = 0; j < count; j++)
			if (is_first_of_its_kind(rows, j))
				add_kind(&list, rows, count, &rows[j]);
	}
	*ret = list.items;
	return list.len;
}

void report_skipped_free(struct report_skipped *skipped, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(skipped[i].workloads);
		free(skipped[i].filters);
	}
	free(skipped);
}
