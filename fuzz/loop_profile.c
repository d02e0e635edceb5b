/* SPDX-License-Identifier: MIT */
/* Many tuples for one profile. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/loop_private.h"
#include "harness/base/alloc.h"

#define PROFILE_CPU_S 10.0

/* The witnesses get two tuples in a hundred, and of a long run fewer. */
#define WITNESS_SHARE      50
#define WITNESS_MANY       (64 * 1024)
#define WITNESS_LONG_SHARE 500

#define SHOW_EVERY 64 /* batches */

struct profile_run {
	struct fuzz_loop *loop;
	struct sg_buf text; /* of the profile */
	const struct abi_arch *x86_64;
	struct policy_options main_options, hand_options;
	struct fuzz_lane *main; /* that of the policy */
	struct fuzz_lane *hand; /* that of x86_64 alone */
	struct fuzz_lane *lanes[2];
	size_t lane_count;
};

static bool is_hand(const struct gen *gen)
{
	return !strcmp(gen->name, "hand");
}

/* ---- filters */

static int build_lane(struct profile_run *run, struct fuzz_lane *lane, bool hand,
		      struct sg_err *err)
{
	const struct fuzz_request *request = run->loop->request;
	bool *wanted = sg_calloc(request->gen_count, sizeof(*wanted));

	for (size_t i = 0; i < request->gen_count; i++)
		wanted[i] = is_hand(request->gens[i]) == hand;

	const int ret = fuzz_lane_build(run->loop, lane, wanted, err);

	free(wanted);
	return ret;
}

static int add_raw(struct profile_run *run, struct fuzz_lane *lane, struct sg_err *err)
{
	const struct fuzz_request *request = run->loop->request;
	const struct gen_request wanted = {.policy = &lane->policy,
					   .mix = request->mix,
					   .raw_file = request->raw_file};
	const struct gen *raw = gen_find("raw", err);
	struct gen_filter filter;
	int ret;

	if (!request->raw_file)
		return 0;
	ret = raw ? gen_build(raw, &wanted, &filter, err) : -EINVAL;
	return ret ? ret : fuzz_lane_add(run->loop, lane, raw, request->raw_file, &filter, err);
}

/* One that has a filter takes part. */
static void add_lane(struct profile_run *run, struct fuzz_lane *lane)
{
	if (lane && lane->subject_count)
		run->lanes[run->lane_count++] = lane;
}

/*
 * What --cap, --kernel and --arch made of the profile is written out as a profile of its own, so
 * that generators and findings need nothing else.
 */
static int read_profile(struct profile_run *run, struct sg_err *err)
{
	const struct fuzz_request *request = run->loop->request;
	struct sg_strv *warnings = &run->loop->result->warnings;
	struct policy policy = {0};
	int ret = policy_load(request->profile, &request->policy_options, &policy, err);

	if (ret)
		return ret;
	for (size_t i = 0; i < policy.warnings.len; i++)
		sg_strv_add(warnings, policy.warnings.items[i]);
	policy_profile_text(&policy, &run->text);
	ret = fuzz_lane_open(&run->text, request->profile, &run->main_options, &run->main, err);
	if (!ret && strcmp(run->main->policy.sha256, policy.sha256))
		ret = sg_err_internal(err, EBADMSG, "%s: does not read back as it was read",
				      request->profile);
	policy_release(&policy);
	return ret;
}

static int fill_main_lane(struct profile_run *run, struct sg_err *err)
{
	int ret = build_lane(run, run->main, false, err);

	return ret ? ret : add_raw(run, run->main, err);
}

static bool has_hand(const struct fuzz_request *request)
{
	for (size_t i = 0; i < request->gen_count; i++)
		if (is_hand(request->gens[i]))
			return true;
	return false;
}

static int fill_hand_lane(struct profile_run *run, struct sg_err *err)
{
	const struct fuzz_request *request = run->loop->request;
	int ret;

	if (!has_hand(request))
		return 0;
	run->x86_64 = abi_arch(ABI_X86_64);
	run->hand_options = (struct policy_options){.arches = &run->x86_64, .arch_count = 1};
	ret = fuzz_lane_open(&run->text, request->profile, &run->hand_options, &run->hand, err);
	return ret ? ret : build_lane(run, run->hand, true, err);
}

static int open_lanes(struct profile_run *run, struct sg_err *err)
{
	struct fuzz_loop *loop = run->loop;
	const double cpu_s = loop->request->gen_cpu_s;
	int ret = read_profile(run, err);

	if (!ret)
		ret = fuzz_makers_open(loop, cpu_s > 0 ? cpu_s : PROFILE_CPU_S, &fuzz_proof_patient,
				       err);
	if (!ret)
		ret = fill_main_lane(run, err);
	if (!ret)
		ret = fill_hand_lane(run, err);
	if (ret)
		return ret;
	add_lane(run, run->main);
	add_lane(run, run->hand);
	if (!run->lane_count && !loop->result->finding_count)
		return sg_err_env(err, ENOTSUP, "%s: no filter to try", loop->request->profile);
	return 0;
}

/* ---- proofs */

static void add_proof(struct fuzz_result *result, const struct fuzz_subject *subject)
{
	const char *name = fuzz_subject_name(subject);

	result->filter_proofs =
		sg_realloc_array(result->filter_proofs, result->filter_proof_count + 1,
				 sizeof(*result->filter_proofs));
	result->filter_proofs[result->filter_proof_count++] =
		(struct fuzz_filter_proof){.name = sg_strdup(name),
					   .result = subject->proof.result};
	if (subject->proof.result == PROVE_UNKNOWN)
		sg_strv_addf(&result->warnings, "%s is not proved: %s", name,
			     subject->proof.reason);
}

static int prove_filters_of(const struct profile_run *run, struct sg_err *err)
{
	int ret = 0;

	for (size_t i = 0; i < run->lane_count && !ret; i++) {
		struct fuzz_lane *lane = run->lanes[i];

		ret = fuzz_lane_prove(run->loop, lane, err);
		for (size_t j = 0; j < lane->subject_count; j++)
			if (lane->subjects[j]->proved)
				add_proof(run->loop->result, lane->subjects[j]);
	}
	return ret;
}

/* ---- tuples */

static void start_coverage(const struct profile_run *run)
{
	for (size_t i = 0; i < run->lane_count; i++)
		for (size_t j = 0; j < run->lanes[i]->subject_count; j++) {
			struct fuzz_subject *subject = run->lanes[i]->subjects[j];

			if (!subject->filter.none)
				fuzz_coverage_init(&subject->coverage, &subject->filter.prog);
		}
}

/* After @done tuples of which @witnessed were. */
static bool witness_is_due(const struct fuzz_request *request, uint64_t done, uint64_t witnessed)
{
	if (request->witness_all)
		return true;
	return witnessed <= done / WITNESS_SHARE &&
	       witnessed <= WITNESS_MANY + done / WITNESS_LONG_SHARE;
}

/* Of the time, the profile takes half where policies follow. */
static int try_tuples(struct profile_run *run, const struct fuzz_course *course, struct sg_err *err)
{
	struct fuzz_loop *loop = run->loop;
	const uint64_t total = loop->request->tuples;
	const double share = loop->request->policies ? 0.5 : 1;
	uint64_t done = 0, witnessed = 0;
	int ret = 0;

	for (uint64_t batch = 0; done < total && !ret && !fuzz_over(loop, share); batch++) {
		const size_t count = total - done < FUZZ_BATCH ? total - done : FUZZ_BATCH;
		const bool witness = witness_is_due(loop->request, done, witnessed);

		ret = fuzz_batch_run(loop, course, count, witness, err);
		done += count;
		witnessed += witness ? count : 0;
		fuzz_settle(loop);
		if (batch % SHOW_EVERY == 0)
			fuzz_show(loop, "tuples", done, total);
	}
	return ret;
}

static int try_filters(struct profile_run *run, struct sg_err *err)
{
	struct fuzz_tuples *source = fuzz_lane_tuples(run->lanes[0]);
	const struct fuzz_course course = {
		.source = source,
		.rng = &run->loop->rng,
		.lanes = run->lanes,
		.lane_count = run->lane_count,
	};

	if (run->loop->request->coverage)
		start_coverage(run);

	int ret = try_tuples(run, &course, err);

	for (size_t i = 0; i < run->lane_count; i++)
		fuzz_lane_compare_proofs(run->loop, run->lanes[i]);
	for (size_t i = 0; i < run->lane_count && !ret; i++)
		ret = fuzz_measure_strength(run->loop, run->lanes[i], source, err);
	fuzz_tuples_free(source);
	return ret;
}

int fuzz_profile_loop(struct fuzz_loop *loop, struct sg_err *err)
{
	struct profile_run run = {.loop = loop};
	int ret = open_lanes(&run, err);

	if (!ret)
		ret = prove_filters_of(&run, err);
	fuzz_settle(loop);
	if (!ret && run.lane_count)
		ret = try_filters(&run, err);
	fuzz_lane_close(loop, run.main);
	fuzz_lane_close(loop, run.hand);
	sg_buf_release(&run.text);
	return ret;
}
