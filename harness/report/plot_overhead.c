/* SPDX-License-Identifier: MIT */
/*
 * What each filter adds to each workload, in percent of the time without a filter: a mark with its
 * interval a filter, one lane under the other, on the workload's noise floor. The workloads that
 * cost the most come first.
 */
#include <math.h>
#include <stdlib.h>

#include "harness/report/plot.h"
#include "harness/report/summary.h"

#define WIDTH     860
#define LANE_PX   11
#define GAP_PX    14 /* between two workloads */
#define TOP_PX    26
#define BOTTOM_PX 26
#define RIGHT_PX  20

/* A workload in the picture. */
struct lanes {
	const struct run_row *rows; /* of the workload, none first */
	size_t count;
	double dearest; /* the largest ratio */
};

struct picture {
	const struct plot_subject *subject;
	struct lanes *items; /* owned */
	size_t len, cap;
	double low, high; /* of the axis, in percent */
	double each_px;   /* of a workload */
};

static bool is_shown(const struct run_row *row)
{
	return row->filter && row->status == RUN_MEASURED && isfinite(row->ratio.low);
}

static double dearest_of(const struct run_row *rows, size_t count)
{
	double dearest = NAN;

	for (size_t i = 0; i < count; i++)
		if (is_shown(&rows[i]))
			dearest = fmax(dearest, rows[i].ratio.estimate);
	return dearest;
}

static int dearest_first(const void *a, const void *b)
{
	const struct lanes *left = a, *right = b;

	return left->dearest > right->dearest ? -1 : left->dearest < right->dearest;
}

static void find_lanes(struct picture *picture)
{
	const struct run_result *result = &picture->subject->view->result;

	for (size_t i = 0, count; i < result->row_count; i += count) {
		const struct run_row *rows = &result->rows[i];

		count = report_workload_rows(result, i);

		double dearest = dearest_of(rows, count);

		if (rows->group != picture->subject->group || isnan(dearest))
			continue;
		SG_GROW(picture->items, picture->len, picture->cap);
		picture->items[picture->len++] = (struct lanes){rows, count, dearest};
	}
	if (picture->len)
		qsort(picture->items, picture->len, sizeof(*picture->items), dearest_first);
	picture->each_px = (double)picture->subject->group->filter_count * LANE_PX + GAP_PX;
}

/* ---- the axis */

static double percent(double ratio)
{
	return 100 * (ratio - 1);
}

/* All estimates and zero; of the intervals what reaches no further than half as much again. */
static void find_range(struct picture *picture)
{
	double low = 0, high = 0, most_low = 0, most_high = 0;

	for (size_t i = 0; i < picture->len; i++)
		for (size_t j = 0; j < picture->items[i].count; j++) {
			const struct run_row *row = &picture->items[i].rows[j];

			if (!is_shown(row))
				continue;
			low = fmin(low, percent(row->ratio.estimate));
			high = fmax(high, percent(row->ratio.estimate));
			most_low = fmin(most_low, percent(row->ratio.low));
			most_high = fmax(most_high, percent(row->ratio.high));
		}

	double reach = fmax(0.5 * (high - low), 0.5);

	picture->low = fmax(most_low, low - reach) - 0.1 * reach;
	picture->high = fmin(most_high, high + reach) + 0.1 * reach;
}

static double clipped(const struct picture *picture, double percents)
{
	return fmin(fmax(percents, picture->low), picture->high);
}

static void axes(const struct picture *picture, struct plot *plot)
{
	int left = 0;

	for (size_t i = 0; i < picture->len; i++)
		left = (int)fmax(left, plot_name_px(picture->items[i].rows->workload->name));
	plot_begin(plot, left, RIGHT_PX, TOP_PX, BOTTOM_PX);
	plot_addf(plot, "set xrange [%g:%g]\nset x2range [%g:%g]\nset yrange [%g:0]\n",
		  picture->low, picture->high, picture->low, picture->high,
		  (double)picture->len * picture->each_px);
	plot_addf(plot, "set xtics format '%%+g%%%%' add ('0' 0)\n");
	plot_addf(plot, "set x2tics format '%%+g%%%%' textcolor rgb '%s' add ('0' 0)\n",
		  plot_colour(PLOT_MUTED));
	plot_line(plot, 0, 0, 0, (double)picture->len * picture->each_px, PLOT_ZERO);
}

/* ---- the lanes */

static void ground(const struct picture *picture, size_t index, struct plot *plot)
{
	const struct run_row *rows = picture->items[index].rows;
	const struct run_row *aa = run_aa_of(&picture->subject->view->result, rows);
	double top = (double)index * picture->each_px, bottom = top + picture->each_px;

	if (index % 2)
		plot_area(plot, picture->low, top, picture->high, bottom, PLOT_BAND);
	if (aa && isfinite(aa->ratio.low)) {
		double floor = 100 * report_floor_share(&aa->ratio);

		plot_area(plot, clipped(picture, -floor), top + 2, clipped(picture, floor),
			  bottom - 2, PLOT_FLOOR);
	}
	plot_row_name(plot, rows->workload->name, (top + bottom) / 2);
}

static void lane(const struct picture *picture, const struct run_row *row, double top,
		 struct plot *plot)
{
	size_t series = plot_series(picture->subject->series, row->filter->name);
	size_t index = row->filter - picture->subject->group->filters;
	double y = top + GAP_PX / 2.0 + ((double)index + 0.5) * LANE_PX;

	plot_line(plot, clipped(picture, percent(row->ratio.low)), y,
		  clipped(picture, percent(row->ratio.high)), y, series % PLOT_SERIES);
	plot_point(plot, percent(row->ratio.estimate), y, plot_mark(series), series);
}

static void draw(const struct picture *picture, struct plot *plot)
{
	plot->width = WIDTH;
	plot->height = TOP_PX + (int)((double)picture->len * picture->each_px) + BOTTOM_PX;
	axes(picture, plot);
	for (size_t i = 0; i < picture->len; i++) {
		ground(picture, i, plot);
		for (size_t j = 0; j < picture->items[i].count; j++)
			if (is_shown(&picture->items[i].rows[j]))
				lane(picture, &picture->items[i].rows[j],
				     (double)i * picture->each_px, plot);
	}
	plot_end(plot);
}

bool plot_overhead(const struct plot_subject *subject, struct plot *plot)
{
	struct picture picture = {.subject = subject};

	plot->title = "Overhead by workload";
	plot->summary = "For each workload, one mark with its 95% interval for each filter: the "
			"time in percent over no filter. The same figures stand in the table of "
			"all measurements.";
	find_lanes(&picture);
	find_range(&picture);
	if (picture.len)
		draw(&picture, plot);
	free(picture.items);
	return picture.len > 0;
}
