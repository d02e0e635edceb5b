/* SPDX-License-Identifier: MIT */
/* A progress bar on standard error, for terminals: one line, redrawn, gone at the end. */
#ifndef SG_CMD_PROGRESS_H
#define SG_CMD_PROGRESS_H

#include "harness/base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* Zeroed to begin with. */
struct cmd_progress {
	uint64_t last_ns; /* when it was drawn */
	bool drawn;
};

/* As struct run_plan wants it; @ctx is a struct cmd_progress. Draws at most ten times a second. */
void cmd_progress_show(void *ctx, const char *workload, double done_s, double total_s);
void cmd_progress_clear(struct cmd_progress *progress);
/* The line itself, for tests. */
void cmd_progress_line(const char *workload, double done_s, double total_s, struct sg_buf *out);

#endif
