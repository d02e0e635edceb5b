/* SPDX-License-Identifier: MIT */
#include "fuzz/loop.h"

#include <errno.h>
#include <stdlib.h>

#include "fuzz/loop_private.h"
#include "harness/base/alloc.h"

/* Minimising shall not eat the run: what is found later is kept as it was found. */
#define MINIMIZE_S 15.0

static const char *const judge_names[FUZZ_JUDGE_COUNT] = {
	[FUZZ_COMPILED] = "compiled",
	[FUZZ_INTERP] = "interp",
	[FUZZ_KERNEL] = "kernel",
	[FUZZ_JIT] = "jit",
};

double fuzz_seconds_since(uint64_t start_ns)
{
	return (double)(sg_monotonic_ns() - start_ns) / 1e9;
}

bool fuzz_interrupted(const struct fuzz_loop *loop)
{
	return loop->request->interrupted && *loop->request->interrupted;
}

bool fuzz_over(const struct fuzz_loop *loop, double share_of_time)
{
	const double limit_s = loop->request->seconds * share_of_time;

	if (fuzz_interrupted(loop)) {
		loop->result->interrupted = true;
		return true;
	}
	return limit_s > 0 && fuzz_seconds_since(loop->start_ns) >= limit_s;
}

void fuzz_show(const struct fuzz_loop *loop, const char *what, double done, double total)
{
	if (loop->request->progress)
		loop->request->progress(loop->request->progress_ctx, what, done, total);
}

/* ---- what judges */

/* The compiled filter must be there; a witness may be missing, and then says why. */
static int find_judges(struct fuzz_loop *loop, struct sg_err *err)
{
	const struct gen_filter nothing = {.none = true}, *chain = &nothing;
	const struct oracle_subject subject = {.filters = &chain, .filter_count = 1};

	for (int i = 0; i < FUZZ_JUDGE_COUNT; i++) {
		const struct oracle *oracle = oracle_find(judge_names[i], err);
		int ret = oracle ? 0 : -EINVAL;

		if (!ret && oracle->supported)
			ret = oracle->supported(&subject, err);
		if (!ret)
			loop->judges[i] = oracle;
		else if (i == FUZZ_COMPILED)
			return ret;
		else
			sg_strv_addf(&loop->result->warnings, "without the witness %s: %s",
				     judge_names[i], err->msg);
	}
	return 0;
}

/* ---- the run */

static double verdicts_per_s(const struct fuzz_witnessed *witnessed)
{
	return witnessed->ns ? 1e9 * (double)witnessed->verdicts / (double)witnessed->ns : 0;
}

static void finish(struct fuzz_loop *loop)
{
	struct fuzz_result *result = loop->result;
	const struct fuzz_witnessed *interp = &loop->witnessed[FUZZ_INTERP];
	const double prepare_share = result->tuples ? (double)loop->prepare_ns / result->tuples : 0;

	if (interp->tuples)
		result->interp_tuples_per_s =
			1e9 / (prepare_share + (double)interp->ns / (double)interp->tuples);
	result->interp_tuples = interp->tuples;
	result->kernel_tuples = loop->witnessed[FUZZ_KERNEL].tuples;
	result->kernel_verdicts_per_s = verdicts_per_s(&loop->witnessed[FUZZ_KERNEL]);
	result->jit_tuples = loop->witnessed[FUZZ_JIT].tuples;
	result->jit_verdicts_per_s = verdicts_per_s(&loop->witnessed[FUZZ_JIT]);
}

static int run_loops(struct fuzz_loop *loop, struct sg_err *err)
{
	const struct fuzz_request *request = loop->request;
	int ret = find_judges(loop, err);

	if (!ret && request->profile)
		ret = fuzz_profile_loop(loop, err);
	if (!ret && request->policies)
		ret = fuzz_policies_loop(loop, err);
	finish(loop);
	return ret;
}

int fuzz_run(const struct fuzz_request *request, struct fuzz_result *ret, struct sg_err *err)
{
	struct fuzz_loop *loop = sg_calloc(1, sizeof(*loop));
	struct fuzz_result result = {.seed = request->seed};

	loop->request = request;
	loop->result = &result;
	loop->makers = sg_calloc(request->gen_count, sizeof(*loop->makers));
	loop->start_ns = sg_monotonic_ns();
	loop->minimize_left_s = MINIMIZE_S;
	sg_rng_seed(&loop->rng, request->seed);

	int bad = run_loops(loop, err);

	fuzz_makers_close(loop);
	free(loop->makers);
	free(loop->seen);
	free(loop);
	if (bad)
		fuzz_result_release(&result);
	else
		*ret = result;
	return bad;
}

static void release_strength(struct fuzz_filter_strength *strength)
{
	free(strength->name);
	free(strength->missed);
	free(strength->survivors);
}

void fuzz_result_release(struct fuzz_result *result)
{
	for (size_t i = 0; i < result->filter_proof_count; i++)
		free(result->filter_proofs[i].name);
	for (size_t i = 0; i < result->finding_count; i++)
		fuzz_finding_release(&result->findings[i].finding);
	for (size_t i = 0; i < result->strength_count; i++)
		release_strength(&result->strengths[i]);
	free(result->findings);
	free(result->filter_proofs);
	free(result->strengths);
	sg_strv_release(&result->warnings);
	*result = (struct fuzz_result){0};
}
