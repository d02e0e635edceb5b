/* SPDX-License-Identifier: MIT */
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "filters/abi/abi.h"
#include "harness/base/child.h"
#include "harness/base/clock.h"
#include "harness/run/cpus.h"
#include "harness/run/env_private.h"
#include "harness/run/facts.h"
#include "harness/run/run.h"

#define UNKNOWN "unknown"

unsigned run_env_own_filters(void)
{
	char count[16];

	run_fact_read_key("/proc/self/status", "Seccomp_filters", "0", count, sizeof(count));
	return (unsigned)strtoul(count, NULL, 10);
}

double run_env_load(void)
{
	double load = 0;

	return getloadavg(&load, 1) == 1 ? load : 0;
}

bool run_env_kernel_at_least(unsigned major, unsigned minor)
{
	struct utsname host;
	unsigned have_major = 0, have_minor = 0;

	uname(&host);
	if (sscanf(host.release, "%u.%u", &have_major, &have_minor) != 2)
		return false;
	return have_major > major || (have_major == major && have_minor >= minor);
}

static void read_host(struct run_env *env)
{
	struct utsname host;

	uname(&host);
	snprintf(env->kernel, sizeof(env->kernel), "%s", host.release);
	snprintf(env->machine, sizeof(env->machine), "%.31s", host.machine);
	run_env_virtualisation(env->virtualisation, sizeof(env->virtualisation));
}

/* x86, powerpc and s390 spell it differently; arm has no such line. */
static void read_cpu_name(struct run_env *env)
{
	static const char *const keys[] = {"model name", "cpu model", "cpu", "processor 0"};

	snprintf(env->cpu, sizeof(env->cpu), UNKNOWN);
	for (size_t i = 0; i < SG_COUNT(keys) && !strcmp(env->cpu, UNKNOWN); i++)
		run_fact_read_key("/proc/cpuinfo", keys[i], UNKNOWN, env->cpu, sizeof(env->cpu));
}

static void read_cpus(struct run_env *env)
{
	struct run_cpus cpus;
	char path[80];

	read_cpu_name(env);
	run_cpus_choose(&cpus);
	env->cpus_online = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	env->cpus_allowed = (unsigned)CPU_COUNT(&cpus.before);
	env->cpu_child = cpus.child;
	env->cpu_parent = cpus.harness;
	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_governor",
		 cpus.child);
	run_fact_read(path, "none", env->governor, sizeof(env->governor));
}

static void read_sysctls(struct run_env *env)
{
	run_fact_read("/proc/sys/net/core/bpf_jit_enable", UNKNOWN, env->bpf_jit,
		      sizeof(env->bpf_jit));
	run_fact_read("/proc/sys/net/core/bpf_jit_harden", UNKNOWN, env->bpf_jit_harden,
		      sizeof(env->bpf_jit_harden));
	run_fact_read("/sys/devices/system/clocksource/clocksource0/current_clocksource", UNKNOWN,
		      env->clock_source, sizeof(env->clock_source));
	run_fact_read("/sys/devices/system/cpu/vulnerabilities/spec_store_bypass", UNKNOWN,
		      env->spec_store_bypass, sizeof(env->spec_store_bypass));
	run_fact_read("/sys/devices/system/cpu/vulnerabilities/spectre_v2", UNKNOWN,
		      env->spectre_v2, sizeof(env->spectre_v2));
}

static void read_clock(struct run_env *env)
{
	struct sg_clock clock;
	struct sg_err err;

	snprintf(env->clock, sizeof(env->clock), "%s",
		 sg_clock_open(&clock, &err) ? "none" : clock.name);
}

/* Speculative store bypass: what PR_GET_SPECULATION_CTRL says of a process, before it has a filter
 * and after. Before Linux 5.16 a filter forced the mitigation on (kernel/seccomp.c,
 * seccomp_assign_mode(); spec_store_bypass_disable=seccomp). */
static int probe_ssbd(void *ctx, struct sg_buf *out)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	const struct gen_filter filter = {.prog = {.insns = &allow, .len = 1}};
	int before = prctl(PR_GET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, 0, 0, 0);

	(void)ctx;
	if (before < 0 || run_install(&filter, 1, 0, NULL))
		return 1;

	int after = prctl(PR_GET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, 0, 0, 0);

	sg_buf_adds(out, after == before ? "no" : "yes");
	return 0;
}

static void read_ssbd(struct run_env *env)
{
	const struct sg_child_limits limits = {.wall_s = 10};
	struct sg_child_result result;
	struct sg_buf answer = {0};

	snprintf(env->seccomp_implies_ssbd, sizeof(env->seccomp_implies_ssbd), UNKNOWN);
	if (!sg_child_run(probe_ssbd, NULL, &limits, &answer, &result, NULL) &&
	    result.end == SG_CHILD_OK)
		snprintf(env->seccomp_implies_ssbd, sizeof(env->seccomp_implies_ssbd), "%s",
			 sg_buf_text(&answer));
	sg_buf_release(&answer);
}

static void read_date(struct run_env *env)
{
	time_t now = time(NULL);
	struct tm utc;

	gmtime_r(&now, &utc);
	strftime(env->date, sizeof(env->date), "%Y-%m-%dT%H:%M:%SZ", &utc);
}

void run_env_read(struct run_env *env)
{
	*env = (struct run_env){0};
	read_date(env);
	read_host(env);
	read_cpus(env);
	read_sysctls(env);
	read_clock(env);
	read_ssbd(env);
	run_env_workdir_fs(env->workdir_fs, sizeof(env->workdir_fs));
	env->bitmap = run_env_has_bitmap();
	env->load_start = env->load_end = run_env_load();
	snprintf(env->libseccomp, sizeof(env->libseccomp), UNKNOWN);
	snprintf(env->secgauge, sizeof(env->secgauge), SG_VERSION);
}
