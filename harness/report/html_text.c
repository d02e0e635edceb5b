/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "harness/report/html.h"
#include "harness/report/text.h"

static const char *entity(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	}
	return NULL;
}

/* Of the UTF-8 character at @text; 0: there is none, or a control character other than white
 * space. Overlong forms and surrogates pass where their first byte may start a character: a
 * browser replaces them. */
static size_t character_bytes(const char *text)
{
	unsigned char first = (unsigned char)*text;
	size_t bytes = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

	if ((first >= 0x7f && first < 0xc2) || first > 0xf4 ||
	    (first < ' ' && first != '\t' && first != '\n'))
		return 0;
	for (size_t i = 1; i < bytes; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;
	return bytes;
}

void html_text(struct sg_buf *out, const char *text)
{
	while (*text) {
		const char *instead = entity(*text);
		size_t bytes = character_bytes(text);

		if (instead)
			sg_buf_adds(out, instead);
		else if (bytes)
			sg_buf_add(out, text, bytes);
		else
			sg_buf_adds(out, "\ufffd");
		text += bytes ? bytes : 1;
	}
}

void html_name(struct sg_buf *out, const char *name)
{
	sg_buf_adds(out, "<bdi>");
	html_text(out, name);
	sg_buf_adds(out, "</bdi>");
}

static void number(struct sg_buf *out, double value, int decimals)
{
	if (isfinite(value))
		report_number(out, value, decimals);
	else
		sg_buf_adds(out, "\u2013");
}

void html_number(struct sg_buf *out, double value, int decimals)
{
	sg_buf_adds(out, "<td>");
	number(out, value, decimals);
	sg_buf_adds(out, "</td>");
}

void html_interval(struct sg_buf *out, const struct stats_interval *interval, int decimals)
{
	sg_buf_adds(out, "<td>");
	number(out, interval->estimate, decimals);
	if (isfinite(interval->low) && isfinite(interval->high)) {
		sg_buf_adds(out, " <i>[");
		number(out, interval->low, decimals);
		sg_buf_adds(out, ", ");
		number(out, interval->high, decimals);
		sg_buf_adds(out, "]</i>");
	}
	sg_buf_adds(out, "</td>");
}

const struct report_style html_style = {html_name, "<b>", "</b>", "<span class=\"ci\">", "</span>"};

void html_date(struct sg_buf *out, const char *iso)
{
	struct sg_buf text = {0};

	report_date(&text, iso);
	html_text(out, sg_buf_text(&text));
	sg_buf_release(&text);
}
