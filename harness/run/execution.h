/* SPDX-License-Identifier: MIT */
/* Private to harness/run: what lasts for the whole of run_execute(). */
#ifndef SG_RUN_EXECUTION_H
#define SG_RUN_EXECUTION_H

#include "harness/run/session.h"

struct run_execution {
	const struct run_plan *plan;
	struct run_result *result;
	struct sg_clock clock;
	struct run_cpus cpus;
	struct sg_rng rng;
	char *base_dir;         /* owned; removed at the end with all that is in it */
	struct run_slot *slots; /* shared memory, one for each column of the widest group */
	size_t slot_count;
	double progress_s; /* planned time of the sessions done */
};

/* ---- groups.c: the rows, and a session for each workload and group */
void run_measure_all(struct run_execution *execution);

#endif
