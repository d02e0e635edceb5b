/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "harness/report/table.h"
#include "harness/report/text.h"

static void machine(const struct run_env *env, struct sg_buf *out)
{
	sg_buf_addf(out, "Linux %s on %s; %s; virtualisation: %s; ", env->kernel, env->machine,
		    env->cpu, env->virtualisation);
	sg_buf_addf(out, "BPF JIT %s; seccomp implies SSBD: %s; clock: %s; ", env->bpf_jit,
		    env->seccomp_implies_ssbd, env->clock);
	sg_buf_addf(out, "governor: %s; files on %s; load ", env->governor, env->workdir_fs);
	if (isnan(env->load_start) || isnan(env->load_end))
		sg_buf_adds(out, "unknown");
	else
		sg_buf_addf(out, "%.2f to %.2f", env->load_start, env->load_end);
}

const char *report_bitmap_text(const struct run_result *result)
{
	if (result->plan->bitmap_off)
		return "defeated (--bitmap off: as before Linux 5.11)";
	return result->env.bitmap ? "in use" : "not in this kernel";
}

static void settings(const struct run_result *result, struct sg_buf *out)
{
	const struct run_plan *plan = result->plan;

	if (plan->no_time)
		sg_buf_adds(out, "exact figures alone, nothing was timed");
	else
		sg_buf_addf(out, "%g s for each workload and profile, seed %llu", plan->seconds,
			    (unsigned long long)plan->seed);
	sg_buf_addf(out, "; the kernel's bitmap is %s", report_bitmap_text(result));
	if (plan->stack > 1)
		sg_buf_addf(out, "; each filter installed %u times", plan->stack);
}

void report_table_head(const struct run_result *result, struct sg_buf *out)
{
	struct sg_buf text = {0};

	machine(&result->env, &text);
	report_wrap(out, text.data, 0, 2, REPORT_TABLE_WIDTH);
	sg_buf_clear(&text);
	settings(result, &text);
	report_wrap(out, text.data, 0, 2, REPORT_TABLE_WIDTH);
	sg_buf_release(&text);
}

static void group_title(const struct run_group *group, const struct report_options *look,
			struct sg_buf *out)
{
	sg_buf_adds(out, "\n");
	if (!group->policy) {
		report_tint(out, look, REPORT_BOLD, "filters without a profile");
		sg_buf_adds(out, "\n");
		return;
	}
	report_tint(out, look, REPORT_BOLD, "%s", group->profile);
	sg_buf_adds(out, " for ");
	for (size_t i = 0; i < group->policy->arch_count; i++)
		sg_buf_addf(out, "%s%s", i ? ", " : "", group->policy->arches[i]->name);
	sg_buf_adds(out, "\n");
}

#define EXACT_LEGEND                                                                         \
	"insns/op: executed BPF instructions an operation; served: share of the workload's " \
	"calls that the kernel's bitmap allows without running the filter."

static const char legend[] =
	"overhead: difference to no filter, an operation, paired within blocks, median over blocks "
	"with its 95% interval. \"No difference seen\": inside the noise floor that the A/A "
	"control (the same without a filter, twice) showed in this run. " EXACT_LEGEND;

static void foot(const struct run_result *result, struct sg_buf *out)
{
	sg_buf_adds(out, "\n");
	report_wrap(out, result->plan->no_time ? EXACT_LEGEND : legend, 0, 0, REPORT_TABLE_WIDTH);
	for (size_t i = 0; i < result->warnings.len; i++) {
		sg_buf_adds(out, "note: ");
		report_wrap(out, result->warnings.items[i], 6, 6, REPORT_TABLE_WIDTH);
	}
	if (result->interrupted)
		sg_buf_adds(out, "Interrupted: what was measured until then.\n");
}

static int write_table(const struct run_result *result, const struct report_options *look,
		       struct sg_buf *out, struct sg_err *err)
{
	(void)err;
	report_table_head(result, out);
	for (size_t i = 0; i < result->plan->group_count; i++) {
		const struct run_group *group = &result->plan->groups[i];

		group_title(group, look, out);
		report_table_filters(result, group, look, out);
		report_table_rows(result, group, look, out);
		report_table_summary(result, group, look, out);
	}
	foot(result, out);
	return 0;
}

const struct report report_table = {"table", "for people, on a terminal of 100 columns",
				    write_table};
