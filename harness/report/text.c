/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/text.h"

/* A value that rounds to nothing has no sign. */
static double without_negative_zero(double value, int decimals)
{
	return fabs(value) < 0.5 * pow(10, -decimals) ? 0 : value;
}

void report_number(struct sg_buf *out, double value, int decimals)
{
	char digits[64];

	value = without_negative_zero(value, decimals);
	snprintf(digits, sizeof(digits), "%.*f", decimals, fabs(value));

	size_t whole = strcspn(digits, ".");

	if (value < 0)
		sg_buf_adds(out, "-");
	for (size_t i = 0; digits[i]; i++) {
		if (i && i < whole && (whole - i) % 3 == 0)
			sg_buf_adds(out, ",");
		sg_buf_add(out, &digits[i], 1);
	}
}

static void pad_left(struct sg_buf *out, const struct sg_buf *text, int width)
{
	sg_buf_addf(out, "%*s", width, text->data);
}

void report_right(struct sg_buf *out, double value, int decimals, int width)
{
	struct sg_buf text = {0};

	report_number(&text, value, decimals);
	pad_left(out, &text, width);
	sg_buf_release(&text);
}

void report_signed(struct sg_buf *out, double value, int decimals, int width)
{
	struct sg_buf text = {0};

	if (without_negative_zero(value, decimals) > 0)
		sg_buf_adds(&text, "+");
	report_number(&text, value, decimals);
	pad_left(out, &text, width);
	sg_buf_release(&text);
}

/* The first byte of each character is counted: one column each. */
static bool begins_character(char byte)
{
	return ((unsigned char)byte & 0xc0) != 0x80;
}

static int columns_of(const char *text, size_t len)
{
	int columns = 0;

	for (size_t i = 0; i < len; i++)
		columns += begins_character(text[i]);
	return columns;
}

/* Bytes of as much of @text as fits into @columns. */
static size_t fitting(const char *text, size_t len, int columns)
{
	size_t i = 0;

	for (; i < len; i++)
		if (begins_character(text[i]) && columns-- <= 0)
			break;
	return i;
}

/* Returns the column after it. A word that no line holds is broken. */
static int add_word(struct sg_buf *out, const char *word, size_t len, int column, int indent,
		    int width)
{
	while (column + columns_of(word, len) > width) {
		size_t part = fitting(word, len, width - column);

		sg_buf_add(out, word, part);
		sg_buf_addf(out, "\n%*s", indent, "");
		column = indent;
		word += part;
		len -= part;
	}
	sg_buf_add(out, word, len);
	return column + columns_of(word, len);
}

void report_wrap(struct sg_buf *out, const char *text, int column, int indent, int width)
{
	bool first = true;

	while (*text) {
		size_t len = strcspn(text, " ");

		if ((!first || column > indent) &&
		    column + !first + columns_of(text, len) > width) {
			sg_buf_addf(out, "\n%*s", indent, "");
			column = indent;
			first = true;
		}
		if (!first) {
			sg_buf_adds(out, " ");
			column++;
		}
		column = add_word(out, text, len, column, indent, width);
		first = false;
		text += len;
		text += strspn(text, " ");
	}
	sg_buf_adds(out, "\n");
}

void report_tint_begin(struct sg_buf *out, const struct report_options *look, enum report_tint tint)
{
	static const char *const codes[] = {
		[REPORT_BOLD] = "1",   [REPORT_DIM] = "2",     [REPORT_RED] = "31",
		[REPORT_GREEN] = "32", [REPORT_YELLOW] = "33",
	};

	if (look->colour)
		sg_buf_addf(out, "\033[%sm", codes[tint]);
}

void report_tint_end(struct sg_buf *out, const struct report_options *look)
{
	if (look->colour)
		sg_buf_adds(out, "\033[0m");
}

void report_tint(struct sg_buf *out, const struct report_options *look, enum report_tint tint,
		 const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);

	char *text = sg_vasprintf(fmt, ap);

	va_end(ap);
	report_tint_begin(out, look, tint);
	sg_buf_adds(out, text);
	report_tint_end(out, look);
	free(text);
}
