/* SPDX-License-Identifier: MIT */
/*
 * saved/version-N.json, and what becomes of one when one value in it is another. Each is what
 * secgauge wrote when that was the version, the machine's facts (and in the first two reasons)
 * changed; they stay as they are, since older files must go on being read.
 */
#ifndef SG_RUN_TESTS_SAVED_SUPPORT_H
#define SG_RUN_TESTS_SAVED_SUPPORT_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/file.h"
#include "harness/base/json.h"
#include "harness/run/saved.h"

/* What is expected in place of something else. */
#define SAVED_EXPECTED "a result file, as secgauge bench --json writes it"
#define SAVED_FILE     "harness/run/tests/saved/version-1.json"
#define SAVED_FILE_2   "harness/run/tests/saved/version-2.json"

/* No tolerance: the reader changes no number. */
static inline void assert_number(double got, double wanted)
{
	if (got != wanted)
		fail_msg("%.17g, not %.17g", got, wanted);
}

static inline struct sg_buf saved_bytes(const char *file)
{
	struct sg_buf text = {0};
	struct sg_err err = {0};

	if (sg_file_read(file, 1 << 20, &text, &err))
		fail_msg("%s", err.msg);
	return text;
}

/* A step towards a value: a key, or the number of an element. */
static inline json_t *saved_step(json_t *at, const char *step)
{
	return json_is_array(at) ? json_array_get(at, strtoul(step, NULL, 10))
				 : json_object_get(at, step);
}

static inline void saved_put(json_t *at, const char *step, json_t *value)
{
	size_t index = strtoul(step, NULL, 10);

	if (json_is_object(at) && value)
		json_object_set_new(at, step, value);
	else if (json_is_object(at))
		json_object_del(at, step);
	else if (value && index < json_array_size(at))
		json_array_set_new(at, index, value);
	else if (value)
		json_array_append_new(at, value);
	else
		json_array_remove(at, index);
}

/* JSON text, or "@PATH": a copy of what stands there. */
static inline json_t *saved_value(json_t *root, const char *value)
{
	char *path, *rest, *step;

	if (*value != '@')
		return json_loads(value, JSON_DECODE_ANY, NULL);
	path = rest = sg_strdup(value + 1);
	while ((step = strsep(&rest, ".")))
		root = saved_step(root, step);
	free(path);
	return json_deep_copy(root);
}

/*
 * @path ("context.filters.0.name") becomes @value (saved_value()), a new element where an array
 * ends before it, or goes away (NULL).
 */
static inline void saved_edit(json_t *root, const char *path, const char *value)
{
	char *steps = sg_strdup(path), *step = steps, *dot;
	json_t *at = root, *to = value ? saved_value(root, value) : NULL;

	assert_int_equal(to != NULL, value != NULL);
	while ((dot = strchr(step, '.'))) {
		*dot = '\0';
		at = saved_step(at, step);
		assert_non_null(at);
		step = dot + 1;
	}
	saved_put(at, step, to);
	free(steps);
}

static inline json_t *saved_document_of(const char *file)
{
	struct sg_buf text = saved_bytes(file);
	json_t *root;
	struct sg_err err;

	assert_int_equal(sg_json_parse(text.data, text.len, file, &root, &err), 0);
	sg_buf_release(&text);
	return root;
}

static inline json_t *saved_document(void)
{
	return saved_document_of(SAVED_FILE);
}

/* Reads the document, which it takes. */
static inline int saved_of(json_t *root, struct saved_result *ret, struct sg_err *err)
{
	struct sg_buf text = {0};

	sg_json_write(root, JSON_REAL_PRECISION(17), &text);
	int bad = saved_parse(text.data, text.len, "r.json", ret, err);

	sg_buf_release(&text);
	json_decref(root);
	return bad;
}

static inline struct saved_result saved_accepted(json_t *root)
{
	struct saved_result result;
	struct sg_err err = {0};

	if (saved_of(root, &result, &err))
		fail_msg("%s", err.msg);
	return result;
}

static inline void saved_refused(json_t *root, const char *line)
{
	struct saved_result result = {.schema_version = 77};
	struct sg_err err = {0};
	int bad = saved_of(root, &result, &err);

	if (!bad)
		fail_msg("accepted; expected \"%s\"", line);
	assert_string_equal(err.msg, line);
	assert_int_equal(bad, err.code);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_int_equal(sg_err_exit_code(&err), 2);
	assert_int_equal(result.schema_version, 77); /* untouched */
	assert_null(result.file);
}

/* One value that would mislead. */
struct saved_change {
	const char *path, *value; /* saved_edit() */
	const char *line;         /* behind "r.json: $." */
};

static inline void saved_refuse_each(const char *file, const struct saved_change *changes,
				     size_t count)
{
	for (size_t i = 0; i < count; i++) {
		json_t *root = saved_document_of(file);
		char *line = sg_asprintf("r.json: $.%s", changes[i].line);

		saved_edit(root, changes[i].path, changes[i].value);
		saved_refused(root, line);
		free(line);
	}
}

#endif
