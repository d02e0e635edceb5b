/* SPDX-License-Identifier: MIT */
/*
 * Trying mutants. A mutant can differ from the original only on a tuple for which the original
 * executes the changed instruction, and only where the change leads elsewhere: the original is
 * traced once a tuple, and of thousands of mutants a handful are run.
 */
#include <errno.h>
#include <stdlib.h>

#include "fuzz/strength.h"

#define BATCH (64u * FUZZ_TUPLES_RUN)

struct trial {
	const struct fuzz_mutants *mutants;
	struct cbpf_prog prog; /* a copy of the original, in which mutants take their turn */
	struct policy_oracle *oracle;
	struct fuzz_score *score;
	/* Mutants that live, by instruction: those of pc are order[first[pc]], live[pc] of them. */
	size_t *order, *first, *live;
	struct cbpf_step *path; /* of the original, for the tuple at hand */
	size_t *place;          /* by instruction: where on the path, if it is on it */
	size_t path_len;
};

static void trial_init(struct trial *trial, const struct fuzz_mutants *mutants,
		       const struct cbpf_prog *prog, const struct policy *policy,
		       struct fuzz_score *score)
{
	*trial = (struct trial){
		.mutants = mutants,
		.oracle = policy_oracle_new(policy),
		.score = score,
		.order = sg_calloc(mutants->len + 1, sizeof(*trial->order)),
		.first = sg_calloc(prog->len + 1, sizeof(*trial->first)),
		.live = sg_calloc(prog->len + 1, sizeof(*trial->live)),
		.path = sg_calloc(prog->len + 1, sizeof(*trial->path)),
		.place = sg_calloc(prog->len + 1, sizeof(*trial->place)),
	};
	cbpf_copy(&trial->prog, prog);
	for (size_t i = 0; i < mutants->len; i++) {
		const size_t pc = mutants->items[i].pc;

		if (trial->live[pc]++ == 0)
			trial->first[pc] = i;
		trial->order[i] = i;
	}
}

static void trial_release(struct trial *trial)
{
	cbpf_release(&trial->prog);
	policy_oracle_free(trial->oracle);
	free(trial->order);
	free(trial->first);
	free(trial->live);
	free(trial->path);
	free(trial->place);
}

static void add_step(void *ctx, const struct cbpf_step *step)
{
	struct trial *trial = ctx;

	trial->place[step->pc] = trial->path_len;
	trial->path[trial->path_len++] = *step;
}

/* Where on the path instruction @pc was executed; false where it was not. */
static bool on_path(const struct trial *trial, uint32_t pc, size_t *ret_place)
{
	const size_t place = trial->place[pc];

	*ret_place = place;
	return place < trial->path_len && trial->path[place].pc == pc;
}

static bool jumps(const struct sock_filter *insn, const struct cbpf_step *at)
{
	const uint32_t operand = BPF_SRC(insn->code) == BPF_X ? at->x : insn->k;

	switch (BPF_OP(insn->code)) {
	case BPF_JEQ: return at->a == operand;
	case BPF_JGT: return at->a > operand;
	case BPF_JGE: return at->a >= operand;
	default: return at->a & operand;
	}
}

/* By how much a jump skips, from the state of that step. (Jumps leave A and X alone.) */
static uint32_t skips(const struct sock_filter *insn, const struct cbpf_step *at)
{
	if (BPF_OP(insn->code) == BPF_JA)
		return insn->k;
	return jumps(insn, at) ? insn->jt : insn->jf;
}

static bool is_store(const struct sock_filter *insn)
{
	return BPF_CLASS(insn->code) == BPF_ST || BPF_CLASS(insn->code) == BPF_STX;
}

/*
 * Does a changed jump at @place of the path lead back to the path, with the state that the original
 * had there? Then the rest is the same. In a chain of tests most changes skip one that fails.
 */
static bool rejoins(const struct trial *trial, const struct sock_filter *insn, size_t place)
{
	const struct cbpf_step *path = trial->path, *step = &path[place];
	size_t to;

	if (!on_path(trial, step->pc + 1 + skips(insn, step), &to))
		return false;
	for (size_t i = place + 1; i < to; i++)
		if (is_store(&trial->prog.insns[path[i].pc]))
			return false;
	return path[to - 1].a == step->a && path[to - 1].x == step->x;
}

static bool differs(struct trial *trial, const struct fuzz_mutant *mutant, const uint32_t *words,
		    uint32_t effect)
{
	struct sock_filter *insn = &trial->prog.insns[mutant->pc];
	const struct sock_filter original = *insn;

	*insn = mutant->insn;
	const uint32_t ret = cbpf_run_words(trial->prog.insns, words).ret;
	*insn = original;
	return abi_verdict_effect(ret) != effect;
}

/* Runs the mutants of the instruction at @place of the path; those that differ die. */
static void try_step(struct trial *trial, size_t place, const uint32_t *words, uint32_t effect,
		     uint64_t tried)
{
	const uint32_t pc = trial->path[place].pc;
	const bool is_jump = BPF_CLASS(trial->prog.insns[pc].code) == BPF_JMP;
	size_t *order = trial->order + trial->first[pc], *live = &trial->live[pc];

	for (size_t i = 0; i < *live;) {
		const size_t index = order[i];
		const struct fuzz_mutant *mutant = &trial->mutants->items[index];

		if ((is_jump && rejoins(trial, &mutant->insn, place)) ||
		    !differs(trial, mutant, words, effect)) {
			i++;
			continue;
		}
		trial->score->killed_at[index] = tried;
		trial->score->killed++;
		order[i] = order[--*live];
	}
}

static void try_tuple(struct trial *trial, const struct abi_tuple *tuple, uint64_t tried)
{
	uint32_t words[ABI_DATA_WORDS];

	if (policy_eval(trial->oracle, tuple).class != POLICY_SPECIFIED)
		return;
	abi_tuple_words(tuple, words);
	trial->path_len = 0;
	const uint32_t ret = cbpf_trace_words(trial->prog.insns, words, add_step, trial).ret;
	const uint32_t effect = abi_verdict_effect(ret);
	for (size_t i = 0; i < trial->path_len; i++)
		if (trial->live[trial->path[i].pc])
			try_step(trial, i, words, effect, tried);
}

static void try_tuples(struct trial *trial, const struct fuzz_tuples *source, uint64_t seed,
		       uint64_t tuples, const volatile int *interrupted)
{
	struct fuzz_score *score = trial->score;
	struct abi_tuple batch[BATCH];
	struct sg_rng rng;

	sg_rng_seed(&rng, seed);
	while (score->tuples < tuples && score->killed < score->mutants) {
		const uint64_t left = tuples - score->tuples;
		const size_t count = left < BATCH ? left : BATCH;

		score->partial = interrupted && *interrupted;
		if (score->partial)
			return;
		fuzz_tuples_fill(source, &rng, batch, count);
		for (size_t i = 0; i < count; i++)
			try_tuple(trial, &batch[i], score->tuples + i + 1);
		score->tuples += count;
	}
}

int fuzz_mutants_try(const struct fuzz_mutants *mutants, const struct cbpf_prog *prog,
		     const struct policy *policy, const struct fuzz_tuples *source, uint64_t seed,
		     uint64_t tuples, const volatile int *interrupted, struct fuzz_score *ret,
		     struct sg_err *err)
{
	struct trial trial;
	struct fuzz_score score = {.mutants = mutants->len};

	if (!prog->len)
		return sg_err_input(err, EINVAL, "no filter, so there are no mutants to try");
	score.killed_at = sg_calloc(mutants->len + 1, sizeof(*score.killed_at));
	score.settled = sg_calloc(mutants->len + 1, sizeof(*score.settled));
	for (size_t i = 0; i < mutants->len; i++)
		score.settled[i].result = PROVE_UNKNOWN;
	trial_init(&trial, mutants, prog, policy, &score);
	try_tuples(&trial, source, seed, tuples, interrupted);
	trial_release(&trial);
	*ret = score;
	return 0;
}

void fuzz_score_release(struct fuzz_score *score)
{
	free(score->killed_at);
	free(score->settled);
	*score = (struct fuzz_score){0};
}
