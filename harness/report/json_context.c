/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "filters/policy/policy.h"
#include "harness/base/clean.h"
#include "harness/base/hash.h"
#include "harness/base/json.h"
#include "harness/report/json_report.h"
#include "harness/report/summary.h"
#include "harness/run/machine.h"

static void set_text(json_t *object, const char *key, const char *value)
{
	json_object_set_new(object, key, sg_clean_json(value));
}

static json_t *machine(const struct run_env *env)
{
	json_t *object = json_object();
	struct sg_buf class = {0};

	run_machine_name(env, &class);
	set_text(object, "class", sg_buf_text(&class));
	sg_buf_release(&class);
	set_text(object, "kernel", env->kernel);
	set_text(object, "machine", env->machine);
	set_text(object, "cpu", env->cpu);
	set_text(object, "virtualisation", env->virtualisation);
	set_text(object, "bpf_jit", env->bpf_jit);
	set_text(object, "bpf_jit_harden", env->bpf_jit_harden);
	set_text(object, "clock_source", env->clock_source);
	set_text(object, "clock", env->clock);
	set_text(object, "governor", env->governor);
	set_text(object, "spec_store_bypass", env->spec_store_bypass);
	set_text(object, "spectre_v2", env->spectre_v2);
	set_text(object, "seccomp_implies_ssbd", env->seccomp_implies_ssbd);
	set_text(object, "workdir_fs", env->workdir_fs);
	json_object_set_new(object, "bitmap", json_boolean(env->bitmap));
	json_object_set_new(object, "cpus_online", json_integer(env->cpus_online));
	json_object_set_new(object, "cpus_allowed", json_integer(env->cpus_allowed));
	json_object_set_new(object, "cpu_child", json_integer(env->cpu_child));
	json_object_set_new(object, "cpu_parent", json_integer(env->cpu_parent));
	json_object_set_new(object, "load_start", json_real(env->load_start));
	json_object_set_new(object, "load_end", json_real(env->load_end));
	return object;
}

static json_t *arch_names(const struct policy *policy)
{
	json_t *list = json_array();

	for (size_t i = 0; policy && i < policy->arch_count; i++)
		json_array_append_new(list, json_string(policy->arches[i]->name));
	return list;
}

static json_t *texts(const struct sg_strv *lines)
{
	json_t *list = json_array();

	for (size_t i = 0; i < lines->len; i++)
		json_array_append_new(list, sg_clean_json(lines->items[i]));
	return list;
}

static json_t *figures(const struct gen_figures *f)
{
	return json_pack("{s:i, s:f, s:f, s:f, s:f, s:i, s:i, s:b, s:f}", "filter_insns",
			 (int)f->filter_insns, "mix_insns", f->mix_insns, "mix_denied",
			 f->mix_denied, "left_insns", f->left_insns, "uniform_insns",
			 f->uniform_insns, "worst_insns", (int)f->worst_insns, "longest_path_insns",
			 (int)f->longest_path_insns, "longest_path_exact", f->longest_path_exact,
			 "bitmap_share", f->bitmap_share);
}

static json_t *one_filter(const struct run_group *group, const struct run_filter *filter)
{
	const struct cbpf_prog *prog = &filter->filter.prog;
	const struct policy *policy = run_filter_policy(group, filter);
	struct sg_buf base64 = {0}, foreign = {0};
	json_t *object = json_object();

	set_text(object, "name", filter->name);
	set_text(object, "profile", group->profile);
	if (filter->unsupported) {
		set_text(object, "unsupported", filter->unsupported);
		return object;
	}
	sg_base64_encode(prog->insns, prog->len * sizeof(*prog->insns), &base64);
	abi_verdict_text(filter->filter.foreign_action, &foreign);
	set_text(object, "policy_sha256", policy ? policy->sha256 : "");
	set_text(object, "sha256", filter->filter.sha256);
	set_text(object, "version", filter->filter.version);
	set_text(object, "verify", gen_verify_name(filter->filter.verify));
	json_object_set_new(object, "unknown_calls", texts(&filter->filter.unknown_calls));
	set_text(object, "foreign_action", sg_buf_text(&foreign));
	set_text(object, "insns_base64", sg_buf_text(&base64));
	json_object_set_new(object, "compile_ns", json_integer(filter->filter.compile_ns));
	json_object_set_new(object, "install_ns", json_real(filter->install_ns));
	json_object_set_new(object, "figures", figures(&filter->figures));
	sg_buf_release(&base64);
	sg_buf_release(&foreign);
	return object;
}

static json_t *filters(const struct run_plan *plan)
{
	json_t *list = json_array();

	for (size_t i = 0; i < plan->group_count; i++)
		for (size_t j = 0; j < plan->groups[i].filter_count; j++)
			json_array_append_new(list, one_filter(&plan->groups[i],
							       &plan->groups[i].filters[j]));
	return list;
}

/* The policy as a profile, as an object of the document. */
static json_t *rules(const struct policy *policy)
{
	struct sg_buf text = {0};
	json_t *object = NULL;
	struct sg_err err;

	policy_profile_text(policy, &text);
	sg_json_parse(text.data, text.len, "rules", &object, &err);
	sg_buf_release(&text);
	return object;
}

static json_t *one_policy(const char *profile, const struct policy *policy)
{
	struct sg_buf text = {0};
	json_t *object;

	policy_print(policy, &text);
	object = json_pack("{s:o, s:s, s:o, s:s, s:o}", "profile", sg_clean_json(profile), "sha256",
			   policy->sha256, "arches", arch_names(policy), "text", sg_buf_text(&text),
			   "rules", rules(policy));
	sg_buf_release(&text);
	return object;
}

static bool made_of(const struct run_group *group, const struct run_filter *filter,
		    const struct policy *policy)
{
	return !filter->unsupported &&
	       !strcmp(run_filter_policy(group, filter)->sha256, policy->sha256);
}

/* The policy of a filter where no earlier one of the group has it, nor the group itself. */
static const struct policy *brings(const struct run_group *group, size_t index)
{
	const struct policy *policy = group->filters[index].policy;

	if (!policy || group->filters[index].unsupported ||
	    !strcmp(policy->sha256, group->policy->sha256))
		return NULL;
	for (size_t i = 0; i < index; i++)
		if (made_of(group, &group->filters[i], policy))
			return NULL;
	return policy;
}

static void add_policies(json_t *list, const struct run_group *group)
{
	if (!group->policy)
		return;
	json_array_append_new(list, one_policy(group->profile, group->policy));
	for (size_t i = 0; i < group->filter_count; i++) {
		const struct policy *policy = brings(group, i);

		if (policy)
			json_array_append_new(list, one_policy(group->profile, policy));
	}
}

static json_t *policies(const struct run_plan *plan)
{
	json_t *list = json_array();

	for (size_t i = 0; i < plan->group_count; i++)
		add_policies(list, &plan->groups[i]);
	return list;
}

static json_t *mix(const struct run_plan *plan)
{
	struct sg_buf text = {0};
	json_t *object;

	mix_print(plan->mix, &text);
	object = json_pack("{s:o, s:o}", "name", sg_clean_json(plan->mix->name), "text",
			   sg_clean_json(sg_buf_text(&text)));
	sg_buf_release(&text);
	return object;
}

static json_t *settings(const struct run_result *result)
{
	const struct run_plan *plan = result->plan;

	return json_pack("{s:f, s:o, s:i, s:b, s:b}", "seconds", plan->seconds, "seed",
			 sg_json_hex(plan->seed), "stack", (int)plan->stack, "bitmap_off",
			 plan->bitmap_off, "allow_denied", plan->allow_denied);
}

struct summary_list {
	json_t *list;
	const struct run_group *group;
};

static void add_summary(void *ctx, const struct report_summary *summary)
{
	struct summary_list *to = ctx;

	if (!isfinite(summary->ratio.estimate))
		return;
	json_array_append_new(to->list,
			      json_pack("{s:o, s:o, s:i, s:f, s:f, s:f}", "profile",
					sg_clean_json(to->group->profile), "filter",
					sg_clean_json(summary->filter), "workloads",
					(int)summary->workloads, "ratio", summary->ratio.estimate,
					"ratio_low", summary->ratio.low, "ratio_high",
					summary->ratio.high));
}

static json_t *summaries(const struct run_result *result)
{
	struct summary_list to = {.list = json_array()};

	for (size_t i = 0; i < result->plan->group_count; i++) {
		to.group = &result->plan->groups[i];
		report_summaries(result, to.group, add_summary, &to);
	}
	return to.list;
}

/* The keys that Google Benchmark has, then ours. */
json_t *report_json_context(const struct run_result *result)
{
	json_t *context = json_object();

	set_text(context, "date", result->env.date);
	set_text(context, "executable", "secgauge");
	json_object_set_new(context, "num_cpus", json_integer(result->env.cpus_online));
	json_object_set_new(context, "schema_version", json_integer(SAVED_SCHEMA_VERSION));
	set_text(context, "secgauge_version", result->env.secgauge);
	set_text(context, "libseccomp_version", result->env.libseccomp);
	json_object_set_new(context, "interrupted", json_boolean(result->interrupted));
	json_object_set_new(context, "wall_s", json_real(result->wall_s));
	json_object_set_new(context, "peak_rss_bytes", json_integer(result->peak_rss_bytes));
	json_object_set_new(context, "machine", machine(&result->env));
	json_object_set_new(context, "settings", settings(result));
	json_object_set_new(context, "mix", mix(result->plan));
	json_object_set_new(context, "policies", policies(result->plan));
	json_object_set_new(context, "filters", filters(result->plan));
	json_object_set_new(context, "summary", summaries(result));
	json_object_set_new(context, "notes", texts(&result->warnings));
	return context;
}
