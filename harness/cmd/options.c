/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cmd/cmd.h"
#include "harness/cmd/options.h"

enum {
	OPT_ARCH = 0x100,
	OPT_CAP,
	OPT_KERNEL,
	OPT_MIX,
	OPT_OPTIMIZE,
	OPT_GEN_TIMEOUT,
	OPT_NO_VERIFY,
	OPT_WITHOUT
};

static const struct argp_option policy_options[] = {
	{"arch", OPT_ARCH, "LIST", 0,
	 "exactly these architectures; the first stands as the native one (default: the profile's)",
	 0},
	{"cap", OPT_CAP, "LIST", 0,
	 "capabilities of the bounding set: none (default), docker, podman, or names", 0},
	{"kernel", OPT_KERNEL, "X.Y", 0, "kernel version for minKernel (default: the running one)",
	 0},
	{"mix", OPT_MIX, "FILE", 0, "what is called how often (default: the bundled IO mix)", 0},
	{"optimize", OPT_OPTIMIZE, "GOAL", 0,
	 "what tuned minimises: mix (default), left, uniform, worst or install", 0},
	{"gen-timeout", OPT_GEN_TIMEOUT, "SECONDS", 0,
	 "deadline of generators that are not ours (default 10)", 0},
	{"no-verify", OPT_NO_VERIFY, NULL, 0,
	 "take filters as they come, without the proof that they are what the policy says", 0},
	{"without", OPT_WITHOUT, "PASSES", 0,
	 "passes that tuned shall leave out (secgauge list passes)", 0},
	{0},
};

void cmd_usage_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("secgauge: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(CMD_USAGE);
}

uint64_t cmd_number(const char *option, const char *text, uint64_t min, uint64_t max)
{
	char *end;

	errno = 0;
	uint64_t value = strtoull(text, &end, 0);

	if (errno || *end || end == text || strchr(text, '-') || value < min || value > max)
		cmd_usage_error("%s: expected a number from %" PRIu64 " to %" PRIu64 ", got '%s'",
				option, min, max, text);
	return value;
}

double cmd_positive(const char *option, const char *text)
{
	char *end;
	double value = strtod(text, &end);

	if (*end || end == text || !isfinite(value) || value <= 0 || value > 1e6)
		cmd_usage_error("%s: expected a positive number of seconds, got '%s'", option,
				text);
	return value;
}

void cmd_options_arches(struct cmd_policy_options *options, const char *option, const char *text)
{
	struct sg_strv names = {0};
	struct sg_err err = {0};

	sg_strv_split(&names, text);
	for (size_t i = 0; i < names.len; i++) {
		const struct abi_arch *arch;

		if (abi_arch_parse(names.items[i], &arch, &err))
			cmd_usage_error("%s: %s", option, err.msg);
		for (size_t j = 0; j < options->arch_count; j++)
			if (options->arches[j] == arch)
				cmd_usage_error("%s: %s is there twice", option, arch->name);
		options->arches[options->arch_count++] = arch;
	}
	sg_strv_release(&names);
}

static void switch_off(struct cmd_policy_options *options, const char *text)
{
	struct sg_strv names = {0};
	struct sg_err err = {0};

	sg_strv_split(&names, text);
	for (size_t i = 0; i < names.len; i++)
		if (gen_pass_parse(names.items[i], &options->passes_off, &err))
			cmd_usage_error("--without: %s", err.msg);
	sg_strv_release(&names);
}

static error_t parse_policy_option(int key, char *arg, struct argp_state *state)
{
	struct cmd_policy_options *options = state->input;
	struct sg_err err = {0};

	switch (key) {
	case OPT_ARCH: cmd_options_arches(options, "--arch", arg); return 0;
	case OPT_CAP: options->caps = arg; return 0;
	case OPT_KERNEL: options->kernel = arg; return 0;
	case OPT_MIX: options->mix_file = arg; return 0;
	case OPT_GEN_TIMEOUT: options->gen_timeout_s = cmd_positive("--gen-timeout", arg); return 0;
	case OPT_NO_VERIFY: options->no_verify = true; return 0;
	case OPT_WITHOUT: switch_off(options, arg); return 0;
	case OPT_OPTIMIZE:
		if (gen_objective_parse(arg, &options->objective, &err))
			cmd_usage_error("--optimize: %s", err.msg);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

const struct argp cmd_policy_argp = {
	policy_options, parse_policy_option, NULL, NULL, NULL, NULL, NULL};

#define STANDARD_INPUT "/dev/stdin"

/* "-@bst" is a profile from standard input, not a row of options. */
static void protect_standard_input(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strncmp(argv[i], "-@", 2))
			argv[i] = sg_asprintf(STANDARD_INPUT "%s", argv[i] + 1);
}

void cmd_parse(const struct argp *argp, const char *command, int argc, char **argv, void *input)
{
	char name[64];

	snprintf(name, sizeof(name), "secgauge %s", command);
	argv[0] = name;
	protect_standard_input(argc, argv);
	argp_err_exit_status = CMD_USAGE;
	argp_parse(argp, argc, argv, ARGP_IN_ORDER, NULL, input);
	argv[0] = (char *)command;
}

int cmd_options_finish(struct cmd_policy_options *options, struct sg_err *err)
{
	return mix_load(options->mix_file, &options->mix, err);
}

void cmd_options_release(struct cmd_policy_options *options)
{
	mix_release(&options->mix);
}

struct policy_options cmd_policy_options_of(const struct cmd_policy_options *options)
{
	return (struct policy_options){
		.arches = options->arch_count ? options->arches : NULL,
		.arch_count = options->arch_count,
		.caps = options->caps,
		.kernel = options->kernel,
	};
}
