/* SPDX-License-Identifier: MIT */
/*
 * Where a filter's inputs come from: tuples chosen near everything that the policy distinguishes.
 *
 * Numbers: each call that a rule names, the edges of every run of equal outcome and their
 * neighbours, -1, bit 30 set, beyond the tables. Architectures: the policy's own, others, foreign.
 * Arguments: for each constant that a rule holds against an argument, the value, its neighbours, in
 * each 32-bit half, halves swapped and mixed, masks, complements, single-bit flips, all ones, sign
 * bits; likewise the instruction pointer; and uniform noise as a small share. Constants of a filter
 * under test can be added, so that what only the filter distinguishes is tried as well.
 *
 * For each rule there are tuples that satisfy all its conditions and tuples that just miss one of
 * them: drawn each for itself, six arguments would hardly ever meet six conditions.
 *
 * A source is immutable once made; the stream is the caller's random state: the same seed gives the
 * same tuples. They come in short runs of one architecture and number, which whoever judges them
 * then predicts well: a stream taken in pieces is the same one as long as each piece but the last
 * is a multiple of FUZZ_TUPLES_RUN. Filling costs about 10 ns a tuple.
 */
#ifndef SG_FUZZ_TUPLES_H
#define SG_FUZZ_TUPLES_H

#include "filters/cbpf/prog.h"
#include "filters/policy/policy.h"
#include "harness/base/rng.h"

#define FUZZ_TUPLES_RUN 4u

struct fuzz_tuples;

/* @progs (may be empty) lend their constants. What is given is not needed afterwards. */
struct fuzz_tuples *fuzz_tuples_new(const struct policy *policy,
				    const struct cbpf_prog *const *progs, size_t prog_count);
void fuzz_tuples_free(struct fuzz_tuples *tuples);
void fuzz_tuples_fill(const struct fuzz_tuples *tuples, struct sg_rng *rng, struct abi_tuple *out,
		      size_t count);

#endif
