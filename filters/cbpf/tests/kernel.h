/* SPDX-License-Identifier: MIT */
/*
 * The running kernel as a witness: filters installed in a child that then dies. The child talks
 * through shared memory and ends by a trap, never by a system call, which its filter might refuse.
 */
#ifndef SG_CBPF_TESTS_KERNEL_H
#define SG_CBPF_TESTS_KERNEL_H

#include <errno.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filters/cbpf/prog.h"

/* 0, or what seccomp(2) says, as a positive errno. */
static inline int kernel_install(const struct sock_filter *insns, size_t len)
{
	struct sock_fprog prog = {.len = len, .filter = (struct sock_filter *)insns};

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) == 0 ? 0 : errno;
}

static inline void *kernel_shared(size_t bytes)
{
	void *shared = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return shared == MAP_FAILED ? NULL : shared;
}

/* Runs @fn in a child that may install filters. Returns the signal that ended it; SIGILL is fine.
 */
static inline int kernel_child(void (*fn)(void *ctx), void *ctx)
{
	const struct rlimit no_core = {0};
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &no_core);
		signal(SIGILL, SIG_DFL);
		signal(SIGSYS, SIG_DFL);
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		fn(ctx);
		__builtin_trap();
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFSIGNALED(status) ? WTERMSIG(status) : -1;
}

static inline void kernel_try_allow(void *ctx)
{
	const struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);

	*(int *)ctx = kernel_install(&allow, 1);
}

/* Can filters be installed here? Prints the reason for a skip where not. */
static inline int kernel_usable(void)
{
	int *result = kernel_shared(sizeof(*result));
	int usable;

	*result = ECHILD;
	kernel_child(kernel_try_allow, result);
	usable = *result == 0;
	if (!usable)
		printf("SKIP: seccomp: installing a filter: %s\n", strerror(*result));
	munmap(result, sizeof(*result));
	return usable;
}

#endif
