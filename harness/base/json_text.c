/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/alloc.h"
#include "harness/base/json_text.h"

#define OPENING     "\"\\u0000" /* what stands around the digits */
#define CLOSING     "\""
#define ADDED_BYTES (sizeof(OPENING) - 1 + sizeof(CLOSING) - 1)

int sg_json_text_error(const char *text, size_t offset, const char *file, const char *message,
		       struct sg_err *err)
{
	size_t line = 1, column = 1;

	for (size_t i = 0; i < offset; i++) {
		column++;
		if (text[i] == '\n') {
			line++;
			column = 1;
		}
	}
	return sg_err_input(err, EINVAL, "%s:%zu:%zu: %s", file, line, column, message);
}

size_t sg_json_text_original(const struct sg_json_text *prepared, size_t offset)
{
	size_t before = 0;

	while (before < prepared->replaced && prepared->replaced_at[before] <= offset)
		before++;
	return offset - before * ADDED_BYTES;
}

void sg_json_text_restore(const char *written, struct sg_buf *out)
{
	for (const char *at; (at = strstr(written, OPENING));) {
		const char *digits = at + sizeof(OPENING) - 1;
		size_t len = strcspn(digits, CLOSING);

		sg_buf_add(out, written, (size_t)(at - written));
		sg_buf_add(out, digits, len);
		written = digits + len + sizeof(CLOSING) - 1;
	}
	sg_buf_adds(out, written);
}

void sg_json_text_release(struct sg_json_text *prepared)
{
	sg_buf_release(&prepared->text);
	free(prepared->replaced_at);
	*prepared = (struct sg_json_text){0};
}

struct scan {
	const char *text, *file;
	size_t len, at;
	struct sg_json_text *out;
};

static int fail(const struct scan *scan, const char *message, struct sg_err *err)
{
	return sg_json_text_error(scan->text, scan->at, scan->file, message, err);
}

static void copy(struct scan *scan, size_t len)
{
	sg_buf_add(&scan->out->text, scan->text + scan->at, len);
	scan->at += len;
}

/* From quote to quote, or to the end of the text: an open string is left to jansson. */
static int copy_string(struct scan *scan, struct sg_err *err)
{
	copy(scan, 1);
	while (scan->at < scan->len && scan->text[scan->at] != '"') {
		size_t left = scan->len - scan->at;

		if (left >= 6 && !memcmp(scan->text + scan->at, "\\u0000", 6))
			return fail(scan, "a NUL character in a string", err);
		if (!scan->text[scan->at])
			return fail(scan, "a NUL byte", err);
		copy(scan, scan->text[scan->at] == '\\' && left > 1 ? 2 : 1);
	}
	if (scan->at < scan->len)
		copy(scan, 1);
	return 0;
}

static bool is_in_numbers(char c)
{
	return isdigit((unsigned char)c) || (c && strchr("+-.eE", c));
}

static size_t number_len(const struct scan *scan)
{
	size_t end = scan->at;

	while (end < scan->len && is_in_numbers(scan->text[end]))
		end++;
	return end - scan->at;
}

static bool all_digits(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isdigit((unsigned char)text[i]))
			return false;
	return true;
}

/* Compares decimal numbers without leading zeros. */
static bool larger(const char *digits, size_t len, const char *limit)
{
	size_t limit_len = strlen(limit);

	return len != limit_len ? len > limit_len : memcmp(digits, limit, len) > 0;
}

static int copy_number(struct scan *scan, struct sg_err *err)
{
	const char *digits = scan->text + scan->at;
	size_t len = number_len(scan);
	struct sg_json_text *out = scan->out;

	if (*digits == '0' || !all_digits(digits, len) ||
	    !larger(digits, len, "9223372036854775807")) {
		copy(scan, len);
		return 0;
	}
	if (larger(digits, len, "18446744073709551615"))
		return fail(scan, "an integer above 64 bits", err);
	sg_buf_adds(&out->text, OPENING);
	copy(scan, len);
	sg_buf_adds(&out->text, CLOSING);
	SG_GROW(out->replaced_at, out->replaced, out->replaced_cap);
	out->replaced_at[out->replaced++] = out->text.len;
	return 0;
}

int sg_json_text_prepare(const char *text, size_t len, const char *file, struct sg_json_text *ret,
			 struct sg_err *err)
{
	struct scan scan = {.text = text, .file = file, .len = len, .out = ret};
	int bad = 0;

	while (!bad && scan.at < len) {
		char c = text[scan.at];

		if (!c)
			return fail(&scan, "a NUL byte", err);
		if (c == '"')
			bad = copy_string(&scan, err);
		else if (isdigit((unsigned char)c) || c == '-')
			bad = copy_number(&scan, err);
		else
			copy(&scan, 1);
	}
	return bad;
}
