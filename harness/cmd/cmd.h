/* SPDX-License-Identifier: MIT */
/*
 * Commands: one file each, one row in registry.inc. Only this room prints, parses arguments and
 * decides exit codes. Each command parses with argp and gets its own argv, argv[0] being its name.
 */
#ifndef SG_CMD_CMD_H
#define SG_CMD_CMD_H

#include "harness/base/buf.h"
#include "harness/base/error.h"

enum cmd_exit {
	CMD_OK = 0,
	CMD_FINDING = 1,
	CMD_USAGE = 2,
	CMD_ENV = 3,
	CMD_INTERRUPTED = 130,
};

struct cmd {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv); /* returns an exit code */
};

extern const struct cmd *const cmd_registry[]; /* in the order of `secgauge help`; ends with NULL */

/* The whole program: finds the command and runs it. */
int cmd_main(int argc, char **argv);

/* Says that there is no such command, and which is the nearest. Returns CMD_USAGE. */
int cmd_unknown(const char *name);

#endif
