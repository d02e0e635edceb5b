/* SPDX-License-Identifier: MIT */
/* Results made by hand, for the tests of the gate. */
#ifndef SG_GATE_TESTS_MADE_H
#define SG_GATE_TESTS_MADE_H

#include <linux/filter.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/base/alloc.h"
#include "harness/base/hash.h"
#include "harness/gate/gate.h"

/* An argument is loaded, so that the bitmap serves no call. */
#define MADE_LOAD_ARG        ((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_ARG(0)))
#define MADE_RETURN(verdict) ((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, (verdict)))

#define MADE_FILTERS 8
#define MADE_ROWS    16

/* Of this machine, with the bundled mix, without filters and rows. saved_release() is for it. */
static inline struct saved_result made_result(const char *file)
{
	struct saved_result result = {
		.file = sg_strdup(file),
		.schema_version = SAVED_SCHEMA_VERSION,
		.settings = {.seconds = 1, .stack = 1},
		.filters = sg_calloc(MADE_FILTERS, sizeof(*result.filters)),
		.rows = sg_calloc(MADE_ROWS, sizeof(*result.rows)),
		.row_cap = MADE_ROWS,
	};

	run_env_read(&result.env);
	assert_int_equal(mix_load(NULL, &result.mix, NULL), 0);
	return result;
}

static inline void made_mix(struct saved_result *result, const char *name, const char *text)
{
	mix_release(&result->mix);
	assert_int_equal(mix_parse(text, strlen(text), name, &result->mix, NULL), 0);
}

/* The one policy of the result: its architectures alone, as files of version 1 have it. */
static inline const struct saved_policy *made_policy(struct saved_result *result,
						     const char *profile,
						     const struct abi_arch *const *arches,
						     size_t count)
{
	result->policies = sg_calloc(1, sizeof(*result->policies));
	result->policy_count = 1;
	result->policies[0] = (struct saved_policy){
		.profile = sg_strdup(profile),
		.text = sg_strdup(""),
		.arches = sg_calloc(count, sizeof(*arches)),
		.arch_count = count,
	};
	for (size_t i = 0; i < count; i++)
		result->policies[0].arches[i] = arches[i];
	return &result->policies[0];
}

/* Adds @loads instructions that load an argument, then one that returns the verdict. */
static inline void made_append(struct saved_filter *filter, size_t loads, uint32_t verdict)
{
	struct cbpf_prog *prog = &filter->filter.prog;

	for (size_t i = 0; i < loads; i++)
		cbpf_add(prog, MADE_LOAD_ARG);
	cbpf_add(prog, MADE_RETURN(verdict));
	sg_sha256_hex(prog->insns, prog->len * sizeof(*prog->insns), filter->filter.sha256);
}

static inline void made_prog(struct saved_filter *filter, size_t loads, uint32_t verdict)
{
	cbpf_release(&filter->filter.prog);
	made_append(filter, loads, verdict);
}

/* Of no policy, and of one instruction that allows. */
static inline struct saved_filter *made_filter(struct saved_result *result, const char *profile,
					       const char *name)
{
	struct saved_filter *filter = &result->filters[result->filter_count++];

	assert_in_range(result->filter_count, 1, MADE_FILTERS);
	filter->name = sg_strdup(name);
	filter->profile = sg_strdup(profile);
	made_prog(filter, 0, ABI_RET_ALLOW);
	return filter;
}

static inline void made_unsupported(struct saved_filter *filter, const char *why)
{
	gen_filter_release(&filter->filter);
	filter->unsupported = sg_strdup(why);
}

/* Measured, with one sample; @filter may be "none". */
static inline struct saved_row *made_row(struct saved_result *result, const char *workload,
					 const char *profile, const char *filter)
{
	struct saved_row *row = &result->rows[result->row_count++];

	assert_in_range(result->row_count, 1, MADE_ROWS);
	*row = (struct saved_row){
		.name = sg_asprintf("%s/%s/%s", workload, profile, filter),
		.workload = sg_strdup(workload),
		.profile = sg_strdup(profile),
		.filter = sg_strdup(filter),
		.column = saved_filter_find(result, profile, filter),
		.samples = sg_calloc(1, sizeof(*row->samples)),
		.sample_count = 1,
		.sample_cap = 1,
		.calls_per_op = 1,
		.bpf_insns = 10,
		.bpf_insns_full = 10,
		.bitmap_share = 0.5,
	};
	row->samples[0] = (struct run_sample){.ns_per_op = 100, .none_ns_per_op = 100, .ratio = 1};
	return row;
}

static inline void made_not_measured(struct saved_row *row, enum run_status status,
				     const char *reason)
{
	row->status = status;
	row->reason = sg_strdup(reason);
	row->sample_count = 0;
}

/* ---- reports */

/* gate_run() of the two under @request (its other fields), which must come about. */
static inline struct gate_report made_report(struct gate_request *request,
					     const struct saved_result *baseline,
					     const struct saved_result *result)
{
	struct gate_report report = {0};
	struct sg_err err = {0};

	request->baseline = baseline;
	request->result = result;
	request->tuples = request->tuples ? request->tuples : 100;
	if (gate_run(request, &report, &err))
		fail_msg("%s", err.msg);
	return report;
}

/* A baseline, a result, how they shall be compared, and what comes of it. */
struct made_two {
	struct saved_result was, is;
	struct gate_request request;
	struct gate_report report;
};

static inline struct made_two made_two(void)
{
	return (struct made_two){.was = made_result("was.json"), .is = made_result("is.json")};
}

/* In place of what an earlier comparison came to. */
static inline const struct gate_report *made_compare(struct made_two *two)
{
	gate_report_release(&two->report);
	two->report = made_report(&two->request, &two->was, &two->is);
	return &two->report;
}

static inline void made_end(struct made_two *two)
{
	gate_report_release(&two->report);
	saved_release(&two->was);
	saved_release(&two->is);
}

static inline const struct gate_check *made_check(const struct gate_report *report,
						  enum gate_kind kind, const char *name)
{
	for (size_t i = 0; i < report->check_count; i++)
		if (report->checks[i].kind == kind && !strcmp(report->checks[i].name, name))
			return &report->checks[i];
	return NULL;
}

static inline size_t made_count(const struct gate_report *report, enum gate_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < report->check_count; i++)
		count += report->checks[i].kind == kind;
	return count;
}

/* There is such a check, and it came out so. */
static inline const struct gate_check *made_expect(const struct gate_report *report,
						   enum gate_kind kind, const char *name,
						   enum gate_result result)
{
	const struct gate_check *check = made_check(report, kind, name);

	if (!check)
		fail_msg("no check %s of %s", gate_kinds[kind].name, name);
	if (check->result != result)
		fail_msg("%s of %s: %s: %s", gate_kinds[kind].name, name,
			 gate_result_name(check->result), check->message);
	return check;
}

static inline bool made_noted(const struct gate_report *report, const char *words)
{
	for (size_t i = 0; i < report->notes.len; i++)
		if (strstr(report->notes.items[i], words))
			return true;
	return false;
}

#endif
