/* SPDX-License-Identifier: MIT */
/*
 * What each filter answers, then and now.
 *
 * Made from one and the same policy, the two must answer alike on what it specifies, unless it is
 * the baseline's filter that was wrong. Elsewhere a generator may choose, and choose anew: such a
 * change is shown, for nobody can tell whether it is worse, unless it lets something through.
 * Without a policy that both share every input counts.
 */
#include "filters/prove/prove.h"
#include "harness/gate/findings.h"
#include "harness/gate/rules.h"

#define UNTOUCHED "as before where its profile says what it is"
#define REPAIRED  "what its profile says now, which it was not"

static const struct prove_options options;

struct comparison {
	const struct gate_request *request;
	const struct gate_pair *pair;
	struct rules rules;
	struct gate_check *check;
};

static int ask(const struct comparison *of, const struct policy *under, struct prove_answer *ret,
	       struct sg_err *err)
{
	const struct gen_filter *was = &of->pair->baseline->filter, *is = &of->pair->result->filter;
	const struct cbpf_prog a = gen_prog(was), b = gen_prog(is);

	/* A call that the generator has learned of since is no change; one that it has forgotten
	 * is. */
	return prove_filters(&a, &b, under, &was->unknown_calls, &options, ret, err);
}

static void say_same(const struct comparison *of, const char *text)
{
	gate_check_numbers(of->request, of->check, 0, 0);
	gate_check_say(of->check, of->check->result, "%s", text);
}

static void say_unknown(const struct comparison *of, const struct prove_answer *answer)
{
	gate_check_say(of->check, GATE_INCONCLUSIVE, "other instructions, not compared: %s",
		       answer->reason);
}

/* ---- on every input */

static int compare_all(const struct comparison *of, struct sg_err *err)
{
	const bool changed = rules_source(of->pair->baseline) && !of->rules.same;
	struct prove_answer answer;
	const int r = ask(of, NULL, &answer, err);

	if (r)
		return r;
	switch (answer.result) {
	case PROVE_EQUAL:
		say_same(of, "other instructions, the same verdict for every input");
		break;
	case PROVE_DIFFERENT:
		findings_decide(of->request, of->check, &answer,
				changed ? "its profile changed; another verdict"
					: "another verdict");
		break;
	case PROVE_UNKNOWN: say_unknown(of, &answer); break;
	}
	prove_answer_release(&answer);
	return 0;
}

/* ---- under a policy */

/* Differences that the policy does not specify. The one that Z3 found may be such a one. */
static size_t count_open(const struct prove_answer *specified, const struct prove_answer *all)
{
	if (all->result != PROVE_DIFFERENT)
		return 0;
	return all->by_smt ? 1 : findings_fresh(all, specified);
}

/*
 * The answer for every input, where that for those that the policy specifies is known: the filters
 * are alike there, or what they differ in was repaired. @fresh: count_open(), at least one.
 */
static void judge_open(const struct comparison *of, const struct prove_answer *specified,
		       const struct prove_answer *open, size_t fresh)
{
	const bool repaired = specified->result == PROVE_DIFFERENT;

	gate_check_numbers(of->request, of->check, 0, (double)fresh);
	if (of->check->result == GATE_FAIL && !findings_loosen(open, specified))
		of->check->result = GATE_INCONCLUSIVE;
	findings_say(of->check, open,
		     repaired ? REPAIRED "; also where it leaves that open, another verdict"
			      : UNTOUCHED "; where it does not, another verdict",
		     false);
}

static void judge_repaired(const struct comparison *of, const struct prove_answer *specified)
{
	gate_check_numbers(of->request, of->check, (double)findings_calls(specified), 0);
	findings_say(of->check, specified, REPAIRED, false);
}

static void judge(const struct comparison *of, const struct prove_answer *specified,
		  const struct prove_answer *all)
{
	const size_t fresh = count_open(specified, all);

	if (fresh)
		judge_open(of, specified, all, fresh);
	else if (specified->result == PROVE_DIFFERENT)
		judge_repaired(of, specified);
	else
		say_same(of, all->result == PROVE_EQUAL
				     ? "other instructions, the same verdict for every input"
				     : UNTOUCHED);
}

static int compare_open(const struct comparison *of, const struct prove_answer *specified,
			struct sg_err *err)
{
	struct prove_answer all;
	const int r = ask(of, NULL, &all, err);

	if (r)
		return r;
	judge(of, specified, &all);
	prove_answer_release(&all);
	return 0;
}

/* Is the filter what the policy says? As in ask(), calls that it has forgotten count. */
static int is_right(const struct comparison *of, bool *ret, struct sg_err *err)
{
	const struct cbpf_prog prog = gen_prog(&of->pair->result->filter);
	struct prove_answer answer;
	const int r =
		prove_policy(of->rules.result, &prog, &of->pair->baseline->filter.unknown_calls,
			     &options, &answer, err);

	if (r)
		return r;
	*ret = answer.result == PROVE_EQUAL;
	prove_answer_release(&answer);
	return 0;
}

static int compare_specified(const struct comparison *of, const struct prove_answer *specified,
			     struct sg_err *err)
{
	bool right = true;
	int r = 0;

	if (specified->result == PROVE_UNKNOWN) {
		say_unknown(of, specified);
		return 0;
	}
	if (specified->result == PROVE_DIFFERENT)
		r = is_right(of, &right, err);
	if (r)
		return r;
	if (right)
		return compare_open(of, specified, err);
	findings_decide(of->request, of->check, specified, "another verdict");
	return 0;
}

static int compare_under(const struct comparison *of, struct sg_err *err)
{
	struct prove_answer specified;
	int r = ask(of, of->rules.result, &specified, err);

	if (r)
		return r;
	r = compare_specified(of, &specified, err);
	prove_answer_release(&specified);
	return r;
}

/* ---- a pair */

/* Is there one that both filters were made from, however it is written? */
static int share_policy(const struct rules *rules, bool *ret, struct sg_err *err)
{
	struct prove_answer answer;

	*ret = rules->same && rules->result;
	if (rules->same || !rules->baseline || !rules->result)
		return 0;
	const int r = prove_policies(rules->baseline, rules->result, &options, &answer, err);

	if (r)
		return r;
	*ret = answer.result == PROVE_EQUAL;
	prove_answer_release(&answer);
	return 0;
}

static int compare(const struct comparison *of, struct sg_err *err)
{
	bool shared;
	int r;

	if (gate_pair_same(of->pair)) {
		say_same(of, "the same instructions");
		return 0;
	}
	r = share_policy(&of->rules, &shared, err);
	if (r)
		return r;
	return shared ? compare_under(of, err) : compare_all(of, err);
}

static int run(const struct gate_request *request, struct gate_report *report, struct sg_err *err)
{
	struct gate_pair *pairs;
	const size_t count = gate_pairs(request, &pairs);
	int r = 0;

	for (size_t i = 0; !r && i < count && !gate_is_interrupted(request); i++) {
		gate_progress(request, "verdicts", (double)i, (double)count);
		if (!gate_pair_both(&pairs[i]))
			continue;

		const struct comparison of = {request, &pairs[i], rules_of_pair(&pairs[i]),
					      gate_check_add(report, GATE_VERDICTS, pairs[i].name)};

		r = compare(&of, err);
	}
	gate_pairs_free(pairs, count);
	return r;
}

const struct gate_part gate_part_verdicts = {"verdicts", "what each filter answers, on every input",
					     true, run};
