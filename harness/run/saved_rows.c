/* SPDX-License-Identifier: MIT */
/* The rows by their names, and "skipped"; those of "benchmarks" are read in saved_benchmarks.c. */
#include <stdlib.h>
#include <string.h>

#include "harness/run/saved_private.h"

/* ---- names */

/* A profile may be a path: it lies between the first slash and the last. */
static bool split_name(const char *name, struct saved_row *row)
{
	const char *first = strchr(name, '/'), *last = strrchr(name, '/');

	if (!first || first == name || last <= first + 1 || !last[1])
		return false;
	row->name = sg_strdup(name);
	row->workload = sg_strndup(name, (size_t)(first - name));
	row->profile = sg_strndup(first + 1, (size_t)(last - first - 1));
	row->filter = sg_strdup(last + 1);
	return true;
}

static void release_row(struct saved_row *row)
{
	free(row->name);
	free(row->workload);
	free(row->profile);
	free(row->filter);
	free(row->reason);
	free(row->samples);
}

static int new_row(const struct saved_rows *rows, const struct sg_json *at, const char *name,
		   struct saved_row *row, struct sg_err *err)
{
	if (!split_name(name, row))
		return sg_json_expected(at, err, "WORKLOAD/PROFILE/FILTER");
	row->aa = !strcmp(row->filter, "none-aa");
	if (row->aa || !strcmp(row->filter, "none"))
		return 0;
	row->column = saved_filter_find(rows->result, row->profile, row->filter);
	return row->column ? 0 : sg_json_expected(at, err, "a filter that is in $.context.filters");
}

int saved_rows_add(struct saved_rows *rows, const struct sg_json *at, const char *name,
		   struct saved_row **ret, struct sg_err *err)
{
	struct saved_result *result = rows->result;
	struct saved_row row = {0};
	int bad = new_row(rows, at, name, &row, err);

	if (bad) {
		release_row(&row);
		return bad;
	}
	json_object_set_new(rows->places, name, json_integer((json_int_t)result->row_count));
	SG_GROW(result->rows, result->row_count, result->row_cap);
	result->rows[result->row_count] = row;
	*ret = &result->rows[result->row_count++];
	return 0;
}

struct saved_row *saved_rows_find(const struct saved_rows *rows, const char *name)
{
	const json_t *place = json_object_get(rows->places, name);

	return place ? &rows->result->rows[json_integer_value(place)] : NULL;
}

/* ---- "skipped" */

static int read_status(const struct sg_json *object, enum run_status *ret, struct sg_err *err)
{
	struct sg_json at;
	const char *text = "";
	int bad = sg_json_member(object, "status", &at, err);

	if (bad)
		return bad;
	sg_json_string(&at, &text, NULL);
	for (int status = RUN_MEASURED + 1; status <= RUN_UNTIMED; status++) {
		if (!strcmp(text, run_status_name((enum run_status)status))) {
			*ret = (enum run_status)status;
			return 0;
		}
	}
	return sg_json_expected(&at, err, "the status of a row that was not measured");
}

/* What the calls of an operation are, and what the filter does with them, is known without a
 * measurement. */
static int read_exact(const struct sg_json *entry, struct saved_row *row, struct sg_err *err)
{
	static const struct saved_number numbers[] = {
		{"calls_per_op", offsetof(struct saved_row, calls_per_op), SAVED_AMOUNT, true},
		{"bpf_insns", offsetof(struct saved_row, bpf_insns), SAVED_AMOUNT, true},
		{"bpf_insns_without_bitmap", offsetof(struct saved_row, bpf_insns_full),
		 SAVED_AMOUNT, true},
		{"bitmap_share", offsetof(struct saved_row, bitmap_share), SAVED_SHARE, true},
	};

	return saved_numbers(entry, numbers, SG_COUNT(numbers), row, err);
}

static int read_skipped_row(struct saved_rows *rows, const struct sg_json *entry,
			    struct sg_err *err)
{
	struct saved_row *row;
	struct sg_json at;
	const char *text;
	int bad = saved_line(entry, "name", &text, err);

	if (!bad)
		bad = sg_json_member(entry, "name", &at, err);
	if (!bad && saved_rows_find(rows, text))
		bad = sg_json_expected(&at, err, "each row once, not %s again", text);
	if (!bad)
		bad = saved_rows_add(rows, &at, text, &row, err);
	if (!bad)
		bad = read_status(entry, &row->status, err);
	if (!bad)
		bad = saved_line(entry, "reason", &text, err);
	if (bad)
		return bad;
	row->reason = sg_strdup(text);
	return read_exact(entry, row, err);
}

static int read_skipped(struct saved_rows *rows, const struct sg_json *root, struct sg_err *err)
{
	struct sg_json list;
	size_t len;
	int bad = saved_list(root, "skipped", &list, &len, err);

	for (size_t i = 0; !bad && i < len; i++) {
		struct sg_json at = sg_json_element(&list, i);

		bad = read_skipped_row(rows, &at, err);
	}
	return bad;
}

/* ---- all */

int saved_read_rows(const struct sg_json *root, struct saved_result *result, struct sg_err *err)
{
	struct saved_rows rows = {.result = result, .places = json_object()};
	int bad = saved_read_benchmarks(&rows, root, err);

	if (!bad)
		bad = read_skipped(&rows, root, err);
	json_decref(rows.places);
	return bad;
}

void saved_release_rows(struct saved_result *result)
{
	for (size_t i = 0; i < result->row_count; i++)
		release_row(&result->rows[i]);
	free(result->rows);
}

const struct saved_row *saved_row_find(const struct saved_result *result, const char *name)
{
	for (size_t i = 0; i < result->row_count; i++)
		if (!strcmp(result->rows[i].name, name))
			return &result->rows[i];
	return NULL;
}
