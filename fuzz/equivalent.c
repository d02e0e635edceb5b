/* SPDX-License-Identifier: MIT */
/*
 * Is a mutant that survived any worse than its original? Both are walked side by side from the
 * instruction that was changed, with the same input, along every path that is not impossible, until
 * they meet in the same state or return.
 */
#include <stdlib.h>

#include "fuzz/specified.h"
#include "fuzz/strength.h"

enum { ORIGINAL, MUTANT };

struct pair {
	struct fuzz_state sides[2];
};

/* A branch of one side whose false way is still to be walked. */
struct turn {
	struct pair pair;
	int side;
	size_t known; /* facts */
};

struct comparison {
	const struct cbpf_prog *prog;
	const struct fuzz_mutant *mutant;
	const struct fuzz_specified *specified;
	struct fuzz_facts *facts; /* the walk's */
	struct turn *turns;
	size_t turn_count, turn_cap;
};

static const struct sock_filter *insn_of(const struct comparison *comparison,
					 const struct pair *pair, int side)
{
	const uint32_t pc = pair->sides[side].pc;

	if (side == MUTANT && pc == comparison->mutant->pc)
		return &comparison->mutant->insn;
	return &comparison->prog->insns[pc];
}

static bool same_term(const struct fuzz_term *a, const struct fuzz_term *b)
{
	return a->kind == b->kind && a->word == b->word && a->value == b->value &&
	       a->kind != FUZZ_TERM_UNKNOWN;
}

/* From the same state on they are the same, once the changed instruction is behind them. */
static bool have_met(const struct comparison *comparison, const struct pair *pair)
{
	const struct fuzz_state *a = &pair->sides[ORIGINAL], *b = &pair->sides[MUTANT];

	if (a->pc != b->pc || a->pc == comparison->mutant->pc || !same_term(&a->a, &b->a) ||
	    !same_term(&a->x, &b->x))
		return false;
	for (int i = 0; i < BPF_MEMWORDS; i++)
		if (!same_term(&a->scratch[i], &b->scratch[i]))
			return false;
	return true;
}

/* ---- where they return */

/* What a side returns, where it is a constant. */
static bool returned(const struct fuzz_state *state, const struct sock_filter *insn,
		     uint32_t *ret_effect)
{
	if (BPF_RVAL(insn->code) == BPF_A && state->a.kind != FUZZ_TERM_CONSTANT)
		return false;
	*ret_effect = abi_verdict_effect(BPF_RVAL(insn->code) == BPF_A ? state->a.value : insn->k);
	return true;
}

static bool return_alike(const struct comparison *comparison, const struct pair *pair)
{
	uint32_t effects[2];

	for (int side = 0; side < 2; side++)
		if (!returned(&pair->sides[side], insn_of(comparison, pair, side), &effects[side]))
			return false;
	return effects[ORIGINAL] == effects[MUTANT] ||
	       !fuzz_may_be_specified(comparison->specified, comparison->facts);
}

/* ---- the way there */

/* The side whose turn it is: the one that is behind, so that they can meet. -1: both return. */
static int next_side(const struct comparison *comparison, const struct pair *pair)
{
	bool open[2];

	for (int side = 0; side < 2; side++)
		open[side] = BPF_CLASS(insn_of(comparison, pair, side)->code) != BPF_RET;
	if (!open[ORIGINAL] && !open[MUTANT])
		return -1;
	if (open[ORIGINAL] && open[MUTANT])
		return pair->sides[MUTANT].pc < pair->sides[ORIGINAL].pc ? MUTANT : ORIGINAL;
	return open[MUTANT] ? MUTANT : ORIGINAL;
}

/* One instruction of one side. False: no input takes this path. */
static bool advance(struct comparison *comparison, struct pair *pair, int side)
{
	const struct sock_filter *insn = insn_of(comparison, pair, side);
	unsigned ways = 0;

	if (fuzz_is_conditional(insn)) {
		ways = fuzz_walk_ways(&pair->sides[side], insn, comparison->facts);
		if (!ways)
			return false;
	}
	if (ways == (FUZZ_WAY_TRUE | FUZZ_WAY_FALSE)) {
		SG_GROW(comparison->turns, comparison->turn_count, comparison->turn_cap);
		comparison->turns[comparison->turn_count++] =
			(struct turn){*pair, side, comparison->facts->len};
	}
	fuzz_walk_step(&pair->sides[side], insn, ways & FUZZ_WAY_TRUE, comparison->facts);
	return true;
}

static struct pair turn_back(struct comparison *comparison)
{
	struct turn turn = comparison->turns[--comparison->turn_count];

	comparison->facts->len = turn.known;
	fuzz_walk_step(&turn.pair.sides[turn.side], insn_of(comparison, &turn.pair, turn.side),
		       false, comparison->facts);
	return turn.pair;
}

/* Follows one path; false where its end tells the two apart. */
static bool follow(struct comparison *comparison, struct pair *pair)
{
	while (!have_met(comparison, pair)) {
		const int side = next_side(comparison, pair);

		if (side < 0)
			return return_alike(comparison, pair);
		if (!advance(comparison, pair, side))
			return true;
	}
	return true;
}

/* From one way in which the changed instruction is reached: every path that goes on. */
static bool compare(void *ctx, const struct fuzz_state *state, struct fuzz_facts *facts)
{
	struct comparison *comparison = ctx;
	struct pair pair = {{*state, *state}};

	comparison->facts = facts;
	comparison->turn_count = 0;
	for (;;) {
		if (!follow(comparison, &pair) || facts->looks > FUZZ_WALK_LOOKS)
			return false;
		if (!comparison->turn_count)
			return true;
		pair = turn_back(comparison);
	}
}

static bool is_equivalent(const struct cbpf_prog *prog, const struct fuzz_mutant *mutant,
			  const struct fuzz_specified *specified)
{
	struct comparison comparison = {.prog = prog, .mutant = mutant, .specified = specified};
	const bool equivalent = fuzz_walk_to(prog, mutant->pc, compare, &comparison);

	free(comparison.turns);
	return equivalent;
}

void fuzz_score_settle(struct fuzz_score *score, const struct fuzz_mutants *mutants,
		       const struct cbpf_prog *prog, const struct policy *policy)
{
	struct fuzz_specified *specified;

	score->equivalent = 0;
	if (!fuzz_walkable(prog))
		return;
	specified = fuzz_specified_new(policy);
	for (size_t i = 0; i < mutants->len; i++) {
		if (score->killed_at[i])
			continue;
		score->proven[i] = is_equivalent(prog, &mutants->items[i], specified);
		score->equivalent += score->proven[i];
	}
	fuzz_specified_free(specified);
}
