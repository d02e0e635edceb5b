/* SPDX-License-Identifier: MIT */
/*
 * The options that every command which compiles a policy has in common, as an argp child:
 *
 *	struct argp_child children[] = {{&cmd_policy_argp, 0, "Policy options:", 1}, {0}};
 *	... in the parser, ARGP_KEY_INIT: state->child_inputs[0] = &my->policy;
 *
 * A wrong value ends the process with one line and CMD_USAGE while arguments are parsed.
 */
#ifndef SG_CMD_OPTIONS_H
#define SG_CMD_OPTIONS_H

#include <argp.h>

#include "filters/gen/gen.h"
#include "filters/policy/policy.h"

struct cmd_policy_options {
	const struct abi_arch *arches[ABI_ARCH_COUNT];
	size_t arch_count;
	const char *caps, *kernel, *mix_file;
	enum gen_objective objective;
	double gen_timeout_s;
	bool no_verify;
	unsigned int passes_off;
	struct mix mix; /* loaded by cmd_options_finish() */
};

extern const struct argp cmd_policy_argp;

/* Parses with the name "secgauge COMMAND" and exit code CMD_USAGE for what argp refuses itself. */
void cmd_parse(const struct argp *argp, const char *command, int argc, char **argv, void *input);

/* Adds a comma list of architectures, given to @option, to the exact list of --arch. */
void cmd_options_arches(struct cmd_policy_options *options, const char *option, const char *text);

/* Loads the mix. */
int cmd_options_finish(struct cmd_policy_options *options, struct sg_err *err);
void cmd_options_release(struct cmd_policy_options *options);
/* As the policy room wants them; borrows from @options. */
struct policy_options cmd_policy_options_of(const struct cmd_policy_options *options);

/* One line to standard error, then exit(CMD_USAGE): for argument parsers only. */
void cmd_usage_error(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Numbers of options, all of @text or a usage error that names @option. */
uint64_t cmd_number(const char *option, const char *text, uint64_t min, uint64_t max);
double cmd_positive(const char *option, const char *text);

#endif
