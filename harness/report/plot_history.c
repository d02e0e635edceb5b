/* SPDX-License-Identifier: MIT */
/*
 * Pictures of several results: a step to the right a result, oldest first, a line for each filter.
 * Where a result lacks the filter, or its times are of another machine class, the line has a gap.
 */
#include <math.h>
#include <string.h>

#include "harness/report/plot.h"
#include "harness/report/summary.h"

#define WIDTH     860
#define HEIGHT    300
#define TOP_PX    14
#define BOTTOM_PX 30
#define LEFT_PX   58
#define RIGHT_PX  20
#define DATES_MAX 6 /* on the axis */

/* What is drawn of a point; an estimate of NaN: nothing. */
typedef struct stats_interval (*value_fn)(struct report_point point);

static struct stats_interval overhead_of(struct report_point point)
{
	if (!point.summary)
		return (struct stats_interval){NAN, NAN, NAN};
	return report_percent_over(&point.summary->ratio);
}

static struct stats_interval insns_of(struct report_point point)
{
	double insns = point.filter ? point.filter->figures.mix_insns : NAN;

	return (struct stats_interval){insns, insns, insns};
}

static struct stats_interval value_at(const struct plot_subject *subject, size_t index,
				      const char *filter, value_fn value)
{
	struct report_point point =
		report_point_of(subject->history, index, subject->group->profile, filter);

	return value(point);
}

static bool find_range(const struct plot_subject *subject, value_fn value, double *ret_low,
		       double *ret_high)
{
	double low = NAN, high = NAN;

	for (size_t i = 0; i < subject->group->filter_count; i++)
		for (size_t j = 0; j < subject->history->count; j++) {
			struct stats_interval at =
				value_at(subject, j, subject->group->filters[i].name, value);

			low = fmin(low, at.low);
			high = fmax(high, at.high);
		}

	double margin = fmax(0.06 * (high - low), 0.02);

	*ret_low = fmin(low, 0) - margin;
	*ret_high = high + margin;
	return !isnan(high);
}

static void axes(const struct plot_subject *subject, double low, double high, struct plot *plot)
{
	size_t count = subject->history->count, step = (count + DATES_MAX - 1) / DATES_MAX;

	plot->width = WIDTH;
	plot->height = HEIGHT;
	plot_begin(plot, LEFT_PX, RIGHT_PX, TOP_PX, BOTTOM_PX);
	plot_addf(plot, "set xrange [-0.4:%g]\nset yrange [%g:%g]\n", (double)count - 0.6, low,
		  high);
	plot_addf(plot, "set grid noxtics ytics\nset xtics (");
	for (size_t i = 0; i < count; i += step) {
		struct sg_buf date = {0};

		report_date(&date, subject->history->results[i].env.date);
		plot_addf(plot, i ? "," : "");
		plot_name(plot, sg_buf_text(&date));
		plot_addf(plot, " %zu", i);
		sg_buf_release(&date);
	}
	plot_addf(plot, ")\n");
	plot_line(plot, -0.4, 0, (double)count - 0.6, 0, PLOT_ZERO);
}

/* Filters stand a little beside each other, so that equal ones are seen. */
static double place(const struct plot_subject *subject, size_t index, size_t filter)
{
	double count = (double)subject->group->filter_count;

	return (double)index + 0.3 * (((double)filter + 0.5) / count - 0.5);
}

static void add_line(const struct plot_subject *subject, size_t filter, value_fn value,
		     struct plot *plot)
{
	const char *name = subject->group->filters[filter].name;
	size_t series = plot_series(subject->series, name);
	struct stats_interval before = {NAN, NAN, NAN};

	for (size_t i = 0; i < subject->history->count; i++) {
		struct stats_interval at = value_at(subject, i, name, value);
		double x = place(subject, i, filter);

		if (!isnan(at.estimate)) {
			if (!isnan(before.estimate))
				plot_line(plot, place(subject, i - 1, filter), before.estimate, x,
					  at.estimate, series % PLOT_SERIES);
			if (at.low < at.high)
				plot_line(plot, x, at.low, x, at.high, series % PLOT_SERIES);
			plot_point(plot, x, at.estimate, plot_mark(series), series);
		}
		before = at;
	}
}

static bool history(const struct plot_subject *subject, value_fn value, const char *format,
		    struct plot *plot)
{
	double low, high;

	if (!find_range(subject, value, &low, &high))
		return false;
	axes(subject, low, high, plot);
	plot_addf(plot, "set ytics scale 0 nomirror format '%s' add ('0' 0)\n", format);
	for (size_t i = 0; i < subject->group->filter_count; i++)
		add_line(subject, i, value, plot);
	plot_end(plot);
	return true;
}

bool plot_history_times(const struct plot_subject *subject, struct plot *plot)
{
	plot->title = "Overhead over time";
	plot->summary =
		"For each result, oldest first, the time of each filter over no filter in "
		"percent, with its 95% interval. The same figures stand in the table below.";
	return history(subject, overhead_of, "%+g%%", plot);
}

bool plot_history_insns(const struct plot_subject *subject, struct plot *plot)
{
	plot->title = "Executed instructions over time";
	plot->summary = "For each result, oldest first, the BPF instructions of each filter a call "
			"of the mix. The same figures stand in the table below.";
	return history(subject, insns_of, "%g", plot);
}
