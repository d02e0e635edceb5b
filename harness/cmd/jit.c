/* SPDX-License-Identifier: MIT */
#include "harness/cmd/jit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filters/cbpf/interp.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/interrupt.h"
#include "harness/cmd/print.h"
#include "harness/cmd/progress.h"

/* Half of the samples this much above the least ones: somebody else was on the processor. */
#define DISTURBED 0.25

struct args {
	struct cmd_policy_options policy;
	struct sg_strv filters;
	double seconds;
	bool json;
};

enum { OPT_TIME = 1, OPT_JSON };

static const struct argp_option options[] = {
	{"time", OPT_TIME, "SECONDS", 0, "of processor time for each filter (default 2)", 0},
	{"json", OPT_JSON, NULL, 0, "as JSON", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &args->policy; return 0;
	case OPT_TIME: args->seconds = cmd_positive("--time", arg); return 0;
	case OPT_JSON: args->json = true; return 0;
	case ARGP_KEY_ARG: sg_strv_add(&args->filters, arg); return 0;
	case ARGP_KEY_END:
		if (!args->filters.len)
			cmd_usage_error("jit: expected a FILTER, like podman-default@tuned");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp_child children[] = {{&cmd_policy_argp, 0, "Policy options:", 1}, {0}};
static const struct argp argp = {
	options,
	parse,
	"FILTER...",
	"Nanoseconds of a verdict in the kernel's own JIT, without the system call around it and "
	"as if there were no bitmap: for each call of the mix, and weighted over all of them. What "
	"a filter of one instruction takes is subtracted. Loads BPF programs, which takes CAP_BPF, "
	"CAP_PERFMON and CAP_NET_ADMIN.",
	children,
	NULL,
	NULL};

/* ---- what is to be measured */

static void add_call(struct jit_row *row, const struct mix_call *line, uint32_t nr)
{
	const struct cbpf_prog *prog = &row->filter.filter.prog;
	struct abi_tuple tuple = {.nr = nr, .arch = row->filter.arch->audit};
	struct cbpf_result result;

	memcpy(tuple.args, line->args, sizeof(tuple.args));
	result = cbpf_run(prog, &tuple);
	row->measured[row->call_count] = (struct microscope_call){tuple, line->weight};
	row->calls[row->call_count++] = (struct jit_call){
		.line = line,
		.verdict = result.ret,
		.insns = result.insns,
		.bitmap = cbpf_const_allow(prog, row->filter.arch, nr),
	};
}

static int add_calls(struct jit_row *row, const struct mix *mix, struct sg_err *err)
{
	double weight = 0;

	row->calls = sg_calloc(mix->len, sizeof(*row->calls));
	row->measured = sg_calloc(mix->len, sizeof(*row->measured));
	for (size_t i = 0; i < mix->len; i++) {
		const int nr = mix_call_nr(&mix->calls[i], row->filter.arch);

		if (nr != ABI_NR_NONE)
			add_call(row, &mix->calls[i], (uint32_t)nr);
	}
	for (size_t i = 0; i < row->call_count; i++) {
		row->insns += row->measured[i].weight * row->calls[i].insns;
		weight += row->measured[i].weight;
	}
	if (!row->call_count)
		return sg_err_input(err, EINVAL, "the mix %s has no call of %s", mix->name,
				    row->filter.arch->name);
	row->insns /= weight;
	return 0;
}

static int load_row(const char *text, const struct cmd_policy_options *policy, struct jit_row *row,
		    struct sg_strv *said, struct sg_err *err)
{
	int ret = cmd_filter_load(text, policy, &row->filter, err);

	row->text = text;
	if (ret)
		return ret;
	cmd_filter_warn(&row->filter, said);
	if (row->filter.filter.none)
		return sg_err_input(err, EINVAL, "'%s' is no filter: there is nothing to run",
				    text);
	return add_calls(row, &policy->mix, err);
}

static int load_rows(const struct args *args, struct jit_row *rows, struct sg_err *err)
{
	struct sg_strv said = {0};
	int ret = 0;

	for (size_t i = 0; i < args->filters.len && !ret; i++)
		ret = load_row(args->filters.items[i], &args->policy, &rows[i], &said, err);
	sg_strv_release(&said);
	return ret;
}

static void release_row(struct jit_row *row)
{
	cmd_filter_release(&row->filter);
	microscope_result_release(&row->result);
	free(row->calls);
	free(row->measured);
	free(row->reason);
}

/* ---- measuring */

/* Where the kernel does not take the filter, the interpreter's figures are left. */
static int measure(const struct args *args, struct jit_row *row, const volatile int *interrupted,
		   struct sg_err *err)
{
	const struct microscope_plan plan = {
		.prog = &row->filter.filter.prog,
		.calls = row->measured,
		.call_count = row->call_count,
		.seconds = args->seconds,
		.seed = sg_rng_fresh_seed(),
		.interrupted = interrupted,
	};
	int ret = microscope_run(&plan, &row->result, err);

	if (!ret && row->result.disturbed > DISTURBED)
		cmd_warn(
			"%s: the processor was busy: half of the samples took %.0f%% more than the "
			"least ones",
			row->text, 100 * row->result.disturbed);
	if (!ret || ret == -EINTR || err->kind != SG_ERR_ENV)
		return ret;
	row->reason = sg_strdup(err->msg);
	return 0;
}

static int measure_rows(const struct args *args, struct jit_table *table, struct sg_err *err)
{
	const volatile int *interrupted = cmd_interrupt_catch();
	const double total_s = args->seconds * (double)args->filters.len;
	struct cmd_progress progress = {0};
	int ret = 0;

	while (table->count < args->filters.len && !ret && !*interrupted) {
		struct jit_row *row = &table->rows[table->count];

		if (isatty(STDERR_FILENO))
			cmd_progress_show(&progress, row->text,
					  args->seconds * (double)table->count, total_s);
		ret = measure(args, row, interrupted, err);
		if (!ret)
			table->count++;
	}
	cmd_progress_clear(&progress);
	table->interrupted = *interrupted;
	return ret == -EINTR ? 0 : ret;
}

static int show(const struct args *args, const struct jit_table *table)
{
	const int code = table->interrupted ? CMD_INTERRUPTED : CMD_OK;
	struct sg_buf out = {0};

	if (args->json)
		return cmd_put_json(jit_json(table), code);
	jit_print(table, &out);
	return cmd_put(&out, code);
}

static int jit(struct args *args, struct sg_err *err)
{
	struct jit_table table = {.mix = &args->policy.mix};
	int ret = cmd_options_finish(&args->policy, err);

	table.rows = sg_calloc(args->filters.len, sizeof(*table.rows));
	if (!ret)
		ret = load_rows(args, table.rows, err);
	if (!ret)
		ret = microscope_usable(err);
	if (!ret)
		ret = measure_rows(args, &table, err);
	if (!ret)
		ret = show(args, &table);
	for (size_t i = 0; i < args->filters.len; i++)
		release_row(&table.rows[i]);
	free(table.rows);
	return ret;
}

static int run(int argc, char **argv)
{
	struct args args = {.seconds = MICROSCOPE_SECONDS};
	struct sg_err err = {0};

	cmd_parse(&argp, "jit", argc, argv, &args);

	int code = jit(&args, &err);

	sg_strv_release(&args.filters);
	cmd_options_release(&args.policy);
	return code < 0 ? cmd_fail(&err) : code;
}

const struct cmd cmd_jit = {"jit", "nanoseconds a verdict takes in the kernel's own JIT", run};
