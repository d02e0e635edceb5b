/* SPDX-License-Identifier: MIT */
/*
 * What a driver really calls: run() of a driver in a child under ptrace(2). A declaration is held
 * against this in the tests, the calls of the programs that `start` executes are had from it, and
 * it names the call that a filter kills.
 *
 * Only the calls between the beginning and the end of run() are seen: prepare() runs before the
 * tracer attaches. Everything the child started is gone when wl_trace() returns.
 */
#ifndef SG_WORKLOADS_TRACE_H
#define SG_WORKLOADS_TRACE_H

#include "workloads/workload.h"

struct wl_trace_options {
	uint64_t ops;         /* operations, in one run(); at least 1 */
	bool follow_children; /* also the calls of the processes that the driver makes */
	/* In the child, between prepare() and run(): installs a filter. NULL: nothing. */
	int (*before_run)(void *ctx, struct sg_err *err);
	/* In the tracer, for every call as it is entered (per_op 1, all arguments fixed). NULL: no.
	 */
	void (*on_call)(void *ctx, const struct wl_call *call);
	void *ctx; /* of both */
};

struct wl_trace {
	/*
	 * One entry for each architecture and number, in the order of their first occurrence,
	 * per_op as counted. Arguments are those of the first occurrence; `fixed` marks the ones
	 * that every later occurrence shared. `arch` is NULL for the native one.
	 */
	struct wl_calls calls;
	struct wl_fault fault; /* as run() counted it */
	int signal; /* that ended the driver inside run(), SIGSYS for a filter; 0: none */
	/* The last call of the process that a signal ended (SIGSYS preferred: a program under
	 * `start` may be killed where the driver lives on); nr ABI_NR_NONE when none was. */
	struct wl_call killed;
};

/*
 * 0 when run() ended or a signal ended it. Errors are those of prepare() and before_run();
 * SG_ERR_ENV where ptrace is refused. Release with wl_trace_release().
 */
int wl_trace(const struct wl *wl, const struct wl_env *env, const struct wl_trace_options *options,
	     struct wl_trace *ret_trace, struct sg_err *err);
void wl_trace_release(struct wl_trace *trace);

#endif
