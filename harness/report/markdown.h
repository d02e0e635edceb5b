/* SPDX-License-Identifier: MIT */
/* Markdown as GitHub and GitLab read it. */
#ifndef SG_REPORT_MARKDOWN_H
#define SG_REPORT_MARKDOWN_H

#include "harness/base/buf.h"

/*
 * What comes from files, in running text or in the cell of a table: one line (sg_clean()), nothing
 * in it is markup, calls somebody (@) or links an issue (#).
 */
void report_markdown_text(struct sg_buf *out, const char *text);
/* The same within a tag of HTML, as <summary>, where a backslash is a backslash. */
void report_markdown_html(struct sg_buf *out, const char *text);

#endif
