/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/base/file.h"
#include "harness/run/session.h"

int run_session_trace(struct run_session *session, const struct wl_trace_options *options,
		      struct wl_trace *ret_trace, struct sg_err *err)
{
	struct wl_env env = session->env;
	char *dir = sg_asprintf("%s/traced", session->base_dir);

	mkdir(dir, 0700);
	env.dir = dir;

	int ret = wl_trace(session->workload, &env, options, ret_trace, err);

	sg_tempdir_remove(dir);
	return ret;
}

static bool trace_calls(struct run_session *session)
{
	const struct wl_trace_options options = {.ops = 1, .follow_children = true};
	struct wl_trace trace;
	struct sg_err err;

	if (run_session_trace(session, &options, &trace, &err)) {
		sg_strv_addf(session->warnings,
			     "%s: the calls of the programs it starts are not known here: %s",
			     session->workload->name, err.msg);
		return false;
	}
	session->calls = trace.calls;
	trace.calls = (struct wl_calls){0};
	wl_trace_release(&trace);
	return true;
}

void run_session_calls(struct run_session *session)
{
	if (!session->workload->spawns || !trace_calls(session))
		session->workload->declare(&session->env, &session->calls);
}

static const struct abi_arch *arch_of(const struct wl_call *call)
{
	return call->arch ? call->arch : abi_arch_native();
}

struct abi_tuple run_call_tuple(const struct wl_call *call)
{
	struct abi_tuple tuple = {.nr = (uint32_t)call->nr, .arch = arch_of(call)->audit};

	memcpy(tuple.args, call->args, sizeof(tuple.args));
	return tuple;
}

char *run_call_name(const struct wl_call *call)
{
	const char *name = abi_name(arch_of(call), (uint32_t)call->nr);

	return name ? sg_strdup(name) : sg_asprintf("%d", call->nr);
}
