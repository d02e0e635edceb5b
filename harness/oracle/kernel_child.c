/* SPDX-License-Identifier: MIT */
#include "harness/oracle/kernel_child.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/error.h"

/* ---- memory */

static void *map(size_t bytes, int flags)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

struct kernel_arena *kernel_arena_new(struct sg_err *err)
{
	struct kernel_arena *arena = map(sizeof(*arena), MAP_SHARED);

	if (!arena)
		sg_err_env(err, errno, "no shared memory: %m");
	return arena;
}

void kernel_arena_free(struct kernel_arena *arena)
{
	if (arena)
		munmap(arena, sizeof(*arena));
}

/* ---- processes */

int kernel_process_end(struct kernel_process *process)
{
	int status = 0;

	if (!process->pid)
		return 0;
	kill(process->pid, SIGKILL);
	while (waitpid(process->pid, &status, __WALL) < 0 && errno == EINTR)
		;
	if (process->pidfd >= 0)
		close(process->pidfd);
	munmap(process->stack, KERNEL_STACK_BYTES);
	*process = (struct kernel_process){0};
	return status;
}

int kernel_process_start(int (*fn)(void *ctx), void *ctx, int clone_flags,
			 struct kernel_process *ret, struct sg_err *err)
{
	struct kernel_process process = {
		.pidfd = -1,
		.stack = map(KERNEL_STACK_BYTES, MAP_PRIVATE),
	};
	sigset_t all, old;

	if (!process.stack)
		return sg_err_env(err, errno, "no memory for a stack: %m");
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	process.pid = clone(fn, (char *)process.stack + KERNEL_STACK_BYTES,
			    clone_flags | CLONE_PIDFD, ctx, &process.pidfd);
	int code = errno;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (process.pid < 0) {
		munmap(process.stack, KERNEL_STACK_BYTES);
		errno = code;
		return sg_err_env(err, code, "no child to ask the kernel: %m");
	}
	if (process.pidfd < 0) { /* a flag that older kernels do not look at */
		kernel_process_end(&process);
		return sg_err_env(err, ENOTSUP, "needs file descriptors of processes (Linux 5.2)");
	}
	*ret = process;
	return 0;
}

int kernel_process_wait(struct kernel_process *process, int fd, bool *ret_ended, struct sg_err *err)
{
	struct pollfd fds[] = {{.fd = process->pidfd, .events = POLLIN},
			       {.fd = fd, .events = POLLIN}};
	int r;

	do
		r = poll(fds, 2, KERNEL_DEADLINE_MS);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return sg_err_env(err, errno, "cannot wait for a child: %m");
	if (r == 0)
		return sg_err_env(err, ETIMEDOUT, "a child that asks the kernel hung (%d s)",
				  KERNEL_DEADLINE_MS / 1000);
	*ret_ended = !fds[1].revents;
	return 0;
}
