/* SPDX-License-Identifier: MIT */
/*
 * Is each filter what its own profile says? One that was not stays a known defect, which fails only
 * where it is wrong for calls that it was right for. A filter that the baseline lacks, or without a
 * proof there, is held to its profile alone.
 */
#include <math.h>

#include "harness/gate/findings.h"
#include "harness/gate/rules.h"

#define NO_RULES "no file carries the rules of its profile"

struct proofs {
	bool same; /* the same filter and profile: one answer for both */
	struct prove_answer was, is;
};

/* ---- the answers */

static void prove(const struct saved_filter *filter, const struct policy *policy,
		  struct prove_answer *ret)
{
	const struct prove_options options = {0};

	*ret = (struct prove_answer){.result = PROVE_UNKNOWN, .reason = NO_RULES};
	if (filter && !filter->unsupported && policy)
		gen_prove(&filter->filter, policy, &options, ret);
}

static struct proofs prove_both(const struct gate_pair *pair)
{
	const struct rules rules = rules_of_pair(pair);
	struct proofs proofs = {.same = gate_pair_same(pair) && rules.same};

	prove(pair->result, rules.result, &proofs.is);
	if (!proofs.same)
		prove(pair->baseline, rules.baseline, &proofs.was);
	return proofs;
}

static void proofs_release(struct proofs *proofs)
{
	prove_answer_release(&proofs->was);
	prove_answer_release(&proofs->is);
}

static const struct prove_answer *answer_then(const struct proofs *proofs)
{
	return proofs->same ? &proofs->is : &proofs->was;
}

/* ---- what they come to */

static size_t calls_of(const struct prove_answer *answer)
{
	return answer->result == PROVE_DIFFERENT ? findings_calls(answer) : 0;
}

static void judge_equal(const struct gate_request *request, const struct prove_answer *was,
			struct gate_check *check)
{
	gate_check_numbers(request, check, (double)calls_of(was), 0);
	gate_check_say(check, check->result, "proved to be what its profile says%s",
		       was->result == PROVE_DIFFERENT ? ", which it was not" : "");
}

static void judge_unknown(const struct proofs *proofs, struct gate_check *check)
{
	if (proofs->same)
		gate_check_say(check, GATE_PASS, "as before; not proved: %s", proofs->is.reason);
	else
		gate_check_say(check, GATE_INCONCLUSIVE, "not proved: %s", proofs->is.reason);
}

static void judge_different(const struct gate_request *request, const struct proofs *proofs,
			    struct gate_check *check)
{
	const struct prove_answer *was = answer_then(proofs), *is = &proofs->is;
	const size_t before = calls_of(was), fresh = findings_fresh(is, was),
		     now = findings_calls(is);

	/* Others than before are worse, even where they are no more. */
	gate_check_numbers(request, check, (double)before, (double)(fresh ? before + fresh : now));
	if (is->by_smt && !proofs->same && was->result == PROVE_DIFFERENT)
		check->result = GATE_INCONCLUSIVE;
	findings_say(check, is, "not what its profile says", true);
	check->value = (double)now;
}

static void judge(const struct gate_request *request, const struct proofs *proofs,
		  struct gate_check *check)
{
	const struct prove_answer *was = answer_then(proofs);

	switch (proofs->is.result) {
	case PROVE_EQUAL: judge_equal(request, was, check); break;
	case PROVE_UNKNOWN: judge_unknown(proofs, check); break;
	case PROVE_DIFFERENT: judge_different(request, proofs, check); break;
	}
	if (was->result == PROVE_UNKNOWN)
		check->baseline = NAN;
}

/* ---- the part */

static int run(const struct gate_request *request, struct gate_report *report, struct sg_err *err)
{
	struct gate_pair *pairs;
	const size_t count = gate_pairs(request, &pairs);

	(void)err;
	for (size_t i = 0; i < count && !gate_is_interrupted(request); i++) {
		gate_progress(request, "proofs", (double)i, (double)count);
		if (!rules_source(pairs[i].result))
			continue;

		struct proofs proofs = prove_both(&pairs[i]);

		judge(request, &proofs, gate_check_add(report, GATE_PROOF, pairs[i].name));
		proofs_release(&proofs);
	}
	gate_pairs_free(pairs, count);
	return 0;
}

const struct gate_part gate_part_proofs = {"proofs",
					   "is each filter what its profile says, on every input",
					   true, run};
