/* SPDX-License-Identifier: MIT */
/* Many policies, with some tuples each. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/loop_private.h"
#include "fuzz/policies.h"
#include "harness/base/alloc.h"

#define TUPLES_LEAST  2048
#define TUPLES_A_RULE 64
#define TUPLES_MOST   (16 * 1024)

#define WITNESS_EVERY 20 /* policies; of these the first batch */

/*
 * However slow a generator is, the run goes on: one that took more than its allowance is left out
 * until the other policies have earned it back, and so are proofs. Two thousand policies end within
 * two minutes, with two generators that hang on each.
 */
#define ALLOWANCE_S          8.0
#define ALLOWANCE_A_POLICY_S 0.008

#define SMALL_RULES 8 /* at most */

/* Those that a profile of any kind can be given to. */
static bool does_policies(const struct gen *gen)
{
	return gen->needs_policy && strcmp(gen->name, "hand") != 0;
}

struct policies_run {
	struct fuzz_loop *loop;
	struct sg_buf text;
	bool *wanted;
	uint64_t *left_out; /* policies, by generator */
	uint64_t unproved;  /* policies whose filters were not proved */
	uint64_t done;
};

static bool is_affordable(const struct policies_run *run, double spent_s)
{
	const double asked_s = run->loop->request->gen_allowance_s;
	const double base_s = asked_s > 0 ? asked_s : ALLOWANCE_S;

	return spent_s <= base_s + ALLOWANCE_A_POLICY_S * (double)run->done;
}

static void choose(struct policies_run *run)
{
	const struct fuzz_request *request = run->loop->request;

	for (size_t i = 0; i < request->gen_count; i++) {
		const bool can = does_policies(request->gens[i]);

		run->wanted[i] = can && is_affordable(run, run->loop->makers[i].spent_s);
		run->left_out[i] += can && !run->wanted[i];
	}
}

static int prove_lane(struct policies_run *run, struct fuzz_lane *lane, struct sg_err *err)
{
	if (is_affordable(run, run->loop->prove_s))
		return fuzz_lane_prove(run->loop, lane, err);
	run->unproved++;
	return 0;
}

static size_t tuples_for(const struct policy *policy)
{
	const size_t wanted = TUPLES_LEAST + TUPLES_A_RULE * policy->rule_count;

	return wanted < TUPLES_MOST ? wanted : TUPLES_MOST;
}

static bool any_does(const struct fuzz_request *request)
{
	for (size_t i = 0; i < request->gen_count; i++)
		if (does_policies(request->gens[i]))
			return true;
	return false;
}

static int try_tuples(struct policies_run *run, struct fuzz_lane *lane, struct sg_rng *rng,
		      struct sg_err *err)
{
	struct fuzz_loop *loop = run->loop;
	struct fuzz_tuples *source = fuzz_lane_tuples(lane);
	const struct fuzz_course course = {source, rng, &lane, 1};
	const size_t total = tuples_for(&lane->policy);
	const bool sampled = run->done % WITNESS_EVERY == 0;
	int ret = 0;

	for (size_t at = 0; at < total && !ret; at += FUZZ_BATCH) {
		const size_t left = total - at;
		const bool witness = loop->request->witness_all || (sampled && at == 0);

		ret = fuzz_batch_run(loop, &course, left < FUZZ_BATCH ? left : FUZZ_BATCH, witness,
				     err);
	}
	fuzz_tuples_free(source);
	return ret;
}

static int try_policy(struct policies_run *run, struct sg_rng *rng, bool *ret_small,
		      struct sg_err *err)
{
	const struct abi_arch *arches[ABI_ARCH_COUNT];
	struct policy_options options = {0};
	struct fuzz_lane *lane;

	sg_buf_clear(&run->text);
	fuzz_policy_text(rng, FUZZ_ANY, &run->text);
	options.arch_count = fuzz_policy_arches(rng, arches);
	options.arches = options.arch_count ? arches : NULL;

	int ret = fuzz_lane_open(&run->text, "a random policy", &options, &lane, err);

	if (ret)
		return ret;
	choose(run);
	ret = fuzz_lane_build(run->loop, lane, run->wanted, err);
	if (!ret)
		ret = prove_lane(run, lane, err);
	if (!ret && lane->subject_count)
		ret = try_tuples(run, lane, rng, err);
	fuzz_lane_compare_proofs(run->loop, lane);
	*ret_small = lane->policy.rule_count <= SMALL_RULES;
	fuzz_lane_close(run->loop, lane);
	return ret;
}

/* The rate of small policies is that of ours and the generators' own work: without hangs. */
static int time_policy(struct policies_run *run, struct sg_rng *rng, struct sg_err *err)
{
	struct fuzz_result *result = run->loop->result;
	const uint64_t start_ns = sg_monotonic_ns(), hangs = run->loop->hangs;
	bool small = false;
	const int ret = try_policy(run, rng, &small, err);
	const double spent_s = fuzz_seconds_since(start_ns);

	result->policies_s += spent_s;
	if (small && run->loop->hangs == hangs) {
		result->small_policies++;
		result->small_policies_s += spent_s;
	}
	return ret;
}

/* Policy number i is the same whatever came before it, and no neighbouring seed has it too. */
static int try_policies(struct policies_run *run, struct sg_err *err)
{
	struct fuzz_loop *loop = run->loop;
	const uint64_t total = loop->request->policies;
	struct sg_rng rng;
	int ret = 0;

	sg_rng_seed(&rng, loop->request->seed);

	const uint64_t base = sg_rng_u64(&rng);

	for (; run->done < total && !ret && !fuzz_over(loop, 1); run->done++) {
		sg_rng_seed(&rng, base + run->done);
		ret = time_policy(run, &rng, err);
		fuzz_settle(loop);
		fuzz_show(loop, "policies", (double)run->done, (double)total);
	}
	loop->result->policies = run->done;
	return ret;
}

static void tell_left_out(const struct policies_run *run)
{
	const struct fuzz_request *request = run->loop->request;
	struct sg_strv *warnings = &run->loop->result->warnings;

	if (run->unproved)
		sg_strv_addf(warnings,
			     "filters of %llu policies were not proved: proofs took %.0f s",
			     (unsigned long long)run->unproved, run->loop->prove_s);
	for (size_t i = 0; i < request->gen_count; i++)
		if (run->left_out[i])
			sg_strv_addf(warnings,
				     "%s was left out for %llu policies: its builds took %.0f s",
				     request->gens[i]->name, (unsigned long long)run->left_out[i],
				     run->loop->makers[i].spent_s);
}

int fuzz_policies_loop(struct fuzz_loop *loop, struct sg_err *err)
{
	const size_t gen_count = loop->request->gen_count;
	struct policies_run run = {
		.loop = loop,
		.wanted = sg_calloc(gen_count, sizeof(*run.wanted)),
		.left_out = sg_calloc(gen_count, sizeof(*run.left_out)),
	};
	int ret =
		any_does(loop->request)
			? fuzz_makers_open(loop, loop->request->gen_cpu_s, &fuzz_proof_quick, err)
			: sg_err_input(err, EINVAL, "none of the generators does random policies");

	if (!ret)
		ret = try_policies(&run, err);
	tell_left_out(&run);
	sg_buf_release(&run.text);
	free(run.wanted);
	free(run.left_out);
	return ret;
}
