/* SPDX-License-Identifier: MIT */
/*
 * Wrong verdicts among inputs that the fuzzer would try, always the same ones: what a proof says,
 * found in another way, and all there is to say of a filter too large for one. Each side is held
 * against its own profile; a filter that the baseline lacks, against its profile alone.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "fuzz/tuples.h"
#include "harness/gate/findings.h"
#include "harness/gate/rules.h"
#include "harness/oracle/oracle.h"

#define TUPLES_DEFAULT 200000
#define BATCH          (1024 * FUZZ_TUPLES_RUN)

struct wrong {
	struct abi_tuple tuple;
	uint32_t wanted, got; /* effects */
};

/* What came of one filter. */
struct tally {
	uint64_t wrong;
	struct wrong first[FINDINGS_MAX]; /* of each call the first one */
	size_t first_count;
	bool cut; /* interrupted: nothing of it counts */
};

/* A filter under test. */
struct trial {
	const struct gen_filter *filter;
	const struct policy_oracle *oracle;
	struct oracle_session *session;
	const struct oracle *judge;
	struct abi_tuple tuples[BATCH];
	uint32_t verdicts[BATCH];
};

/* ---- one filter */

static bool is_noted(const struct tally *tally, const struct abi_tuple *tuple)
{
	for (size_t i = 0; i < tally->first_count; i++)
		if (tally->first[i].tuple.arch == tuple->arch &&
		    tally->first[i].tuple.nr == tuple->nr)
			return true;
	return false;
}

static void weigh(const struct trial *trial, size_t i, struct tally *tally)
{
	const struct abi_tuple *tuple = &trial->tuples[i];
	const struct policy_verdict verdict = policy_eval(trial->oracle, tuple);
	const uint32_t wanted = abi_verdict_effect(verdict.ret);
	const uint32_t got = abi_verdict_effect(trial->verdicts[i]);

	if (wanted == got || gen_class(trial->filter, tuple, verdict.class) != POLICY_SPECIFIED)
		return;
	tally->wrong++;
	if (tally->first_count < FINDINGS_MAX && !is_noted(tally, tuple))
		tally->first[tally->first_count++] = (struct wrong){*tuple, wanted, got};
}

static int try_batch(struct trial *trial, size_t count, struct tally *tally, struct sg_err *err)
{
	const int r = trial->judge->judge(trial->session, trial->tuples, count, trial->verdicts,
					  NULL, err);

	for (size_t i = 0; !r && i < count; i++)
		weigh(trial, i, tally);
	return r;
}

static int try_tuples(const struct gate_request *request, const struct fuzz_tuples *source,
		      struct trial *trial, struct tally *tally, struct sg_err *err)
{
	uint64_t left = request->tuples ? request->tuples : TUPLES_DEFAULT;
	struct sg_rng rng;
	int r = 0;

	sg_rng_seed(&rng, request->seed);
	while (!r && left && !tally->cut) {
		const size_t count = left < BATCH ? left : BATCH;

		fuzz_tuples_fill(source, &rng, trial->tuples, count);
		r = try_batch(trial, count, tally, err);
		left -= count;
		tally->cut = gate_is_interrupted(request);
	}
	return r;
}

static int try_filter(const struct gate_request *request, const struct gen_filter *filter,
		      const struct policy *policy, const struct fuzz_tuples *source,
		      struct tally *tally, struct sg_err *err)
{
	const struct oracle_subject subject = {&filter, 1, policy};
	struct trial *trial = sg_calloc(1, sizeof(*trial));
	struct policy_oracle *oracle = policy_oracle_new(policy);
	int r;

	trial->filter = filter;
	trial->oracle = oracle;
	trial->judge = oracle_find("compiled", err);
	r = trial->judge ? trial->judge->open(&subject, &trial->session, err) : -ENOENT;
	if (!r) {
		r = try_tuples(request, source, trial, tally, err);
		trial->judge->close(trial->session);
	}
	policy_oracle_free(oracle);
	free(trial);
	return r;
}

/* ---- a pair */

struct comparison {
	const struct gate_request *request;
	const struct gate_pair *pair;
	struct rules rules;
};

/* Constants of both filters, so that what either distinguishes is tried on both. */
static struct fuzz_tuples *source_for(const struct comparison *of, const struct policy *policy)
{
	const struct saved_filter *sides[] = {of->pair->baseline, of->pair->result};
	const struct cbpf_prog *progs[2];
	size_t count = 0;

	for (size_t i = 0; i < SG_COUNT(sides); i++)
		if (sides[i] && !sides[i]->unsupported && !sides[i]->filter.none)
			progs[count++] = &sides[i]->filter.prog;
	return fuzz_tuples_new(policy, progs, count);
}

static int try_side(const struct comparison *of, const struct saved_filter *side,
		    const struct policy *policy, struct tally *tally, struct sg_err *err)
{
	struct fuzz_tuples *source = source_for(of, policy);
	const int r = try_filter(of->request, &side->filter, policy, source, tally, err);

	fuzz_tuples_free(source);
	return r;
}

static bool can_try(const struct saved_filter *side, const struct policy *policy)
{
	return side && !side->unsupported && policy;
}

static int try_both(const struct comparison *of, struct tally *was, struct tally *is,
		    struct sg_err *err)
{
	int r = try_side(of, of->pair->result, of->rules.result, is, err);

	if (r)
		return r;
	if (gate_pair_same(of->pair) && of->rules.same)
		*was = *is;
	else if (can_try(of->pair->baseline, of->rules.baseline))
		r = try_side(of, of->pair->baseline, of->rules.baseline, was, err);
	return r;
}

/* There is nothing that the number could be said to have been. */
static void say_alone(struct gate_check *check)
{
	const bool allowed = check->value > 0 && check->result == GATE_PASS;

	check->baseline = NAN;
	gate_check_say(check, check->result, "%.0f %s, held to its profile alone%s", check->value,
		       gate_kinds[check->kind].unit, allowed ? ", which is allowed" : "");
}

static void judge(const struct comparison *of, const struct tally *was, const struct tally *is,
		  struct gate_check *check)
{
	gate_check_numbers(of->request, check, (double)was->wrong, (double)is->wrong);
	if (!can_try(of->pair->baseline, of->rules.baseline))
		say_alone(check);
	for (size_t i = 0; i < is->first_count; i++)
		findings_add_input(check, &is->first[i].tuple, is->first[i].wanted,
				   is->first[i].got, true);
}

static int compare(const struct comparison *of, struct gate_report *report, struct sg_err *err)
{
	struct tally was = {0}, is = {0};
	const int r = try_both(of, &was, &is, err);

	if (!r && !was.cut && !is.cut)
		judge(of, &was, &is, gate_check_add(report, GATE_MISMATCHES, of->pair->name));
	return r;
}

static int run(const struct gate_request *request, struct gate_report *report, struct sg_err *err)
{
	struct gate_pair *pairs;
	const size_t count = gate_pairs(request, &pairs);
	int r = 0;

	for (size_t i = 0; !r && i < count && !gate_is_interrupted(request); i++) {
		const struct comparison of = {request, &pairs[i], rules_of_pair(&pairs[i])};

		gate_progress(request, "mismatches", (double)i, (double)count);
		if (can_try(pairs[i].result, of.rules.result))
			r = compare(&of, report, err);
	}
	gate_pairs_free(pairs, count);
	return r;
}

const struct gate_part gate_part_mismatches = {
	"mismatches", "each filter on inputs of a fixed seed, against its profile", true, run};
