/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "harness/run/budget.h"
#include "harness/run/session.h"

/* What a turn takes beside its slice, until the first block has shown it. */
#define STOP_CONTINUE_S 120e-6

static void report_progress(const struct run_session *session, double spent_s)
{
	const struct run_plan *plan = session->plan;
	double total_s = plan->seconds * (double)(plan->workload_count * plan->group_count);
	double here_s = spent_s < plan->seconds ? spent_s : plan->seconds;

	if (plan->progress)
		plan->progress(plan->progress_ctx, session->workload->name,
			       session->progress_s + here_s, total_s);
}

/* Blocks lately; the first one replaces the guess. A disturbed one is soon forgotten. */
static double refine(double known, double seen, unsigned blocks)
{
	return blocks == 1 ? seen : (known + seen) / 2;
}

static void run_blocks(struct run_session *session, struct run_budget *budget, uint64_t start_ns)
{
	struct run_block_times times;

	while (session->configs[RUN_NONE].in && run_budget_more(budget)) {
		unsigned rounds = run_budget_rounds(budget);

		if (!run_block(session, rounds, &times))
			return;
		budget->blocks++;
		budget->overhead_s = refine(budget->overhead_s, times.overhead_s, budget->blocks);
		budget->round_s = refine(budget->round_s, times.rounds_s / rounds, budget->blocks);
		budget->spent_s = 1e-9 * (double)(sg_monotonic_ns() - start_ns);
		report_progress(session, budget->spent_s);
	}
}

static size_t count_in(const struct run_session *session)
{
	size_t count = 0;

	for (size_t i = 0; i < session->config_count; i++)
		count += session->configs[i].in;
	return count;
}

static void measure_blocks(struct run_session *session, uint64_t start_ns)
{
	const struct run_plan *plan = session->plan;
	double start_s = 0;

	if (!run_calibrate(session, &start_s))
		return;

	size_t count = count_in(session);
	struct run_budget budget = {
		.total_s = plan->seconds,
		.configs = (unsigned)count,
		.min_blocks = plan->min_blocks,
		.overhead_s = (double)count * start_s,
		.round_s = (double)count * (session->slice_s + STOP_CONTINUE_S),
		.spent_s = 1e-9 * (double)(sg_monotonic_ns() - start_ns),
	};

	run_blocks(session, &budget, start_ns);
}

/* Without `none` there is nothing to compare with: its fate is everybody's. */
static void follow_none(struct run_session *session)
{
	struct run_config *none = &session->configs[RUN_NONE];

	if (none->in && !none->row->sample_count && !run_interrupted(session))
		run_config_drop(none, RUN_FAILED, sg_strdup("no slice ended in time"));
	if (!none->in)
		run_drop_all(session, none->row->status, none->row->reason);
}

static bool is_supported(struct run_session *session)
{
	const struct wl *workload = session->workload;
	struct sg_err err;

	if (!workload->supported || !workload->supported(&session->env, &err))
		return true;
	run_drop_all(session, RUN_UNSUPPORTED, err.msg);
	return false;
}

void run_measure(struct run_session *session)
{
	uint64_t start_ns = sg_monotonic_ns();

	report_progress(session, 0);
	if (!is_supported(session))
		return;
	run_session_calls(session);
	run_preflight(session);
	for (size_t i = 0; i < session->config_count; i++)
		run_figures(session, &session->configs[i]);
	if (session->plan->no_time) {
		run_drop_all(session, RUN_UNTIMED, "--no-time");
		return;
	}
	measure_blocks(session, start_ns);
	follow_none(session);
	run_estimate(session);
}
