/* SPDX-License-Identifier: MIT */
/* For machines: everything that is known, as results/gate-schema.json describes it. */
#include <math.h>

#include "harness/gate/format.h"
#include "harness/report/json_call.h"
#include "harness/report/put_json.h"

#define GATE_SCHEMA_VERSION 1

/* null: there is none. */
static json_t *number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static json_t *texts(const struct sg_strv *list)
{
	json_t *json = json_array();

	for (size_t i = 0; i < list->len; i++)
		json_array_append_new(json, sg_clean_json(list->items[i]));
	return json;
}

/* ---- findings */

/* "a0", "ip": what the verdict hangs on. */
static json_t *depends_on(unsigned int args)
{
	json_t *list = json_array();

	for (int i = 0; i < 6; i++)
		if (args & 1u << i)
			json_array_append_new(list, json_sprintf("a%d", i));
	if (args & 1u << 6)
		json_array_append_new(list, json_string("ip"));
	return list;
}

static json_t *one_finding(const struct gate_finding *finding)
{
	json_t *json = report_json_tuple(&finding->tuple);

	json_object_set_new(json, "was", report_json_verdict(finding->was));
	json_object_set_new(json, "is", report_json_verdict(finding->is));
	json_object_set_new(json, "by", depends_on(finding->args));
	json_object_set_new(json, "against_policy", json_boolean(finding->against_policy));
	json_object_set_new(json, "inputs",
			    finding->inputs > 0 ? number(finding->inputs) : json_null());
	json_object_set_new(json, "text", sg_clean_json(finding->text));
	return json;
}

static json_t *findings(const struct gate_check *check)
{
	json_t *list = json_array();

	for (size_t i = 0; i < check->finding_count; i++)
		json_array_append_new(list, one_finding(&check->findings[i]));
	return list;
}

/* ---- checks */

static json_t *timing(const struct gate_timing *t)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I}", "ratio",
			 number(t->ratio.estimate), "ratio_low", number(t->ratio.low), "ratio_high",
			 number(t->ratio.high), "change_ns", number(t->change_ns), "p",
			 number(t->p), "p_holm", number(t->p_holm), "threshold",
			 number(t->threshold), "detectable", number(t->detectable), "drift",
			 number(t->drift), "baseline_blocks", (json_int_t)t->baseline_blocks,
			 "blocks", (json_int_t)t->blocks);
}

static json_t *one_check(const struct gate_check *check)
{
	const struct gate_kind_facts *kind = &gate_kinds[check->kind];
	json_t *json = json_pack("{s:o, s:s, s:s, s:o, s:o, s:s, s:b, s:o, s:o}", "name",
				 sg_clean_json(check->name), "kind", kind->name, "result",
				 gate_result_name(check->result), "baseline",
				 number(check->baseline), "value", number(check->value), "unit",
				 kind->unit, "better", check->better, "message",
				 sg_clean_json(check->message), "findings", findings(check));

	if (check->timing)
		json_object_set_new(json, "timing", timing(check->timing));
	return json;
}

static json_t *checks(const struct gate_report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->check_count; i++)
		json_array_append_new(list, one_check(&report->checks[i]));
	return list;
}

static json_t *counts(const struct gate_report *report)
{
	json_t *json = json_object();

	for (enum gate_result i = GATE_PASS; i <= GATE_FAIL; i++)
		json_object_set_new(json, gate_result_name(i), json_integer(report->counts[i]));
	return json;
}

static json_t *side(const struct saved_result *result)
{
	return json_pack("{s:o, s:o, s:o, s:i, s:b}", "file", sg_clean_json(result->file), "date",
			 sg_clean_json(result->env.date), "secgauge_version",
			 sg_clean_json(result->env.secgauge), "schema_version",
			 (int)result->schema_version, "interrupted", result->interrupted);
}

static json_t *outcome(const struct gate_report *report)
{
	struct sg_buf text = {0};
	json_t *json;

	gate_outcome_sentence(report, &text);
	json = json_string(sg_buf_text(&text));
	sg_buf_release(&text);
	return json;
}

static int write_json(const struct gate_report *report, const struct report_options *look,
		      struct sg_buf *out, struct sg_err *err)
{
	(void)look;
	(void)err;
	report_json_put(json_pack("{s:i, s:s, s:o, s:o, s:o, s:o, s:b, s:b, s:o, s:o, s:o}",
				  "schema_version", GATE_SCHEMA_VERSION, "result",
				  gate_result_name(report->outcome), "message", outcome(report),
				  "baseline", side(report->baseline), "measured",
				  side(report->result), "counts", counts(report), "timed",
				  report->timed, "interrupted", report->interrupted,
				  "machine_differences", texts(&report->class_differences), "notes",
				  texts(&report->notes), "checks", checks(report)),
			out);
	return 0;
}

const struct gate_format gate_format_json = {
	.name = "json",
	.summary = "everything, for machines: results/gate-schema.json",
	.write = write_json,
};
