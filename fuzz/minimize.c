/* SPDX-License-Identifier: MIT */
#include "fuzz/minimize.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/clock.h"

#define TRIAL_S 0.1 /* processor time; the default is more */

bool minimize_over(const struct minimizer *minimizer)
{
	return sg_monotonic_ns() >= minimizer->deadline_ns;
}

const char *minimize_called(const struct minimizer *minimizer)
{
	const struct abi_arch *arch = gen_call_arch(&minimizer->tuple);

	if (!fuzz_kind_has_tuple(minimizer->finding->kind) || !arch)
		return NULL;
	return abi_name(arch, minimizer->tuple.nr);
}

/* ---- trials */

static bool same_reason(const struct minimizer *minimizer, const char *message)
{
	struct sg_buf reason = {0};
	bool same;

	finding_reason(minimizer->finding->kind, message, &reason);
	same = !strcmp(sg_buf_text(&reason), sg_buf_text(&minimizer->reason));
	sg_buf_release(&reason);
	return same;
}

static bool same_defect(const struct minimizer *minimizer, const struct finding_trial *trial,
			const struct abi_tuple *tuple, uint32_t *ret_wanted, uint32_t *ret_got)
{
	const enum fuzz_kind kind = minimizer->finding->kind;

	if (!finding_trial_shows(trial, kind, tuple, ret_wanted, ret_got))
		return false;
	if (!minimizer->text.data) /* the finding itself: it says what the defect is */
		return true;
	return kind == FUZZ_MISMATCH
		       ? finding_direction(*ret_wanted, *ret_got) == minimizer->direction
		       : same_reason(minimizer, finding_trial_message(trial, kind));
}

/* Takes the text and the trial's policy over. */
static void keep(struct minimizer *minimizer, struct finding_trial *trial, struct sg_buf *text,
		 const struct abi_tuple *tuple)
{
	const char *message = finding_trial_message(trial, minimizer->finding->kind);

	policy_release(&minimizer->policy);
	sg_buf_release(&minimizer->text);
	free(minimizer->message);
	minimizer->policy = trial->policy;
	minimizer->text = *text;
	minimizer->tuple = *tuple;
	minimizer->message = *message ? sg_strdup(message) : NULL;
	trial->policy = (struct policy){0};
	*text = (struct sg_buf){0};
}

static struct sg_strv arch_names(const struct policy *policy)
{
	struct sg_strv names = {0};

	for (size_t i = 0; i < policy->arch_count; i++)
		sg_strv_add(&names, policy->arches[i]->name);
	return names;
}

static bool try_text(struct minimizer *minimizer, struct sg_buf *text, const struct sg_strv *arches,
		     const struct abi_tuple *tuple)
{
	struct finding_trial trial = {0};
	uint32_t wanted = 0, got = 0;

	if (finding_probe_run(&minimizer->probe, text->data, text->len, arches, &trial, NULL))
		return false;

	const bool same = same_defect(minimizer, &trial, tuple, &wanted, &got);

	if (same) {
		minimizer->wanted = wanted;
		minimizer->got = got;
		keep(minimizer, &trial, text, tuple);
	}
	finding_trial_release(&trial);
	return same;
}

static bool is_best(const struct minimizer *minimizer, const struct sg_buf *text,
		    const struct abi_tuple *tuple)
{
	return minimizer->text.data && !strcmp(minimizer->text.data, text->data) &&
	       !memcmp(&minimizer->tuple, tuple, sizeof(*tuple));
}

bool minimize_try(struct minimizer *minimizer, struct policy *candidate,
		  const struct abi_tuple *tuple)
{
	struct sg_strv arches = arch_names(candidate);
	struct sg_buf text = {0};
	bool same = false;

	policy_profile_text(candidate, &text);
	if (!minimize_over(minimizer) && !is_best(minimizer, &text, tuple))
		same = try_text(minimizer, &text, &arches, tuple);
	sg_buf_release(&text);
	sg_strv_release(&arches);
	policy_release(candidate);
	return same;
}

/* ---- the whole */

static bool run_passes(struct minimizer *minimizer)
{
	static bool (*const passes[])(struct minimizer *) = {
		minimize_rules,   minimize_arches,    minimize_conds,
		minimize_actions, minimize_ops,       minimize_columns,
		minimize_tuple,   minimize_constants, minimize_names,
	};
	/* A filter from a file is wrong for its own policy and no other. */
	const bool fixed = minimizer->finding->raw_file != NULL;
	bool smaller = false;

	if (fixed)
		return minimize_tuple(minimizer);
	for (size_t i = 0; i < SG_COUNT(passes); i++)
		smaller |= passes[i](minimizer);
	return smaller;
}

/* The finding as it is, in the form that the passes work on; does it show at all? */
static int first_trial(struct minimizer *minimizer, struct sg_err *err)
{
	const struct fuzz_finding *finding = minimizer->finding;
	struct policy policy = {0};
	int bad = finding_policy(finding->profile, finding->profile_len, &finding->arch_names,
				 &policy, err);

	if (bad)
		return bad;
	if (!minimize_try(minimizer, &policy, &finding->tuple))
		return sg_err_finding(err, ENOENT, "%s: the %s does not happen", finding->gen->name,
				      fuzz_kind_name(finding->kind));
	minimizer->direction = finding_direction(minimizer->wanted, minimizer->got);
	finding_reason(finding->kind, minimizer->message, &minimizer->reason);
	return 0;
}

/*
 * Some generators take very long for a few policies, so that trials which hang eat up the time.
 * What is smaller than a filter that was made at once need not be waited for.
 */
static int limit_trials(struct minimizer *minimizer, double first_s, struct sg_err *err)
{
	if (minimizer->finding->kind == FUZZ_KIND_HANG || first_s > TRIAL_S)
		return 0;
	finding_probe_close(&minimizer->probe);
	return finding_probe_open(minimizer->finding, TRIAL_S, &minimizer->probe, err);
}

static int start(struct minimizer *minimizer, struct sg_err *err)
{
	int bad = finding_probe_open(minimizer->finding, 0, &minimizer->probe, err);
	const uint64_t start_ns = sg_monotonic_ns();

	if (!bad)
		bad = first_trial(minimizer, err);
	if (!bad)
		bad = limit_trials(minimizer, (sg_monotonic_ns() - start_ns) / 1e9, err);
	return bad;
}

/* Hands the best over to the finding. */
static void finish(struct minimizer *minimizer, struct fuzz_finding *finding)
{
	free(finding->profile);
	free(finding->message);
	sg_strv_release(&finding->arch_names);
	finding->profile = minimizer->text.data;
	finding->profile_len = minimizer->text.len;
	finding->arch_names = arch_names(&minimizer->policy);
	finding->message = minimizer->message;
	finding->tuple = minimizer->tuple;
	finding->wanted = minimizer->wanted;
	finding->got = minimizer->got;
	minimizer->text = (struct sg_buf){0};
	minimizer->message = NULL;
	fuzz_finding_sign(finding);
}

static uint64_t deadline_ns(double seconds)
{
	const double ns = fmax(seconds, 0) * 1e9;

	return ns < 1e18 ? sg_monotonic_ns() + (uint64_t)ns : UINT64_MAX;
}

int fuzz_minimize(struct fuzz_finding *finding, double seconds, struct sg_err *err)
{
	struct minimizer minimizer = {
		.finding = finding, .deadline_ns = UINT64_MAX, /* the first trial is always made */
	};
	const uint64_t deadline = deadline_ns(seconds);
	int bad = start(&minimizer, err);

	if (!bad) {
		minimizer.deadline_ns = deadline;
		while (run_passes(&minimizer))
			;
		finish(&minimizer, finding);
	}
	finding_probe_close(&minimizer.probe);
	policy_release(&minimizer.policy);
	sg_buf_release(&minimizer.text);
	sg_buf_release(&minimizer.reason);
	free(minimizer.message);
	return bad;
}
