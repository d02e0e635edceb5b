/* SPDX-License-Identifier: MIT */
/* A directory listed from beginning to end. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "workloads/driver.h"

#define ENTRIES 200
#define FLAGS   (O_RDONLY | O_DIRECTORY | O_CLOEXEC)
#define BYTES   (32 * 1024) /* as libc's readdir(3) asks for: room for all the entries at once */

struct readdir {
	char *path;
	long listing_bytes; /* what a whole listing comes to */
	char buf[BYTES];
};

static void declare(const struct wl_env *env, struct wl_calls *out)
{
	(void)env;
	struct wl_call *openat = wl_calls_add(out, SYS_openat, 1);
	wl_call_fix(openat, 0, (uint64_t)AT_FDCWD);
	wl_call_fix(openat, 2, FLAGS);
	/* The listing, and the empty answer that ends it. */
	wl_call_fix(wl_calls_add(out, SYS_getdents64, 2), 2, BYTES);
	wl_calls_add(out, SYS_close, 1);
}

/* Bytes of a whole listing, or what went wrong on the way to it. */
static long list(struct readdir *s, struct wl_fault *fault)
{
	long total = 0, got;
	long fd = wl_call4(SYS_openat, AT_FDCWD, s->path, FLAGS, 0);

	if (fd < 0) {
		wl_expect(fault, SYS_openat, fd, 0);
		return fd;
	}
	while ((got = wl_call3(SYS_getdents64, fd, s->buf, BYTES)) > 0)
		total += got;
	wl_expect(fault, SYS_getdents64, got, 0);
	wl_expect(fault, SYS_close, wl_call1(SYS_close, fd), 0);
	return total;
}

/* One file of many names: a tenth of the time that as many files would take. */
static int make_entries(const char *path, struct sg_err *err)
{
	int dir = mkdir(path, 0700) && errno != EEXIST ? -1 : open(path, FLAGS);
	int fd = dir < 0 ? -1 : openat(dir, "entry-000", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	int ret = fd < 0 ? wl_fail(err, path) : 0;

	for (int i = 1; i < ENTRIES && !ret; i++) {
		char name[24];
		snprintf(name, sizeof(name), "entry-%03d", i);
		if (linkat(dir, "entry-000", dir, name, 0) && errno != EEXIST)
			ret = wl_fail(err, path);
	}
	wl_close_all((const int[]){dir, fd}, 2);
	return ret;
}

static void release(void *state)
{
	struct readdir *s = state;

	free(s->path);
	free(s);
}

static int prepare(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	struct wl_fault fault = {0};
	struct readdir *s = sg_calloc(1, sizeof(*s));
	s->path = sg_asprintf("%s/readdir", env->dir);
	int ret = make_entries(s->path, err);

	if (!ret) {
		s->listing_bytes = list(s, &fault);
		if (fault.count)
			ret = sg_err_env(err, (int)-fault.result, "%s cannot be listed", s->path);
	}
	if (ret) {
		release(s);
		return ret;
	}
	*ret_state = s;
	return 0;
}

static void run(void *state, uint64_t ops, struct wl_fault *fault)
{
	struct readdir *s = state;

	for (uint64_t i = 0; i < ops; i++) {
		long bytes = list(s, fault);
		if (bytes >= 0)
			wl_expect(fault, SYS_getdents64, bytes, s->listing_bytes);
	}
}

const struct wl wl_driver_readdir = {
	.name = "readdir",
	.summary = "a directory of 200 entries, listed",
	.op = "openat, getdents64 until the end, close",
	.declare = declare,
	.prepare = prepare,
	.run = run,
	.release = release,
};
