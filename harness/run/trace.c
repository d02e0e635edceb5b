/* SPDX-License-Identifier: MIT */
#include "harness/run/run.h"
#include "workloads/trace.h"

int run_trace(const struct wl *workload, const struct wl_env *env, uint64_t ops,
	      struct wl_calls *ret_calls, struct sg_err *err)
{
	struct wl_trace_options options = {.ops = ops, .follow_children = workload->spawns};
	struct wl_trace trace;
	int ret = wl_trace(workload, env, &options, &trace, err);

	if (ret)
		return ret;
	*ret_calls = trace.calls;
	trace.calls = (struct wl_calls){0};
	wl_trace_release(&trace);
	return 0;
}
