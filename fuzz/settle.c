/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "fuzz/strength.h"

/* A filter may be one on which Z3 has to be asked, for each of hundreds of mutants. */
#define SMT_TIMEOUT_S 2

struct settling {
	struct fuzz_score *score;
	const struct fuzz_mutants *mutants;
	const struct cbpf_prog *prog;
	struct cbpf_prog changed; /* a copy, in which mutants take their turn */
	struct prover *prover;
};

static void take(struct fuzz_score *score, const struct prove_answer *answer,
		 struct fuzz_settled *settled)
{
	settled->result = answer->result;
	settled->tuple = answer->tuple;
	settled->original = answer->a;
	settled->mutant = answer->b;
	memcpy(settled->reason, answer->reason, sizeof(settled->reason));
	score->equivalent += answer->result == PROVE_EQUAL;
	score->unknown += answer->result == PROVE_UNKNOWN;
}

static int settle(struct settling *settling, size_t index, struct sg_err *err)
{
	const struct fuzz_mutant *mutant = &settling->mutants->items[index];
	struct sock_filter *insn = &settling->changed.insns[mutant->pc];
	struct prove_answer answer = {0};

	*insn = mutant->insn;
	const int bad =
		prover_compare(settling->prover, settling->prog, &settling->changed, &answer, err);
	*insn = settling->prog->insns[mutant->pc];
	if (!bad)
		take(settling->score, &answer, &settling->score->settled[index]);
	prove_answer_release(&answer);
	return bad;
}

static int settle_all(struct settling *settling, const volatile int *interrupted,
		      struct sg_err *err)
{
	struct fuzz_score *score = settling->score;
	int bad = 0;

	for (size_t i = 0; i < score->mutants && !bad; i++) {
		if (score->killed_at[i])
			continue;
		score->partial = interrupted && *interrupted;
		if (score->partial)
			break;
		bad = settle(settling, i, err);
	}
	return bad;
}

int fuzz_score_settle(struct fuzz_score *score, const struct fuzz_mutants *mutants,
		      const struct cbpf_prog *prog, const struct policy *policy,
		      const volatile int *interrupted, struct sg_err *err)
{
	const struct prove_options options = {.smt_timeout_s = SMT_TIMEOUT_S};
	struct settling settling = {.score = score, .mutants = mutants, .prog = prog};

	score->equivalent = score->unknown = 0;
	if (score->partial)
		return 0;
	settling.prover = prover_new(policy, &options);
	cbpf_copy(&settling.changed, prog);
	const int bad = settle_all(&settling, interrupted, err);
	cbpf_release(&settling.changed);
	prover_free(settling.prover);
	return bad;
}
