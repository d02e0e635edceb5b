/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "harness/cmd/cmd.h"
#include "harness/cmd/print.h"

static const char preface[] = "secgauge: what a seccomp filter costs, and whether it is right\n"
			      "\n"
			      "usage: secgauge COMMAND [OPTION...] [OPERAND...]\n"
			      "\n"
			      "Commands:\n";

static const char epilogue[] =
	"\n"
	"A PROFILE is a bundled name ('secgauge list profiles'), or a file: a Docker or Podman\n"
	"profile, an OCI runtime-spec linux.seccomp object, or a bundle's config.json; '-' is\n"
	"standard input. A FILTER is PROFILE@GENERATOR, PROFILE@raw:FILE, a raw FILE.bpf, an\n"
	"assembly FILE.bpfasm, 'none' or 'allow'.\n"
	"\n"
	"Exit codes: 0 fine; 1 a finding (a generator refused, crashed or hung; a filter killed\n"
	"the workload, or is not what the policy says; a result is worse than its baseline);\n"
	"2 usage or bad input; 3 this machine lacks something, or a proof stayed unknown;\n"
	"130 interrupted.\n"
	"\n"
	"Examples:\n"
	"  secgauge bench --quick\n"
	"  secgauge bench --profile podman-default --workload file-rw,metadata,tcp-echo\n"
	"  secgauge prove podman-default@tuned\n"
	"  secgauge eval podman-default@bst --syscall personality --arg 0=0xffffffff\n"
	"  secgauge compile container-default@tuned --format asm\n"
	"\n"
	"'secgauge COMMAND --help' says more.\n";

static void whole(struct sg_buf *out)
{
	sg_buf_adds(out, preface);
	for (const struct cmd *const *cmd = cmd_registry; *cmd; cmd++)
		sg_buf_addf(out, "  %-9s %s\n", (*cmd)->name, (*cmd)->summary);
	sg_buf_adds(out, epilogue);
}

static int help_of(const char *name)
{
	char option[] = "--help", *argv[] = {NULL, option, NULL};

	for (const struct cmd *const *cmd = cmd_registry; *cmd; cmd++) {
		if (strcmp((*cmd)->name, name))
			continue;
		argv[0] = (char *)(*cmd)->name;
		return (*cmd)->run(2, argv);
	}
	return cmd_unknown(name);
}

static int run(int argc, char **argv)
{
	struct sg_buf out = {0};

	if (argc > 1 && argv[1][0] != '-')
		return help_of(argv[1]);
	whole(&out);
	return cmd_put(&out, CMD_OK);
}

const struct cmd cmd_help = {"help", "this text, or the help of one command", run};
