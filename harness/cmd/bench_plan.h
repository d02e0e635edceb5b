/* SPDX-License-Identifier: MIT */
/*
 * What `bench` measures: from option lists to a plan for harness/run.
 *
 * A profile becomes a group, whose filters are measured beside each other: one for each generator,
 * and one for each --filter operand of that profile. Filters without a profile share the group "-".
 * `hand` is written for x86_64 alone; where the policy has other architectures too, it stands for
 * x86_64 and gets a linear filter for the same list beside it, so that like is compared with like.
 */
#ifndef SG_CMD_BENCH_PLAN_H
#define SG_CMD_BENCH_PLAN_H

#include "harness/cmd/options.h"
#include "harness/run/run.h"

struct bench_request {
	struct cmd_policy_options policy;
	struct sg_strv profiles, filters, generators, workloads;
	bool bitmap_off;
};

struct bench_plan {
	const struct wl *workloads[WL_MAX];
	size_t workload_count;
	struct run_group *groups;
	size_t group_count, group_cap;
	/* Each group's policies: its own, and the x86_64 one that `hand` needs; by index. */
	struct policy **policies;
	size_t policy_count, policy_cap;
	bool finding; /* a generator refused, crashed or hung; already printed */
};

int bench_plan_make(const struct bench_request *request, struct bench_plan *ret,
		    struct sg_err *err);
void bench_plan_release(struct bench_plan *plan);

#endif
