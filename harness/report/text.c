/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
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

void report_wrap(struct sg_buf *out, const char *text, int column, int indent, int width)
{
	bool first = true;

	while (*text) {
		int len = strcspn(text, " ");

		if (!first && column + 1 + len > width) {
			sg_buf_addf(out, "\n%*s", indent, "");
			column = indent;
			first = true;
		}
		sg_buf_addf(out, "%s%.*s", first ? "" : " ", len, text);
		column += len + !first;
		first = false;
		text += len;
		text += strspn(text, " ");
	}
	sg_buf_adds(out, "\n");
}
