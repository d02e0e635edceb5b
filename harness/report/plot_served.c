/* SPDX-License-Identifier: MIT */
/*
 * What the kernel's bitmap serves of each workload: a bar to the least of all filters' shares, and
 * the range in words. `allow`, which is served whole, is left out.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/plot.h"
#include "harness/report/summary.h"

#define WIDTH     460
#define ROW_PX    18
#define TOP_PX    10
#define BOTTOM_PX 28
#define RIGHT_PX  84

struct served {
	const char *workload;
	double least, most;
};

struct picture {
	struct served *items; /* owned */
	size_t len, cap;
};

static bool counts(const struct run_row *row)
{
	return row->filter && strcmp(row->filter->name, "allow") && isfinite(row->bitmap_share) &&
	       (row->status == RUN_MEASURED || row->status == RUN_UNTIMED);
}

static void add_workload(struct picture *picture, const struct run_row *rows, size_t count)
{
	struct served served = {rows->workload->name, NAN, NAN};

	for (size_t i = 0; i < count; i++) {
		if (!counts(&rows[i]))
			continue;
		served.least = fmin(served.least, rows[i].bitmap_share);
		served.most = fmax(served.most, rows[i].bitmap_share);
	}
	if (isnan(served.least))
		return;
	SG_GROW(picture->items, picture->len, picture->cap);
	picture->items[picture->len++] = served;
}

static int least_first(const void *a, const void *b)
{
	const struct served *left = a, *right = b;

	if (left->least != right->least)
		return left->least < right->least ? -1 : 1;
	return strcmp(left->workload, right->workload);
}

static struct picture find(const struct plot_subject *subject)
{
	const struct run_result *result = &subject->view->result;
	struct picture picture = {0};

	for (size_t i = 0, count; i < result->row_count; i += count) {
		count = report_workload_rows(result, i);
		if (result->rows[i].group == subject->group)
			add_workload(&picture, &result->rows[i], count);
	}
	if (picture.len)
		qsort(picture.items, picture.len, sizeof(*picture.items), least_first);
	return picture;
}

static void add_words(struct plot *plot, const struct served *served, double y)
{
	struct sg_buf text = {0};

	sg_buf_addf(&text, "%.4g", 100 * served->least);
	if (served->most - served->least >= 0.0005)
		sg_buf_addf(&text, "\u2013%.4g", 100 * served->most);
	sg_buf_adds(&text, "%");
	plot_margin_text(plot, sg_buf_text(&text), y);
	sg_buf_release(&text);
}

static void draw(const struct picture *picture, struct plot *plot)
{
	int left = 0;

	for (size_t i = 0; i < picture->len; i++)
		left = (int)fmax(left, plot_name_px(picture->items[i].workload));
	plot->width = WIDTH;
	plot->height = TOP_PX + (int)picture->len * ROW_PX + BOTTOM_PX;
	plot_begin(plot, left, RIGHT_PX, TOP_PX, BOTTOM_PX);
	plot_addf(plot, "unset grid\nset xrange [0:100]\nset xtics 25 format '%%g%%%%'\n");
	plot_addf(plot, "set yrange [%zu:0]\n", picture->len);
	for (size_t i = 0; i < picture->len; i++) {
		double y = (double)i + 0.5;

		plot_area(plot, 0, y - 0.22, 100, y + 0.22, PLOT_BAND);
		plot_area(plot, 0, y - 0.22, 100 * picture->items[i].least, y + 0.22, PLOT_ZERO);
		plot_row_name(plot, picture->items[i].workload, y);
		add_words(plot, &picture->items[i], y);
	}
	plot_end(plot);
}

bool plot_served(const struct plot_subject *subject, struct plot *plot)
{
	struct picture picture = find(subject);

	plot->title = "What the bitmap serves of each workload";
	plot->summary = "For each workload the share of its calls that the kernel's bitmap allows "
			"without running the filter, the least of all filters. The same figures "
			"stand in the table of all measurements.";
	if (picture.len)
		draw(&picture, plot);
	free(picture.items);
	return picture.len > 0;
}
