/* SPDX-License-Identifier: MIT */
/*
 * The exact figures of each row that both files have: executed instructions an operation, and the
 * share of its calls that the bitmap serves. From the files, since the calls of a workload are not
 * in them.
 */
#include <math.h>
#include <string.h>

#include "harness/gate/gate.h"

struct comparison {
	const struct gate_request *request;
	struct gate_report *report;
	const struct saved_row *was, *is;
};

bool gate_row_has_figures(const struct saved_row *row)
{
	return !isnan(row->bpf_insns) && !isnan(row->bitmap_share);
}

static struct gate_check *add(const struct comparison *of, enum gate_kind kind)
{
	return gate_check_add(of->report, kind, of->is->name);
}

bool gate_row_same_work(const struct gate_request *request, const struct saved_row *was,
			const struct saved_row *is)
{
	if (!strcmp(was->workload, "mix") &&
	    !gate_same_mix(&request->baseline->mix, &request->result->mix))
		return false;
	return isnan(was->calls_per_op) || isnan(is->calls_per_op) ||
	       gate_same_number(was->calls_per_op, is->calls_per_op);
}

/* Where only one of the kernels has a bitmap: what would be executed without one. */
static void check_without_bitmap(const struct comparison *of)
{
	if (isnan(of->was->bpf_insns_full) || isnan(of->is->bpf_insns_full))
		return;
	gate_check_numbers(of->request, add(of, GATE_BPF_INSNS), of->was->bpf_insns_full,
			   of->is->bpf_insns_full);
}

static void say_other_work(const struct comparison *of)
{
	const double was = of->was->calls_per_op, is = of->is->calls_per_op;
	struct gate_check *check = add(of, GATE_BPF_INSNS);

	if (gate_same_number(was, is))
		gate_check_say(check, GATE_INCONCLUSIVE, "the workload is of another mix");
	else
		gate_check_say(check, GATE_INCONCLUSIVE,
			       "the workload makes %.6g calls an operation, and made %.6g", is,
			       was);
}

static void check_row(const struct comparison *of)
{
	const struct saved_row *was = of->was, *is = of->is;

	if (!gate_row_same_work(of->request, was, is)) {
		say_other_work(of);
	} else if (of->request->baseline->env.bitmap != of->request->result->env.bitmap) {
		check_without_bitmap(of);
	} else {
		gate_check_numbers(of->request, add(of, GATE_BPF_INSNS), was->bpf_insns,
				   is->bpf_insns);
		gate_check_numbers(of->request, add(of, GATE_ROW_SHARE), was->bitmap_share,
				   is->bitmap_share);
	}
}

static void note_bitmap(const struct gate_request *request, struct gate_report *report)
{
	const bool has_one = request->result->env.bitmap;

	if (request->baseline->env.bitmap != has_one)
		sg_strv_addf(&report->notes,
			     "the kernel of the %s has no bitmap: executed instructions of the "
			     "workloads are compared as if neither had one",
			     has_one ? "baseline" : "result");
}

static int run(const struct gate_request *request, struct gate_report *report, struct sg_err *err)
{
	const struct saved_result *was = request->baseline;

	(void)err;
	note_bitmap(request, report);
	for (size_t i = 0; i < was->row_count; i++) {
		const struct comparison of = {request, report, &was->rows[i],
					      saved_row_find(request->result, was->rows[i].name)};

		if (of.was->column && of.is && gate_row_has_figures(of.was) &&
		    gate_row_has_figures(of.is))
			check_row(&of);
	}
	return 0;
}

const struct gate_part gate_part_rows = {
	"rows", "executed instructions and bitmap of each workload's operation", true, run};
