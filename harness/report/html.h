/* SPDX-License-Identifier: MIT */
/*
 * The page: one file that loads nothing, for the newest of the results; the others are its
 * history. It is written from top to bottom, a part a file. Private to the room.
 *
 * Whatever comes from a result file passes html_text() or html_name(). The page's own policy
 * (Content-Security-Policy) allows its one style sheet and its one script by their hashes, and
 * nothing else, so there is no style attribute anywhere.
 */
#ifndef SG_REPORT_HTML_H
#define SG_REPORT_HTML_H

#include "harness/report/headline.h"
#include "harness/report/history.h"
#include "harness/report/plot.h"

struct html_page {
	struct sg_buf *out;
	struct report_view view; /* of the newest result */
	struct report_history history;
	struct sg_strv series; /* filters' names, each once: the colours of the page */
	char *no_plots;        /* why there are no pictures; NULL while there are; owned */
	unsigned int figures;  /* written so far */
};

/* ---- text: html_text.c */

/* sg_clean(), escaped for text and attributes. */
void html_text(struct sg_buf *out, const char *text);
/* The same of a name in running text, so that it cannot turn the direction of what follows. */
void html_name(struct sg_buf *out, const char *name);
/* A table's cell of a number with @decimals; not finite: a dash. */
void html_number(struct sg_buf *out, double value, int decimals);
/* "12.3 [11.0, 14.0]" in a cell. */
void html_interval(struct sg_buf *out, const struct stats_interval *interval, int decimals);
/* "2026-11-24 19:08", or what else stands there. */
void html_date(struct sg_buf *out, const char *iso);
extern const struct report_style html_style;

/* ---- parts, in the order of the page */

void html_first_screen(struct html_page *page); /* html_first.c */
void html_facts(struct html_page *page);        /* html_facts.c: where and how it was measured */
void html_profiles(struct html_page *page);     /* html_profile.c: pictures and filters */
void html_history(struct html_page *page);      /* html_history.c: nothing of a single result */
void html_rows(struct html_page *page);         /* html_rows.c: every figure */
void html_not_measured(struct html_page *page); /* html_skipped.c */

/* ---- figures: html_figure.c */

typedef bool (*html_plot_fn)(const struct plot_subject *subject, struct plot *plot);
/* A <figure>: title and caption (HTML, not escaped), the picture or the reason why there is none,
 * and with @legend the filters' marks. Nothing where there is nothing to draw. */
void html_figure(struct html_page *page, const struct run_group *group, html_plot_fn plot,
		 const char *caption, bool legend);
/* The mark of a filter. */
void html_key(struct html_page *page, const char *filter);
/* The marks that figures refer to, once a page. */
void html_marks(struct sg_buf *out);

#endif
