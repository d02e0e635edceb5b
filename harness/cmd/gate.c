/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/gate_baseline.h"
#include "harness/cmd/gate_limits.h"
#include "harness/cmd/gate_outputs.h"
#include "harness/cmd/interrupt.h"
#include "harness/cmd/options.h"
#include "harness/cmd/print.h"
#include "harness/cmd/progress.h"

#define MOST_TUPLES (UINT64_C(1) << 62) /* as good as no limit */

struct args {
	struct gate_request request;
	struct gate_outputs outputs;
	const char *baseline, *result;
	bool strict;
};

enum {
	OPT_BASELINE = 1,
	OPT_ALLOW,
	OPT_THRESHOLD,
	OPT_NS,
	OPT_EXACT,
	OPT_STRICT,
	OPT_TUPLES,
	OPT_SEED
};

static const struct argp_option options[] = {
	{"baseline", OPT_BASELINE, "FILE|DIR", 0,
	 "what to compare with; of a folder the newest result of this class of machine", 0},
	{"allow", OPT_ALLOW, "KIND[=AMOUNT[%]]", 0,
	 "what may get worse by so much, or without AMOUNT by anything (list checks)", 0},
	{"threshold", OPT_THRESHOLD, "PERCENT%", 0,
	 "a slowdown below this share of an operation does not count (default 3%)", 0},
	{"threshold-ns", OPT_NS, "NS", 0, "nor one below so many ns of an operation (default 10)",
	 0},
	{"exact", OPT_EXACT, NULL, 0, "compare no times", 0},
	{"strict", OPT_STRICT, NULL, 0, "exit 3 where something could not be told", 0},
	{"tuples", OPT_TUPLES, "N", 0, "for each filter's fuzz (default 200000)", 0},
	{"seed", OPT_SEED, "S", 0, "of the fuzz (default 0)", 0},
	{0},
};

static void set_result(struct args *args, const char *path)
{
	if (args->result)
		cmd_usage_error("gate: one RESULT, got '%s' too", path);
	args->result = path;
}

static void finish(struct args *args)
{
	if (!args->baseline)
		cmd_usage_error("gate: expected --baseline FILE or --baseline DIR");
	if (!args->result)
		cmd_usage_error("gate: expected the RESULT to compare with the baseline");
	if (!strcmp(args->baseline, "-") && !strcmp(args->result, "-"))
		cmd_usage_error("gate: only one of baseline and result can be standard input");
	gate_outputs_finish(&args->outputs);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;
	struct gate_request *request = &args->request;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &args->outputs; return 0;
	case OPT_BASELINE: args->baseline = arg; return 0;
	case OPT_ALLOW: gate_limits_allow(request, arg); return 0;
	case OPT_THRESHOLD: gate_limits_share(request, arg); return 0;
	case OPT_NS: gate_limits_ns(request, arg); return 0;
	case OPT_EXACT: request->exact = true; return 0;
	case OPT_STRICT: args->strict = true; return 0;
	case OPT_TUPLES: request->tuples = cmd_number("--tuples", arg, 1, MOST_TUPLES); return 0;
	case OPT_SEED: request->seed = cmd_number("--seed", arg, 0, UINT64_MAX); return 0;
	case ARGP_KEY_ARG: set_result(args, arg); return 0;
	case ARGP_KEY_END: finish(args); return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

#define DOC                                                                                        \
	"Holds a result file of 'bench --json' against an earlier one. What is exact (verdicts, "  \
	"proofs, filters' figures) fails on any worsening; times are compared on the same class "  \
	"of machine, and fail where the slowdown is certain and matters. Pass or inconclusive is " \
	"exit 0, fail is 1."

static void parse_args(int argc, char **argv, struct args *args)
{
	struct argp_option outputs[GATE_OUTPUT_MAX + 1];

	gate_outputs_init(&args->outputs);
	gate_outputs_options(&args->outputs, outputs);

	const struct argp outputs_argp = {outputs, gate_outputs_option, NULL, NULL, NULL, NULL,
					  NULL};
	const struct argp_child children[] = {{&outputs_argp, 0,
					       "Outputs ('-': to standard output):", 1},
					      {0}};
	const struct argp argp = {options, parse, "RESULT", DOC, children, NULL, NULL};

	cmd_parse(&argp, "gate", argc, argv, args);
}

/* ---- the comparison */

struct bar {
	struct cmd_progress progress;
	const char *what;  /* the part that runs */
	uint64_t start_ns; /* of it */
};

/* From a share of a part's work to the time it will take. */
static void show_progress(void *ctx, const char *what, double done, double total)
{
	struct bar *bar = ctx;
	const uint64_t now_ns = sg_monotonic_ns();

	if (what != bar->what)
		bar->start_ns = now_ns;
	bar->what = what;

	const double spent_s = (double)(now_ns - bar->start_ns) / 1e9;

	cmd_progress_show(&bar->progress, what, spent_s, done > 0 ? spent_s * total / done : 0);
}

static int exit_code(const struct args *args, const struct gate_report *report)
{
	if (report->interrupted)
		return CMD_INTERRUPTED;
	if (report->outcome == GATE_FAIL)
		return CMD_FINDING;
	return report->outcome == GATE_INCONCLUSIVE && args->strict ? CMD_ENV : CMD_OK;
}

/* @note: what there is to say of the baseline; may be NULL. */
static int compare(struct args *args, const char *note, struct sg_err *err)
{
	struct bar bar = {0};
	struct gate_report report = {0};

	args->request.interrupted = cmd_interrupt_catch();
	args->request.progress = isatty(STDERR_FILENO) ? show_progress : NULL;
	args->request.progress_ctx = &bar;

	int r = gate_run(&args->request, &report, err);

	cmd_progress_clear(&bar.progress);
	if (r)
		return r;
	if (note)
		sg_strv_add(&report.notes, note);
	r = gate_outputs_write(&args->outputs, &report, err);
	if (!r)
		r = exit_code(args, &report);
	gate_report_release(&report);
	return r;
}

static int gate(struct args *args, struct sg_err *err)
{
	struct saved_result baseline = {0}, result = {0};
	char *note = NULL;
	int r = saved_load(args->result, &result, err);

	if (!r)
		r = gate_baseline_load(args->baseline, &result, args->result, &baseline, &note,
				       err);
	args->request.baseline = &baseline;
	args->request.result = &result;
	if (!r)
		r = compare(args, note, err);
	saved_release(&baseline);
	saved_release(&result);
	free(note);
	return r;
}

static int run(int argc, char **argv)
{
	struct args args = {0};
	struct sg_err err = {0};

	parse_args(argc, argv, &args);

	const int code = gate(&args, &err);

	return code < 0 ? cmd_fail(&err) : code;
}

const struct cmd cmd_gate = {"gate", "has a result become worse than a baseline, for CI", run};
