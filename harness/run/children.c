/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/file.h"
#include "harness/run/session.h"

/* Generous: what is late by this much does not come back. */
#define START_LIMIT_NS   5000000000u
#define SLICE_LIMIT_NS   1000000000u
#define SLICE_LIMIT_FOLD 20 /* times what a slice of `none` takes, on top */
#define LATE_MAX         3

bool run_interrupted(const struct run_session *session)
{
	return session->control.interrupted && *session->control.interrupted;
}

void run_config_drop(struct run_config *config, enum run_status status, char *reason)
{
	config->in = false;
	config->row->status = status;
	free(config->row->reason);
	config->row->reason = reason;
}

void run_drop_all(struct run_session *session, enum run_status status, const char *reason)
{
	for (size_t i = 0; i < session->config_count; i++)
		if (session->configs[i].in)
			run_config_drop(&session->configs[i], status, sg_strdup(reason));
}

/* Named by place, not by configuration: the length of the path is part of what is measured. */
static char *child_dir(const struct run_session *session, size_t place)
{
	return sg_asprintf("%s/%03zu", session->base_dir, place);
}

/* ---- what became of a child that did not get through */

static void lose_dead(struct run_session *session, struct run_config *config)
{
	int status = config->process.status, signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	char *reason = signal == SIGSYS ? run_killed_reason(session, config) : NULL;

	if (signal == SIGSYS)
		run_config_drop(config, RUN_KILLED, reason ? reason : sg_strdup("SIGSYS"));
	else if (signal)
		run_config_drop(config, RUN_FAILED,
				sg_asprintf("ended by SIG%s", sigabbrev_np(signal)));
	else
		run_config_drop(config, RUN_FAILED, sg_strdup("ended on its own"));
}

static const char *filter_name(const struct run_row *row)
{
	if (row->filter)
		return row->filter->name;
	return row->aa ? "none-aa" : "none";
}

static void lose_late(struct run_session *session, struct run_config *config)
{
	bool started = config->process.turns > 0;

	sg_strv_addf(session->warnings, "%s: a child of %s was late and was killed",
		     session->workload->name, filter_name(config->row));
	if (!started)
		run_config_drop(config, RUN_FAILED, sg_strdup("hangs before the first slice"));
	else if (++config->late == LATE_MAX)
		run_config_drop(config, RUN_FAILED,
				sg_asprintf("hangs: %d slices were late", LATE_MAX));
}

static void lose(struct run_session *session, struct run_config *config, enum run_event event)
{
	switch (event) {
	case RUN_EVENT_DONE:
	case RUN_EVENT_INTERRUPTED: break;
	case RUN_EVENT_FAILED:
		run_config_drop(config, RUN_FAILED, sg_strdup(config->process.slot->err.msg));
		break;
	case RUN_EVENT_DIED: lose_dead(session, config); break;
	case RUN_EVENT_LATE: lose_late(session, config); break;
	}
	run_process_end(&config->process);
}

/* ---- wrong results */

static char *describe_fault(const struct wl_fault *fault)
{
	struct wl_call call = {.nr = fault->nr};
	char *name = run_call_name(&call), *text;
	const char *error = fault->result < 0 ? strerrorname_np((int)-fault->result) : NULL;

	if (error)
		text = sg_asprintf("%s failed with %s", name, error);
	else
		text = sg_asprintf("%s returned %ld", name, fault->result);
	free(name);
	return text;
}

/* A program that the driver started may have been killed where the driver lives on. */
static void drop_wrong(struct run_session *session, struct run_config *config)
{
	char *killed = session->workload->spawns && config->filter
			       ? run_killed_reason(session, config)
			       : NULL;

	if (killed)
		run_config_drop(config, RUN_KILLED, killed);
	else
		run_config_drop(config, RUN_FAILED, describe_fault(&config->process.slot->fault));
	run_process_end(&config->process);
}

static bool is_right(struct run_session *session, struct run_config *config)
{
	uint64_t faults = config->process.slot->fault.count;

	if (!faults || session->plan->allow_denied || session->workload->denied_on_purpose)
		return true;
	drop_wrong(session, config);
	return false;
}

static bool settle(struct run_session *session, struct run_config *config, enum run_event event)
{
	if (event == RUN_EVENT_DONE)
		return is_right(session, config);
	lose(session, config, event);
	return false;
}

/* ---- start, turn, end */

static void note_install(const struct run_session *session, struct run_config *config)
{
	struct run_installs *installs = config->installs;

	if (!installs || !config->process.slot->install_ns)
		return;
	config->install_ns = (double)config->process.slot->install_ns / session->plan->stack;
	SG_GROW(installs->ns, installs->len, installs->cap);
	installs->ns[installs->len++] = config->install_ns;
}

bool run_child_start(struct run_session *session, struct run_config *config, size_t place,
		     uint64_t warmup_ops)
{
	char *dir = child_dir(session, place);
	struct run_job job = {
		.workload = session->workload,
		.env = session->env,
		.filter = config->filter,
		.stack = session->plan->stack,
		.seccomp_flags = session->seccomp_flags,
		.clock = session->clock,
		.cpu = session->cpus->child,
		.harness = getpid(),
		.warmup_ops = warmup_ops,
	};

	mkdir(dir, 0700);
	job.env.dir = dir;
	enum run_event event = run_process_start(&session->control, &job, &session->slots[place],
						 START_LIMIT_NS, &config->process);
	free(dir);
	note_install(session, config); /* also of a child that the filter killed afterwards */
	return settle(session, config, event);
}

bool run_child_turn(struct run_session *session, struct run_config *config, uint64_t ops)
{
	uint64_t limit_ns = SLICE_LIMIT_NS + SLICE_LIMIT_FOLD * (uint64_t)(session->slice_s * 1e9);

	return settle(session, config,
		      run_process_turn(&session->control, &config->process, ops, limit_ns));
}

void run_children_end(struct run_session *session)
{
	for (size_t i = 0; i < session->config_count; i++)
		run_process_kill(&session->configs[i].process);
	for (size_t i = 0; i < session->config_count; i++) {
		if (session->configs[i].process.slot)
			session->configs[i].row->faults +=
				session->configs[i].process.slot->fault.count;
		run_process_end(&session->configs[i].process);
		session->configs[i].process.slot = NULL;
		sg_tempdir_remove(child_dir(session, i)); /* takes the path over */
	}
}
