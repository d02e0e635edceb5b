/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/run: the harness's hand on one child. Between two calls of these functions a
 * child is stopped, so that only the one whose turn it is runs.
 */
#ifndef SG_RUN_CONTROL_H
#define SG_RUN_CONTROL_H

#include "harness/run/child.h"

struct run_process {
	pid_t pid; /* 0: none */
	struct run_slot *slot;
	uint32_t turns;
	uint64_t ops; /* given to it so far, the warm-up's among them */
	int status;   /* of waitpid(2), when it died */
};

enum run_event {
	RUN_EVENT_DONE,
	RUN_EVENT_FAILED,      /* it could not get ready: slot->err says why; spinning, if any */
	RUN_EVENT_DIED,        /* .status says how; it is reaped */
	RUN_EVENT_LATE,        /* not done within the limit; still running */
	RUN_EVENT_INTERRUPTED, /* the user's wish; still running */
};

struct run_control {
	const volatile int *interrupted; /* NULL: never */
	bool one_cpu; /* harness and child share a processor: sleep instead of spinning */
};

/* Forks a child and waits until it is ready and stopped. The slot is cleared first. */
enum run_event run_process_start(const struct run_control *control, const struct run_job *job,
				 struct run_slot *slot, uint64_t limit_ns, struct run_process *ret);
/* One slice of @ops operations; its time is in the slot. */
enum run_event run_process_turn(const struct run_control *control, struct run_process *process,
				uint64_t ops, uint64_t limit_ns);
/* Kills it and its process group; several die faster when all are killed before one is reaped. */
void run_process_kill(const struct run_process *process);
/* Kills and reaps it and its process group. Nothing happens when it is gone already. */
void run_process_end(struct run_process *process);

#endif
