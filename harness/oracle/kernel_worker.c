/* SPDX-License-Identifier: MIT */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "harness/oracle/kernel_child.h"

/* ---- the child */

/* Dies with its parent and leaves no core; whether memory can be dumped is a property of the memory
 * (PR_SET_DUMPABLE), so that it is only set where that is the child's own. */
static KERNEL_CHILD_CODE void prepare(const struct kernel_worker *worker)
{
	struct rlimit none = {0, 0};

	kernel_call4(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0);
	if (kernel_call4(SYS_getppid, 0, 0, 0, 0) != worker->parent)
		kernel_exit(1);
	kernel_call4(SYS_setrlimit, RLIMIT_CORE, (long)&none, 0, 0);
	if (!worker->has_escape)
		kernel_call4(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0);
	kernel_call4(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0);
}

static KERNEL_CHILD_CODE void make_calls(struct kernel_arena *arena)
{
	uint32_t count = arena->count;

	for (uint32_t i = arena->first; i < count; i++) {
		arena->done = i;
		arena->results[i] = (int32_t)kernel_call(&arena->calls[i]);
	}
	arena->done = count;
}

static KERNEL_CHILD_CODE int worker_main(void *ctx)
{
	struct kernel_worker *worker = ctx;
	struct kernel_arena *arena = worker->arena;
	const struct sock_fprog prog = {(unsigned short)worker->prog.len, worker->prog.insns};
	uint64_t word = 1;
	long r;

	prepare(worker);
	r = kernel_call4(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, (long)&prog, 0);
	if (r) {
		arena->install_errno = (int32_t)-r;
		kernel_exit(1);
	}
	make_calls(arena);
	if (!worker->has_escape)
		__builtin_trap();
	for (;;) {
		kernel_escape(SYS_write, worker->done_fd, (long)&word, sizeof(word));
		kernel_escape(SYS_read, worker->go_fd, (long)&word, sizeof(word));
		word = 1;
		make_calls(arena);
	}
}

/* ---- its parent */

int kernel_worker_init(struct kernel_worker *worker, struct kernel_arena *arena,
		       struct cbpf_prog *prog, bool has_escape, struct sg_err *err)
{
	*worker = (struct kernel_worker){
		.arena = arena,
		.prog = *prog,
		.parent = getpid(),
		.has_escape = has_escape,
		.go_fd = -1,
		.done_fd = -1,
	};
	*prog = (struct cbpf_prog){0};
	if (!has_escape)
		return 0;
	worker->go_fd = eventfd(0, EFD_CLOEXEC);
	worker->done_fd = eventfd(0, EFD_CLOEXEC);
	if (worker->go_fd >= 0 && worker->done_fd >= 0)
		return 0;

	int r = sg_err_env(err, errno, "no eventfd: %m");

	kernel_worker_end(worker);
	return r;
}

void kernel_worker_end(struct kernel_worker *worker)
{
	kernel_process_end(&worker->process);
	cbpf_release(&worker->prog);
	if (worker->go_fd > 0)
		close(worker->go_fd);
	if (worker->done_fd > 0)
		close(worker->done_fd);
	*worker = (struct kernel_worker){0};
}

static int start_batch(struct kernel_worker *worker, struct sg_err *err)
{
	int flags = CLONE_FILES | (worker->has_escape ? CLONE_VM : 0);
	const uint64_t word = 1;

	worker->arena->install_errno = 0;
	if (!worker->process.pid)
		return kernel_process_start(worker_main, worker, flags, &worker->process, err);
	if (write(worker->go_fd, &word, sizeof(word)) != sizeof(word))
		return sg_err_env(err, errno, "cannot wake a child: %m");
	return 0;
}

/* What the end of a worker means. */
static int explain_end(const struct kernel_worker *worker, int status, struct sg_err *err)
{
	const struct kernel_arena *arena = worker->arena;
	bool is_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
	bool is_trapped = WIFSIGNALED(status) && WTERMSIG(status) == SIGILL;

	if (arena->install_errno) {
		errno = arena->install_errno;
		return sg_err_env(err, errno,
				  "the kernel refuses the rewritten filter of %zu instructions: %m",
				  worker->prog.len);
	}
	if (!worker->has_escape && (is_killed || (is_trapped && arena->done == arena->count)))
		return 0;
	if (WIFSIGNALED(status))
		return sg_err_env(err, ECHILD, "the child that asks the kernel died of signal %d",
				  WTERMSIG(status));
	return sg_err_env(err, ECHILD, "the child that asks the kernel ended with code %d",
			  WEXITSTATUS(status));
}

int kernel_worker_run(struct kernel_worker *worker, struct sg_err *err)
{
	bool has_ended;
	uint64_t word;
	int r = start_batch(worker, err);

	if (!r)
		r = kernel_process_wait(&worker->process, worker->done_fd, &has_ended, err);
	if (r)
		return r;
	if (has_ended)
		return explain_end(worker, kernel_process_end(&worker->process), err);
	if (read(worker->done_fd, &word, sizeof(word)) != sizeof(word))
		return sg_err_env(err, errno, "cannot read a child's answer: %m");
	return 0;
}
