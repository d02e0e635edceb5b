/* SPDX-License-Identifier: MIT */
/*
 * A result in a sentence or two, from its summaries: what the filters cost over no filter, and
 * whether that is more than the noise. Private to the room.
 */
#ifndef SG_REPORT_HEADLINE_H
#define SG_REPORT_HEADLINE_H

#include "harness/report/view.h"

/* How a sentence is written. */
struct report_style {
	void (*text)(struct sg_buf *out, const char *text); /* escapes what comes from files */
	const char *strong, *strong_end;                    /* around a figure */
	const char *aside, *aside_end;                      /* around its interval */
};
extern const struct report_style report_plain;

/* The A/A control's summary of a profile, or a filter's; NULL when it was not measured. */
const struct saved_summary *report_summary_find(const struct saved_result *result,
						const char *profile, const char *filter);
/* "3.1%", with two decimals where one would hide the interval. */
void report_percent(struct sg_buf *out, const struct stats_interval *ratio);
/* "[2.9, 3.3]", to the decimals of the same. */
void report_percent_interval(struct sg_buf *out, const struct stats_interval *ratio);

/* "linear costs 5.1% [4.9, 5.4] over no filter, tuned 3.1% [2.9, 3.3]": of one profile. No full
 * stop. */
void report_headline_profile(const struct report_view *view, const struct run_group *group,
			     const struct report_style *style, struct sg_buf *out);
/* "linear executes 62.17 instructions a call of the mix, tuned 5.83": of a result without times.
 * False: there is no filter. */
bool report_headline_exact(const struct run_group *group, const struct report_style *style,
			   struct sg_buf *out);
/* The same for the whole result: of the one profile, or the range over several. */
void report_headline(const struct report_view *view, const struct report_style *style,
		     struct sg_buf *out);
/* Sentences: how large the noise is, which filters do not stand clear of it. */
void report_headline_noise(const struct report_view *view, const struct report_style *style,
			   struct sg_buf *out);

#endif
