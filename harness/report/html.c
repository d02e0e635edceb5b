/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "harness/base/embed.h"
#include "harness/base/hash.h"
#include "harness/report/html.h"

#define STYLE_SHEET "harness/report/assets/report.css"
#define SCRIPT      "harness/report/assets/report.js"

static const struct sg_embedded *asset(const char *path)
{
	return sg_embedded_find(path); /* part of the binary */
}

/* 'sha256-...', which is what a policy calls an inline style sheet or script by. */
static void add_hash(struct sg_buf *out, const char *path)
{
	char hex[SG_SHA256_HEX_BYTES];
	unsigned char bytes[SG_SHA256_HEX_BYTES / 2];

	sg_sha256_hex(asset(path)->data, asset(path)->len, hex);
	for (size_t i = 0; i < sizeof(bytes); i++)
		sscanf(&hex[2 * i], "%2hhx", &bytes[i]);
	sg_buf_adds(out, "'sha256-");
	sg_base64_encode(bytes, sizeof(bytes), out);
	sg_buf_adds(out, "'");
}

static void title(struct html_page *page)
{
	sg_buf_adds(page->out, "<title>secgauge: ");
	for (size_t i = 0; i < page->view.plan.group_count; i++) {
		sg_buf_adds(page->out, i ? ", " : "");
		html_text(page->out, page->view.groups[i].profile);
	}
	sg_buf_adds(page->out, "</title>\n");
}

static void head(struct html_page *page)
{
	struct sg_buf *out = page->out;

	sg_buf_adds(out,
		    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
		    "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		    "style-src ");
	add_hash(out, STYLE_SHEET);
	sg_buf_adds(out, "; script-src ");
	add_hash(out, SCRIPT);
	sg_buf_adds(out,
		    "; img-src data:; base-uri 'none'; form-action 'none'\">\n<meta "
		    "name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta "
		    "name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" "
		    "content=\"secgauge " SG_VERSION "\">\n<link rel=\"icon\" "
		    "href=\"data:,\">\n");
	title(page);
	sg_buf_addf(out, "<style>%s</style>\n</head>\n", asset(STYLE_SHEET)->data);
}

static void contents(struct html_page *page)
{
	struct sg_buf *out = page->out;

	sg_buf_adds(out, "<nav aria-label=\"Contents\">\n");
	for (size_t i = 0; i < page->view.plan.group_count; i++) {
		sg_buf_addf(out, "<a href=\"#profile-%zu\">", i);
		html_text(out, page->view.groups[i].policy ? page->view.groups[i].profile
							   : "filters without a profile");
		sg_buf_adds(out, "</a>\n");
	}
	if (page->history.count > 1)
		sg_buf_adds(out, "<a href=\"#history\">history</a>\n");
	sg_buf_adds(out, "<a href=\"#measurements\">every measurement</a>\n"
			 "<a href=\"#not-measured\">what was not measured</a>\n</nav>\n");
}

static void body(struct html_page *page)
{
	struct sg_buf *out = page->out;

	sg_buf_adds(out, "<body>\n");
	html_marks(out);
	contents(page);
	html_first_screen(page);
	sg_buf_adds(out, "<main>\n");
	html_profiles(page);
	html_history(page);
	html_rows(page);
	html_not_measured(page);
	sg_buf_adds(out, "</main>\n<footer><p>Made by secgauge " SG_VERSION " from ");
	html_text(out, page->view.saved->file);
	sg_buf_addf(out,
		    ". This page loads nothing.</p></footer>\n<script>%s</script>\n</body>\n"
		    "</html>\n",
		    asset(SCRIPT)->data);
}

static void find_series(struct html_page *page)
{
	for (size_t i = 0; i < page->view.plan.group_count; i++)
		for (size_t j = 0; j < page->view.groups[i].filter_count; j++)
			if (!sg_strv_contains(&page->series, page->view.groups[i].filters[j].name))
				sg_strv_add(&page->series, page->view.groups[i].filters[j].name);
}

static int write_html(const struct saved_result *results, size_t count,
		      const struct report_options *look, struct sg_buf *out, struct sg_err *err)
{
	struct html_page page = {.out = out};

	(void)err;
	report_view_make(&results[count - 1], &page.view);
	report_history_make(results, count, &page.history);
	find_series(&page);
	head(&page);
	body(&page);
	if (page.no_plots && look->warnings)
		sg_strv_addf(look->warnings, "the report has no pictures: %s", page.no_plots);
	free(page.no_plots);
	sg_strv_release(&page.series);
	report_history_release(&page.history);
	report_view_release(&page.view);
	return 0;
}

const struct saved_report saved_report_html = {
	.name = "html",
	.summary = "for people in a browser: one page that loads nothing",
	.several = true,
	.write = write_html,
};
