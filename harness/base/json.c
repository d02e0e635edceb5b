/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/file.h"
#include "harness/base/json.h"
#include "harness/base/json_text.h"

#define FILE_MAX_BYTES (64u << 20)

static const char *explain(const json_error_t *wrong)
{
	switch (json_error_code(wrong)) {
	case json_error_invalid_utf8: return "invalid UTF-8";
	case json_error_stack_overflow: return "nested too deeply";
	default: return wrong->text;
	}
}

static int parse_prepared(const struct sg_json_text *prepared, const char *text, size_t len,
			  const char *file, json_t **ret_root, struct sg_err *err)
{
	json_error_t wrong;
	json_t *root = json_loadb(sg_buf_text(&prepared->text), prepared->text.len,
				  JSON_DECODE_ANY | JSON_ALLOW_NUL, &wrong);

	if (!root) {
		size_t offset = sg_json_text_original(prepared, wrong.position);

		return sg_json_text_error(text, offset < len ? offset : len, file, explain(&wrong),
					  err);
	}
	*ret_root = root;
	return 0;
}

static int is_blank(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && strchr(" \t\r\n", text[i]) && text[i])
		i++;
	return i == len;
}

int sg_json_parse(const char *text, size_t len, const char *file, json_t **ret_root,
		  struct sg_err *err)
{
	struct sg_json_text prepared = {0};

	if (is_blank(text, len))
		return sg_err_input(err, EINVAL, "%s: is empty", file);
	int ret = sg_json_text_prepare(text, len, file, &prepared, err);
	if (!ret)
		ret = parse_prepared(&prepared, text, len, file, ret_root, err);
	sg_json_text_release(&prepared);
	return ret;
}

void sg_json_write(const json_t *root, size_t flags, struct sg_buf *out)
{
	char *text = json_dumps(root, flags);

	sg_json_text_restore(text, out);
	free(text);
}

int sg_json_load(const char *path, json_t **ret_root, struct sg_err *err)
{
	struct sg_buf text = {0};
	int ret = sg_file_read(path, FILE_MAX_BYTES, &text, err);

	if (!ret)
		ret = sg_json_parse(sg_buf_text(&text), text.len, sg_file_label(path), ret_root,
				    err);
	sg_buf_release(&text);
	return ret;
}

struct sg_json sg_json_root(const json_t *root, const char *file)
{
	return (struct sg_json){.value = root, .file = sg_file_label(file)};
}

static int is_plain(const char *key)
{
	if (!*key)
		return 0;
	for (; *key; key++)
		if (!isalnum((unsigned char)*key) && *key != '_' && *key != '-')
			return 0;
	return 1;
}

void sg_json_path(const struct sg_json *at, struct sg_buf *out)
{
	if (!at->parent) {
		sg_buf_adds(out, "$");
		return;
	}
	sg_json_path(at->parent, out);
	if (!at->key)
		sg_buf_addf(out, "[%zu]", at->index);
	else if (is_plain(at->key))
		sg_buf_addf(out, ".%s", at->key);
	else
		sg_buf_addf(out, "[\"%s\"]", at->key);
}

int sg_json_expected(const struct sg_json *at, struct sg_err *err, const char *fmt, ...)
{
	struct sg_buf line = {0};
	char what[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	sg_buf_addf(&line, "%s: ", at->file);
	sg_json_path(at, &line);
	int ret = sg_err_input(err, EINVAL, "%s: expected %s", sg_buf_text(&line), what);
	sg_buf_release(&line);
	return ret;
}

int sg_json_member(const struct sg_json *at, const char *key, struct sg_json *ret,
		   struct sg_err *err)
{
	if (!json_is_object(at->value))
		return sg_json_expected(at, err, "an object");
	const json_t *value = json_object_get(at->value, key);

	*ret = (struct sg_json){.value = json_is_null(value) ? NULL : value,
				.parent = at,
				.file = at->file,
				.key = key};
	return 0;
}

struct sg_json sg_json_element(const struct sg_json *at, size_t index)
{
	return (struct sg_json){.value = json_array_get(at->value, index),
				.parent = at,
				.file = at->file,
				.index = index};
}

/* The digits of an integer above 2^63-1 (json_text.h), else NULL. */
static const char *wide_digits(const json_t *value)
{
	if (!json_is_string(value) || !json_string_length(value) || *json_string_value(value))
		return NULL;
	return json_string_value(value) + 1;
}

int sg_json_string(const struct sg_json *at, const char **ret, struct sg_err *err)
{
	if (!json_is_string(at->value) || wide_digits(at->value))
		return sg_json_expected(at, err, "a string");
	*ret = json_string_value(at->value);
	return 0;
}

int sg_json_u64(const struct sg_json *at, uint64_t *ret, struct sg_err *err)
{
	const char *digits = wide_digits(at->value);
	uint64_t value =
		digits ? strtoull(digits, NULL, 10) : (uint64_t)json_integer_value(at->value);
	bool integer = digits || (json_is_integer(at->value) && json_integer_value(at->value) >= 0);

	if (!integer)
		return sg_json_expected(at, err, "an unsigned integer of at most 64 bits");
	*ret = value;
	return 0;
}

int sg_json_number(const struct sg_json *at, double *ret, struct sg_err *err)
{
	const char *digits = wide_digits(at->value);

	if (!digits && !json_is_number(at->value))
		return sg_json_expected(at, err, "a number");
	*ret = digits ? strtod(digits, NULL) : json_number_value(at->value);
	return 0;
}

int sg_json_array(const struct sg_json *at, size_t *ret_len, struct sg_err *err)
{
	if (!json_is_array(at->value))
		return sg_json_expected(at, err, "an array");
	*ret_len = json_array_size(at->value);
	return 0;
}

int sg_json_opt_string(const struct sg_json *at, const char *key, const char **ret,
		       struct sg_err *err)
{
	struct sg_json member = {0};
	int bad = sg_json_member(at, key, &member, err);

	if (bad || !member.value)
		return bad;
	return sg_json_string(&member, ret, err);
}

int sg_json_opt_u64(const struct sg_json *at, const char *key, uint64_t *ret, bool *ret_present,
		    struct sg_err *err)
{
	struct sg_json member = {0};
	int bad = sg_json_member(at, key, &member, err);

	if (!bad && member.value)
		bad = sg_json_u64(&member, ret, err);
	if (!bad && ret_present)
		*ret_present = member.value != NULL;
	return bad;
}

int sg_json_opt_array(const struct sg_json *at, const char *key, struct sg_json *ret,
		      size_t *ret_len, struct sg_err *err)
{
	struct sg_json member = {0};
	size_t len = 0;
	int bad = sg_json_member(at, key, &member, err);

	if (!bad && member.value)
		bad = sg_json_array(&member, &len, err);
	if (!bad) {
		*ret = member;
		*ret_len = len;
	}
	return bad;
}

json_t *sg_json_hex(uint64_t value)
{
	return json_sprintf("0x%" PRIx64, value);
}

json_t *sg_json_hex_list(const uint64_t *values, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, sg_json_hex(values[i]));
	return list;
}
