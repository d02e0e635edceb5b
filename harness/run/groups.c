/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "filters/cbpf/interp.h"
#include "harness/run/execution.h"

/* What the policy under test says, for workloads that want to know: the oracle's word, else that of
 * the group's first filter. */
struct verdicts {
	struct policy_oracle *oracle;
	const struct gen_filter *filter;
};

static uint32_t verdict(void *ctx, const struct abi_tuple *tuple)
{
	const struct verdicts *verdicts = ctx;

	if (verdicts->oracle)
		return policy_eval(verdicts->oracle, tuple).ret;
	if (verdicts->filter)
		return cbpf_run(&verdicts->filter->prog, tuple).ret;
	return ABI_RET_ALLOW;
}

static const struct gen_filter *first_filter(const struct run_group *group)
{
	for (size_t i = 0; i < group->filter_count; i++)
		if (!group->filters[i].unsupported && !group->filters[i].filter.none)
			return &group->filters[i].filter;
	return NULL;
}

/* ---- one workload and group */

static void add_config(struct run_session *session, struct run_row *row, struct run_filter *filter,
		       struct run_installs *installs)
{
	struct run_config *config = &session->configs[session->config_count++];

	*row = (struct run_row){
		.workload = session->workload,
		.group = session->group,
		.filter = filter,
		.status = RUN_INTERRUPTED,
		.ratio = {1, 1, 1},
		.calls_per_op = NAN,
		.bpf_insns = NAN,
		.bpf_insns_full = NAN,
		.bitmap_share = NAN,
	};
	*config = (struct run_config){.row = row, .in = true};
	if (!filter)
		return;
	if (filter->unsupported) {
		run_config_drop(config, RUN_UNSUPPORTED, sg_strdup(filter->unsupported));
		return;
	}
	config->filter = &filter->filter;
	config->installs = filter->filter.none ? NULL : installs;
}

static void add_configs(struct run_session *session, struct run_row *rows,
			struct run_installs *installs)
{
	struct run_filter *filters = session->group->filters;

	session->configs = sg_calloc(RUN_FIRST_FILTER + session->group->filter_count,
				     sizeof(*session->configs));
	add_config(session, &rows[RUN_NONE], NULL, NULL);
	add_config(session, &rows[RUN_AA], NULL, NULL);
	rows[RUN_AA].aa = true;
	for (size_t i = 0; i < session->group->filter_count; i++)
		add_config(session, &rows[RUN_FIRST_FILTER + i], &filters[i], &installs[i]);
	session->order = sg_calloc(session->config_count, sizeof(*session->order));
}

static void session_release(struct run_session *session)
{
	wl_calls_release(&session->calls);
	free(session->configs);
	free(session->order);
}

static void measure_one(struct run_execution *ex, const struct run_group *group,
			const struct wl *workload, struct verdicts *verdicts, struct run_row *rows,
			struct run_installs *installs)
{
	struct run_session session = {
		.plan = ex->plan,
		.group = group,
		.workload = workload,
		.env = {.dir = ex->base_dir,
			.mix = ex->plan->mix,
			.verdict = verdict,
			.verdict_ctx = verdicts},
		.base_dir = ex->base_dir,
		.clock = &ex->clock,
		.cpus = &ex->cpus,
		.seccomp_flags = group->policy ? group->policy->seccomp_flags : 0,
		.control = {.interrupted = ex->plan->interrupted,
			    .one_cpu = ex->cpus.child == ex->cpus.harness},
		.rng = &ex->rng,
		.warnings = &ex->result->warnings,
		.bitmap = ex->result->env.bitmap,
		.progress_s = ex->progress_s,
		.slots = ex->slots,
	};

	add_configs(&session, rows, installs);
	if (!run_interrupted(&session))
		run_measure(&session);
	session_release(&session);
	ex->progress_s += ex->plan->seconds;
}

/* ---- groups */

static void conclude_installs(struct run_group *group, struct run_installs *installs)
{
	for (size_t i = 0; i < group->filter_count; i++) {
		if (installs[i].len)
			group->filters[i].install_ns =
				stats_median(installs[i].ns, installs[i].len);
		free(installs[i].ns);
	}
}

static void measure_group(struct run_execution *ex, struct run_group *group, struct run_row *rows)
{
	struct verdicts verdicts = {.filter = first_filter(group)};
	struct run_installs *installs = sg_calloc(group->filter_count, sizeof(*installs));
	size_t columns = RUN_FIRST_FILTER + group->filter_count;

	if (group->policy)
		verdicts.oracle = policy_oracle_new(group->policy);
	for (size_t i = 0; i < ex->plan->workload_count; i++)
		measure_one(ex, group, ex->plan->workloads[i], &verdicts, &rows[i * columns],
			    installs);
	conclude_installs(group, installs);
	free(installs);
	if (verdicts.oracle)
		policy_oracle_free(verdicts.oracle);
}

void run_measure_all(struct run_execution *ex)
{
	const struct run_plan *plan = ex->plan;
	struct run_result *result = ex->result;

	for (size_t i = 0; i < plan->group_count; i++)
		result->row_count +=
			plan->workload_count * (RUN_FIRST_FILTER + plan->groups[i].filter_count);
	result->rows = sg_calloc(result->row_count, sizeof(*result->rows));

	struct run_row *rows = result->rows;

	for (size_t i = 0; i < plan->group_count; i++) {
		measure_group(ex, &plan->groups[i], rows);
		rows += plan->workload_count * (RUN_FIRST_FILTER + plan->groups[i].filter_count);
	}
}
