/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "harness/report/html.h"

/* In the order of gnuplot's point types (plot_mark()), about ten pixels wide. */
void html_marks(struct sg_buf *out)
{
	static const char *const shapes[] = {
		"<rect id=\"p3\" class=\"o\" x=\"-3.4\" y=\"-3.4\" width=\"6.8\" height=\"6.8\"/>",
		"<rect id=\"p4\" x=\"-3.8\" y=\"-3.8\" width=\"7.6\" height=\"7.6\"/>",
		"<circle id=\"p5\" class=\"o\" r=\"3.8\"/>",
		"<circle id=\"p6\" r=\"4.3\"/>",
		"<path id=\"p7\" class=\"o\" d=\"M0-4.4L4.2 3H-4.2z\"/>",
		"<path id=\"p8\" d=\"M0-5L4.8 3.4H-4.8z\"/>",
		"<path id=\"p9\" class=\"o\" d=\"M0 4.4L4.2-3H-4.2z\"/>",
		"<path id=\"p10\" d=\"M0 5L4.8-3.4H-4.8z\"/>",
		"<path id=\"p11\" class=\"o\" d=\"M0-4.8L4.8 0 0 4.8-4.8 0z\"/>",
		"<path id=\"p12\" d=\"M0-5.4L5.4 0 0 5.4-5.4 0z\"/>",
		"<path id=\"p13\" class=\"o\" d=\"M0-4.6L4.4-1.4 2.7 3.7H-2.7L-4.4-1.4z\"/>",
		"<path id=\"p14\" d=\"M0-5L4.8-1.5 3 4.1H-3L-4.8-1.5z\"/>",
	};

	sg_buf_adds(out,
		    "<svg class=\"marks\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>\n");
	for (size_t i = 0; i < SG_COUNT(shapes); i++)
		sg_buf_addf(out, "%s\n", shapes[i]);
	sg_buf_adds(out, "</defs></svg>\n");
}

void html_key(struct html_page *page, const char *filter)
{
	size_t series = plot_series(&page->series, filter);

	sg_buf_addf(page->out,
		    "<svg class=\"key\" viewBox=\"-7 -7 14 14\" aria-hidden=\"true\">"
		    "<use href=\"#p%d\" class=\"s%zu\"/></svg>",
		    plot_mark(series) - 1, series % PLOT_SERIES);
}

static void filters_key(struct html_page *page, const struct run_group *group)
{
	sg_buf_adds(page->out, "<ul class=\"legend\">\n");
	for (size_t i = 0; i < group->filter_count; i++) {
		if (group->filters[i].unsupported)
			continue;
		sg_buf_adds(page->out, "<li>");
		html_key(page, group->filters[i].name);
		html_name(page->out, group->filters[i].name);
		sg_buf_adds(page->out, "</li>\n");
	}
	sg_buf_adds(page->out, "</ul>\n");
}

/* What is wide scrolls in its own box, also by keyboard. */
static void picture(struct html_page *page, const struct plot *plot)
{
	struct sg_buf svg = {0};
	struct sg_err err = {0};

	if (!page->no_plots && plot_draw(plot, &svg, &err))
		page->no_plots = sg_strdup(err.msg);
	if (page->no_plots) {
		sg_buf_adds(page->out, "<p class=\"absent\">unsupported: ");
		html_text(page->out, page->no_plots);
		sg_buf_adds(page->out, "</p>\n");
	} else {
		sg_buf_addf(page->out,
			    "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
			    "aria-label=\"Picture: %s\">\n%s</div>\n",
			    plot->title, svg.data);
	}
	sg_buf_release(&svg);
}

void html_figure(struct html_page *page, const struct run_group *group, html_plot_fn fn,
		 const char *caption, bool legend)
{
	const struct plot_subject subject = {&page->view, group, &page->series, &page->history};
	char *id = sg_asprintf("f%u", page->figures++);
	struct plot plot = {.id = id};

	if (fn(&subject, &plot)) {
		sg_buf_addf(
			page->out,
			"<figure id=\"%s\"%s>\n<figcaption><h3>%s</h3>\n<p>%s</p></figcaption>\n",
			id, plot.width > 600 ? " class=\"wide\"" : "", plot.title, caption);
		if (legend)
			filters_key(page, group);
		picture(page, &plot);
		sg_buf_adds(page->out, "</figure>\n");
	}
	plot_release(&plot);
	free(id);
}
