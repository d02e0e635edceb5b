/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "harness/base/clock.h"
#include "harness/cmd/progress.h"

#define BAR_CELLS       30
#define REDRAW_EVERY_NS 100000000u

void cmd_progress_line(const char *workload, double done_s, double total_s, struct sg_buf *out)
{
	double share = total_s > 0 ? done_s / total_s : 0;
	int left_s = total_s > done_s ? (int)(total_s - done_s + 0.5) : 0;

	share = share > 1 ? 1 : share;
	sg_buf_adds(out, "[");
	for (int i = 0; i < BAR_CELLS; i++)
		sg_buf_adds(out, i < share * BAR_CELLS ? "#" : ".");
	sg_buf_addf(out, "] %3d%%  %d:%02d left  %-20s", (int)(share * 100), left_s / 60,
		    left_s % 60, workload);
}

void cmd_progress_show(void *ctx, const char *workload, double done_s, double total_s)
{
	struct cmd_progress *progress = ctx;
	struct sg_buf line = {0};
	uint64_t now_ns = sg_monotonic_ns();

	if (progress->drawn && now_ns - progress->last_ns < REDRAW_EVERY_NS)
		return;
	cmd_progress_line(workload, done_s, total_s, &line);
	fprintf(stderr, "\r%s", line.data);
	fflush(stderr);
	sg_buf_release(&line);
	progress->last_ns = now_ns;
	progress->drawn = true;
}

void cmd_progress_clear(struct cmd_progress *progress)
{
	if (progress->drawn)
		fprintf(stderr, "\r\033[K");
	progress->drawn = false;
}
