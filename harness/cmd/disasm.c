/* SPDX-License-Identifier: MIT */
#include "filters/cbpf/asm.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/operand.h"
#include "harness/cmd/print.h"

struct args {
	struct cmd_policy_options policy;
	const char *filter;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &args->policy; return 0;
	case ARGP_KEY_ARG:
		if (args->filter)
			cmd_usage_error("disasm: one filter at a time, got '%s' too", arg);
		args->filter = arg;
		return 0;
	case ARGP_KEY_END:
		if (!args->filter)
			cmd_usage_error(
				"disasm: expected a FILTER, like podman-default@bst or FILE.bpf");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp_child children[] = {{&cmd_policy_argp, 0, "Policy options:", 1}, {0}};
static const struct argp argp = {
	NULL,
	parse,
	"FILTER",
	"Prints a filter as assembly text, with labels, and comments that name calls, "
	"architectures "
	"and actions. `secgauge asm` turns the text back into the same filter, bit for bit.",
	children,
	NULL,
	NULL};

static int run(int argc, char **argv)
{
	struct args args = {0};
	struct cmd_filter filter;
	struct sg_err err = {0};
	struct sg_buf out = {0};

	cmd_parse(&argp, "disasm", argc, argv, &args);
	if (cmd_options_finish(&args.policy, &err))
		return cmd_fail(&err);
	if (cmd_filter_load(args.filter, &args.policy, &filter, &err)) {
		cmd_options_release(&args.policy);
		return cmd_fail(&err);
	}
	if (filter.filter.none)
		sg_buf_adds(&out, "; no filter\n");
	else
		cbpf_disassemble(&filter.filter.prog, filter.arch, &out);
	cmd_filter_release(&filter);
	cmd_options_release(&args.policy);
	return cmd_put(&out, CMD_OK);
}

const struct cmd cmd_disasm = {"disasm", "print a filter as assembly text", run};
