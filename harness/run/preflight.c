/* SPDX-License-Identifier: MIT */
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include "filters/cbpf/interp.h"
#include "harness/run/session.h"

/* SIGSYS for the caller, unless it catches it, which drivers do not. */
static bool kills(uint32_t ret)
{
	uint32_t action = abi_verdict_effect(ret) & ABI_RET_ACTION_FULL;

	return action == ABI_RET_KILL_PROCESS || action == ABI_RET_KILL_THREAD ||
	       action == ABI_RET_TRAP;
}

static uint32_t verdict(const struct run_config *config, const struct wl_call *call)
{
	struct abi_tuple tuple = run_call_tuple(call);

	return cbpf_run(&config->filter->prog, &tuple).ret;
}

/* Sorts the calls of one operation into allowed, denied (by name) and killed. */
static void judge(const struct run_session *session, struct run_config *config,
		  struct sg_strv *denied)
{
	for (size_t i = 0; i < session->calls.len; i++) {
		const struct wl_call *call = &session->calls.items[i];
		uint32_t ret = verdict(config, call);

		if (abi_verdict_allows(ret))
			continue;
		if (kills(ret)) {
			if (!config->killer_count++)
				config->killer = call;
			continue;
		}
		char *name = run_call_name(call);

		if (!sg_strv_contains(denied, name))
			sg_strv_add(denied, name);
		free(name);
	}
}

static char *join(const struct sg_strv *names)
{
	struct sg_buf text = {0};

	for (size_t i = 0; i < names->len; i++)
		sg_buf_addf(&text, "%s%s", i ? ", " : "", names->items[i]);
	return text.data;
}

/* A second install goes through the first filter. */
static bool may_be_stacked(const struct run_session *session, const struct run_config *config)
{
	struct wl_call seccomp = {.nr = SYS_seccomp, .args = {SECCOMP_SET_MODE_FILTER}};

	return session->plan->stack < 2 || abi_verdict_allows(verdict(config, &seccomp));
}

/*
 * A denied call makes a workload faster, not slower: such a row is not measured unless asked for. A
 * filter that kills is run, so that the row reports what happened and not what was foreseen.
 */
static void check(struct run_session *session, struct run_config *config)
{
	bool exempt = session->plan->allow_denied || session->workload->denied_on_purpose;
	struct sg_strv denied = {0};

	judge(session, config, &denied);
	if (!may_be_stacked(session, config))
		run_config_drop(config, RUN_UNSUPPORTED,
				sg_strdup("cannot be stacked: it does not allow seccomp(2)"));
	else if (denied.len && !exempt && !config->killer)
		run_config_drop(config, RUN_DENIED, join(&denied));
	sg_strv_release(&denied);
}

void run_preflight(struct run_session *session)
{
	for (size_t i = RUN_FIRST_FILTER; i < session->config_count; i++)
		if (session->configs[i].in && !session->configs[i].filter->none)
			check(session, &session->configs[i]);
}
