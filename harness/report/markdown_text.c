/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "harness/base/clean.h"
#include "harness/report/markdown.h"

/* An @ would call people and a # link to issues even behind a backslash, but not before a comment.
 */
static void add_character(struct sg_buf *out, char c)
{
	switch (c) {
	case '&': sg_buf_adds(out, "&amp;"); break;
	case '<': sg_buf_adds(out, "&lt;"); break;
	case '>': sg_buf_adds(out, "&gt;"); break;
	case '@':
	case '#': sg_buf_addf(out, "%c<!-- -->", c); break;
	default: sg_buf_add(out, &c, 1);
	}
}

/* @meaning: what a backslash takes the meaning of. */
static void add_escaped(struct sg_buf *out, const char *text, const char *meaning)
{
	struct sg_buf clean = {0};

	sg_clean(&clean, text);
	for (const char *c = sg_buf_text(&clean); *c; c++) {
		if (strchr(meaning, *c))
			sg_buf_adds(out, "\\");
		add_character(out, *c);
	}
	sg_buf_release(&clean);
}

void report_markdown_text(struct sg_buf *out, const char *text)
{
	add_escaped(out, text, "\\`*_[]|~$!");
}

void report_markdown_html(struct sg_buf *out, const char *text)
{
	add_escaped(out, text, "");
}
