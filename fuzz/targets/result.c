/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a result file. Refused in one line, or all that harness/run/saved.h promises holds:
 * numbers in their ranges, names that are unique and fit together, programs that the kernel would
 * take and whose figures can be had again.
 */
#include "fuzz/targets/result.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/targets/targets.h"

/* ---- text */

static void require_line(const char *what, const char *text)
{
	FUZZ_REQUIRE(text, "%s is not there", what);
	for (; *text; text++)
		FUZZ_REQUIRE(!iscntrl((unsigned char)*text), "%s has a control character", what);
}

static void require_name(const char *what, const char *text)
{
	require_line(what, text);
	FUZZ_REQUIRE(*text, "%s is empty", what);
}

static void require_hash(const char *what, const char *sha256, const void *data, size_t len)
{
	char wanted[SG_SHA256_HEX_BYTES];

	sg_sha256_hex(data, len, wanted);
	FUZZ_REQUIRE(!strcmp(sha256, wanted), "the hash of %s is %s, not %s", what, wanted, sha256);
}

/* ---- numbers */

enum presence { ALWAYS, MAYBE };

static void require_number(const char *what, double value, double min, double max,
			   enum presence presence)
{
	if (presence == MAYBE && isnan(value))
		return;
	FUZZ_REQUIRE(value >= min && value <= max, "%s is %g", what, value);
}

static void require_time(const char *what, double value, enum presence presence)
{
	require_number(what, value, SAVED_POSITIVE_MIN, SAVED_NUMBER_MAX, presence);
}

static void require_amount(const char *what, double value, enum presence presence)
{
	require_number(what, value, 0, SAVED_NUMBER_MAX, presence);
}

static void require_difference(const char *what, double value)
{
	require_number(what, value, -SAVED_NUMBER_MAX, SAVED_NUMBER_MAX, ALWAYS);
}

static void require_order(const char *what, const struct stats_interval *it)
{
	FUZZ_REQUIRE(!(it->low > it->high), "%s from %g to %g", what, it->low, it->high);
}

/* ---- the context */

static void require_env(const struct run_env *env)
{
	const char *const words[] = {
		env->kernel,     env->machine,        env->cpu,      env->virtualisation,
		env->bpf_jit,    env->bpf_jit_harden, env->clock,    env->clock_source,
		env->governor,   env->workdir_fs,     env->secgauge, env->spec_store_bypass,
		env->libseccomp, env->spectre_v2,     env->date,     env->seccomp_implies_ssbd,
	};

	for (size_t i = 0; i < SG_COUNT(words); i++)
		require_line("a fact", words[i]);
	FUZZ_REQUIRE(strlen(env->date) == strlen("2024-05-17T09:30:00Z"), "the date %s", env->date);
	FUZZ_REQUIRE(env->cpus_online >= 1, "no processor");
	FUZZ_REQUIRE(env->cpu_child >= -1 && env->cpu_parent >= -1, "processors %d and %d",
		     env->cpu_child, env->cpu_parent);
	require_amount("load_start", env->load_start, MAYBE);
	require_amount("load_end", env->load_end, MAYBE);
}

static void require_mix(const struct mix *mix)
{
	require_name("the mix's name", mix->name);
	FUZZ_REQUIRE(mix->len >= 1, "a mix without a call");
	FUZZ_REQUIRE(isfinite(mix->total_weight) && mix->total_weight > 0, "weights of %g",
		     mix->total_weight);
}

static void require_summaries(const struct saved_result *result)
{
	for (size_t i = 0; i < result->summary_count; i++) {
		const struct saved_summary *summary = &result->summaries[i];

		require_name("a summary's profile", summary->profile);
		require_name("a summary's filter", summary->filter);
		FUZZ_REQUIRE(summary->workloads >= 1, "a summary of nothing");
		require_time("a summary's ratio", summary->ratio.estimate, ALWAYS);
		require_time("a summary's ratio_low", summary->ratio.low, ALWAYS);
		require_time("a summary's ratio_high", summary->ratio.high, ALWAYS);
		require_order("a summary's ratio", &summary->ratio);
	}
	for (size_t i = 0; i < result->notes.len; i++)
		require_line("a note", result->notes.items[i]);
}

static void require_context(const struct saved_result *result)
{
	FUZZ_REQUIRE(result->schema_version >= 1 && result->schema_version <= SAVED_SCHEMA_VERSION,
		     "version %u", result->schema_version);
	require_env(&result->env);
	require_amount("wall_s", result->wall_s, MAYBE);
	require_amount("peak_rss_bytes", (double)result->peak_rss_bytes, ALWAYS);
	require_amount("seconds", result->settings.seconds, ALWAYS);
	FUZZ_REQUIRE(result->settings.stack >= 1, "a stack of none");
	require_mix(&result->mix);
	require_summaries(result);
}

/* ---- policies and filters */

/* What carries the rules carries the policy that was measured. */
static void require_rules(const struct saved_result *result, const struct saved_policy *policy)
{
	struct sg_buf text = {0};

	FUZZ_REQUIRE(!policy->rules == (result->schema_version < 2), "the rules of a version %u",
		     result->schema_version);
	if (!policy->rules)
		return;
	policy_print(policy->rules, &text);
	FUZZ_REQUIRE(!strcmp(sg_buf_text(&text), policy->text), "rules that are no %s",
		     policy->profile);
	FUZZ_REQUIRE(policy->rules->arch_count == policy->arch_count, "rules for %zu architectures",
		     policy->rules->arch_count);
	sg_buf_release(&text);
}

static void require_policy(const struct saved_result *result, size_t index)
{
	const struct saved_policy *policy = &result->policies[index];

	require_name("a policy's profile", policy->profile);
	require_hash("a policy", policy->sha256, policy->text, strlen(policy->text));
	FUZZ_REQUIRE(policy->arch_count >= 1, "a policy for no architecture");
	for (size_t i = 0; i < policy->arch_count; i++)
		FUZZ_REQUIRE(policy->arches[i], "a policy for an unknown architecture");
	require_rules(result, policy);
	for (size_t i = 0; i < index; i++)
		FUZZ_REQUIRE(strcmp(result->policies[i].profile, policy->profile) != 0 ||
				     strcmp(result->policies[i].sha256, policy->sha256) != 0,
			     "a policy of %s twice", policy->profile);
}

/* Only the mix may have no call of the architecture. */
static void require_figures_again(const struct saved_result *result,
				  const struct saved_filter *filter)
{
	const struct abi_arch *arch =
		filter->policy ? filter->policy->arches[0] : abi_arch_native();
	struct gen_figures figures = {0};
	struct sg_err err = {0};
	int bad = gen_figures(&filter->filter, arch, &result->mix, &figures, &err);

	if (bad)
		fuzz_require_refusal(bad, &err);
	else
		FUZZ_REQUIRE(figures.filter_insns == filter->figures.filter_insns,
			     "%zu instructions are %zu", figures.filter_insns,
			     filter->figures.filter_insns);
}

static void require_figures(const struct gen_figures *figures, size_t insns)
{
	FUZZ_REQUIRE(figures->filter_insns == insns && figures->worst_insns <= insns &&
			     figures->longest_path_insns <= insns,
		     "%zu instructions, at worst %u, at longest %u, of %zu", figures->filter_insns,
		     figures->worst_insns, figures->longest_path_insns, insns);
	require_amount("mix_insns", figures->mix_insns, ALWAYS);
	require_amount("left_insns", figures->left_insns, ALWAYS);
	require_amount("uniform_insns", figures->uniform_insns, ALWAYS);
	require_number("mix_denied", figures->mix_denied, 0, 1, ALWAYS);
	require_number("bitmap_share", figures->bitmap_share, 0, 1, ALWAYS);
}

static void require_program(const struct saved_filter *filter)
{
	const struct gen_filter *it = &filter->filter;
	struct sg_err err = {0};

	FUZZ_REQUIRE(it->none == !it->prog.len, "no filter of %zu instructions", it->prog.len);
	if (!it->none)
		FUZZ_REQUIRE(!cbpf_verify(&it->prog, &err), "an accepted program: %s", err.msg);
	require_hash("a filter", it->sha256, it->prog.insns,
		     it->prog.len * sizeof(*it->prog.insns));
	require_line("a version", it->version);
	for (size_t i = 0; i < it->unknown_calls.len; i++) {
		require_line("an unknown call", it->unknown_calls.items[i]);
		FUZZ_REQUIRE(strchr(it->unknown_calls.items[i], ':'), "an unknown call %s",
			     it->unknown_calls.items[i]);
	}
	require_amount("install_ns", filter->install_ns, ALWAYS);
	require_amount("compile_ns", (double)it->compile_ns, ALWAYS);
	require_figures(&filter->figures, it->prog.len);
}

static void require_filter(const struct saved_result *result, const struct saved_filter *filter,
			   struct sg_rng *rng)
{
	require_name("a filter's name", filter->name);
	require_name("a filter's profile", filter->profile);
	FUZZ_REQUIRE(saved_filter_find(result, filter->profile, filter->name) == filter,
		     "filter %s of %s twice", filter->name, filter->profile);
	if (filter->policy)
		FUZZ_REQUIRE(!strcmp(filter->policy->profile, filter->profile),
			     "a filter of %s with a policy of %s", filter->profile,
			     filter->policy->profile);
	if (filter->unsupported) {
		require_name("the reason for no filter", filter->unsupported);
		FUZZ_REQUIRE(!filter->filter.prog.len, "an unsupported filter with a program");
		return;
	}
	require_program(filter);
	if (fuzz_is_sampled(rng, 16))
		require_figures_again(result, filter);
}

/* ---- rows */

static void require_row_name(const struct saved_result *result, const struct saved_row *row)
{
	char *name = sg_asprintf("%s/%s/%s", row->workload, row->profile, row->filter);
	bool is_none = !strcmp(row->filter, "none");

	require_name("a row's name", row->name);
	FUZZ_REQUIRE(!strcmp(name, row->name), "%s is in parts %s", row->name, name);
	free(name);
	FUZZ_REQUIRE(*row->workload && *row->profile && *row->filter, "%s lacks a part", row->name);
	FUZZ_REQUIRE(saved_row_find(result, row->name) == row, "row %s twice", row->name);
	FUZZ_REQUIRE(row->aa == !strcmp(row->filter, "none-aa"), "%s and the control", row->name);
	FUZZ_REQUIRE(!row->column == (is_none || row->aa), "%s and its column", row->name);
	if (row->column)
		FUZZ_REQUIRE(!strcmp(row->column->name, row->filter) &&
				     !strcmp(row->column->profile, row->profile),
			     "%s has the column of %s", row->name, row->column->name);
}

static void require_samples(const struct saved_row *row)
{
	FUZZ_REQUIRE(row->sample_count >= 1, "%s was measured in no block", row->name);
	for (size_t i = 0; i < row->sample_count; i++) {
		const struct run_sample *sample = &row->samples[i];

		require_time("a block's time", sample->ns_per_op, ALWAYS);
		require_time("a block's none", sample->none_ns_per_op, ALWAYS);
		require_time("a block's ratio", sample->ratio, ALWAYS);
		require_difference("a block's overhead", sample->overhead_ns);
		FUZZ_REQUIRE(sample->iterations >= 1, "a block of no operation");
		require_amount("a block's operations", (double)sample->iterations, ALWAYS);
	}
}

static void require_estimates(const struct saved_row *row)
{
	require_time("ns_per_op", row->ns_per_op.estimate, ALWAYS);
	require_time("ns_low", row->ns_per_op.low, MAYBE);
	require_time("ns_high", row->ns_per_op.high, MAYBE);
	require_order("ns_per_op", &row->ns_per_op);
	require_time("ratio", row->ratio.estimate, MAYBE);
	require_time("ratio_low", row->ratio.low, MAYBE);
	require_time("ratio_high", row->ratio.high, MAYBE);
	require_order("ratio", &row->ratio);
	require_difference("overhead_ns", row->overhead_ns.estimate);
	require_difference("overhead_ns_low", row->overhead_ns.low);
	require_difference("overhead_ns_high", row->overhead_ns.high);
	require_order("overhead_ns", &row->overhead_ns);
	require_time("mean_ns", row->mean_ns, MAYBE);
	require_amount("stddev_ns", row->stddev_ns, MAYBE);
	require_amount("aa_ns", row->aa_ns, MAYBE);
}

/* @presence of those that a measured row always has. */
static void require_exact(const struct saved_row *row, enum presence presence)
{
	require_amount("calls_per_op", row->calls_per_op, MAYBE);
	require_amount("bpf_insns", row->bpf_insns, presence);
	require_amount("bpf_insns_full", row->bpf_insns_full, MAYBE);
	require_number("bitmap_share", row->bitmap_share, 0, 1, presence);
}

static void require_counters(const struct saved_row *row)
{
	require_exact(row, ALWAYS);
	require_amount("faults", (double)row->faults, ALWAYS);
}

static void require_row(const struct saved_result *result, const struct saved_row *row)
{
	require_row_name(result, row);
	if (row->status != RUN_MEASURED) {
		require_line("the reason of a row", row->reason);
		FUZZ_REQUIRE(!row->sample_count, "%s was not measured, in blocks", row->name);
		require_exact(row, MAYBE);
		return;
	}
	FUZZ_REQUIRE(!row->reason, "%s was measured, and why not", row->name);
	FUZZ_REQUIRE(!row->column || !row->column->unsupported, "%s was measured without a filter",
		     row->name);
	require_samples(row);
	require_estimates(row);
	require_counters(row);
}

/* ---- all */

void fuzz_require_saved(const struct saved_result *result, struct sg_rng *rng)
{
	require_context(result);
	for (size_t i = 0; i < result->policy_count; i++)
		require_policy(result, i);
	for (size_t i = 0; i < result->filter_count; i++)
		require_filter(result, &result->filters[i], rng);
	for (size_t i = 0; i < result->row_count; i++)
		require_row(result, &result->rows[i]);
}

int fuzz_target_result(const uint8_t *data, size_t len)
{
	struct sg_rng rng = fuzz_rng_of(data, len);
	struct saved_result result = {0};
	struct sg_err err = {0};
	int bad = saved_parse((const char *)data, len, "result", &result, &err);

	if (bad)
		fuzz_require_refusal(bad, &err);
	else
		fuzz_require_saved(&result, &rng);
	saved_release(&result);
	return 0;
}
