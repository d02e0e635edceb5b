/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/alloc.h"
#include "harness/base/clock.h"
#include "harness/base/clock_tsc.h"

uint64_t sg_monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static uint64_t vdso_now_ns(void *ctx)
{
	(void)ctx;
	return sg_monotonic_ns();
}

enum probe_answer { PROBE_VDSO, PROBE_SYSCALL, PROBE_NO_SECCOMP };

/*
 * Where the clock source has no vDSO mode, the vDSO's function makes the system call itself
 * (lib/vdso/gettimeofday.c, __cvdso_clock_gettime), and so does libc where there is no vDSO.
 */
static enum probe_answer probe_in_child(void)
{
	struct sock_filter refuse_clock_gettime[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clock_gettime, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = {SG_COUNT(refuse_clock_gettime), refuse_clock_gettime};
	struct timespec now;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0))
		return PROBE_NO_SECCOMP;
	return clock_gettime(CLOCK_MONOTONIC, &now) ? PROBE_SYSCALL : PROBE_VDSO;
}

static int probe(enum probe_answer *ret_answer, struct sg_err *err)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return sg_err_env(err, errno, "cannot start a process: %m");
	if (!pid)
		_exit(probe_in_child());
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return sg_err_internal(err, errno, "waitpid: %m");
	if (!WIFEXITED(status))
		return sg_err_env(err, ENOTSUP, "the child that looks for a vDSO clock was killed");
	*ret_answer = WEXITSTATUS(status);
	return 0;
}

int sg_clock_open(struct sg_clock *ret_clock, struct sg_err *err)
{
	enum probe_answer answer = PROBE_NO_SECCOMP;
	int ret = probe(&answer, err);

	if (ret)
		return ret;
	switch (answer) {
	case PROBE_VDSO:
		*ret_clock = (struct sg_clock){.now_ns = vdso_now_ns, .name = "vdso"};
		return 0;
	case PROBE_SYSCALL: return sg_clock_open_tsc(ret_clock, err);
	case PROBE_NO_SECCOMP: break;
	}
	return sg_err_env(err, ENOTSUP, "this kernel does not let us install a seccomp filter");
}
