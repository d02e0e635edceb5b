/* SPDX-License-Identifier: MIT */
/*
 * Reports made by hand, for the tests of formats: none of them needs two result files. "every" has
 * each kind with each result, under names that mean something to whoever reads the output.
 */
#ifndef SG_GATE_TESTS_FORMAT_FIXTURE_H
#define SG_GATE_TESTS_FORMAT_FIXTURE_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/gate/gate.h"

/* Quotes, markup of XML, HTML and Markdown, a call to people, non-ASCII, controls, no UTF-8. */
static const char *const hostile_names[] = {
	"container-default/tuned",
	"\"a\" & 'b'/<i>&lt;</i>",
	"a|b`c*d_e[f](g)\\h~i$j/k",
	"@everyone #1 ]]> --> ${{ x }}/y",
	"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80/tun\xc3\xa9",
	"\033[31mred\033[0m\007\b\177\xc2\x9b/x\001",
	"\xff\xfe\xc0\x80\xed\xa0\x80\xe2\x82/\xef\xbf\xbf",
};

struct format_fixture {
	struct saved_result baseline, result;
	struct saved_policy policy;
	struct gate_report report;
};

static inline void fixture_finding(struct gate_check *check, uint32_t nr, uint32_t arch,
				   const char *text)
{
	struct gate_finding *finding = gate_finding_add(check);

	finding->tuple = (struct abi_tuple){.nr = nr,
					    .arch = arch,
					    .ip = 0x7fffffffffffULL,
					    .args = {0x2000000, UINT64_MAX}};
	finding->was = ABI_RET_ERRNO | 1;
	finding->is = ABI_RET_ALLOW;
	finding->args = 1u << 0 | 1u << 6;
	finding->against_policy = nr % 2;
	finding->inputs = nr % 3 ? 0 : 0x1p64;
	finding->text = sg_strdup(text);
}

static inline void fixture_timing(struct gate_check *check)
{
	check->timing = sg_calloc(1, sizeof(*check->timing));
	*check->timing = (struct gate_timing){.ratio = {1.05, 1.04, 1.06},
					      .change_ns = 12.5,
					      .p = 1e-9,
					      .p_holm = NAN,
					      .threshold = 0.03,
					      .detectable = 0.01,
					      .drift = 0.99,
					      .baseline_blocks = 40,
					      .blocks = 41};
}

static inline bool kind_has_findings(enum gate_kind kind)
{
	return kind == GATE_POLICY || kind == GATE_VERDICTS || kind == GATE_PROOF ||
	       kind == GATE_MISMATCHES;
}

static inline void fixture_check(struct gate_report *report, enum gate_kind kind,
				 enum gate_result result, const char *name, size_t findings)
{
	struct gate_check *check = gate_check_add(report, kind, name);

	gate_check_say(check, result, "%s, was 12 (+3, +25%%)", name);
	check->baseline = result == GATE_INCONCLUSIVE ? NAN : 12;
	check->value = 15;
	for (size_t i = 0; i < findings; i++)
		fixture_finding(check, 56 + (uint32_t)i, i % 5 ? 0xc000003e : 0x12345, name);
	if (kind == GATE_TIME)
		fixture_timing(check);
}

static inline void fixture_count(struct gate_report *report)
{
	for (size_t i = 0; i < report->check_count; i++) {
		enum gate_result result = report->checks[i].result;

		report->counts[result]++;
		if (result > report->outcome)
			report->outcome = result;
	}
}

static inline struct format_fixture *fixture_empty(void)
{
	struct format_fixture *f = sg_calloc(1, sizeof(*f));

	f->baseline.file = (char *)"baseline.json";
	f->result.file = (char *)"run/\xff <new> & |.json";
	f->baseline.schema_version = f->result.schema_version = 1;
	f->policy.profile = (char *)"./profiles/my web.json";
	f->result.policies = &f->policy;
	f->result.policy_count = 1;
	memcpy(f->result.env.kernel, "6.18.0", 7);
	memcpy(f->result.env.cpu, "A \"CPU\" <2> GHz", 16);
	memcpy(f->result.env.secgauge, SG_VERSION, sizeof(SG_VERSION));
	f->report.baseline = &f->baseline;
	f->report.result = &f->result;
	return f;
}

/* Each kind with each result and once better, under each name. */
static inline struct format_fixture *fixture_every(void)
{
	struct format_fixture *f = fixture_empty();

	for (enum gate_kind kind = 0; kind < GATE_KIND_COUNT; kind++)
		for (size_t i = 0; i < SG_COUNT(hostile_names); i++) {
			const char *name = hostile_names[i];
			size_t findings = kind_has_findings(kind) ? i * 3 : 0;

			fixture_check(&f->report, kind, (enum gate_result)(i % 3), name, findings);
			f->report.checks[f->report.check_count - 1].better = i == 3;
		}
	f->report.timed = f->report.interrupted = true;
	sg_strv_add(&f->report.class_differences, "kernel 6.18, was 6.1");
	sg_strv_add(&f->report.class_differences, "bitmap yes, was no");
	for (size_t i = 0; i < SG_COUNT(hostile_names); i++)
		sg_strv_add(&f->report.notes, hostile_names[i]);
	fixture_count(&f->report);
	return f;
}

/* 5,000 checks, every third failed; those of verdicts with findings. */
static inline struct format_fixture *fixture_many(void)
{
	struct format_fixture *f = fixture_empty();

	for (size_t i = 0; i < 5000; i++) {
		enum gate_kind kind = (enum gate_kind)(i % GATE_KIND_COUNT);
		char *name = sg_asprintf("workload-%zu/profile/%s", i, hostile_names[i % 3]);

		fixture_check(&f->report, kind, (enum gate_result)(i % 3), name,
			      kind_has_findings(kind) ? 3 : 0);
		free(name);
	}
	fixture_count(&f->report);
	return f;
}

static inline void fixture_drop(struct format_fixture *f)
{
	gate_report_release(&f->report);
	free(f);
}

static inline struct sg_buf fixture_render(const struct format_fixture *f, const char *format,
					   bool colour)
{
	const struct report_options look = {.colour = colour};
	struct sg_buf out = {0};
	struct sg_err err = {0};

	for (size_t i = 0; gate_formats[i]; i++)
		if (!strcmp(gate_formats[i]->name, format) &&
		    gate_formats[i]->write(&f->report, &look, &out, &err))
			sg_buf_release(&out);
	return out;
}

#endif
