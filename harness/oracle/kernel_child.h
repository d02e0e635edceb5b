/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/oracle: the processes that ask the kernel.
 *
 * A worker is a child with one rewritten filter (kernel_plan.h). It shares the files of its parent,
 * and its memory too unless the filter can kill it (a core dump would end everybody who shares the
 * memory, before Linux 5.16). All signals are blocked in it; it dies with the thread that started
 * it, and kernel_worker_end() leaves nothing behind. Its exit sends no signal and is seen by no
 * wait() that does not ask for clones, so that the caller's own children are not disturbed.
 *
 * With an escape it stays and serves batch after batch; without one it serves one batch and ends,
 * by a trap when all calls are made, by SIGSYS in the middle of a call that killed it.
 */
#ifndef SG_ORACLE_KERNEL_CHILD_H
#define SG_ORACLE_KERNEL_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "filters/cbpf/prog.h"
#include "harness/oracle/kernel_call.h"

#define KERNEL_STACK_BYTES (64 << 10)
#define KERNEL_BATCH_CALLS 8192
/* Beyond any doubt hung: a call takes about a microsecond. */
#define KERNEL_DEADLINE_MS 60000

/* Shared between the parent and its workers, which use it one at a time. */
struct kernel_arena {
	struct kernel_call calls[KERNEL_BATCH_CALLS];
	int32_t results[KERNEL_BATCH_CALLS];
	volatile uint32_t first, count, done; /* calls: to start with, in all, answered */
	volatile int32_t install_errno;       /* why the filter could not be installed */
};
struct kernel_arena *kernel_arena_new(struct sg_err *err); /* NULL when there is no memory */
void kernel_arena_free(struct kernel_arena *arena);

/* A process made by clone(2). */
struct kernel_process {
	pid_t pid; /* 0: there is none */
	int pidfd;
	void *stack; /* owned mapping */
};
/* @fn runs with all signals blocked and must keep to system calls. @clone_flags in addition to
 * CLONE_PIDFD. */
int kernel_process_start(int (*fn)(void *ctx), void *ctx, int clone_flags,
			 struct kernel_process *ret, struct sg_err *err);
/* Waits until it ends or, with @fd not negative, until @fd can be read. *ret_ended. */
int kernel_process_wait(struct kernel_process *process, int fd, bool *ret_ended,
			struct sg_err *err);
/* Kills it where it still runs; the wait status. */
int kernel_process_end(struct kernel_process *process);

struct kernel_worker {
	struct kernel_process process; /* runs from the first batch on */
	struct kernel_arena *arena;    /* borrowed */
	struct cbpf_prog prog;         /* the filter to install; owned */
	pid_t parent;
	bool has_escape;
	int go_fd, done_fd; /* eventfds; -1 without escape */
};

/* @prog is moved into the worker, also when this fails; the worker then is as after its end. */
int kernel_worker_init(struct kernel_worker *worker, struct kernel_arena *arena,
		       struct cbpf_prog *prog, bool has_escape, struct sg_err *err);
/*
 * Makes the calls first .. count - 1 of the arena. arena->done then is count, or the index of the
 * call that killed the worker. After an error it can only be ended.
 */
int kernel_worker_run(struct kernel_worker *worker, struct sg_err *err);
void kernel_worker_end(struct kernel_worker *worker); /* back to zeroed */

#endif
