/* SPDX-License-Identifier: MIT */
/* A file mapped, read through the mapping and let go: what a loader or a search does. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "workloads/driver.h"

#define BLOCKS 4
#define BYTES  (BLOCKS * WL_BLOCK)
#define PROT   (PROT_READ | PROT_WRITE)

struct mapping {
	int fd;
};

static void declare(const struct wl_env *env, struct wl_calls *out)
{
	(void)env;
	struct wl_call *mmap = wl_calls_add(out, SYS_mmap, 1);
	wl_call_fix(mmap, 0, 0);
	wl_call_fix(mmap, 1, BYTES);
	wl_call_fix(mmap, 2, PROT);
	wl_call_fix(mmap, 3, MAP_PRIVATE);
	wl_call_fix(mmap, 5, 0);
	struct wl_call *mprotect = wl_calls_add(out, SYS_mprotect, 1);
	wl_call_fix(mprotect, 1, BYTES);
	wl_call_fix(mprotect, 2, PROT_READ);
	wl_call_fix(wl_calls_add(out, SYS_munmap, 1), 1, BYTES);
}

static int prepare(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	int fd;
	int ret = wl_file_create(env, "mmap", BYTES, 0, &fd, err);

	if (ret)
		return ret;
	struct mapping *s = sg_malloc(sizeof(*s));
	s->fd = fd;
	*ret_state = s;
	return 0;
}

static bool holds_the_file(const char *map)
{
	for (uint64_t block = 0; block < BLOCKS; block++)
		if (*(const volatile uint64_t *)(map + block * WL_BLOCK) != block)
			return false;
	return true;
}

static void run(void *state, uint64_t ops, struct wl_fault *fault)
{
	const struct mapping *s = state;

	for (uint64_t i = 0; i < ops; i++) {
		long map = wl_call6(SYS_mmap, 0, BYTES, PROT, MAP_PRIVATE, s->fd, 0);
		if (map < 0 && map > -4096) {
			wl_expect(fault, SYS_mmap, map, 0);
			continue;
		}
		wl_expect(fault, SYS_mprotect, wl_call3(SYS_mprotect, map, BYTES, PROT_READ), 0);
		wl_expect_effect(fault, SYS_mmap, holds_the_file((const char *)map));
		wl_expect(fault, SYS_munmap, wl_call2(SYS_munmap, map, BYTES), 0);
	}
}

static void release(void *state)
{
	struct mapping *s = state;

	wl_close_all(&s->fd, 1);
	free(s);
}

const struct wl wl_driver_mmap = {
	.name = "mmap",
	.summary = "a file mapped, read through the mapping and let go",
	.op = "mmap, mprotect and munmap of 16 KiB, every page touched",
	.declare = declare,
	.prepare = prepare,
	.run = run,
	.release = release,
};
