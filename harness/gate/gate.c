/* SPDX-License-Identifier: MIT */
/* The whole: may the two be compared, by what, and what the parts' checks come to. */
#include <errno.h>
#include <stdlib.h>

#include "harness/gate/gate.h"
#include "harness/run/machine.h"

/* ---- may they be compared at all? */

static const char *on_off(bool off)
{
	return off ? "off" : "on";
}

static int check_settings(const struct saved_result *was, const struct saved_result *is,
			  struct sg_err *err)
{
	if (was->settings.bitmap_off != is->settings.bitmap_off)
		return sg_err_input(err, EINVAL,
				    "%s was measured with --bitmap %s, %s with --bitmap %s: they "
				    "cannot be compared",
				    is->file, on_off(is->settings.bitmap_off), was->file,
				    on_off(was->settings.bitmap_off));
	if (was->settings.stack != is->settings.stack)
		return sg_err_input(err, EINVAL,
				    "%s was measured with --stack %u, %s with --stack %u: they "
				    "cannot be compared",
				    is->file, is->settings.stack, was->file, was->settings.stack);
	return 0;
}

static bool have_filter_in_common(const struct saved_result *was, const struct saved_result *is)
{
	for (size_t i = 0; i < was->filter_count; i++)
		if (saved_filter_find(is, was->filters[i].profile, was->filters[i].name))
			return true;
	return false;
}

static bool have_row_in_common(const struct saved_result *was, const struct saved_result *is)
{
	for (size_t i = 0; i < was->row_count; i++)
		if (saved_row_find(is, was->rows[i].name))
			return true;
	return false;
}

static int check_comparable(const struct saved_result *was, const struct saved_result *is,
			    struct sg_err *err)
{
	int r = check_settings(was, is, err);

	if (r || have_filter_in_common(was, is) || have_row_in_common(was, is))
		return r;
	return sg_err_input(err, EINVAL,
			    "%s and %s have no filter and no row in common: nothing to compare",
			    was->file, is->file);
}

/* ---- what will not be compared, for people */

static bool has_times(const struct saved_result *result)
{
	for (size_t i = 0; i < result->row_count; i++)
		if (result->rows[i].sample_count)
			return true;
	return false;
}

static bool lacks_rules(const struct saved_result *result)
{
	for (size_t i = 0; i < result->policy_count; i++)
		if (!result->policies[i].rules)
			return true;
	return false;
}

static void note_side(const struct saved_result *side, const char *what, struct sg_strv *notes)
{
	if (side->interrupted)
		sg_strv_addf(notes, "the %s ended early (%s): it is compared for what it has", what,
			     side->file);
	if (lacks_rules(side))
		sg_strv_addf(notes,
			     "the %s (%s, version %u) does not carry the rules of its profiles: "
			     "what they say is not compared",
			     what, side->file, side->schema_version);
}

/* Are times compared? If not, the notes or the differences of class say why. */
static bool decide_times(const struct gate_request *request, struct gate_report *report)
{
	const struct saved_result *was = request->baseline, *is = request->result;
	bool alike = !run_machine_differences(&was->env, &is->env, &report->class_differences);

	if (request->exact) {
		sg_strv_add(&report->notes, "times are not compared, as asked for");
		return false;
	}
	if (!has_times(was))
		sg_strv_addf(&report->notes, "the baseline (%s) has no times", was->file);
	if (!has_times(is))
		sg_strv_addf(&report->notes, "the result (%s) has no times", is->file);
	return alike && has_times(was) && has_times(is);
}

/* ---- the parts */

bool gate_is_interrupted(const struct gate_request *request)
{
	return request->interrupted && *request->interrupted;
}

void gate_progress(const struct gate_request *request, const char *what, double done, double total)
{
	if (request->progress)
		request->progress(request->progress_ctx, what, done, total);
}

static int run_parts(const struct gate_request *request, struct gate_report *report,
		     struct sg_err *err)
{
	for (const struct gate_part *const *part = gate_parts; *part; part++) {
		int r = 0;

		if (gate_is_interrupted(request))
			break;
		if ((*part)->exact || report->timed)
			r = (*part)->run(request, report, err);
		if (r)
			return r;
	}
	report->interrupted = gate_is_interrupted(request);
	return 0;
}

static void count_results(struct gate_report *report)
{
	for (size_t i = 0; i < report->check_count; i++) {
		enum gate_result result = report->checks[i].result;

		report->counts[result]++;
		if (result > report->outcome)
			report->outcome = result;
	}
	if (report->interrupted && report->outcome == GATE_PASS)
		report->outcome = GATE_INCONCLUSIVE;
}

int gate_run(const struct gate_request *request, struct gate_report *ret, struct sg_err *err)
{
	struct gate_report report = {.baseline = request->baseline, .result = request->result};
	int r = check_comparable(request->baseline, request->result, err);

	if (r)
		return r;
	note_side(request->baseline, "baseline", &report.notes);
	note_side(request->result, "result", &report.notes);
	report.timed = decide_times(request, &report);
	r = run_parts(request, &report, err);
	if (r) {
		gate_report_release(&report);
		return r;
	}
	count_results(&report);
	*ret = report;
	return 0;
}

/* ---- release */

static void release_check(struct gate_check *check)
{
	for (size_t i = 0; i < check->finding_count; i++)
		free(check->findings[i].text);
	free(check->findings);
	free(check->timing);
	free(check->name);
	free(check->message);
}

void gate_report_release(struct gate_report *report)
{
	for (size_t i = 0; i < report->check_count; i++)
		release_check(&report->checks[i]);
	free(report->checks);
	sg_strv_release(&report->class_differences);
	sg_strv_release(&report->notes);
	*report = (struct gate_report){0};
}
