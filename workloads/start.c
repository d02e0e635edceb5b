/* SPDX-License-Identifier: MIT */
/*
 * A program started: fork, execve, the dynamic loader at work, wait. The program is /bin/ls on an
 * empty directory, which has nothing to say. What it calls itself is not declared here, because it
 * depends on the C library; the runner traces it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "workloads/driver.h"

#define PROGRAM    "/bin/ls"
#define UNWAITED   16 /* children that may be left over where wait4 is denied */
#define CANNOT_RUN 127

struct start {
	char *argv[3];
	char *envp[2];
	unsigned unwaited;
};

static int supported(const struct wl_env *env, struct sg_err *err)
{
	(void)env;
	if (access(PROGRAM, X_OK))
		return wl_unsupported(err, "no " PROGRAM " to be started here");
	return 0;
}

static void declare(const struct wl_env *env, struct wl_calls *out)
{
	(void)env;
	struct wl_call *clone = wl_calls_add(out, SYS_clone, 1);
	for (int arg = 0; arg < 5; arg++)
		wl_call_fix(clone, arg, arg == WL_CLONE_FLAGS_ARG ? SIGCHLD : 0);
	wl_calls_add(out, SYS_execve, 1); /* in the child */
	struct wl_call *wait4 = wl_calls_add(out, SYS_wait4, 1);
	wl_call_fix(wait4, 2, 0);
	wl_call_fix(wait4, 3, 0);
}

static void release(void *state)
{
	struct start *s = state;

	free(s->argv[1]);
	free(s);
}

static int prepare(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	static char name[] = "ls", locale[] = "LC_ALL=C";
	const struct rlimit none = {0};
	struct start *s = sg_malloc(sizeof(*s));

	*s = (struct start){.argv = {name, sg_asprintf("%s/start", env->dir)}, .envp = {locale}};
	/* A program that a filter kills would leave a core. */
	if (setrlimit(RLIMIT_CORE, &none) || (mkdir(s->argv[1], 0700) && errno != EEXIST)) {
		int ret = wl_fail(err, s->argv[1]);
		release(s);
		return ret;
	}
	*ret_state = s;
	return 0;
}

/* After a fork in which nothing of libc may be used. Ends without any call, too. */
static void __attribute__((noreturn)) become(struct start *s)
{
	wl_call3(SYS_execve, PROGRAM, s->argv, s->envp);
	wl_call1(SYS_exit_group, CANNOT_RUN);
	for (;;)
		__builtin_trap();
}

static void one_program(struct start *s, struct wl_fault *fault)
{
	int status = -1;
	long pid = s->unwaited < UNWAITED ? wl_clone(SIGCHLD) : -EAGAIN;

	if (!pid)
		become(s);
	if (pid < 0) {
		wl_expect(fault, SYS_clone, pid, 0);
		return;
	}
	long waited = wl_call4(SYS_wait4, pid, &status, 0, NULL);
	wl_expect(fault, SYS_wait4, waited, pid);
	if (waited == pid)
		wl_expect(fault, SYS_execve, status, 0);
	else
		s->unwaited++;
}

static void run(void *state, uint64_t ops, struct wl_fault *fault)
{
	for (uint64_t i = 0; i < ops; i++)
		one_program(state, fault);
}

const struct wl wl_driver_start = {
	.name = "start",
	.summary = "a program started: fork, exec, dynamic loader (" PROGRAM ")",
	.op = "clone, execve, wait4, and what the program calls",
	.spawns = true,
	.supported = supported,
	.declare = declare,
	.prepare = prepare,
	.run = run,
	.release = release,
};
