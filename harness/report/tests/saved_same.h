/* SPDX-License-Identifier: MIT */
/* Is what was read back what was measured? Numbers to the twelve digits that are written. */
#ifndef SG_REPORT_TESTS_SAVED_SAME_H
#define SG_REPORT_TESTS_SAVED_SAME_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/report.h"
#include "harness/run/saved.h"

static inline void assert_near(double got, double wanted)
{
	if (fabs(got - wanted) > 1e-11 * fabs(wanted))
		fail_msg("%.17g, not %.17g", got, wanted);
}

static inline void assert_same_interval(const struct stats_interval *got,
					const struct stats_interval *wanted)
{
	assert_near(got->low, wanted->low);
	assert_near(got->estimate, wanted->estimate);
	assert_near(got->high, wanted->high);
}

/* Not known is not said, and reads as not known. */
static inline void assert_same_exact(const struct saved_row *got, const struct run_row *wanted)
{
	const double pairs[][2] = {
		{got->calls_per_op, wanted->calls_per_op},
		{got->bpf_insns, wanted->bpf_insns},
		{got->bpf_insns_full, wanted->bpf_insns_full},
		{got->bitmap_share, wanted->bitmap_share},
	};

	for (size_t i = 0; i < SG_COUNT(pairs); i++)
		if (isnan(pairs[i][1]))
			assert_true(isnan(pairs[i][0]));
		else
			assert_near(pairs[i][0], pairs[i][1]);
}

static inline void assert_same_measurement(const struct saved_row *got,
					   const struct run_row *wanted)
{
	assert_int_equal(got->sample_count, wanted->sample_count);
	for (size_t i = 0; i < wanted->sample_count; i++) {
		assert_near(got->samples[i].ns_per_op, wanted->samples[i].ns_per_op);
		assert_near(got->samples[i].none_ns_per_op, wanted->samples[i].none_ns_per_op);
		assert_near(got->samples[i].ratio, wanted->samples[i].ratio);
		assert_near(got->samples[i].overhead_ns, wanted->samples[i].overhead_ns);
		assert_true(got->samples[i].iterations == wanted->samples[i].iterations);
		if (wanted->filter)
			assert_near(got->samples[i].install_ns, wanted->samples[i].install_ns);
		else
			assert_true(isnan(got->samples[i].install_ns));
	}
	assert_same_interval(&got->ns_per_op, &wanted->ns_per_op);
	assert_same_interval(&got->ratio, &wanted->ratio);
	assert_same_interval(&got->overhead_ns, &wanted->overhead_ns);
	assert_int_equal(got->seen, wanted->seen);
	assert_int_equal(got->faults, wanted->faults);
}

static inline void assert_same_row(const struct saved_result *saved, const struct run_row *wanted)
{
	char *name = sg_asprintf("%s/%s/%s", wanted->workload->name, wanted->group->profile,
				 report_row_filter(wanted));
	const struct saved_row *got = saved_row_find(saved, name);

	if (!got)
		fail_msg("%s is not there", name);
	free(name);
	assert_string_equal(got->workload, wanted->workload->name);
	assert_string_equal(got->profile, wanted->group->profile);
	assert_string_equal(got->filter, report_row_filter(wanted));
	assert_int_equal(got->aa, wanted->aa);
	assert_int_equal(got->column != NULL, wanted->filter != NULL);
	assert_int_equal(got->status, wanted->status);
	assert_same_exact(got, wanted);
	if (wanted->status == RUN_MEASURED)
		assert_same_measurement(got, wanted);
	else
		assert_string_equal(got->reason, wanted->reason ? wanted->reason : "");
}

static inline void assert_same_figures(const struct gen_figures *got,
				       const struct gen_figures *wanted)
{
	assert_int_equal(got->filter_insns, wanted->filter_insns);
	assert_near(got->mix_insns, wanted->mix_insns);
	assert_near(got->mix_denied, wanted->mix_denied);
	assert_near(got->left_insns, wanted->left_insns);
	assert_near(got->uniform_insns, wanted->uniform_insns);
	assert_int_equal(got->worst_insns, wanted->worst_insns);
	assert_int_equal(got->longest_path_insns, wanted->longest_path_insns);
	assert_int_equal(got->longest_path_exact, wanted->longest_path_exact);
	assert_near(got->bitmap_share, wanted->bitmap_share);
}

static inline void assert_same_filter(const struct saved_result *saved,
				      const struct run_group *group,
				      const struct run_filter *wanted)
{
	const struct saved_filter *got = saved_filter_find(saved, group->profile, wanted->name);
	const struct gen_filter *was = &wanted->filter;

	assert_non_null(got);
	if (wanted->unsupported) {
		assert_string_equal(got->unsupported, wanted->unsupported);
		return;
	}
	assert_null(got->unsupported);
	assert_int_equal(got->policy != NULL, group->policy != NULL);
	if (got->policy)
		assert_string_equal(got->policy->sha256, run_filter_policy(group, wanted)->sha256);
	assert_int_equal(got->filter.verify, was->verify);
	assert_int_equal(got->filter.unknown_calls.len, was->unknown_calls.len);
	for (size_t i = 0; i < was->unknown_calls.len; i++)
		assert_string_equal(got->filter.unknown_calls.items[i],
				    was->unknown_calls.items[i]);
	assert_int_equal(got->filter.none, was->none);
	assert_int_equal(got->filter.prog.len, was->prog.len);
	if (was->prog.len)
		assert_memory_equal(got->filter.prog.insns, was->prog.insns,
				    was->prog.len * sizeof(*was->prog.insns));
	assert_string_equal(got->filter.sha256, was->sha256);
	assert_string_equal(got->filter.version, was->version);
	assert_int_equal(got->filter.compile_ns, was->compile_ns);
	assert_int_equal(got->filter.foreign_action, was->foreign_action);
	assert_near(got->install_ns, wanted->install_ns);
	assert_same_figures(&got->figures, &wanted->figures);
}

static inline void assert_same_lists(const struct saved_result *saved,
				     const struct run_result *wanted)
{
	size_t filters = 0;

	for (size_t i = 0; i < wanted->plan->group_count; i++) {
		const struct run_group *group = &wanted->plan->groups[i];

		for (size_t j = 0; j < group->filter_count; j++, filters++)
			assert_same_filter(saved, group, &group->filters[j]);
	}
	assert_int_equal(saved->filter_count, filters);
	for (size_t i = 0; i < wanted->row_count; i++)
		assert_same_row(saved, &wanted->rows[i]);
	assert_int_equal(saved->row_count, wanted->row_count);
	assert_int_equal(saved->notes.len, wanted->warnings.len);
	for (size_t i = 0; i < wanted->warnings.len; i++)
		assert_string_equal(saved->notes.items[i], wanted->warnings.items[i]);
}

static inline void assert_same_env(const struct run_env *got, const struct run_env *wanted)
{
#define SAME_WORD(field) assert_string_equal(got->field, wanted->field)
	SAME_WORD(kernel);
	SAME_WORD(machine);
	SAME_WORD(cpu);
	SAME_WORD(virtualisation);
	SAME_WORD(bpf_jit);
	SAME_WORD(bpf_jit_harden);
	SAME_WORD(clock_source);
	SAME_WORD(clock);
	SAME_WORD(governor);
	SAME_WORD(spec_store_bypass);
	SAME_WORD(spectre_v2);
	SAME_WORD(seccomp_implies_ssbd);
	SAME_WORD(libseccomp);
	SAME_WORD(secgauge);
	SAME_WORD(workdir_fs);
	SAME_WORD(date);
#undef SAME_WORD
	assert_int_equal(got->bitmap, wanted->bitmap);
	assert_int_equal(got->cpus_online, wanted->cpus_online);
	assert_int_equal(got->cpus_allowed, wanted->cpus_allowed);
	assert_int_equal(got->cpu_child, wanted->cpu_child);
	assert_int_equal(got->cpu_parent, wanted->cpu_parent);
	assert_near(got->load_start, wanted->load_start);
	assert_near(got->load_end, wanted->load_end);
}

static inline void assert_same_policy(const struct saved_policy *got, const struct policy *wanted)
{
	struct sg_buf text = {0};

	policy_print(wanted, &text);
	assert_string_equal(got->text, sg_buf_text(&text));
	assert_string_equal(got->sha256, wanted->sha256);
	assert_string_equal(got->rules->sha256, wanted->sha256);
	assert_int_equal(got->arch_count, wanted->arch_count);
	assert_memory_equal(got->arches, wanted->arches, got->arch_count * sizeof(*got->arches));
	sg_buf_release(&text);
}

static inline void assert_same_mix(const struct mix *got, const struct mix *wanted)
{
	struct sg_buf one = {0}, two = {0};

	mix_print(got, &one);
	mix_print(wanted, &two);
	assert_string_equal(sg_buf_text(&one), sg_buf_text(&two));
	assert_string_equal(got->name, wanted->name);
	sg_buf_release(&one);
	sg_buf_release(&two);
}

#endif
