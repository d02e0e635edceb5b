/* SPDX-License-Identifier: MIT */
/*
 * A measurement without time: the clock stands still but for what the workload puts on it.
 *
 * Every operation of the fake workload takes 1,000 ns and as many more as the errno that the filter
 * answers to getppid(2). So real filters, installed in real children that are stopped and continued
 * by the real harness, have overheads that are known in advance to the nanosecond.
 */
#ifndef SG_RUN_TESTS_FAKE_H
#define SG_RUN_TESTS_FAKE_H

#include <errno.h>
#include <linux/filter.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "harness/base/alloc.h"
#include "harness/run/run.h"

#define FAKE_OP_NS 1000

/* Of this process: a child goes on from where its parent was when it forked. */
static uint64_t fake_now_ns, fake_read_ns;

static inline uint64_t fake_read(void *ctx)
{
	(void)ctx;
	return fake_now_ns += fake_read_ns;
}

static const struct sg_clock fake_clock = {.now_ns = fake_read, .name = "fake"};

static inline void fake_run(void *state, uint64_t ops, struct wl_fault *fault)
{
	long result = wl_syscall(SYS_getppid, 0, 0, 0, 0, 0, 0);

	(void)state;
	(void)fault;
	fake_now_ns += ops * (FAKE_OP_NS + (uint64_t)(result < 0 ? -result : 0));
}

static inline void fake_declare(const struct wl_env *env, struct wl_calls *out)
{
	(void)env;
	wl_calls_add(out, SYS_getppid, 1);
}

static inline int fake_prepare(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	(void)env;
	(void)err;
	*ret_state = NULL;
	return 0;
}

static const struct wl fake_workload = {
	.name = "fake",
	.denied_on_purpose = true, /* or the preflight would refuse the filters that answer */
	.declare = fake_declare,
	.prepare = fake_prepare,
	.run = fake_run,
};

/* A filter that returns @ret for call @nr and allows everything else. */
static inline struct gen_filter fake_filter(int nr, uint32_t ret)
{
	struct gen_filter filter = {0};
	const struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_NR),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, ret),
		BPF_STMT(BPF_RET | BPF_K, ABI_RET_ALLOW),
	};

	for (size_t i = 0; i < SG_COUNT(insns); i++)
		cbpf_add(&filter.prog, insns[i]);
	return filter;
}

/* One that allows @nr alone; the rest is killed. */
static inline struct gen_filter fake_strict_filter(int nr)
{
	struct gen_filter filter = fake_filter(nr, ABI_RET_ALLOW);

	filter.prog.insns[3].k = ABI_RET_KILL_PROCESS;
	return filter;
}

#define FAKE_FILTERS 4

/* A plan of one group, with what it owns. */
struct fake_plan {
	struct run_filter filters[FAKE_FILTERS];
	struct run_group group;
	const struct wl *workloads[2];
	struct run_plan plan;
	struct run_result result;
};

static inline void fake_plan_init(struct fake_plan *fake, const struct wl *workload)
{
	*fake = (struct fake_plan){
		.workloads = {workload},
		.group = {.profile = (char *)"-", .filters = fake->filters},
		.plan = {.workloads = fake->workloads,
			 .workload_count = 1,
			 .groups = &fake->group,
			 .group_count = 1,
			 .seconds = 1e-6, /* the least there is: the floor of blocks decides */
			 .min_blocks = 10,
			 .stack = 1,
			 .seed = 1,
			 .clock = &fake_clock},
	};
}

static inline void fake_plan_add(struct fake_plan *fake, const char *name, struct gen_filter filter)
{
	struct run_filter *column = &fake->filters[fake->group.filter_count++];

	*column = (struct run_filter){.name = (char *)name, .filter = filter};
}

static inline void fake_plan_run(struct fake_plan *fake)
{
	struct sg_err err = {0};

	if (run_execute(&fake->plan, &fake->result, &err))
		fail_msg("run_execute: %s", err.msg);
}

static inline void fake_plan_release(struct fake_plan *fake)
{
	run_result_release(&fake->result);
	for (size_t i = 0; i < fake->group.filter_count; i++)
		cbpf_release(&fake->filters[i].filter.prog);
}

/* Rows: 0 none, 1 A/A, then the filters. */
static inline const struct run_row *fake_row(const struct fake_plan *fake, size_t index)
{
	assert_true(index < fake->result.row_count);
	return &fake->result.rows[index];
}

static inline void assert_row(const struct run_row *row, enum run_status status, const char *reason)
{
	if (row->status != status || (reason && (!row->reason || strcmp(row->reason, reason))))
		fail_msg("%s: %s (%s), not %s (%s)", row->filter ? row->filter->name : "none",
			 run_status_name(row->status), row->reason ? row->reason : "no reason",
			 run_status_name(status), reason ? reason : "any");
}

/* A workload that is not exempt from the preflight. */
static const struct wl fake_undenied = {
	.name = "undenied",
	.declare = fake_declare,
	.prepare = fake_prepare,
	.run = fake_run,
};

static inline bool has_warning(const struct run_result *result, const char *words)
{
	for (size_t i = 0; i < result->warnings.len; i++)
		if (strstr(result->warnings.items[i], words))
			return true;
	return false;
}

static inline void assert_interval(struct stats_interval it, double low, double estimate,
				   double high)
{
	if (fabs(it.low - low) > 1e-9 || fabs(it.estimate - estimate) > 1e-9 ||
	    fabs(it.high - high) > 1e-9)
		fail_msg("%.12g [%.12g %.12g], not %.12g [%.12g %.12g]", it.estimate, it.low,
			 it.high, estimate, low, high);
}

#endif
