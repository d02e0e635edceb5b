/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/cmd/cmd.h"
#include "harness/cmd/operand.h"
#include "harness/cmd/print.h"
#include "harness/run/run.h"

struct args {
	struct cmd_policy_options policy;
	const char *filter;
	char **command;
	unsigned stack;
};

enum { OPT_STACK = 1 };

static const struct argp_option options[] = {
	{"stack", OPT_STACK, "N", 0, "install the filter N times", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &args->policy; return 0;
	case OPT_STACK: args->stack = cmd_number("--stack", arg, 1, 4096); return 0;
	case ARGP_KEY_ARG:
		if (!args->filter) {
			args->filter = arg;
			return 0;
		}
		/* The command and all that follows it is not ours to parse. */
		args->command = state->argv + state->next - 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_END:
		if (!args->command)
			cmd_usage_error(
				"exec: expected FILTER -- CMD..., like podman-default@bst -- ls");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp_child children[] = {{&cmd_policy_argp, 0, "Policy options:", 1}, {0}};
static const struct argp argp = {
	options,
	parse,
	"FILTER -- CMD...",
	"Sets no_new_privs, installs the filter, and executes the command in the same process, "
	"without "
	"a fork: any program under a filter, for hyperfine, fio, wrk or a shell.",
	children,
	NULL,
	NULL};

/*
 * The filter is in force once it is installed, so all that may be refused comes first; after that
 * there is only execve(2), and a message if that fails (which the filter may refuse too).
 */
static int replace(const struct args *args, struct cmd_filter *filter)
{
	struct sg_err err = {0};
	unsigned flags = filter->has_policy ? filter->policy.seccomp_flags : 0;

	if (run_install(&filter->filter, args->stack, flags, &err))
		return cmd_fail(&err);
	signal(SIGPIPE,
	       SIG_DFL); /* which the command expects, and an ignored signal is inherited */
	execvp(args->command[0], args->command);
	cmd_warn("%s: %s", args->command[0], strerror(errno));
	return errno == ENOENT || errno == EACCES ? CMD_USAGE : CMD_ENV;
}

static int run(int argc, char **argv)
{
	struct args args = {.stack = 1};
	struct cmd_filter filter;
	struct sg_err err = {0};

	cmd_parse(&argp, "exec", argc, argv, &args);
	if (cmd_options_finish(&args.policy, &err) ||
	    cmd_filter_load(args.filter, &args.policy, &filter, &err))
		return cmd_fail(&err);

	int code = replace(&args, &filter);

	cmd_filter_release(&filter);
	cmd_options_release(&args.policy);
	return code;
}

const struct cmd cmd_exec = {"exec", "run any command under a filter", run};
