/* SPDX-License-Identifier: MIT */
/* The cheapest call there is: what an empty system call costs, and the filter on top of it. */
#include <stdlib.h>
#include <unistd.h>

#include "workloads/driver.h"

struct null {
	long parent;
};

static void declare(const struct wl_env *env, struct wl_calls *out)
{
	(void)env;
	wl_calls_add(out, SYS_getppid, 1);
}

static int prepare(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	(void)env;
	(void)err;
	struct null *s = sg_malloc(sizeof(*s));
	s->parent = getppid();
	*ret_state = s;
	return 0;
}

static void run(void *state, uint64_t ops, struct wl_fault *fault)
{
	const struct null *s = state;

	for (uint64_t i = 0; i < ops; i++)
		wl_expect(fault, SYS_getppid, wl_call0(SYS_getppid), s->parent);
}

const struct wl wl_driver_null = {
	.name = "null",
	.summary = "the empty system call",
	.op = "getppid",
	.declare = declare,
	.prepare = prepare,
	.run = run,
	.release = free,
};
