/* SPDX-License-Identifier: MIT */
/*
 * How strong was the search? Coverage of a filter's instructions and edges by the tuples tried, and
 * mutants of the filter: how many of them the tuples tell from the original. What no tuple can do
 * is not held against them: the prover says which edges no input takes, and which mutants are as
 * good as the original.
 */
#ifndef SG_FUZZ_STRENGTH_H
#define SG_FUZZ_STRENGTH_H

#include "filters/cbpf/interp.h"
#include "filters/prove/prove.h"
#include "fuzz/tuples.h"

/* ---- coverage */

struct fuzz_coverage {
	const struct cbpf_prog *prog; /* borrowed */
	uint64_t *hits;               /* by instruction */
	bool *taken, *fell;           /* by conditional jump: the edges by jt and by jf */
	struct prove_dead dead;       /* where it is known, left out of the shares */
};
/* @prog has passed cbpf_verify(). */
void fuzz_coverage_init(struct fuzz_coverage *coverage, const struct cbpf_prog *prog);
void fuzz_coverage_add(struct fuzz_coverage *coverage, const struct abi_tuple *tuples,
		       size_t count);
/* Shares, 0..1, of what inputs can reach. */
double fuzz_coverage_insns(const struct fuzz_coverage *coverage);
double fuzz_coverage_edges(const struct fuzz_coverage *coverage);
/*
 * One line an edge that was not taken, and one an instruction that no input reaches, whose edges
 * then have none:
 *	12: jeq #59, +3, +0: never goes to 16
 *	14: jeq #60, +1, +0: never goes to 16, nor does any input
 *	17: ret ALLOW: nothing leads to it
 * Without the words of the second there is an input that goes there, unless the prover gave up
 * (dead.known).
 */
void fuzz_coverage_missed(const struct fuzz_coverage *coverage, struct sg_buf *out);
/* Instructions and edges that tuples reached and the prover calls dead: a defect of the prover, or
 * of the interpreter. */
size_t fuzz_coverage_contradictions(const struct fuzz_coverage *coverage);
void fuzz_coverage_release(struct fuzz_coverage *coverage);

/* ---- mutants: each differs from the original in one instruction */

#define FUZZ_MUTATIONS(M)                                      \
	M(JUMP_TARGET, "jump one further or nearer")           \
	M(CONSTANT_UP, "constant plus one")                    \
	M(CONSTANT_DOWN, "constant minus one")                 \
	M(SWAP_BRANCHES, "true and false branch swapped")      \
	M(COMPARISON, "another comparison")                    \
	M(DROP_RELOAD, "a load of an argument's half dropped") \
	M(WRONG_HALF, "the other half of the argument loaded") \
	M(LOST_MASK, "an AND dropped")                         \
	M(ACTION_DATA, "errno changed by one")                 \
	M(ACTION, "another action")

enum fuzz_mutation {
#define M(id, text) FUZZ_##id,
	FUZZ_MUTATIONS(M)
#undef M
		FUZZ_MUTATION_COUNT
};

/* The program with instruction @pc replaced, which the verifier accepts. What is dropped becomes a
 * jump to the next instruction, so that the targets of other jumps stay what they are. */
struct fuzz_mutant {
	enum fuzz_mutation kind;
	size_t pc;
	struct sock_filter insn;
};
struct fuzz_mutants {
	struct fuzz_mutant *items; /* by pc; owned */
	size_t len, cap;
};
/* Every mutant of every kind at every place where it changes the program, which is one that the
 * verifier accepts. */
void fuzz_mutants_make(const struct cbpf_prog *prog, struct fuzz_mutants *ret);
void fuzz_mutants_release(struct fuzz_mutants *mutants);
const char *fuzz_mutation_name(enum fuzz_mutation kind);
/* "12: constant plus one: jeq #59, +3, +0 became jeq #60, +3, +0", without newline. */
void fuzz_mutant_text(const struct cbpf_prog *prog, const struct fuzz_mutant *mutant,
		      struct sg_buf *out);

/* What the prover says of a mutant that survived. */
struct fuzz_settled {
	enum prove_result result; /* equal: as good as the original */
	char reason[160];         /* unknown: why */
	/* Different: the tuple that should have killed it, and the two verdicts (effects). */
	struct abi_tuple tuple;
	uint32_t original, mutant;
};

struct fuzz_score {
	size_t mutants, killed;
	/* By mutant: number of tuples tried until it died, 0: survived. Owned. */
	uint64_t *killed_at;
	uint64_t tuples; /* that were tried */
	bool partial;    /* interrupted: not all tuples were tried, or not all survivors settled */
	/* Of those that survived, after fuzz_score_settle(). */
	size_t equivalent, unknown;
	struct fuzz_settled *settled; /* by mutant; unknown before; owned */
};
/*
 * Tries each mutant with up to @tuples of the source, comparing verdict effects with the original
 * on specified tuples of @policy: a mutant that differs on unspecified ones alone is as good a
 * filter as the original. All mutants see the same tuples, each until it is killed, and runs only
 * where the original executes the changed instruction and the change matters there.
 *
 * Ends soon after @interrupted (may be NULL) is set.
 */
int fuzz_mutants_try(const struct fuzz_mutants *mutants, const struct cbpf_prog *prog,
		     const struct policy *policy, const struct fuzz_tuples *source, uint64_t seed,
		     uint64_t tuples, const volatile int *interrupted, struct fuzz_score *ret,
		     struct sg_err *err);
/*
 * Which of the survivors are as good as the original on all that @policy specifies? The prover
 * decides; -errno where it cannot be asked, or contradicts itself. Nothing is asked of a score that
 * is partial already.
 */
int fuzz_score_settle(struct fuzz_score *score, const struct fuzz_mutants *mutants,
		      const struct cbpf_prog *prog, const struct policy *policy,
		      const volatile int *interrupted, struct sg_err *err);
void fuzz_score_release(struct fuzz_score *score);

#endif
