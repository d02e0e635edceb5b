/* SPDX-License-Identifier: MIT */
/*
 * `eval --batch`: somebody else's table of tuples through our interpreter.
 *
 * One tuple a line: "arch nr a0 a1 a2 a3 a4 a5", the audit value and all other numbers in hex, with
 * or without 0x; empty lines and lines that start with # are skipped. Printed: the raw 32-bit value
 * of each verdict, eight hex digits a line, in the same order.
 */
#ifndef SG_CMD_BATCH_H
#define SG_CMD_BATCH_H

#include "filters/gen/gen.h"

/* An exit code, or negative errno; nothing is printed when any line is wrong. */
int cmd_batch(const char *path, const struct gen_filter *filter, struct sg_err *err);

/* Exposed for tests: 1 for a tuple, 0 for a line without one, -EINVAL. */
int cmd_batch_line(const char *line, struct abi_tuple *ret, const char *file, size_t number,
		   struct sg_err *err);

#endif
