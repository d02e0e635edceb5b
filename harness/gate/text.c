/* SPDX-License-Identifier: MIT */
/* For people, on a terminal: what came out, what got worse and by what, then the rest. */
#include "harness/gate/format.h"
#include "harness/report/text.h"

#define KIND_WIDTH 18
#define INDENT     (2 + KIND_WIDTH + 1)
/* Of one check; JSON has all of them. */
#define FINDINGS_SHOWN 10

static const struct section {
	enum gate_place place;
	const char *title;
	enum report_tint tint;
} sections[] = {
	{GATE_WORSE, "worse", REPORT_RED},
	{GATE_UNTOLD, "could not be told", REPORT_YELLOW},
	{GATE_BETTER, "better", REPORT_GREEN},
};

static void outcome(const struct gate_report *report, const struct report_options *look,
		    struct sg_buf *out)
{
	static const enum report_tint tints[] = {[GATE_PASS] = REPORT_GREEN,
						 [GATE_INCONCLUSIVE] = REPORT_YELLOW,
						 [GATE_FAIL] = REPORT_RED};
	struct sg_buf text = {0};

	gate_outcome_sentence(report, &text);
	report_tint_begin(out, look, tints[report->outcome]);
	report_wrap(out, text.data, 0, 0, REPORT_TABLE_WIDTH);
	report_tint_end(out, look);
	sg_buf_release(&text);
}

static void one_finding(const struct gate_finding *finding, struct sg_buf *out)
{
	struct sg_buf text = {0};

	sg_clean(&text, finding->text);
	sg_buf_addf(out, "%*s- ", INDENT, "");
	report_wrap(out, sg_buf_text(&text), INDENT + 2, INDENT + 2, REPORT_TABLE_WIDTH);
	sg_buf_release(&text);
}

static void findings(const struct gate_check *check, struct sg_buf *out)
{
	size_t shown = check->finding_count;

	/* One more takes no more room than the line that says so. */
	if (shown > FINDINGS_SHOWN + 1)
		shown = FINDINGS_SHOWN;
	for (size_t i = 0; i < shown; i++)
		one_finding(&check->findings[i], out);
	if (shown < check->finding_count)
		sg_buf_addf(out, "%*sand %zu more\n", INDENT, "", check->finding_count - shown);
}

static void one_check(const struct gate_check *check, struct sg_buf *out)
{
	struct sg_buf text = {0};

	sg_clean(&text, check->name);
	if (*check->message) {
		sg_buf_adds(&text, ": ");
		sg_clean(&text, check->message);
	}
	sg_buf_addf(out, "  %-*s ", KIND_WIDTH, gate_kinds[check->kind].name);
	report_wrap(out, sg_buf_text(&text), INDENT, INDENT, REPORT_TABLE_WIDTH);
	findings(check, out);
	sg_buf_release(&text);
}

static void section(const struct gate_report *report, const struct section *section,
		    const struct report_options *look, struct sg_buf *out)
{
	if (!gate_place_count(report, section->place))
		return;
	sg_buf_adds(out, "\n");
	report_tint(out, look, section->tint, "%s", section->title);
	sg_buf_adds(out, "\n");
	for (size_t i = 0; i < report->check_count; i++)
		if (gate_place_of(&report->checks[i]) == section->place)
			one_check(&report->checks[i], out);
}

static void as_before(const struct gate_report *report, struct sg_buf *out)
{
	struct sg_buf text = {0};

	sg_buf_adds(&text, "as before, or worse by no more than is allowed: ");
	gate_as_before(report, &text);
	if (gate_place_count(report, GATE_AS_BEFORE)) {
		sg_buf_adds(out, "\n");
		report_wrap(out, text.data, 0, 2, REPORT_TABLE_WIDTH);
	}
	sg_buf_release(&text);
}

static void remarks(const struct gate_report *report, struct sg_buf *out)
{
	struct sg_strv list = {0};

	gate_remarks(report, &list);
	for (size_t i = 0; i < list.len; i++) {
		struct sg_buf text = {0};

		sg_clean(&text, list.items[i]);
		sg_buf_addf(out, "%snote: ", i ? "" : "\n");
		report_wrap(out, sg_buf_text(&text), 6, 6, REPORT_TABLE_WIDTH);
		sg_buf_release(&text);
	}
	sg_strv_release(&list);
}

static int write_text(const struct gate_report *report, const struct report_options *look,
		      struct sg_buf *out, struct sg_err *err)
{
	(void)err;
	outcome(report, look, out);
	for (size_t i = 0; i < SG_COUNT(sections); i++)
		section(report, &sections[i], look, out);
	as_before(report, out);
	remarks(report, out);
	return 0;
}

const struct gate_format gate_format_text = {
	.name = "text",
	.summary = "for people, on a terminal of 100 columns",
	.write = write_text,
};
