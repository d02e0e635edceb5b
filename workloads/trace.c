/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/alloc.h"
#include "workloads/trace.h"

enum phase { PREPARING, RUNNING, DONE };

/* What the child tells. The tracer reads it only while the child is stopped or gone. */
struct shared {
	_Atomic enum phase phase;
	struct sg_err err;
	struct wl_fault fault;
};

/* A process that we trace, and the call it entered last. */
struct tracee {
	pid_t pid;
	struct wl_call last;
};

struct session {
	const struct wl *wl;
	const struct wl_env *env;
	const struct wl_trace_options *options;
	struct shared *shared;
	int sock; /* our end of a pair: the child says that it is prepared, we say go */
	pid_t pid;
	struct tracee *tracees;
	size_t len, cap;
	struct wl_trace trace;
};

static void __attribute__((noreturn)) child_main(struct session *t, int sock)
{
	const struct wl_trace_options *options = t->options;
	struct shared *shared = t->shared;
	void *state = NULL;
	char byte = 0;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (t->wl->prepare(t->env, &state, &shared->err))
		_exit(1);
	if (write(sock, &byte, 1) != 1 || read(sock, &byte, 1) != 1)
		_exit(1);
	if (options->before_run && options->before_run(options->ctx, &shared->err))
		_exit(1);
	atomic_store(&shared->phase, RUNNING);
	t->wl->run(state, options->ops, &shared->fault);
	atomic_store(&shared->phase, DONE);
	for (;;) /* the tracer ends us at the first call it sees */
		wl_syscall(SYS_getpid, 0, 0, 0, 0, 0, 0);
}

static int start_child(struct session *t, struct sg_err *err)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return sg_err_env(err, errno, "socketpair: %s", strerror(errno));
	t->pid = fork();
	if (!t->pid) {
		close(pair[0]);
		child_main(t, pair[1]);
	}
	int errnum = errno;
	close(pair[1]);
	t->sock = pair[0];
	if (t->pid < 0)
		return sg_err_env(err, errnum, "fork: %s", strerror(errnum));
	setpgid(t->pid, t->pid);
	return 0;
}

/* Why a child ended that never came to run(). */
static int child_failed(const struct session *t, struct sg_err *err)
{
	const struct sg_err *said = &t->shared->err;

	if (said->kind == SG_ERR_NONE)
		return sg_err_internal(err, ECHILD, "%s ended on its own while traced",
				       t->wl->name);
	if (err)
		*err = *said;
	return said->code;
}

static pid_t wait_for(pid_t which, int *status)
{
	pid_t pid;

	do
		pid = waitpid(which, status, __WALL);
	while (pid < 0 && errno == EINTR);
	return pid;
}

static int attach(struct session *t, struct sg_err *err)
{
	long flags = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
	struct __ptrace_syscall_info info;
	char byte = 0;
	int status;

	if (t->options->follow_children)
		flags |= PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
	if (recv(t->sock, &byte, 1, 0) != 1)
		return child_failed(t, err);
	if (ptrace(PTRACE_SEIZE, t->pid, NULL, flags) ||
	    ptrace(PTRACE_INTERRUPT, t->pid, NULL, NULL))
		return sg_err_env(err, errno, "tracing is refused here (ptrace: %s)",
				  strerror(errno));
	if (wait_for(t->pid, &status) != t->pid || !WIFSTOPPED(status))
		return child_failed(t, err);
	if (ptrace(PTRACE_GET_SYSCALL_INFO, t->pid, (void *)sizeof(info), &info) < 0)
		return sg_err_env(err, errno, "tracing needs Linux 5.3 (PTRACE_GET_SYSCALL_INFO)");
	ptrace(PTRACE_SYSCALL, t->pid, NULL, NULL);
	send(t->sock, &byte, 1, MSG_NOSIGNAL);
	return 0;
}

static struct tracee *tracee_of(struct session *t, pid_t pid)
{
	for (size_t i = 0; i < t->len; i++)
		if (t->tracees[i].pid == pid)
			return &t->tracees[i];
	SG_GROW(t->tracees, t->len, t->cap);
	t->tracees[t->len] = (struct tracee){.pid = pid, .last.nr = ABI_NR_NONE};
	return &t->tracees[t->len++];
}

static void forget(struct session *t, pid_t pid)
{
	struct tracee *gone = tracee_of(t, pid);

	*gone = t->tracees[--t->len];
}

static void merge(struct wl_calls *calls, const struct wl_call *call)
{
	for (size_t i = 0; i < calls->len; i++) {
		struct wl_call *known = &calls->items[i];
		if (known->nr != call->nr || known->arch != call->arch)
			continue;
		known->per_op += 1;
		for (int arg = 0; arg < 6; arg++)
			if (known->args[arg] != call->args[arg])
				known->fixed &= ~(1u << arg);
		return;
	}
	*wl_calls_add(calls, call->nr, 0) = *call;
}

static void count_call(struct session *t, pid_t pid, const struct __ptrace_syscall_info *info)
{
	const struct abi_arch *arch = abi_arch_by_audit(info->arch);
	struct wl_call call = {
		.arch = arch == abi_arch_native() ? NULL : arch,
		.nr = (int)info->entry.nr,
		.fixed = 0x3f,
		.per_op = 1,
	};

	for (int arg = 0; arg < 6; arg++)
		call.args[arg] = info->entry.args[arg];
	tracee_of(t, pid)->last = call;
	merge(&t->trace.calls, &call);
	if (t->options->on_call)
		t->options->on_call(t->options->ctx, &call);
}

/* A stop at a call. True when run() has ended. */
static bool at_call(struct session *t, pid_t pid)
{
	struct __ptrace_syscall_info info;
	enum phase phase = atomic_load(&t->shared->phase);

	if (phase == DONE)
		return true;
	if (phase == RUNNING &&
	    ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(info), &info) > 0 &&
	    info.op == PTRACE_SYSCALL_INFO_ENTRY)
		count_call(t, pid, &info);
	return false;
}

static void died(struct session *t, pid_t pid, int status)
{
	struct wl_trace *trace = &t->trace;

	if (WIFSIGNALED(status)) {
		if (trace->killed.nr == ABI_NR_NONE || WTERMSIG(status) == SIGSYS)
			trace->killed = tracee_of(t, pid)->last;
		if (pid == t->pid)
			trace->signal = WTERMSIG(status);
	}
	forget(t, pid);
}

/* The signal to hand on when a stopped tracee goes on: none for stops that ptrace made itself. */
static int signal_of(int status)
{
	int sig = WSTOPSIG(status);

	return status >> 16 || sig == (SIGTRAP | 0x80) ? 0 : sig;
}

static int follow(struct session *t, struct sg_err *err)
{
	for (;;) {
		int status;
		pid_t pid = wait_for(-t->pid, &status);
		if (pid < 0)
			return sg_err_internal(err, errno, "%s was lost by its tracer",
					       t->wl->name);
		if (!WIFSTOPPED(status)) {
			died(t, pid, status);
			if (pid != t->pid)
				continue;
			return t->trace.signal ? 0 : child_failed(t, err);
		}
		if (WSTOPSIG(status) == (SIGTRAP | 0x80) && at_call(t, pid))
			return 0;
		ptrace(PTRACE_SYSCALL, pid, NULL, (long)signal_of(status));
	}
}

/* All that is left of the child's process group is killed and reaped. */
static void end_children(const struct session *t)
{
	int status;

	if (t->pid <= 0)
		return;
	kill(-t->pid, SIGKILL);
	kill(t->pid, SIGKILL);
	while (wait_for(-t->pid, &status) > 0)
		;
	wait_for(t->pid, &status); /* where the group was never made */
}

static int run_session(struct session *t, struct sg_err *err)
{
	int ret = start_child(t, err);

	if (!ret)
		ret = attach(t, err);
	if (!ret)
		ret = follow(t, err);
	end_children(t);
	if (t->sock >= 0)
		close(t->sock);
	free(t->tracees);
	return ret;
}

int wl_trace(const struct wl *wl, const struct wl_env *env, const struct wl_trace_options *options,
	     struct wl_trace *ret_trace, struct sg_err *err)
{
	struct session t = {.wl = wl, .env = env, .options = options, .sock = -1};

	t.trace.killed.nr = ABI_NR_NONE;
	t.shared = mmap(NULL, sizeof(*t.shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (t.shared == MAP_FAILED)
		return sg_err_env(err, errno, "mmap: %s", strerror(errno));

	int ret = run_session(&t, err);
	t.trace.fault = t.shared->fault;
	munmap(t.shared, sizeof(*t.shared));
	if (ret) {
		wl_trace_release(&t.trace);
		return ret;
	}
	for (size_t i = 0; i < t.trace.calls.len; i++)
		t.trace.calls.items[i].per_op /= (double)options->ops;
	*ret_trace = t.trace;
	return 0;
}

void wl_trace_release(struct wl_trace *trace)
{
	wl_calls_release(&trace->calls);
}
