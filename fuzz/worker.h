/* SPDX-License-Identifier: MIT */
/*
 * Private to fuzz: a function served by a process of its own, many times. sg_child_run() protects
 * as well, but a fork for each call costs more than what is called.
 *
 * A worker has its own process group, ignores SIGINT, dies with its parent, leaves no core, has
 * /dev/null for standard input and output, and no open file but its socket and a file in memory
 * for standard error. It inherits the memory of its parent as it was at the start. What it does
 * not survive, a parent survives: worker_ask() says how it ended, and start it again who will.
 */
#ifndef SG_FUZZ_WORKER_H
#define SG_FUZZ_WORKER_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "harness/base/child.h"

/* Runs in the worker; appends the answer. */
typedef void (*worker_fn)(void *ctx, const char *request, size_t len, struct sg_buf *answer);

struct worker_job {
	worker_fn fn;
	void *ctx;
	/* For each request; memory for all that a worker serves. The wall time that counts is that
	 * of a worker which sleeps: one that waits for a processor is not late. */
	struct sg_child_limits limits;
};

/* Valid when zeroed: none runs. */
struct worker {
	pid_t pid;
	int socket, stderr_fd;
	clockid_t cpu_clock;
	bool has_cpu_clock;
};

struct worker_answer {
	struct sg_child_result how; /* unless OK, the worker is gone */
	struct sg_buf bytes;        /* the answer, with OK */
	struct sg_buf said;         /* what it wrote to standard error meanwhile */
};
void worker_answer_release(struct worker_answer *answer);

/* -errno, SG_ERR_ENV. */
int worker_start(struct worker *worker, const struct worker_job *job, struct sg_err *err);
/* Started, and not ended since. */
bool worker_is_alive(const struct worker *worker);
/* However it ends, it ends: @ret is zeroed by the caller. */
void worker_ask(struct worker *worker, const struct worker_job *job, const struct sg_buf *request,
		struct worker_answer *ret);
/* Kills and reaps; fine when none runs. Returns the wait status. */
int worker_stop(struct worker *worker);

/* The worker's side, from fork to exit. */
_Noreturn void worker_main(const struct worker_job *job, int socket, int stderr_fd);

/* On the wire: this, then that many bytes; both ways. */
struct worker_frame {
	uint64_t bytes;
};

#endif
