/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "filters/policy/policy.h"
#include "harness/base/child.h"
#include "harness/run/env.h"
#include "harness/run/probes.h"

#define PROBE_WALL_S 10

struct row {
	const char *name;
	run_probe probe;
	const char *cost;
};

static const struct row rows[] = {
	{"seccomp", run_probe_seccomp, "nothing can be measured"},
	{"bitmap", run_probe_bitmap, "every call runs the filter: the bitmap's share is 0"},
	{"bpf-jit", run_probe_bpf_jit, "filters are interpreted and cost several times more"},
	{"user-notif", run_probe_user_notif, "rules with NOTIFY cannot be tried on the kernel"},
	{"i386-calls", run_probe_i386_calls,
	 "the compat workload; a filter's i386 part is only interpreted"},
	{"x32-numbers", run_probe_x32_numbers, "a filter's x32 part is only interpreted"},
	{"vdso-clock", run_probe_vdso_clock, "slices are timed by the TSC, or not at all"},
	{"second-processor", run_probe_second_processor,
	 "the harness disturbs what it measures: wider intervals"},
	{"ptrace", run_probe_ptrace,
	 "figures of the start workload; the call that a filter killed may stay unnamed"},
	{"io_uring", run_probe_io_uring, "the uring workload"},
	{"bpf", run_probe_bpf, "figures from the kernel's JIT alone, and its verdicts"},
	{"sys-admin", run_probe_sys_admin, "reading the filters of other processes"},
	{"perf-counters", run_probe_perf_counters, "cycles and instructions beside the times"},
};

static int in_child(void *ctx, struct sg_buf *out)
{
	const struct row *row = ctx;

	return row->probe(out);
}

static void try_out(const struct row *row, struct run_capability *ret)
{
	const struct sg_child_limits limits = {.wall_s = PROBE_WALL_S};
	struct sg_child_result result;
	struct sg_buf why = {0};
	struct sg_err err;

	*ret = (struct run_capability){.name = row->name, .cost = row->cost};
	if (sg_child_run(in_child, (void *)row, &limits, &why, &result, &err))
		sg_buf_adds(&why, err.msg);
	else if (result.end != SG_CHILD_FAILED)
		ret->usable = result.end == SG_CHILD_OK;
	if (!ret->usable && !why.len) {
		sg_buf_adds(&why, "the probe ");
		sg_child_describe(&result, &limits, &why);
	}
	snprintf(ret->reason, sizeof(ret->reason), "%s", sg_buf_text(&why));
	sg_buf_release(&why);
}

/* A profile that a Debian package brings. */
static void look_for(const struct policy_bundled *profile, struct run_capability *ret)
{
	*ret = (struct run_capability){
		.name = profile->name,
		.usable = !access(profile->file, R_OK),
		.cost = "a profile that is known by name",
	};
	if (!ret->usable)
		snprintf(ret->reason, sizeof(ret->reason), "no %s (Debian package %s)",
			 profile->file, profile->package);
}

int run_capabilities(struct run_capability *ret)
{
	int count = 0;

	for (size_t i = 0; i < SG_COUNT(rows); i++)
		try_out(&rows[i], &ret[count++]);
	for (const struct policy_bundled *profile = policy_bundled;
	     profile->name && count < RUN_CAPABILITY_MAX; profile++)
		if (profile->package)
			look_for(profile, &ret[count++]);
	return count;
}
