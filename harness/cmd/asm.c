/* SPDX-License-Identifier: MIT */
#include "filters/cbpf/asm.h"
#include "harness/base/file.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/options.h"
#include "harness/cmd/print.h"

#define MAX_SOURCE_BYTES (16u << 20)

struct args {
	const char *file, *output;
};

static const struct argp_option options[] = {
	{"output", 'o', "FILE", 0, "the raw filter (needed)", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case 'o': args->output = arg; return 0;
	case ARGP_KEY_ARG:
		if (args->file)
			cmd_usage_error("asm: one file at a time, got '%s' too", arg);
		args->file = arg;
		return 0;
	case ARGP_KEY_END:
		if (!args->file || !args->output)
			cmd_usage_error("asm: expected FILE -o OUT");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	options,
	parse,
	"FILE -o OUT",
	"Assembles a filter ('-': standard input) into a raw file: an array of struct sock_filter "
	"in "
	"host byte order. The language is documented in filters/cbpf/asm.h and by `disasm`.",
	NULL,
	NULL,
	NULL};

static int assemble(const struct args *args, struct sg_err *err)
{
	struct sg_buf text = {0};
	struct cbpf_prog prog = {0};
	int ret = sg_file_read(args->file, MAX_SOURCE_BYTES, &text, err);

	if (!ret)
		ret = cbpf_assemble(sg_buf_text(&text), text.len, args->file, &prog, err);
	if (!ret)
		ret = cbpf_save(args->output, &prog, err);
	cbpf_release(&prog);
	sg_buf_release(&text);
	return ret;
}

static int run(int argc, char **argv)
{
	struct args args = {0};
	struct sg_err err = {0};

	cmd_parse(&argp, "asm", argc, argv, &args);
	return assemble(&args, &err) ? cmd_fail(&err) : CMD_OK;
}

const struct cmd cmd_asm = {"asm", "turn assembly text into a raw filter", run};
