/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/headline.h"
#include "harness/report/summary.h"
#include "harness/report/text.h"

#define SAID_MAX 3 /* filters in one sentence; of more, the dearest and the cheapest */

const struct report_style report_plain = {sg_buf_adds, "", "", "", ""};

const struct saved_summary *report_summary_find(const struct saved_result *result,
						const char *profile, const char *filter)
{
	for (size_t i = 0; i < result->summary_count; i++)
		if (!strcmp(result->summaries[i].profile, profile) &&
		    !strcmp(result->summaries[i].filter, filter))
			return &result->summaries[i];
	return NULL;
}

/* ---- figures */

static int decimals(const struct stats_interval *ratio)
{
	return ratio->high - ratio->low < 0.002 || fabs(ratio->estimate - 1) < 0.005 ? 2 : 1;
}

void report_percent(struct sg_buf *out, const struct stats_interval *ratio)
{
	report_number(out, 100 * (ratio->estimate - 1), decimals(ratio));
	sg_buf_adds(out, "%");
}

void report_percent_interval(struct sg_buf *out, const struct stats_interval *ratio)
{
	sg_buf_adds(out, "[");
	report_number(out, 100 * (ratio->low - 1), decimals(ratio));
	sg_buf_adds(out, ", ");
	report_number(out, 100 * (ratio->high - 1), decimals(ratio));
	sg_buf_adds(out, "]");
}

static void figure(const struct stats_interval *ratio, const struct report_style *style,
		   struct sg_buf *out)
{
	sg_buf_adds(out, style->strong);
	report_percent(out, ratio);
	sg_buf_addf(out, "%s %s", style->strong_end, style->aside);
	report_percent_interval(out, ratio);
	sg_buf_adds(out, style->aside_end);
}

/* ---- which filters are spoken of */

struct said {
	const struct saved_summary **items; /* from the dearest to the cheapest; owned */
	size_t count;
};

static int dearest_first(const void *a, const void *b)
{
	const struct saved_summary *const *left = a, *const *right = b;
	double difference = (*right)->ratio.estimate - (*left)->ratio.estimate;

	return difference < 0 ? -1 : difference > 0;
}

/* @profile NULL: of all. */
static struct said summaries_of(const struct saved_result *result, const char *profile)
{
	struct said said = {sg_calloc(result->summary_count, sizeof(*said.items)), 0};

	for (size_t i = 0; i < result->summary_count; i++) {
		const struct saved_summary *summary = &result->summaries[i];

		if (strcmp(summary->filter, "none-aa") &&
		    (!profile || !strcmp(summary->profile, profile)))
			said.items[said.count++] = summary;
	}
	if (said.count)
		qsort(said.items, said.count, sizeof(*said.items), dearest_first);
	return said;
}

/* `allow` is what any filter costs, and nobody's choice. */
static void leave_out_allow(struct said *said)
{
	size_t kept = 0;

	for (size_t i = 0; i < said->count; i++)
		if (strcmp(said->items[i]->filter, "allow"))
			said->items[kept++] = said->items[i];
	if (kept)
		said->count = kept;
}

static void keep_the_ends(struct said *said)
{
	if (said->count <= SAID_MAX)
		return;
	said->items[1] = said->items[said->count - 1];
	said->count = 2;
}

static bool beyond_noise(const struct saved_result *result, const struct saved_summary *summary)
{
	const struct saved_summary *aa = report_summary_find(result, summary->profile, "none-aa");

	return !aa || report_summary_seen(&summary->ratio, &aa->ratio);
}

/* ---- the sentences */

static void those_seen(const struct saved_result *result, const struct said *said,
		       const struct report_style *style, struct sg_buf *out)
{
	bool first = true;

	for (size_t i = 0; i < said->count; i++) {
		if (!beyond_noise(result, said->items[i]))
			continue;
		if (!first)
			sg_buf_adds(out, ", ");
		style->text(out, said->items[i]->filter);
		sg_buf_adds(out, first ? " costs " : " ");
		figure(&said->items[i]->ratio, style, out);
		if (first)
			sg_buf_adds(out, " over no filter");
		first = false;
	}
}

/* The largest that hides in the noise. */
static double bound(const struct saved_result *result, const struct saved_summary *summary)
{
	const struct saved_summary *aa = report_summary_find(result, summary->profile, "none-aa");

	return fmax(report_floor_share(&aa->ratio), report_floor_share(&summary->ratio));
}

static void below(double share, const struct report_style *style, struct sg_buf *out)
{
	sg_buf_addf(out, " %s(below ", style->aside);
	report_number(out, 100 * share, share < 0.01 ? 2 : 1);
	sg_buf_addf(out, "%%)%s", style->aside_end);
}

static void those_unseen(const struct saved_result *result, const struct said *said,
			 const struct report_style *style, struct sg_buf *out)
{
	bool some_seen = out->len > 0;
	double largest = 0;
	size_t count = 0;

	for (size_t i = 0; i < said->count; i++) {
		if (beyond_noise(result, said->items[i]))
			continue;
		if (count++)
			sg_buf_adds(out, ", ");
		else
			sg_buf_adds(out, some_seen ? "; no difference seen for "
						   : "No difference seen between no filter and ");
		style->text(out, said->items[i]->filter);
		largest = fmax(largest, bound(result, said->items[i]));
	}
	if (count)
		below(largest, style, out);
}

void report_headline_profile(const struct report_view *view, const struct run_group *group,
			     const struct report_style *style, struct sg_buf *out)
{
	struct said said = summaries_of(view->saved, group->profile);
	struct sg_buf text = {0};

	leave_out_allow(&said);
	keep_the_ends(&said);
	those_seen(view->saved, &said, style, &text);
	those_unseen(view->saved, &said, style, &text);
	if (text.len)
		sg_buf_adds(out, text.data);
	else if (!view->plan.no_time || !report_headline_exact(group, style, out))
		sg_buf_adds(out, "Nothing was measured");
	sg_buf_release(&text);
	free(said.items);
}

static void one_end(const struct saved_summary *summary, const struct report_style *style,
		    struct sg_buf *out)
{
	figure(&summary->ratio, style, out);
	sg_buf_adds(out, " (");
	style->text(out, summary->filter);
	sg_buf_adds(out, ", ");
	style->text(out, summary->profile);
	sg_buf_adds(out, ")");
}

/* Moves those that stand clear of the noise to the front, in their order. Returns how many. */
static size_t seen_first(const struct saved_result *result, struct said *said)
{
	size_t seen = 0;

	for (size_t i = 0; i < said->count; i++) {
		const struct saved_summary *summary = said->items[i];

		if (!beyond_noise(result, summary))
			continue;
		memmove(&said->items[seen + 1], &said->items[seen],
			(i - seen) * sizeof(*said->items));
		said->items[seen++] = summary;
	}
	return seen;
}

static void ends(const struct said *said, size_t seen, const struct report_style *style,
		 struct sg_buf *out)
{
	if (seen == 1) {
		sg_buf_adds(out, "A filter costs ");
	} else {
		sg_buf_adds(out, "A filter costs from ");
		one_end(said->items[seen - 1], style, out);
		sg_buf_adds(out, " to ");
	}
	one_end(said->items[0], style, out);
	sg_buf_adds(out, " over no filter");
}

/* The dearest and the cheapest that stand clear of the noise; how many do not. */
static void range(const struct saved_result *result, struct said *said,
		  const struct report_style *style, struct sg_buf *out)
{
	size_t count = said->count, unseen = count - seen_first(result, said);

	leave_out_allow(said);

	size_t seen = seen_first(result, said);

	if (!seen) {
		sg_buf_addf(out, "No difference seen between no filter and any of %zu filters",
			    said->count);
		return;
	}
	ends(said, seen, style, out);
	if (unseen)
		sg_buf_addf(out, "; for %zu of %zu no difference was seen", unseen, count);
}

void report_headline(const struct report_view *view, const struct report_style *style,
		     struct sg_buf *out)
{
	struct said said = summaries_of(view->saved, NULL);

	if (view->plan.group_count == 1)
		report_headline_profile(view, &view->groups[0], style, out);
	else if (said.count)
		range(view->saved, &said, style, out);
	else if (view->plan.no_time)
		sg_buf_addf(out, "The filters of %zu profiles in exact figures",
			    view->plan.group_count);
	else
		sg_buf_adds(out, "Nothing was measured");
	free(said.items);
}

/* ---- the noise */

static double largest_floor(const struct saved_result *result)
{
	double largest = NAN;

	for (size_t i = 0; i < result->summary_count; i++)
		if (!strcmp(result->summaries[i].filter, "none-aa"))
			largest = fmax(largest, report_floor_share(&result->summaries[i].ratio));
	return largest;
}

/* Those from @seen on; all in a profile's own words, a number of them in a result of several. */
static void unseen(const struct report_view *view, const struct said *said, size_t seen,
		   const struct report_style *style, struct sg_buf *out)
{
	size_t count = said->count - seen;

	if (!seen && count > 1) {
		sg_buf_addf(out, "None of the %zu filters stands clear of it.", count);
		return;
	}
	if (view->plan.group_count > 1)
		sg_buf_addf(out, "%zu of %zu filters", count, said->count);
	for (size_t i = seen; i < said->count && view->plan.group_count == 1; i++) {
		sg_buf_adds(out, i == seen ? "" : i + 1 == said->count ? " and " : ", ");
		style->text(out, said->items[i]->filter);
	}
	sg_buf_addf(out, " %s not stand clear of it: no difference seen.",
		    count == 1 ? "does" : "do");
}

static void stand_clear(const struct report_view *view, struct said *said,
			const struct report_style *style, struct sg_buf *out)
{
	size_t seen = seen_first(view->saved, said);

	if (seen < said->count)
		unseen(view, said, seen, style, out);
	else if (seen == 1)
		sg_buf_adds(out, "The filter stands clear of it.");
	else if (seen == 2)
		sg_buf_adds(out, "Both filters stand clear of it.");
	else
		sg_buf_addf(out, "All %zu filters stand clear of it.", seen);
}

/* Of the dearest and the cheapest of one profile. */
static void tell_apart(const struct report_view *view, const struct report_style *style,
		       struct sg_buf *out)
{
	struct said said = summaries_of(view->saved, NULL);

	leave_out_allow(&said);
	if (view->plan.group_count == 1 && said.count > 1) {
		const struct saved_summary *dearest = said.items[0];
		const struct saved_summary *cheapest = said.items[said.count - 1];
		bool apart = cheapest->ratio.high < dearest->ratio.low;

		sg_buf_adds(out, apart ? " " : " The intervals of ");
		style->text(out, dearest->filter);
		sg_buf_adds(out, " and ");
		style->text(out, cheapest->filter);
		sg_buf_adds(out, apart ? " differ by more than their intervals."
				       : " overlap: which one costs less, this run cannot tell.");
	}
	free(said.items);
}

void report_headline_noise(const struct report_view *view, const struct report_style *style,
			   struct sg_buf *out)
{
	double largest = largest_floor(view->saved);
	struct said said = summaries_of(view->saved, NULL);

	if (view->plan.no_time) {
		sg_buf_adds(out, "Nothing was timed: these figures are exact, and the same on "
				 "every machine.");
	} else if (isnan(largest) && said.count) {
		sg_buf_adds(out, "The noise floor was not measured: how much of this is noise, "
				 "nobody knows.");
	} else if (!isnan(largest)) {
		sg_buf_adds(out, "The same run without a filter, done twice, differs by up to ");
		sg_buf_adds(out, style->strong);
		report_number(out, 100 * largest, largest < 0.01 ? 2 : 1);
		sg_buf_addf(out, "%%%s: the noise floor. ", style->strong_end);
		if (said.count)
			stand_clear(view, &said, style, out);
	}
	tell_apart(view, style, out);
	free(said.items);
}
