/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "harness/base/alloc.h"
#include "workloads/workload.h"

struct wl_call *wl_calls_add(struct wl_calls *calls, int nr, double per_op)
{
	SG_GROW(calls->items, calls->len, calls->cap);
	struct wl_call *call = &calls->items[calls->len++];
	*call = (struct wl_call){.nr = nr, .per_op = per_op};
	return call;
}

void wl_call_fix(struct wl_call *call, int arg, uint64_t value)
{
	call->args[arg] = value;
	call->fixed |= 1u << arg;
}

void wl_calls_release(struct wl_calls *calls)
{
	free(calls->items);
	*calls = (struct wl_calls){0};
}
