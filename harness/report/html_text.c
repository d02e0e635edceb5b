/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "harness/base/clean.h"
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

void html_text(struct sg_buf *out, const char *text)
{
	struct sg_buf clean = {0};

	sg_clean(&clean, text);
	for (const char *c = sg_buf_text(&clean); *c; c++)
		if (entity(*c))
			sg_buf_adds(out, entity(*c));
		else
			sg_buf_add(out, c, 1);
	sg_buf_release(&clean);
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
