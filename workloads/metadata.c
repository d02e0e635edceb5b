/* SPDX-License-Identifier: MIT */
/* Short-lived files: what a build or a mail server does to its directories. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "workloads/driver.h"

#define FLAGS (O_CREAT | O_WRONLY | O_CLOEXEC)
#define MODE  0600

static const char first[] = "metadata-first", second[] = "metadata-second";

struct metadata {
	int dir;
	struct stat stat;
};

static void declare(const struct wl_env *env, struct wl_calls *out)
{
	(void)env;
	struct wl_call *openat = wl_calls_add(out, SYS_openat, 1);
	wl_call_fix(openat, 2, FLAGS);
	wl_call_fix(openat, 3, MODE);
	wl_call_fix(wl_calls_add(out, SYS_newfstatat, 1), 3, 0);
	wl_calls_add(out, SYS_close, 1);
	wl_calls_add(out, WL_NR_RENAMEAT, 1);
	wl_call_fix(wl_calls_add(out, SYS_unlinkat, 1), 2, 0);
}

static int prepare(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	int dir = open(env->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return wl_fail(err, env->dir);
	struct metadata *s = sg_calloc(1, sizeof(*s));
	s->dir = dir;
	*ret_state = s;
	return 0;
}

static void one_file(struct metadata *s, struct wl_fault *fault)
{
	struct stat *stat = &s->stat;
	long fd = wl_call4(SYS_openat, s->dir, first, FLAGS, MODE);

	stat->st_nlink = 0;
	wl_expect(fault, SYS_newfstatat, wl_call4(SYS_newfstatat, s->dir, first, stat, 0), 0);
	wl_expect_effect(fault, SYS_newfstatat,
			 S_ISREG(stat->st_mode) && stat->st_nlink == 1 && !stat->st_size);
	if (fd < 0)
		wl_expect(fault, SYS_openat, fd, 0);
	else
		wl_expect(fault, SYS_close, wl_call1(SYS_close, fd), 0);
	wl_expect(fault, WL_NR_RENAMEAT, wl_call4(WL_NR_RENAMEAT, s->dir, first, s->dir, second),
		  0);
	wl_expect(fault, SYS_unlinkat, wl_call3(SYS_unlinkat, s->dir, second, 0), 0);
}

static void run(void *state, uint64_t ops, struct wl_fault *fault)
{
	for (uint64_t i = 0; i < ops; i++)
		one_file(state, fault);
}

static void release(void *state)
{
	struct metadata *s = state;

	wl_close_all(&s->dir, 1);
	free(s);
}

const struct wl wl_driver_metadata = {
	.name = "metadata",
	.summary = "short-lived files: created, looked at, renamed, removed",
	.op = "openat, newfstatat, close, renameat and unlinkat of a file",
	.declare = declare,
	.prepare = prepare,
	.run = run,
	.release = release,
};
