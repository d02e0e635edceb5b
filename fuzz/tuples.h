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
 * A source is immutable once made; the stream is the caller's random state: the same seed gives the
 * same tuples. Filling costs about 15 ns a tuple.
 */
#ifndef SG_FUZZ_TUPLES_H
#define SG_FUZZ_TUPLES_H

#include "filters/cbpf/prog.h"
#include "filters/policy/policy.h"
#include "harness/base/rng.h"

struct fuzz_tuples;

/* @progs (may be empty) lend their constants. */
struct fuzz_tuples *fuzz_tuples_new(const struct policy *policy,
				    const struct cbpf_prog *const *progs, size_t prog_count);
void fuzz_tuples_free(struct fuzz_tuples *tuples);
void fuzz_tuples_fill(const struct fuzz_tuples *tuples, struct sg_rng *rng, struct abi_tuple *out,
		      size_t count);

#endif
