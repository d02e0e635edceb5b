/* SPDX-License-Identifier: MIT */
/*
 * Pictures: gnuplot draws them, in a child with a deadline, its script on standard input, no file
 * left behind. Private to the room.
 *
 * What comes back is not passed on: of gnuplot's SVG only lines, areas, marks and texts are read,
 * and written anew, without colours and fonts. Each has a class instead ("s0", "floor"), to which
 * the page's style sheet gives a colour for light and for dark. In the script a class is spelled as
 * a colour, plot_colour(). Marks are <use>s of "#p6" and the like, which html_marks() defines.
 *
 * No name of a file ever reaches gnuplot, whose strings can run commands: in the script stands
 * "{{3}}" in its place, and the SVG gets the escaped text.
 */
#ifndef SG_REPORT_PLOT_H
#define SG_REPORT_PLOT_H

#include "harness/report/history.h"
#include "harness/report/view.h"

/* Classes, by the blue of the colour that stands for them; the series come first. */
#define PLOT_SERIES 8
enum plot_class {
	PLOT_FLOOR = PLOT_SERIES, /* the noise floor */
	PLOT_BAND,                /* every other row's ground */
	PLOT_GRID,
	PLOT_ZERO,  /* the line of no difference */
	PLOT_TEXT,  /* names */
	PLOT_MUTED, /* numbers of axes */
	PLOT_CLASS_COUNT
};
/* "#00000a" */
const char *plot_colour(unsigned int plot_class);
/* gnuplot's point type of a series; its mark is #pN with N one less. */
int plot_mark(size_t series);
#define PLOT_MARKS 12

/* A picture in the making. Valid when zeroed. */
struct plot {
	struct sg_buf script;
	struct sg_strv names;
	int width, height;
	const char *id;              /* unique in the page, for the title's reference */
	const char *title, *summary; /* for those who cannot see it */
};
void plot_release(struct plot *plot);
/* One line of the script, or a part of it; below 512 characters. */
void plot_addf(struct plot *plot, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Adds a quoted string to the script that shows as @text. */
void plot_name(struct plot *plot, const char *text);
/* Room that names at the left need, in pixels. */
int plot_name_px(const char *text);
/* Terminal, margins in pixels, no border, quiet axes. Ranges are the caller's to set. */
void plot_begin(struct plot *plot, int left, int right, int top, int bottom);
/* In the coordinates of the axes. A class is an enum plot_class, or a series below PLOT_SERIES. */
void plot_line(struct plot *plot, double x0, double y0, double x1, double y1, unsigned int class);
void plot_area(struct plot *plot, double x0, double y0, double x1, double y1, unsigned int class);
void plot_point(struct plot *plot, double x, double y, int mark, size_t series);
void plot_row_name(struct plot *plot, const char *name, double y);    /* left of the axes */
void plot_margin_text(struct plot *plot, const char *text, double y); /* right of them */
void plot_end(struct plot *plot);

/* Appends the SVG. SG_ERR_ENV where gnuplot is missing, or does not do it. */
int plot_draw(const struct plot *plot, struct sg_buf *out, struct sg_err *err);

/* gnuplot's SVG to ours; private to the pictures. */
int plot_svg(const struct plot *plot, const struct sg_buf *svg, struct sg_buf *out,
	     struct sg_err *err);

/* The place of a filter among those of the page: it looks the same in every picture. */
size_t plot_series(const struct sg_strv *series, const char *filter);

/*
 * The pictures: each fills in what is drawn but for .id. False: there is nothing to draw.
 */
struct plot_subject {
	const struct report_view *view;
	const struct run_group *group;
	const struct sg_strv *series;
	const struct report_history *history;
};
bool plot_overhead(const struct plot_subject *subject, struct plot *plot);
bool plot_insns(const struct plot_subject *subject, struct plot *plot);
bool plot_bitmap(const struct plot_subject *subject, struct plot *plot);
bool plot_served(const struct plot_subject *subject, struct plot *plot);
bool plot_setup_times(const struct plot_subject *subject, struct plot *plot);
bool plot_history_times(const struct plot_subject *subject, struct plot *plot);
bool plot_history_insns(const struct plot_subject *subject, struct plot *plot);

#endif
