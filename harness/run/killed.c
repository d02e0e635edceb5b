/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "harness/run/session.h"

/* Two stops a call, each a few microseconds: a second at most. */
#define TRACED_OPS_MAX 20000

struct rerun {
	const struct run_session *session;
	const struct run_config *config;
};

static int install(void *ctx, struct sg_err *err)
{
	const struct rerun *rerun = ctx;
	const struct run_session *session = rerun->session;

	return run_install(rerun->config->filter, session->plan->stack, session->seccomp_flags,
			   err);
}

static char *describe(const struct wl_call *call)
{
	char *name = run_call_name(call);
	char *text = sg_asprintf("%s (%d) by SIGSYS", name, call->nr);

	free(name);
	return text;
}

static char *trace_under_filter(struct run_session *session, const struct run_config *config)
{
	struct rerun rerun = {session, config};
	uint64_t ops = config->process.ops; /* what the child that died had been given */
	struct wl_trace_options options = {
		.ops = ops < TRACED_OPS_MAX ? ops : TRACED_OPS_MAX,
		.follow_children = session->workload->spawns,
		.before_run = install,
		.ctx = &rerun,
	};
	struct wl_trace trace;
	struct sg_err err;

	if (run_session_trace(session, &options, &trace, &err))
		return NULL;

	char *text = trace.killed.nr == ABI_NR_NONE ? NULL : describe(&trace.killed);

	wl_trace_release(&trace);
	return text;
}

char *run_killed_reason(struct run_session *session, const struct run_config *config)
{
	if (config->killer_count == 1)
		return describe(config->killer);

	char *text = trace_under_filter(session, config);

	return text || !config->killer ? text : describe(config->killer);
}
