/* SPDX-License-Identifier: MIT */
/*
 * How strong was the search? Coverage of a filter's instructions and edges by the tuples tried, and
 * mutants of the filter: how many of them the tuples tell from the original.
 */
#ifndef SG_FUZZ_STRENGTH_H
#define SG_FUZZ_STRENGTH_H

#include "filters/cbpf/interp.h"
#include "fuzz/tuples.h"

/* ---- coverage */

struct fuzz_coverage {
	const struct cbpf_prog *prog;
	uint64_t *hits;     /* by instruction */
	bool *taken, *fell; /* by conditional jump: both edges */
};
void fuzz_coverage_init(struct fuzz_coverage *coverage, const struct cbpf_prog *prog);
void fuzz_coverage_add(struct fuzz_coverage *coverage, const struct abi_tuple *tuples,
		       size_t count);
double fuzz_coverage_insns(const struct fuzz_coverage *coverage); /* share 0..1 */
double fuzz_coverage_edges(const struct fuzz_coverage *coverage); /* share 0..1 */
/* One line an edge that was not reached: "12: jeq #0x..., true edge". */
void fuzz_coverage_missed(const struct fuzz_coverage *coverage, struct sg_buf *out);
void fuzz_coverage_release(struct fuzz_coverage *coverage);

/* ---- mutants */

#define FUZZ_MUTATIONS(M)                                      \
	M(JUMP_TARGET, "jump target one further or nearer")    \
	M(CONSTANT_UP, "constant plus one")                    \
	M(CONSTANT_DOWN, "constant minus one")                 \
	M(SWAP_BRANCHES, "true and false branch swapped")      \
	M(COMPARISON, "JGE for JGT, JEQ for JSET ...")         \
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

struct fuzz_mutant {
	enum fuzz_mutation kind;
	size_t pc;             /* what was changed */
	struct cbpf_prog prog; /* owned; accepted by the verifier */
};
struct fuzz_mutants {
	struct fuzz_mutant *items;
	size_t len, cap;
};
/* Every mutant of every kind at every place where it changes the program. */
void fuzz_mutants_make(const struct cbpf_prog *prog, struct fuzz_mutants *ret);
void fuzz_mutants_release(struct fuzz_mutants *mutants);

struct fuzz_score {
	size_t mutants, killed;
	uint64_t *
		killed_at; /* by mutant: number of tuples tried until it died, 0: survived; owned */
};
/*
 * Tries each mutant with up to @tuples of the source, comparing verdict effects with the original
 * on specified tuples of @policy. Mutants are run together in batches, so that a tuple is made
 * once.
 */
int fuzz_mutants_try(const struct fuzz_mutants *mutants, const struct cbpf_prog *prog,
		     const struct policy *policy, const struct fuzz_tuples *source, uint64_t seed,
		     uint64_t tuples, struct fuzz_score *ret, struct sg_err *err);
void fuzz_score_release(struct fuzz_score *score);

#endif
