/* SPDX-License-Identifier: MIT */
/* Random-access IO on a file in the page cache, as databases do it. */
#include <stdlib.h>
#include <string.h>

#include "workloads/driver.h"

#define BLOCKS 64

struct file_rw {
	int fd;
	uint64_t stamp; /* counts operations; each block carries the last one that wrote it */
	char out[WL_BLOCK];
	char in[WL_BLOCK];
};

static void declare(const struct wl_env *env, struct wl_calls *out)
{
	(void)env;
	wl_call_fix(wl_calls_add(out, SYS_pwrite64, 1), 2, WL_BLOCK);
	wl_call_fix(wl_calls_add(out, SYS_pread64, 1), 2, WL_BLOCK);
}

static int prepare(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	int fd;
	int ret = wl_file_create(env, "file-rw", BLOCKS * WL_BLOCK, 0, &fd, err);

	if (ret)
		return ret;
	struct file_rw *s = sg_calloc(1, sizeof(*s));
	s->fd = fd;
	*ret_state = s;
	return 0;
}

static void run(void *state, uint64_t ops, struct wl_fault *fault)
{
	struct file_rw *s = state;

	for (uint64_t i = 0; i < ops; i++) {
		off_t offset = (off_t)(s->stamp++ % BLOCKS) * WL_BLOCK;
		memcpy(s->out, &s->stamp, sizeof(s->stamp));
		wl_expect(fault, SYS_pwrite64,
			  wl_call4(SYS_pwrite64, s->fd, s->out, WL_BLOCK, offset), WL_BLOCK);
		wl_expect(fault, SYS_pread64, wl_call4(SYS_pread64, s->fd, s->in, WL_BLOCK, offset),
			  WL_BLOCK);
		wl_expect_effect(fault, SYS_pread64, !memcmp(s->in, &s->stamp, sizeof(s->stamp)));
	}
}

static void release(void *state)
{
	struct file_rw *s = state;

	wl_close_all(&s->fd, 1);
	free(s);
}

const struct wl wl_driver_file_rw = {
	.name = "file-rw",
	.summary = "random-access IO on a file in the page cache",
	.op = "pwrite64 and pread64 of 4 KiB",
	.declare = declare,
	.prepare = prepare,
	.run = run,
	.release = release,
};
