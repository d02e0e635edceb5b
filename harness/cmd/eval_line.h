/* SPDX-License-Identifier: MIT */
/* A line for the shell that shows one filter's verdict on one tuple: `secgauge eval ...`. */
#ifndef SG_CMD_EVAL_LINE_H
#define SG_CMD_EVAL_LINE_H

#include "harness/cmd/operand.h"

/*
 * Appends the line, with its newline, for the FILTER operand @text as @options built it. Nothing is
 * appended where eval has no way to say the tuple: an instruction pointer together with an
 * architecture that nobody knows.
 */
void eval_line(const char *text, const struct cmd_policy_options *options,
	       const struct abi_tuple *tuple, struct sg_buf *out);

#endif
