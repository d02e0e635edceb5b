/* SPDX-License-Identifier: MIT */
/*
 * The measurement: workloads under filters, paired, in blocks of fresh children ("Measuring" in
 * README.md of this room).
 *
 * A plan says what to measure; run_execute() turns it into a result, one row for each workload,
 * profile and filter, keeping every raw sample. The plan must outlive the result, which points
 * into it. Interrupted runs give a result of what was measured so far.
 */
#ifndef SG_RUN_RUN_H
#define SG_RUN_RUN_H

#include <stdbool.h>

#include "filters/gen/gen.h"
#include "harness/base/clock.h"
#include "harness/run/env.h"
#include "harness/stats/stats.h"
#include "workloads/workload.h"

/* A column: one filter. `none` is always measured and is no entry here. */
struct run_filter {
	char *name;               /* "linear", "hand", a raw file's base name; owned */
	struct gen_filter filter; /* as installed, --bitmap off included; owned */
	char *unsupported;        /* the reason why there is no filter; NULL when there is; owned */
	const struct policy *policy; /* what it was made of; NULL: the policy of its group */
	struct gen_figures figures;
	/* Filled by run_execute(): the median over all children of what installing it once took,
	 * no_new_privs included; with --stack N the mean of the N. 0 when never installed. */
	double install_ns;
};

/* Filters that are measured together, beside each other, in the same blocks. */
struct run_group {
	char *profile;               /* "container-default"; "-" for raw filters; owned */
	const struct policy *policy; /* NULL for "-" */
	struct run_filter *filters;
	size_t filter_count;
};

struct run_plan {
	const struct wl *const *workloads;
	size_t workload_count;
	struct run_group *groups;
	size_t group_count;
	const struct mix *mix;
	double seconds;      /* for each workload and group */
	unsigned min_blocks; /* whatever they take; 0: at least 8 */
	bool bitmap_off;     /* the filters already carry the load; for the record */
	unsigned stack;      /* installs of each filter; at least 1 */
	bool allow_denied;
	bool no_time; /* exact figures alone: nothing is timed, and rows end as RUN_UNTIMED */
	uint64_t seed;
	const struct sg_clock *clock; /* NULL: sg_clock_open(); a fake one in tests */
	/* Called between blocks, from the measuring process; NULL: silent. */
	void (*progress)(void *ctx, const char *workload, double done_s, double total_s);
	void *progress_ctx;
	const volatile int *interrupted; /* becomes non-zero on Ctrl-C; NULL: never */
};

enum run_status {
	RUN_MEASURED,
	RUN_DENIED,      /* the preflight found a call that the filter does not allow */
	RUN_KILLED,      /* the filter killed the child */
	RUN_UNSUPPORTED, /* workload or generator cannot run here */
	RUN_FAILED,      /* prepare or install failed, slices were late, an effect was wrong */
	RUN_INTERRUPTED, /* not reached, or too few blocks for an interval */
	RUN_UNTIMED,     /* the plan wants no times */
};
const char *run_status_name(enum run_status status);

/*
 * One value a block, in the order measured. Ratio and difference are paired as closely as can be:
 * each slice with the slice of `none` in the same round, a few milliseconds apart; the block's
 * value is the median over its rounds. So they are not exactly what the two times of the block
 * give.
 */
struct run_sample {
	double ns_per_op;      /* median over the rounds */
	double none_ns_per_op; /* of `none` in the same block */
	double ratio;          /* to `none` */
	double overhead_ns;    /* difference to `none`, an operation */
	uint64_t iterations;   /* operations timed in this block */
	double install_ns;     /* one install of the filter in this block's child; 0: none */
};

struct run_row {
	const struct wl *workload;
	const struct run_group *group;
	const struct run_filter *filter; /* NULL: none, or its A/A control */
	bool aa;                         /* the A/A control */
	enum run_status status;
	/* RUN_DENIED: "openat, close"; RUN_KILLED: "futex (202) by SIGSYS"; else a sentence. Owned;
	 * NULL when measured, or when Ctrl-C came before the row's turn. */
	char *reason;

	struct run_sample *samples; /* kept whatever the status */
	size_t sample_count;

	/* Estimates over the blocks. For none: ratio 1, overhead 0. */
	struct stats_interval ns_per_op;
	struct stats_interval ratio;       /* to none, paired within the block */
	struct stats_interval overhead_ns; /* difference to none an operation */
	/* overhead_ns has no point in common with the noise floor: the A/A control's overhead_ns,
	 * drawn out to zero where it lies beside it. */
	bool seen;

	/* Deterministic, over the calls of one operation; also in rows that were not measured, and
	 * NaN where they are not known: the row's turn did not come, the workload cannot run here,
	 * there is no filter. With --stack N all N filters count. */
	double calls_per_op;
	double bpf_insns;      /* executed an operation, bitmap counted as none executed */
	double bpf_insns_full; /* executed an operation if the bitmap served nothing */
	double bitmap_share;   /* of the calls; 0 without a bitmap */
	/* Wrong results of the workload. Such a row is measured only with allow_denied, and where
	 * the workload is denied on purpose. */
	uint64_t faults;
};

struct run_result {
	const struct run_plan *plan;
	struct run_env env;
	struct run_row *rows; /* by group, then workload, then: none, none-aa, filters in order */
	size_t row_count;
	bool interrupted;
	double wall_s;
	uint64_t peak_rss_bytes; /* of the measuring process */
	struct sg_strv warnings; /* for the foot of the table; e.g. one processor, late slices */
};

/* What a filter of the group was made of; NULL for a filter without a profile. */
const struct policy *run_filter_policy(const struct run_group *group,
				       const struct run_filter *filter);
/* Row of the A/A control of a row's workload and group; NULL when not measured. */
const struct run_row *run_aa_of(const struct run_result *result, const struct run_row *row);

/*
 * Measures. 0 also when rows were denied, killed or unsupported (the rows say so) or the run was
 * interrupted; negative errno when nothing could be measured at all (no clock: SG_ERR_ENV).
 */
int run_execute(const struct run_plan *plan, struct run_result *ret_result, struct sg_err *err);
void run_result_release(struct run_result *result);

/*
 * What a workload really calls: @ops operations of a driver in a traced child (ptrace), as counts
 * an operation by call. Arguments are those of the first occurrence. SG_ERR_ENV where ptrace is
 * refused. Used by the tests of every driver and for drivers that spawn programs.
 */
int run_trace(const struct wl *workload, const struct wl_env *env, uint64_t ops,
	      struct wl_calls *ret_calls, struct sg_err *err);

/* Sets no_new_privs and installs the filter @times times with seccomp(2); for children and exec. */
int run_install(const struct gen_filter *filter, unsigned times, uint32_t seccomp_flags,
		struct sg_err *err);

#endif
