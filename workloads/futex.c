/* SPDX-License-Identifier: MIT */
/* The two sides of a lock, without anyone on the other side: the wait finds another value than it
 * was told, the wake finds nobody. */
#include <errno.h>
#include <linux/futex.h>
#include <stdlib.h>

#include "workloads/driver.h"

#define VALUE    1 /* of the word */
#define EXPECTED 2 /* by the wait */

static void declare(const struct wl_env *env, struct wl_calls *out)
{
	(void)env;
	struct wl_call *wait = wl_calls_add(out, SYS_futex, 1);
	wl_call_fix(wait, 1, FUTEX_WAIT_PRIVATE);
	wl_call_fix(wait, 2, EXPECTED);
	wl_call_fix(wait, 3, 0);
	struct wl_call *wake = wl_calls_add(out, SYS_futex, 1);
	wl_call_fix(wake, 1, FUTEX_WAKE_PRIVATE);
	wl_call_fix(wake, 2, 1);
}

static int prepare(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	(void)env;
	(void)err;
	uint32_t *word = sg_malloc(sizeof(*word));
	*word = VALUE;
	*ret_state = word;
	return 0;
}

static void run(void *state, uint64_t ops, struct wl_fault *fault)
{
	for (uint64_t i = 0; i < ops; i++) {
		wl_expect(fault, SYS_futex,
			  wl_call4(SYS_futex, state, FUTEX_WAIT_PRIVATE, EXPECTED, NULL), -EAGAIN);
		wl_expect(fault, SYS_futex, wl_call3(SYS_futex, state, FUTEX_WAKE_PRIVATE, 1), 0);
	}
}

const struct wl wl_driver_futex = {
	.name = "futex",
	.summary = "a lock's wait and wake, with nobody on the other side",
	.op = "futex wait (the value differs) and futex wake (nobody waits)",
	.declare = declare,
	.prepare = prepare,
	.run = run,
	.release = free,
};
