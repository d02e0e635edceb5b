/* SPDX-License-Identifier: MIT */
/* Small things that put numbers and sentences into the columns of a terminal. */
#ifndef SG_REPORT_TEXT_H
#define SG_REPORT_TEXT_H

#include "harness/report/report.h"

/* "1,234,567.8": a grouped decimal number with @decimals; "-0.0" is "0.0". */
void report_number(struct sg_buf *out, double value, int decimals);
/* The same with its sign, "+" included, right-aligned in @width. */
void report_signed(struct sg_buf *out, double value, int decimals, int width);
void report_right(struct sg_buf *out, double value, int decimals, int width);
/* A sentence broken at blanks to stay within @width columns, further lines indented; a word that no
 * line holds is broken anywhere. The cursor stands at @column when it begins; ends with a newline.
 * UTF-8, each character one column wide. */
void report_wrap(struct sg_buf *out, const char *text, int column, int indent, int width);

/* Emphasis, where colour is wanted. */
enum report_tint { REPORT_BOLD, REPORT_DIM, REPORT_RED, REPORT_GREEN, REPORT_YELLOW };
void report_tint(struct sg_buf *out, const struct report_options *look, enum report_tint tint,
		 const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The same for what is written in between. */
void report_tint_begin(struct sg_buf *out, const struct report_options *look,
		       enum report_tint tint);
void report_tint_end(struct sg_buf *out, const struct report_options *look);

#endif
