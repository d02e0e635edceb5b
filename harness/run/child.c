/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "harness/base/alloc.h"
#include "harness/run/child.h"
#include "harness/run/cpus.h"
#include "harness/run/run.h"

/* What a filter or a fault does to the child must end it, whatever the harness does about signals.
 */
static void reset_signals(void)
{
	static const int deadly[] = {SIGSYS, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTERM};

	for (size_t i = 0; i < SG_COUNT(deadly); i++)
		signal(deadly[i], SIG_DFL);
	signal(SIGINT, SIG_IGN);
}

/* Before the filter: here every system call is free. */
static int settle(const struct run_job *job, struct sg_err *err)
{
	const struct rlimit no_core = {0, 0};

	setpgid(0, 0);
	reset_signals();
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != job->harness)
		_exit(1); /* the harness ended before it could take us along */
	setrlimit(RLIMIT_CORE, &no_core);
	/* A core_pattern that is a pipe takes no notice of the limit (core(5)). */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (run_cpu_pin(0, job->cpu))
		return sg_err_env(err, errno, "cannot run on processor %d: %m", job->cpu);
	return 0;
}

static int install(const struct run_job *job, struct run_slot *slot)
{
	uint64_t start_ns = sg_clock_now_ns(job->clock);
	int ret = run_install(job->filter, job->stack, job->seccomp_flags, &slot->err);

	slot->install_ns = sg_clock_now_ns(job->clock) - start_ns;
	return ret;
}

static int get_ready(const struct run_job *job, struct run_slot *slot, void **ret_state)
{
	int ret = settle(job, &slot->err);

	if (!ret)
		ret = job->workload->prepare(&job->env, ret_state, &slot->err);
	if (!ret && job->filter)
		ret = install(job, slot);
	return ret;
}

static void slice(const struct run_job *job, struct run_slot *slot, void *state)
{
	uint64_t start_ns = sg_clock_now_ns(job->clock);

	job->workload->run(state, slot->ops, &slot->fault);
	slot->slice_ns = sg_clock_now_ns(job->clock) - start_ns;
}

static void raise_finished(struct run_slot *slot, uint32_t count)
{
	atomic_store_explicit(&slot->finished, count, memory_order_release);
}

static void await_order(struct run_slot *slot, uint32_t count)
{
	while (atomic_load_explicit(&slot->ordered, memory_order_acquire) < count)
		run_relax();
}

void run_child(const struct run_job *job, struct run_slot *slot)
{
	void *state = NULL;

	if (get_ready(job, slot, &state))
		slot->failed = true;
	else
		job->workload->run(state, job->warmup_ops, &slot->fault);
	raise_finished(slot, 1);
	for (uint32_t count = 1;; count++) {
		await_order(slot, count);
		slice(job, slot, state);
		raise_finished(slot, count + 1);
	}
}
