/* SPDX-License-Identifier: MIT */
/*
 * GitHub-flavoured Markdown, for a job summary or a comment on a pull request. A comment holds
 * 65,536 characters at most, so what is long is cut and says so: the failures come first.
 */
#include "harness/gate/format.h"
#include "harness/report/markdown.h"

#define LIMIT_BYTES    60000
#define SECTIONS_BYTES 54000 /* what the checks may take of it; the rest is for the end */

/* ---- within the limit */

/* Takes @item, or leaves it out where there is no room. */
static bool add_if_room(struct sg_buf *out, const struct sg_buf *item, size_t limit)
{
	if (out->len + item->len > limit)
		return false;
	sg_buf_add(out, sg_buf_text(item), item->len);
	return true;
}

static void add_omitted(struct sg_buf *out, size_t count)
{
	if (count)
		sg_buf_addf(out, "\n%zu more did not fit here.\n", count);
}

/* ---- tables of checks */

static void row(const struct gate_check *check, struct sg_buf *item)
{
	sg_buf_addf(item, "| `%s` | ", gate_kinds[check->kind].name);
	report_markdown_text(item, check->name);
	sg_buf_adds(item, " | ");
	report_markdown_text(item, check->message);
	sg_buf_adds(item, " |\n");
}

static void table(const struct gate_report *report, enum gate_place place, struct sg_buf *out)
{
	size_t omitted = 0;

	sg_buf_adds(out, "\n| what | of | |\n| --- | --- | --- |\n");
	for (size_t i = 0; i < report->check_count; i++) {
		struct sg_buf item = {0};

		if (gate_place_of(&report->checks[i]) != place)
			continue;
		row(&report->checks[i], &item);
		omitted += !add_if_room(out, &item, SECTIONS_BYTES);
		sg_buf_release(&item);
	}
	add_omitted(out, omitted);
}

static void folded_table(const struct gate_report *report, enum gate_place place, const char *title,
			 struct sg_buf *out)
{
	const size_t count = gate_place_count(report, place);

	if (!count)
		return;
	sg_buf_addf(out, "\n<details><summary>%s: %zu</summary>\n", title, count);
	table(report, place, out);
	sg_buf_adds(out, "\n</details>\n");
}

/* ---- findings of what got worse */

static void begin_findings(const struct gate_check *check, struct sg_buf *out)
{
	sg_buf_addf(out, "\n<details><summary>%s of ", gate_kinds[check->kind].name);
	report_markdown_html(out, check->name);
	sg_buf_addf(out, ": %zu finding%s</summary>\n\n", check->finding_count,
		    check->finding_count == 1 ? "" : "s");
}

/* false: there was no room for any. */
static bool findings(const struct gate_check *check, struct sg_buf *out)
{
	struct sg_buf head = {0};
	size_t omitted = 0;
	bool fits;

	begin_findings(check, &head);
	fits = add_if_room(out, &head, SECTIONS_BYTES);
	sg_buf_release(&head);
	if (!fits)
		return false;
	for (size_t i = 0; i < check->finding_count; i++) {
		struct sg_buf item = {0};

		sg_buf_adds(&item, "- ");
		report_markdown_text(&item, check->findings[i].text);
		sg_buf_adds(&item, "\n");
		omitted += !add_if_room(out, &item, SECTIONS_BYTES);
		sg_buf_release(&item);
	}
	add_omitted(out, omitted);
	sg_buf_adds(out, "\n</details>\n");
	return true;
}

static void worse(const struct gate_report *report, struct sg_buf *out)
{
	size_t omitted = 0;

	if (!gate_place_count(report, GATE_WORSE))
		return;
	table(report, GATE_WORSE, out);
	for (size_t i = 0; i < report->check_count; i++)
		if (report->checks[i].result == GATE_FAIL && report->checks[i].finding_count)
			omitted += !findings(&report->checks[i], out);
	if (omitted)
		sg_buf_addf(out, "\nThe findings of %zu more did not fit here.\n", omitted);
}

/* ---- the rest */

static void outcome(const struct gate_report *report, struct sg_buf *out)
{
	struct sg_buf text = {0};

	gate_outcome_sentence(report, &text);
	sg_buf_adds(out, "**");
	report_markdown_text(out, text.data);
	sg_buf_adds(out, "**\n");
	sg_buf_release(&text);
}

static void as_before(const struct gate_report *report, struct sg_buf *out)
{
	struct sg_buf text = {0};

	gate_as_before(report, &text);
	if (text.len) {
		sg_buf_adds(out, "\nAs before, or worse by no more than is allowed: ");
		report_markdown_text(out, text.data);
		sg_buf_adds(out, ".\n");
	}
	sg_buf_release(&text);
}

static void remarks(const struct gate_report *report, struct sg_buf *out)
{
	struct sg_strv list = {0};
	size_t omitted = 0;

	gate_remarks(report, &list);
	for (size_t i = 0; i < list.len; i++) {
		struct sg_buf item = {0};

		sg_buf_adds(&item, "\n> ");
		report_markdown_text(&item, list.items[i]);
		sg_buf_adds(&item, "\n");
		omitted += !add_if_room(out, &item, LIMIT_BYTES - 100);
		sg_buf_release(&item);
	}
	add_omitted(out, omitted);
	sg_strv_release(&list);
}

static int write_markdown(const struct gate_report *report, const struct report_options *look,
			  struct sg_buf *out, struct sg_err *err)
{
	(void)look;
	(void)err;
	outcome(report, out);
	worse(report, out);
	folded_table(report, GATE_UNTOLD, "Could not be told", out);
	folded_table(report, GATE_BETTER, "Got better", out);
	as_before(report, out);
	remarks(report, out);
	return 0;
}

const struct gate_format gate_format_markdown = {
	.name = "markdown",
	.summary = "for a job summary or a comment on a pull request",
	.write = write_markdown,
};
