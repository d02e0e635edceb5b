/* SPDX-License-Identifier: MIT */
/*
 * Pictures with a row for each filter: figures as marks on a logarithmic axis (the filter has its
 * colour, the figure its mark), and the bitmap's share as bars.
 */
#include <math.h>
#include <string.h>

#include "harness/report/plot.h"

#define WIDTH     460
#define ROW_PX    28
#define TOP_PX    10
#define BOTTOM_PX 28
#define RIGHT_PX  28

/* The figures of a row, in the order of their marks; not positive: there is none. */
#define FIGURES 3
typedef void (*figures_fn)(const struct run_filter *filter, double ret[FIGURES]);

static size_t begin(const struct run_group *group, struct plot *plot)
{
	size_t rows = 0;
	int left = 0;

	for (size_t i = 0; i < group->filter_count; i++) {
		rows += !group->filters[i].unsupported;
		left = (int)fmax(left, plot_name_px(group->filters[i].name));
	}
	plot->width = WIDTH;
	plot->height = TOP_PX + (int)rows * ROW_PX + BOTTOM_PX;
	plot_begin(plot, left, RIGHT_PX, TOP_PX, BOTTOM_PX);
	plot_addf(plot, "set yrange [%zu:0]\n", rows);
	return rows;
}

/* ---- marks */

static bool find_range(const struct run_group *group, figures_fn figures, double *ret_low,
		       double *ret_high)
{
	double low = INFINITY, high = 0;

	for (size_t i = 0; i < group->filter_count; i++) {
		double values[FIGURES] = {0};

		if (!group->filters[i].unsupported)
			figures(&group->filters[i], values);
		for (int j = 0; j < FIGURES; j++) {
			low = values[j] > 0 ? fmin(low, values[j]) : low;
			high = fmax(high, values[j]);
		}
	}
	*ret_low = low / 1.5;
	*ret_high = high * 1.5;
	return high > 0;
}

/* A thread from the smallest to the largest, and a mark for each. */
static void add_marks(struct plot *plot, const double *values, double y, size_t series)
{
	double low = INFINITY, high = 0;

	for (int i = 0; i < FIGURES; i++) {
		if (values[i] <= 0)
			continue;
		low = fmin(low, values[i]);
		high = fmax(high, values[i]);
		plot_point(plot, values[i], y, plot_mark(i), series);
	}
	if (low < high)
		plot_line(plot, low, y, high, y, series % PLOT_SERIES);
}

static bool marks(const struct plot_subject *subject, figures_fn figures, struct plot *plot)
{
	const struct run_group *group = subject->group;
	double low, high, row = 0.5;

	if (!find_range(group, figures, &low, &high))
		return false;
	begin(group, plot);
	plot_addf(plot, "set logscale x\nset xrange [%g:%g]\nset xtics format '%%.10g'\n", low,
		  high);
	for (size_t i = 0; i < group->filter_count; i++) {
		const struct run_filter *filter = &group->filters[i];
		double values[FIGURES] = {0};

		if (filter->unsupported)
			continue;
		figures(filter, values);
		plot_row_name(plot, filter->name, row);
		add_marks(plot, values, row, plot_series(subject->series, filter->name));
		row++;
	}
	plot_end(plot);
	return true;
}

static void insns_of(const struct run_filter *filter, double ret[FIGURES])
{
	ret[0] = filter->figures.mix_insns;
	ret[1] = filter->figures.uniform_insns;
	ret[2] = filter->figures.worst_insns;
}

bool plot_insns(const struct plot_subject *subject, struct plot *plot)
{
	plot->title = "Executed instructions by filter";
	plot->summary = "For each filter the BPF instructions executed a call, on a logarithmic "
			"axis: mean of the mix, mean over all allowed calls, worst allowed call. "
			"The same figures stand in the table of filters.";
	return marks(subject, insns_of, plot);
}

static void times_of(const struct run_filter *filter, double ret[FIGURES])
{
	ret[0] = (double)filter->filter.compile_ns / 1e3;
	ret[1] = filter->install_ns / 1e3;
}

bool plot_setup_times(const struct plot_subject *subject, struct plot *plot)
{
	plot->title = "Compile and install time by filter";
	plot->summary = "For each filter the microseconds that compiling and installing it take, "
			"on a logarithmic axis. The same figures stand in the table of filters.";
	return marks(subject, times_of, plot);
}

/* ---- bars */

static void add_bar(struct plot *plot, const struct run_filter *filter, double y, size_t series)
{
	struct sg_buf percent = {0};

	sg_buf_addf(&percent, "%.1f%%", 100 * filter->figures.bitmap_share);
	plot_area(plot, 0, y - 0.2, 100, y + 0.2, PLOT_BAND);
	plot_area(plot, 0, y - 0.2, 100 * filter->figures.bitmap_share, y + 0.2,
		  series % PLOT_SERIES);
	plot_margin_text(plot, sg_buf_text(&percent), y);
	sg_buf_release(&percent);
}

bool plot_bitmap(const struct plot_subject *subject, struct plot *plot)
{
	const struct run_group *group = subject->group;
	double row = 0.5;

	plot->title = "Share of the mix that the bitmap serves";
	plot->summary = "For each filter the share of the mix's calls that the kernel's bitmap "
			"allows without running the filter. The same figures stand in the table of "
			"filters.";
	if (!begin(group, plot))
		return false;
	plot_addf(plot, "set rmargin at screen %.5f\n", 1 - 64.0 / WIDTH);
	plot_addf(plot, "unset grid\nset xrange [0:100]\nset xtics 25 format '%%g%%%%'\n");
	for (size_t i = 0; i < group->filter_count; i++) {
		const struct run_filter *filter = &group->filters[i];

		if (filter->unsupported)
			continue;
		plot_row_name(plot, filter->name, row);
		add_bar(plot, filter, row, plot_series(subject->series, filter->name));
		row++;
	}
	plot_end(plot);
	return true;
}
