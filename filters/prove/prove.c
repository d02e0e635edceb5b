/* SPDX-License-Identifier: MIT */
/*
 * One question after another to one pool: the policy's function stays, what a question adds goes.
 * No counterexample leaves unconfirmed: both sides are run on it, the policy by its oracle, the
 * filter by the interpreter.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filters/cbpf/interp.h"
#include "filters/prove/answer.h"
#include "filters/prove/meaning.h"
#include "filters/prove/run.h"
#include "filters/prove/smt.h"
#include "harness/base/clock.h"

#define SMT_TIMEOUT_S 10

const char *prove_result_name(enum prove_result result)
{
	static const char *const names[] = {
		[PROVE_EQUAL] = "equal",
		[PROVE_DIFFERENT] = "different",
		[PROVE_UNKNOWN] = "unknown",
	};

	return names[result];
}

void prove_answer_release(struct prove_answer *answer)
{
	free(answer->regions);
	*answer = (struct prove_answer){0};
}

struct prover {
	const struct policy *policy;  /* the frame; NULL: all inputs count; borrowed */
	struct policy_oracle *oracle; /* of the policy, if any; owned */
	struct prove_options options;
	struct bdd_pool *pool;        /* owned */
	struct prove_meaning meaning; /* of the policy, if any */
	double excluded[POLICY_CLASS_COUNT];
	size_t mark; /* where a question begins; the pool may be exhausted already */
};

struct question {
	struct prover *prover;
	struct smt_side a, b;
	const struct sg_strv *unknown_calls; /* may be NULL */
};

/* ---- provers */

static void read_policy(struct prover *prover)
{
	prover->oracle = policy_oracle_new(prover->policy);
	prover->meaning = prove_meaning(prover->pool, prover->policy);
	for (unsigned class = POLICY_SPECIFIED + 1; class < POLICY_CLASS_COUNT; class ++)
		prover->excluded[class] = answer_inputs(prover->pool, prover->meaning.class[class]);
}

struct prover *prover_new(const struct policy *policy, const struct prove_options *options)
{
	struct prover *prover = sg_calloc(1, sizeof(*prover));

	prover->policy = policy;
	prover->options = *options;
	if (prover->options.smt_timeout_s == 0)
		prover->options.smt_timeout_s = SMT_TIMEOUT_S;
	prover->pool = bdd_pool_new(options->node_limit);
	if (policy)
		read_policy(prover);
	prover->mark = bdd_mark(prover->pool);
	return prover;
}

void prover_free(struct prover *prover)
{
	if (!prover)
		return;
	bdd_pool_free(prover->pool);
	policy_oracle_free(prover->oracle);
	free(prover);
}

/* ---- diagrams */

static struct sym verdict_of(const struct prover *prover, const struct smt_side *side)
{
	if (side->prog)
		return prove_run(prover->pool, side->prog, NULL);
	if (side->policy == prover->policy)
		return prover->meaning.verdict;
	return prove_meaning(prover->pool, side->policy).verdict;
}

/* Where the sides differ on what counts; *ret_unknown: what is left out for unknown_calls. */
static bdd compare(const struct question *question, const struct sym *a, const struct sym *b,
		   bdd *ret_unknown)
{
	const struct prover *prover = question->prover;
	struct bdd_pool *pool = prover->pool;
	const bdd differ = sym_differ(pool, a, b);
	const bdd specified = prover->meaning.class[POLICY_SPECIFIED];
	bdd unknown = BDD_FALSE;

	if (!prover->policy)
		return differ;
	if (question->unknown_calls)
		unknown = prove_unknown_calls(pool, question->unknown_calls);
	*ret_unknown = bdd_and(pool, specified, unknown);
	return bdd_and(pool, differ, bdd_and(pool, specified, bdd_not(unknown)));
}

static void say_excluded(const struct prover *prover, bdd unknown, struct prove_answer *answer)
{
	memcpy(answer->excluded, prover->excluded, sizeof(answer->excluded));
	answer->excluded[POLICY_UNKNOWN_NAME] = answer_inputs(prover->pool, unknown);
}

static void ask_diagrams(const struct question *question, struct prove_answer *answer)
{
	const struct prover *prover = question->prover;
	const struct sym a = verdict_of(prover, &question->a);
	const struct sym b = verdict_of(prover, &question->b);
	bdd unknown = BDD_FALSE;
	const bdd differ = compare(question, &a, &b, &unknown);

	answer->nodes = bdd_node_count(prover->pool);
	answer->result = PROVE_UNKNOWN;
	if (bdd_exhausted(prover->pool))
		return;
	say_excluded(prover, unknown, answer);
	if (differ == BDD_FALSE)
		answer->result = PROVE_EQUAL;
	else
		answer_fill(prover->pool, differ, &a, &b, answer);
}

/* ---- counterexamples */

static uint32_t eval_once(const struct policy *policy, const struct abi_tuple *tuple)
{
	struct policy_oracle *oracle = policy_oracle_new(policy);
	const uint32_t ret = policy_eval(oracle, tuple).ret;

	policy_oracle_free(oracle);
	return ret;
}

static uint32_t verdict_at(const struct prover *prover, const struct smt_side *side,
			   const struct abi_tuple *tuple)
{
	uint32_t ret;

	if (side->prog)
		ret = cbpf_run(side->prog, tuple).ret;
	else if (side->policy == prover->policy)
		ret = policy_eval(prover->oracle, tuple).ret;
	else
		ret = eval_once(side->policy, tuple);
	return abi_verdict_effect(ret);
}

static bool names_call(const struct sg_strv *calls, const struct abi_arch *arch, uint32_t nr)
{
	const char *name = abi_name(arch, nr);

	if (!name)
		return false;
	char *call = sg_asprintf("%s:%s", arch->name, name);
	const bool named = sg_strv_contains(calls, call);
	free(call);
	return named;
}

static bool is_unknown_call(const struct sg_strv *calls, const struct abi_tuple *tuple)
{
	for (unsigned id = 0; calls && id < ABI_ARCH_COUNT; id++) {
		const struct abi_arch *arch = abi_arch((enum abi_arch_id)id);

		if (arch->audit == tuple->arch && names_call(calls, arch, tuple->nr))
			return true;
	}
	return false;
}

static bool counts(const struct question *question, const struct abi_tuple *tuple)
{
	const struct policy_oracle *oracle = question->prover->oracle;

	return !oracle || (policy_eval(oracle, tuple).class == POLICY_SPECIFIED &&
			   !is_unknown_call(question->unknown_calls, tuple));
}

static bool is_confirmed(const struct question *question, const struct prove_answer *answer)
{
	const uint32_t a = verdict_at(question->prover, &question->a, &answer->tuple);
	const uint32_t b = verdict_at(question->prover, &question->b, &answer->tuple);

	return a != b && a == answer->a && b == answer->b && counts(question, &answer->tuple);
}

static int contradiction(const struct prove_answer *answer, struct sg_err *err)
{
	return sg_err_internal(err, EBADMSG,
			       "the prover's diagrams say 0x%08x and 0x%08x of number 0x%x on "
			       "audit value 0x%x; running both sides does not confirm it",
			       answer->a, answer->b, answer->tuple.nr, answer->tuple.arch);
}

/* ---- Z3 */

/* Of the pool's two limits the one of nodes shows in their number (bdd.h). */
static void say_unknown(struct prove_answer *answer, const struct prover *prover, const char *more)
{
	const size_t limit = bdd_node_limit(prover->pool);

	answer->result = PROVE_UNKNOWN;
	snprintf(answer->reason, sizeof(answer->reason), "diagrams passed %s%zu nodes%s%.100s",
		 answer->nodes < limit ? "the work for " : "", limit, *more ? "; " : "", more);
}

static int ask_smt(const struct question *question, struct prove_answer *answer, struct sg_err *err)
{
	const struct prover *prover = question->prover;
	struct prove_answer asked = {.nodes = answer->nodes};
	const int rc = smt_ask(&question->a, &question->b, prover->policy, question->unknown_calls,
			       prover->options.smt_timeout_s, &asked, err);

	if (rc)
		return rc;
	if (asked.result == PROVE_UNKNOWN)
		say_unknown(answer, prover, asked.reason);
	else if (asked.result == PROVE_DIFFERENT && !is_confirmed(question, &asked))
		say_unknown(answer, prover, "Z3's counterexample is none when both sides are run");
	else
		*answer = asked;
	return 0;
}

/* ---- questions */

static int find_answer(const struct question *question, struct prove_answer *answer,
		       struct sg_err *err)
{
	struct prover *prover = question->prover;

	ask_diagrams(question, answer);
	bdd_back_to(prover->pool, prover->mark);
	if (answer->result == PROVE_DIFFERENT && !is_confirmed(question, answer))
		return contradiction(answer, err);
	if (answer->result != PROVE_UNKNOWN)
		return 0;
	say_unknown(answer, prover, "");
	return prover->options.no_smt ? 0 : ask_smt(question, answer, err);
}

static double seconds_since(uint64_t start_ns)
{
	return (double)(sg_monotonic_ns() - start_ns) / 1e9;
}

static int ask(const struct question *question, struct prove_answer *ret, struct sg_err *err)
{
	const uint64_t start = sg_monotonic_ns();
	struct prove_answer answer = {.result = PROVE_UNKNOWN};
	const int rc = find_answer(question, &answer, err);

	if (rc) {
		prove_answer_release(&answer);
		return rc;
	}
	answer.seconds = seconds_since(start);
	*ret = answer;
	return 0;
}

int prover_check(struct prover *prover, const struct cbpf_prog *prog,
		 const struct sg_strv *unknown_calls, struct prove_answer *ret, struct sg_err *err)
{
	const struct question question = {
		.prover = prover,
		.a.policy = prover->policy,
		.b.prog = prog,
		.unknown_calls = unknown_calls,
	};

	return ask(&question, ret, err);
}

int prover_compare(struct prover *prover, const struct cbpf_prog *a, const struct cbpf_prog *b,
		   struct prove_answer *ret, struct sg_err *err)
{
	const struct question question = {.prover = prover, .a.prog = a, .b.prog = b};

	return ask(&question, ret, err);
}

/* ---- the one question of a prover, whose making is part of it */

static int ask_once(const struct policy *policy, const struct prove_options *options,
		    struct question question, struct prove_answer *ret, struct sg_err *err)
{
	const uint64_t start = sg_monotonic_ns();

	question.prover = prover_new(policy, options);
	const int rc = ask(&question, ret, err);

	if (!rc)
		ret->seconds = seconds_since(start);
	prover_free(question.prover);
	return rc;
}

int prove_filters(const struct cbpf_prog *a, const struct cbpf_prog *b, const struct policy *under,
		  const struct sg_strv *unknown_calls, const struct prove_options *options,
		  struct prove_answer *ret, struct sg_err *err)
{
	const struct question question = {.a.prog = a,
					  .b.prog = b,
					  .unknown_calls = under ? unknown_calls : NULL};

	return ask_once(under, options, question, ret, err);
}

int prove_policy(const struct policy *policy, const struct cbpf_prog *prog,
		 const struct sg_strv *unknown_calls, const struct prove_options *options,
		 struct prove_answer *ret, struct sg_err *err)
{
	const struct question question = {.a.policy = policy,
					  .b.prog = prog,
					  .unknown_calls = unknown_calls};

	return ask_once(policy, options, question, ret, err);
}

int prove_policies(const struct policy *a, const struct policy *b,
		   const struct prove_options *options, struct prove_answer *ret,
		   struct sg_err *err)
{
	const struct question question = {.a.policy = a, .b.policy = b};

	return ask_once(NULL, options, question, ret, err);
}
