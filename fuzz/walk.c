/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "fuzz/walk.h"
#include "harness/base/alloc.h"

/* What a step costs beside the looks it makes: branches on what is unknown make none, and their
 * paths are as many. */
#define STEP_LOOKS 50u

bool fuzz_is_conditional(const struct sock_filter *insn)
{
	return BPF_CLASS(insn->code) == BPF_JMP && BPF_OP(insn->code) != BPF_JA;
}

bool fuzz_walkable(const struct cbpf_prog *prog)
{
	for (size_t pc = 0; pc < prog->len; pc++)
		if (prog->insns[pc].code == (BPF_ALU | BPF_DIV | BPF_X))
			return false;
	return true;
}

/* ---- registers */

static struct fuzz_term constant(uint32_t value)
{
	return (struct fuzz_term){FUZZ_TERM_CONSTANT, 0, value};
}

static void step_load(struct fuzz_state *state, const struct sock_filter *insn)
{
	struct fuzz_term *to = BPF_CLASS(insn->code) == BPF_LD ? &state->a : &state->x;

	switch (BPF_MODE(insn->code)) {
	case BPF_ABS: *to = (struct fuzz_term){FUZZ_TERM_WORD, insn->k / 4, UINT32_MAX}; break;
	case BPF_IMM: *to = constant(insn->k); break;
	case BPF_MEM: *to = state->scratch[insn->k]; break;
	default: *to = constant(ABI_DATA_BYTES); break; /* BPF_LEN */
	}
}

/* AND with a constant is followed, for masks. */
static void step_alu(struct fuzz_state *state, const struct sock_filter *insn)
{
	const struct fuzz_term operand =
		BPF_SRC(insn->code) == BPF_X ? state->x : constant(insn->k);

	if (BPF_OP(insn->code) == BPF_AND && operand.kind == FUZZ_TERM_CONSTANT)
		state->a.value &= operand.value;
	else
		state->a = (struct fuzz_term){FUZZ_TERM_UNKNOWN, 0, 0};
}

static void step_registers(struct fuzz_state *state, const struct sock_filter *insn)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_LD:
	case BPF_LDX: step_load(state, insn); break;
	case BPF_ST: state->scratch[insn->k] = state->a; break;
	case BPF_STX: state->scratch[insn->k] = state->x; break;
	case BPF_ALU: step_alu(state, insn); break;
	case BPF_MISC:
		if (BPF_MISCOP(insn->code) == BPF_TAX)
			state->x = state->a;
		else
			state->a = state->x;
		break;
	default: break;
	}
}

/* ---- branches */

/* What holds for the value compared with @k where the jump goes by @taken. */
static struct fuzz_fact fact_of(uint16_t op, uint32_t k, bool taken)
{
	static const struct fuzz_fact never = {.mask = UINT32_MAX, .low = 1, .high = 0};

	switch (op) {
	case BPF_JEQ: return (struct fuzz_fact){0, UINT32_MAX, k, k, !taken};
	case BPF_JSET: return (struct fuzz_fact){0, k, 0, 0, taken};
	case BPF_JGT:
		if (!taken)
			return (struct fuzz_fact){0, UINT32_MAX, 0, k, false};
		return k == UINT32_MAX
			       ? never
			       : (struct fuzz_fact){0, UINT32_MAX, k + 1, UINT32_MAX, false};
	default: /* BPF_JGE */
		if (taken)
			return (struct fuzz_fact){0, UINT32_MAX, k, UINT32_MAX, false};
		return k == 0 ? never : (struct fuzz_fact){0, UINT32_MAX, 0, k - 1, false};
	}
}

/* Adds what the branch tells; false where it cannot go that way. */
static bool branch(const struct fuzz_state *state, const struct sock_filter *insn, bool taken,
		   struct fuzz_facts *facts)
{
	const struct fuzz_term operand =
		BPF_SRC(insn->code) == BPF_X ? state->x : constant(insn->k);

	if (operand.kind != FUZZ_TERM_CONSTANT || state->a.kind == FUZZ_TERM_UNKNOWN)
		return true;
	struct fuzz_fact fact = fact_of(BPF_OP(insn->code), operand.value, taken);
	if (state->a.kind == FUZZ_TERM_CONSTANT) {
		const uint32_t value = state->a.value & fact.mask;

		return fact.excluded ? value != fact.low : value >= fact.low && value <= fact.high;
	}
	fact.word = state->a.word;
	fact.mask &= state->a.value;
	return fuzz_facts_assume(facts, &fact);
}

unsigned fuzz_walk_ways(const struct fuzz_state *state, const struct sock_filter *insn,
			struct fuzz_facts *facts)
{
	const size_t known = facts->len;
	unsigned ways = 0;

	if (branch(state, insn, false, facts))
		ways |= FUZZ_WAY_FALSE;
	facts->len = known;
	if (branch(state, insn, true, facts))
		ways |= FUZZ_WAY_TRUE;
	facts->len = known;
	return ways;
}

void fuzz_walk_step(struct fuzz_state *state, const struct sock_filter *insn, bool taken,
		    struct fuzz_facts *facts)
{
	uint32_t skip = 0;

	facts->looks += STEP_LOOKS;
	if (fuzz_is_conditional(insn)) {
		branch(state, insn, taken, facts);
		skip = taken ? insn->jt : insn->jf;
	} else if (BPF_CLASS(insn->code) == BPF_JMP) {
		skip = insn->k;
	} else {
		step_registers(state, insn);
	}
	state->pc += 1 + skip;
}

/* ---- all ways to an instruction */

/* A branch whose false way is still to be walked. */
struct turn {
	struct fuzz_state state;
	size_t known; /* facts */
};

struct walk {
	const struct cbpf_prog *prog;
	size_t target;
	bool *leads; /* by instruction: may the target be reached from here? */
	struct fuzz_facts facts;
	struct turn *turns;
	size_t turn_count, turn_cap;
};

static void find_leads(struct walk *walk)
{
	const struct sock_filter *insns = walk->prog->insns;

	walk->leads = sg_calloc(walk->prog->len + 1, sizeof(*walk->leads));
	walk->leads[walk->target] = true;
	for (size_t pc = walk->target; pc-- > 0;) {
		const bool *next = walk->leads + pc + 1;

		if (fuzz_is_conditional(&insns[pc]))
			walk->leads[pc] = next[insns[pc].jt] || next[insns[pc].jf];
		else if (BPF_CLASS(insns[pc].code) == BPF_JMP)
			walk->leads[pc] = next[insns[pc].k];
		else
			walk->leads[pc] = BPF_CLASS(insns[pc].code) != BPF_RET && next[0];
	}
}

/* Decides a branch; where both ways are open, the false one is put off. False: neither is. */
static bool choose(struct walk *walk, const struct fuzz_state *state,
		   const struct sock_filter *insn, bool *ret_taken)
{
	const unsigned ways = fuzz_walk_ways(state, insn, &walk->facts);

	*ret_taken = ways & FUZZ_WAY_TRUE;
	if (ways == (FUZZ_WAY_TRUE | FUZZ_WAY_FALSE)) {
		SG_GROW(walk->turns, walk->turn_count, walk->turn_cap);
		walk->turns[walk->turn_count++] = (struct turn){*state, walk->facts.len};
	}
	return ways != 0;
}

/* Goes on until the target is reached (true), or cannot be any more. */
static bool follow(struct walk *walk, struct fuzz_state *state)
{
	while (walk->leads[state->pc] && state->pc < walk->target) {
		const struct sock_filter *insn = &walk->prog->insns[state->pc];
		bool taken = false;

		if (fuzz_is_conditional(insn) && !choose(walk, state, insn, &taken))
			return false;
		fuzz_walk_step(state, insn, taken, &walk->facts);
	}
	return state->pc == walk->target;
}

/* The way that was put off last. */
static struct fuzz_state turn_back(struct walk *walk)
{
	struct turn turn = walk->turns[--walk->turn_count];

	walk->facts.len = turn.known;
	fuzz_walk_step(&turn.state, &walk->prog->insns[turn.state.pc], false, &walk->facts);
	return turn.state;
}

static bool walk_all(struct walk *walk, fuzz_visit_fn visit, void *ctx)
{
	struct fuzz_state state = {0};

	for (;;) {
		if (follow(walk, &state) && !visit(ctx, &state, &walk->facts))
			return false;
		if (walk->facts.looks > FUZZ_WALK_LOOKS)
			return false;
		if (!walk->turn_count)
			return true;
		state = turn_back(walk);
	}
}

bool fuzz_walk_to(const struct cbpf_prog *prog, size_t pc, fuzz_visit_fn visit, void *ctx)
{
	struct walk walk = {.prog = prog, .target = pc};

	find_leads(&walk);
	const bool all = walk_all(&walk, visit, ctx);
	free(walk.leads);
	free(walk.turns);
	fuzz_facts_release(&walk.facts);
	return all;
}
