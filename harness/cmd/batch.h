/* SPDX-License-Identifier: MIT */
/*
 * `eval --batch`: somebody else's table of tuples through our oracles.
 *
 * One tuple a line: "arch nr a0 a1 a2 a3 a4 a5", the audit value and all other numbers in hex, with
 * or without 0x; empty lines and lines that start with # are skipped. Printed: the raw 32-bit value
 * of each verdict, eight hex digits a line, in the same order; with several oracles one column each
 * under a comment that names those that run, and "-" where one cannot judge the tuple.
 */
#ifndef SG_CMD_BATCH_H
#define SG_CMD_BATCH_H

#include "harness/cmd/judges.h"

/* An exit code, CMD_FINDING where they do not agree, or negative errno; nothing is printed when any
 * line is wrong. */
int cmd_batch(const char *path, struct cmd_judges *judges, struct sg_err *err);

/* Exposed for tests: 1 for a tuple, 0 for a line without one, -EINVAL. */
int cmd_batch_line(const char *line, struct abi_tuple *ret, const char *file, size_t number,
		   struct sg_err *err);

#endif
