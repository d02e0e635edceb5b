/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/run: one workload under the filters of one group while it is measured.
 *
 * Configuration 0 is `none`, 1 the A/A control, then the group's filters in order. The session
 * borrows everything but its scratch memory.
 */
#ifndef SG_RUN_SESSION_H
#define SG_RUN_SESSION_H

#include "harness/run/control.h"
#include "harness/run/cpus.h"
#include "harness/run/run.h"
#include "workloads/trace.h"

#define RUN_NONE         0
#define RUN_AA           1
#define RUN_FIRST_FILTER 2

/* What one install of a filter took, in each child so far. */
struct run_installs {
	double *ns;
	size_t len, cap;
};

struct run_config {
	struct run_row *row;
	const struct gen_filter *filter; /* NULL: none */
	struct run_installs *installs;   /* NULL for none */
	double install_ns;               /* one install in the current block's child; 0: none */
	bool in;                         /* still measured */
	unsigned late;                   /* slices that did not end in time */
	const struct wl_call *killer; /* the first call that the preflight says the filter kills */
	size_t killer_count;
	struct run_process process; /* in the current block */
};

struct run_session {
	const struct run_plan *plan;
	const struct run_group *group;
	const struct wl *workload;
	struct wl_env env; /* with base_dir; each child gets a directory of its own below */
	const char *base_dir;
	const struct sg_clock *clock;
	const struct run_cpus *cpus;
	uint32_t seccomp_flags;
	struct run_control control;
	struct sg_rng *rng;
	struct sg_strv *warnings;
	bool bitmap;       /* does this kernel have one? */
	double progress_s; /* planned time of what was measured before */

	struct run_config *configs; /* owned */
	size_t config_count;
	struct run_slot *slots; /* shared memory, one for each configuration */
	size_t *order;          /* scratch for permutations; owned */
	struct wl_calls calls;  /* of one operation; owned */
	uint64_t ops;           /* of a slice */
	double slice_s;         /* what such a slice takes */
};

bool run_interrupted(const struct run_session *session);
/* The configuration leaves the measurement. @reason is taken over. */
void run_config_drop(struct run_config *config, enum run_status status, char *reason);
void run_drop_all(struct run_session *session, enum run_status status, const char *reason);

/* ---- calls.c: the calls of one operation, declared, or for drivers that spawn programs traced */
void run_session_calls(struct run_session *session);
/* wl_trace() of the session's workload in a directory of its own. */
int run_session_trace(struct run_session *session, const struct wl_trace_options *options,
		      struct wl_trace *ret_trace, struct sg_err *err);
struct abi_tuple run_call_tuple(const struct wl_call *call);
/* "pread64", or the number of a call that has no name. New string. */
char *run_call_name(const struct wl_call *call);

/* ---- preflight.c: drops the configurations whose filter does not allow what the workload calls */
void run_preflight(struct run_session *session);

/* ---- figures.c: the deterministic figures of a row */
void run_figures(const struct run_session *session, const struct run_config *config);

/* ---- children.c */
/*
 * Starts the child of a configuration as the @place-th of a block, in a directory of its own, or
 * gives it a slice. False when it is lost (its row says why, or a warning) or on Ctrl-C.
 */
bool run_child_start(struct run_session *session, struct run_config *config, size_t place,
		     uint64_t warmup_ops);
bool run_child_turn(struct run_session *session, struct run_config *config, uint64_t ops);
/* Ends the children of all configurations and removes their directories. */
void run_children_end(struct run_session *session);

/* ---- killed.c: the call that a signal ended a child at, as "futex (202) by SIGSYS". NULL when a
 * run under ptrace was not killed. New string. */
char *run_killed_reason(struct run_session *session, const struct run_config *config);

/* ---- calibrate.c: finds ops and slice_s with a child of `none`, and how long that took to start.
 * False: `none` cannot be measured, and its row says why, or Ctrl-C. */
bool run_calibrate(struct run_session *session, double *ret_start_s);

/* ---- block.c */
struct run_block_times {
	double overhead_s; /* starting and ending the children */
	double rounds_s;
};
/* Adds a sample to the row of each configuration that got through. False on Ctrl-C. */
bool run_block(struct run_session *session, unsigned rounds, struct run_block_times *ret_times);

/* ---- estimate.c: medians and intervals of all rows of the session */
void run_estimate(struct run_session *session);

/* ---- measure.c: everything for one workload and group; all rows end in their final state */
void run_measure(struct run_session *session);

#endif
