/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "harness/base/file.h"
#include "harness/run/env_private.h"
#include "harness/run/execution.h"
#include "harness/run/neighbours.h"

/* Of the measured processor's time, taken by others: from here on it is worth a word. */
#define DISTURBED_SHARE 0.05

static size_t most_columns(const struct run_plan *plan)
{
	size_t most = 0;

	for (size_t i = 0; i < plan->group_count; i++)
		if (plan->groups[i].filter_count > most)
			most = plan->groups[i].filter_count;
	return RUN_FIRST_FILTER + most;
}

static int share_memory(struct run_execution *ex, struct sg_err *err)
{
	ex->slot_count = most_columns(ex->plan);
	ex->slots = mmap(NULL, ex->slot_count * sizeof(*ex->slots), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (ex->slots == MAP_FAILED)
		return sg_err_env(err, errno, "cannot share memory with children: %m");
	return 0;
}

static void warn_of_surroundings(struct run_execution *ex)
{
	struct sg_strv *warnings = &ex->result->warnings;
	unsigned filters = run_env_own_filters();

	if (ex->cpus.child == ex->cpus.harness)
		sg_strv_add(warnings, "only one processor is allowed: the harness sleeps on it "
				      "between looks, which disturbs what it measures");
	else if (ex->cpus.siblings)
		sg_strv_add(warnings, "the harness runs on the other thread of the measured core, "
				      "which disturbs what it measures");
	if (filters)
		sg_strv_addf(warnings,
			     "secgauge itself runs under %u seccomp filter%s (a container's?): "
			     "they are part of every figure, `none` included",
			     filters, filters == 1 ? "" : "s");
}

static void warn_of_neighbours(struct run_execution *ex, const struct run_neighbours *before)
{
	struct run_neighbours after;

	if (!run_neighbours_read(ex->cpus.child, &after))
		return;

	double others = run_neighbours_share(before, &after);
	double stolen = run_neighbours_stolen(before, &after);

	if (others > DISTURBED_SHARE)
		sg_strv_addf(&ex->result->warnings,
			     "other processes took %.0f%% of the measured processor: intervals are "
			     "wider than they need be",
			     100 * others);
	if (stolen > DISTURBED_SHARE)
		sg_strv_addf(&ex->result->warnings,
			     "the hypervisor took %.0f%% of the measured processor away: intervals "
			     "are wider than they need be",
			     100 * stolen);
}

/* On the harness's processor, and back. */
static void measure(struct run_execution *ex)
{
	struct run_env *env = &ex->result->env;
	struct run_neighbours before;
	bool told = run_neighbours_read(ex->cpus.child, &before);

	snprintf(env->clock, sizeof(env->clock), "%s", ex->clock.name);
	warn_of_surroundings(ex);
	run_cpus_enter(&ex->cpus);
	run_measure_all(ex);
	run_cpus_leave(&ex->cpus);
	if (told)
		warn_of_neighbours(ex, &before);
}

static void name_libseccomp(struct run_execution *ex)
{
	static const char prefix[] = "libseccomp ";

	for (size_t i = 0; i < ex->plan->group_count; i++)
		for (size_t j = 0; j < ex->plan->groups[i].filter_count; j++) {
			const char *version = ex->plan->groups[i].filters[j].filter.version;

			if (!strncmp(version, prefix, sizeof(prefix) - 1))
				snprintf(ex->result->env.libseccomp,
					 sizeof(ex->result->env.libseccomp), "%s",
					 version + sizeof(prefix) - 1);
		}
}

static int open_execution(struct run_execution *ex, struct sg_err *err)
{
	int ret = 0;

	if (ex->plan->clock)
		ex->clock = *ex->plan->clock;
	else if (!ex->plan->no_time)
		ret = sg_clock_open(&ex->clock, err);
	if (!ret)
		ret = sg_tempdir_create(&ex->base_dir, err);
	if (!ret)
		ret = share_memory(ex, err);
	return ret;
}

static void close_execution(struct run_execution *ex)
{
	if (ex->slots && ex->slots != MAP_FAILED)
		munmap(ex->slots, ex->slot_count * sizeof(*ex->slots));
	sg_tempdir_remove(ex->base_dir);
}

/* Children are waited for: an inherited SIG_IGN would let them vanish (sigaction(2), SIGCHLD). */
static void wait_for_children(struct sigaction *ret_before)
{
	const struct sigaction by_default = {.sa_handler = SIG_DFL};

	sigaction(SIGCHLD, &by_default, ret_before);
}

static uint64_t peak_rss_bytes(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (uint64_t)usage.ru_maxrss * 1024;
}

static void execute(struct run_execution *ex)
{
	struct run_result *result = ex->result;
	uint64_t start_ns = sg_monotonic_ns();

	run_env_read(&result->env);
	name_libseccomp(ex);
	if (ex->plan->no_time)
		run_measure_all(ex);
	else
		measure(ex);
	result->env.load_end = run_env_load();
	result->interrupted = ex->plan->interrupted && *ex->plan->interrupted;
	result->wall_s = 1e-9 * (double)(sg_monotonic_ns() - start_ns);
	result->peak_rss_bytes = peak_rss_bytes();
}

int run_execute(const struct run_plan *plan, struct run_result *ret_result, struct sg_err *err)
{
	struct run_result result = {.plan = plan};
	struct run_execution ex = {.plan = plan, .result = &result};
	struct sigaction sigchld_before;

	wait_for_children(&sigchld_before);
	run_cpus_choose(&ex.cpus);
	sg_rng_seed(&ex.rng, plan->seed);

	int ret = open_execution(&ex, err);

	if (!ret) {
		execute(&ex);
		*ret_result = result;
	}
	close_execution(&ex);
	sigaction(SIGCHLD, &sigchld_before, NULL);
	return ret;
}
