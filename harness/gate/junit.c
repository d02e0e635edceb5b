/* SPDX-License-Identifier: MIT */
/*
 * JUnit XML, as the test reporters of CI services read it. There is no standard: what stands here
 * is what Jenkins, GitLab and the reporters of GitHub have in common (tests/junit.xsd). A kind of
 * check is a suite and a class, a check a case; GitLab tells cases apart by class and name, and
 * shows the content of <failure>, Jenkins its message first. What could not be told is skipped.
 */
#include "harness/gate/format.h"

/* ---- XML */

/* As content or within double quotes. */
static void add_escaped(struct sg_buf *out, const char *text)
{
	struct sg_buf clean = {0};

	sg_clean(&clean, text);
	for (const char *c = sg_buf_text(&clean); *c; c++)
		switch (*c) {
		case '&': sg_buf_adds(out, "&amp;"); break;
		case '<': sg_buf_adds(out, "&lt;"); break;
		case '>': sg_buf_adds(out, "&gt;"); break;
		case '"': sg_buf_adds(out, "&quot;"); break;
		default: sg_buf_add(out, c, 1);
		}
	sg_buf_release(&clean);
}

static void add_attribute(struct sg_buf *out, const char *name, const char *value)
{
	sg_buf_addf(out, " %s=\"", name);
	add_escaped(out, value);
	sg_buf_adds(out, "\"");
}

/* ---- properties: of the machine and of the comparison */

static void add_property(struct sg_buf *out, const char *name, const char *value)
{
	sg_buf_adds(out, "   <property");
	add_attribute(out, "name", name);
	add_attribute(out, "value", value);
	sg_buf_adds(out, "/>\n");
}

static void add_machine(struct sg_buf *out, const struct run_env *env)
{
	add_property(out, "kernel", env->kernel);
	add_property(out, "machine", env->machine);
	add_property(out, "cpu", env->cpu);
	add_property(out, "virtualisation", env->virtualisation);
	add_property(out, "bpf_jit", env->bpf_jit);
	add_property(out, "bpf_jit_harden", env->bpf_jit_harden);
	add_property(out, "spec_store_bypass", env->spec_store_bypass);
	add_property(out, "spectre_v2", env->spectre_v2);
	add_property(out, "seccomp_implies_ssbd", env->seccomp_implies_ssbd);
	add_property(out, "secgauge", env->secgauge);
	add_property(out, "libseccomp", env->libseccomp);
	add_property(out, "date", env->date);
}

static void add_properties(struct sg_buf *out, const struct gate_report *report)
{
	struct sg_strv remarks = {0};

	sg_buf_adds(out, "  <properties>\n");
	add_property(out, "baseline", report->baseline->file);
	add_property(out, "result", report->result->file);
	add_property(out, "times_compared", report->timed ? "yes" : "no");
	add_machine(out, &report->result->env);
	gate_remarks(report, &remarks);
	for (size_t i = 0; i < remarks.len; i++)
		add_property(out, "note", remarks.items[i]);
	sg_strv_release(&remarks);
	sg_buf_adds(out, "  </properties>\n");
}

/* ---- cases */

static void add_findings(struct sg_buf *out, const struct gate_check *check)
{
	for (size_t i = 0; i < check->finding_count; i++) {
		sg_buf_adds(out, "\n");
		add_escaped(out, check->findings[i].text);
	}
}

static void add_failure(struct sg_buf *out, const struct gate_check *check)
{
	sg_buf_adds(out, "   <failure");
	add_attribute(out, "message", check->message);
	add_attribute(out, "type", gate_kinds[check->kind].name);
	sg_buf_adds(out, ">");
	add_escaped(out, check->message);
	add_findings(out, check);
	sg_buf_adds(out, "</failure>\n");
}

static void add_verdict(struct sg_buf *out, const struct gate_check *check)
{
	switch (check->result) {
	case GATE_FAIL: add_failure(out, check); break;
	case GATE_INCONCLUSIVE:
		sg_buf_adds(out, "   <skipped");
		add_attribute(out, "message", check->message);
		sg_buf_adds(out, "/>\n");
		break;
	case GATE_PASS:
		sg_buf_adds(out, "   <system-out>");
		add_escaped(out, check->message);
		add_findings(out, check);
		sg_buf_adds(out, "</system-out>\n");
		break;
	}
}

/* Nothing here takes time: it was taken when the two were measured. */
static void add_case(struct sg_buf *out, const struct gate_check *check)
{
	sg_buf_addf(out, "  <testcase classname=\"secgauge.%s\"", gate_kinds[check->kind].name);
	add_attribute(out, "name", check->name);
	sg_buf_adds(out, " time=\"0\">\n");
	add_verdict(out, check);
	sg_buf_adds(out, "  </testcase>\n");
}

/* ---- suites */

struct suite {
	size_t tests, failures, skipped;
};

static struct suite count(const struct gate_report *report, enum gate_kind kind)
{
	struct suite suite = {0};

	for (size_t i = 0; i < report->check_count; i++) {
		const struct gate_check *check = &report->checks[i];

		if (check->kind != kind)
			continue;
		suite.tests++;
		suite.failures += check->result == GATE_FAIL;
		suite.skipped += check->result == GATE_INCONCLUSIVE;
	}
	return suite;
}

static void add_suite(struct sg_buf *out, const struct gate_report *report, enum gate_kind kind)
{
	struct suite suite = count(report, kind);

	if (!suite.tests)
		return;
	sg_buf_addf(out,
		    " <testsuite name=\"secgauge.%s\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
		    "skipped=\"%zu\" time=\"0\">\n",
		    gate_kinds[kind].name, suite.tests, suite.failures, suite.skipped);
	add_properties(out, report);
	for (size_t i = 0; i < report->check_count; i++)
		if (report->checks[i].kind == kind)
			add_case(out, &report->checks[i]);
	sg_buf_adds(out, " </testsuite>\n");
}

static int write_junit(const struct gate_report *report, const struct report_options *look,
		       struct sg_buf *out, struct sg_err *err)
{
	(void)look;
	(void)err;
	sg_buf_addf(
		out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuites name=\"secgauge gate\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
		"time=\"0\">\n",
		report->check_count, report->counts[GATE_FAIL]);
	for (enum gate_kind kind = 0; kind < GATE_KIND_COUNT; kind++)
		add_suite(out, report, kind);
	sg_buf_adds(out, "</testsuites>\n");
	return 0;
}

const struct gate_format gate_format_junit = {
	.name = "junit",
	.summary = "JUnit XML, a case for each check, for the test reports of CI services",
	.write = write_junit,
};
