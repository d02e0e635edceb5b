/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: walking the paths of a filter with what is known of its input, to show that
 * no input takes a path.
 *
 * What is known errs on one side only: a path that is called impossible is so; one that is called
 * possible may not be (masks of one word are not held against each other, arithmetic other than
 * AND is not followed). Enough to see that a mutant is no worse than its original, where it is the
 * shape of a tree of comparisons that makes it so; it is no prover.
 */
#ifndef SG_FUZZ_WALK_H
#define SG_FUZZ_WALK_H

#include "filters/abi/abi.h"
#include "filters/cbpf/prog.h"

enum fuzz_term_kind { FUZZ_TERM_CONSTANT, FUZZ_TERM_WORD, FUZZ_TERM_UNKNOWN };

/* What a register holds: the value, or input word @word under the mask @value. */
struct fuzz_term {
	enum fuzz_term_kind kind;
	uint32_t word, value;
};

/* Valid when zeroed: the start of a program. */
struct fuzz_state {
	uint32_t pc;
	struct fuzz_term a, x, scratch[BPF_MEMWORDS];
};

/* (word & mask) lies from low to high; or, excluded: is not low. */
struct fuzz_fact {
	uint32_t word, mask, low, high;
	bool excluded;
};

/* What is known on the path at hand. Valid when zeroed. */
struct fuzz_facts {
	struct fuzz_fact *items; /* owned */
	size_t len, cap;
	uint64_t looks; /* at facts, so far, and what steps cost: the measure of the work */
};
void fuzz_facts_release(struct fuzz_facts *facts);
/* Adds the fact; false, and nothing added, where it contradicts what is known. */
bool fuzz_facts_assume(struct fuzz_facts *facts, const struct fuzz_fact *fact);

/* Which ways a conditional jump can go. */
enum { FUZZ_WAY_FALSE = 1, FUZZ_WAY_TRUE = 2 };
unsigned fuzz_walk_ways(const struct fuzz_state *state, const struct sock_filter *insn,
			struct fuzz_facts *facts);
/* Executes @insn, which stands at state->pc and is no RET. A conditional jump goes by @taken, which
 * is one of its ways, and is remembered; everything else ignores it. */
void fuzz_walk_step(struct fuzz_state *state, const struct sock_filter *insn, bool taken,
		    struct fuzz_facts *facts);

bool fuzz_is_conditional(const struct sock_filter *insn);
/* Divisions by X may end a program wherever they stand, which is not followed. */
bool fuzz_walkable(const struct cbpf_prog *prog);

/*
 * Calls @visit with each way in which instruction @pc is reached from the start, as far as it is
 * known. The walk ends when @visit says false, or when it has become too long: false. True: these
 * were all; where there was none, no input reaches @pc.
 */
typedef bool (*fuzz_visit_fn)(void *ctx, const struct fuzz_state *state, struct fuzz_facts *facts);
bool fuzz_walk_to(const struct cbpf_prog *prog, size_t pc, fuzz_visit_fn visit, void *ctx);

/* So many looks at facts are too long a walk. */
#define FUZZ_WALK_LOOKS 20000000u

#endif
