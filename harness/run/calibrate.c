/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "harness/run/session.h"

#define SLICE_NS     200000.0
#define CLOCK_SHARE  0.001 /* of a slice, that reading the clock may take */
#define CLOCK_READS  2000
#define TRIES_A_SIZE 3
#define GROWTH_MAX   100.0 /* from one try to the next */
#define OPS_MAX      1e9   /* a clock that stands still ends here */

static double clock_read_ns(const struct sg_clock *clock)
{
	uint64_t start_ns = sg_clock_now_ns(clock), end_ns = start_ns;

	for (int i = 0; i < CLOCK_READS; i++)
		end_ns = sg_clock_now_ns(clock);
	return (double)(end_ns - start_ns) / CLOCK_READS;
}

/* The quickest of a few: an interrupted slice says nothing about the workload. */
static bool time_slice(struct run_session *session, struct run_config *none, uint64_t ops,
		       double *ret_ns)
{
	*ret_ns = INFINITY;
	for (int i = 0; i < TRIES_A_SIZE; i++) {
		if (!run_child_turn(session, none, ops))
			return false;
		*ret_ns = fmin(*ret_ns, (double)none->process.slot->slice_ns);
	}
	return true;
}

static bool find_ops(struct run_session *session, struct run_config *none)
{
	double target_ns = fmax(SLICE_NS, clock_read_ns(session->clock) / CLOCK_SHARE);
	double ns = 0;

	session->ops = 1;
	while (time_slice(session, none, session->ops, &ns)) {
		session->slice_s = 1e-9 * ns;
		if (ns >= 0.9 * target_ns || (double)session->ops >= OPS_MAX)
			return true;
		double growth = fmin(target_ns / fmax(ns, 1), GROWTH_MAX);
		session->ops = (uint64_t)ceil((double)session->ops * growth);
	}
	return false;
}

bool run_calibrate(struct run_session *session, double *ret_start_s)
{
	struct run_config *none = &session->configs[RUN_NONE];
	uint64_t start_ns = sg_monotonic_ns();
	bool found = run_child_start(session, none, 0, 1);

	*ret_start_s = 1e-9 * (double)(sg_monotonic_ns() - start_ns);
	found = found && find_ops(session, none);
	run_children_end(session);
	return found;
}
