/* SPDX-License-Identifier: MIT */
/*
 * Filters proved against their policy (filters/prove/prove.h), by a worker process: whatever a
 * proof takes, and even where the prover crashes, the run goes on. A filter for which there is no
 * answer within the limits counts as unknown.
 *
 * The worker starts with the first question, is replaced after one that it did not survive, and
 * dies with this process. It is none of those that build filters, so that no generator can write
 * into it.
 */
#ifndef SG_FUZZ_PROOF_H
#define SG_FUZZ_PROOF_H

#include "filters/gen/gen.h"
#include "filters/prove/prove.h"

/* Plain data: it travels as it stands in memory. */
struct fuzz_proof {
	enum prove_result result;
	/* The prover crashed, or contradicts itself: .result is unknown, .reason says how. */
	bool defect;
	char reason[256];       /* unknown: one line; else "" */
	struct abi_tuple tuple; /* different: on it the two verdicts (effects) are these */
	uint32_t wanted, got;
};

typedef int (*fuzz_prove_fn)(struct prover *prover, const struct cbpf_prog *prog,
			     const struct sg_strv *unknown_calls, struct prove_answer *ret,
			     struct sg_err *err);

/* Of one policy with all its filters. */
struct fuzz_proof_limits {
	struct prove_options options;
	double cpu_s;
	uint64_t memory_bytes;
};
/* Each of thousands of random policies; and one that may take its time. */
extern const struct fuzz_proof_limits fuzz_proof_quick, fuzz_proof_patient;

struct fuzz_prover;
/* @prove: prover_check(), for tests another one; NULL is the former. */
struct fuzz_prover *fuzz_prover_new(const struct fuzz_proof_limits *limits, fuzz_prove_fn prove);
void fuzz_prover_free(struct fuzz_prover *prover);
/*
 * The profile travels as text, as for fuzz_builder_build(). @ret has room for @count proofs, in
 * the order of the filters. -errno only when no worker can be made (SG_ERR_ENV).
 */
int fuzz_prove(struct fuzz_prover *prover, const char *profile, size_t profile_len,
	       const struct policy_options *options, const struct gen_filter *const *filters,
	       size_t count, struct fuzz_proof *ret, struct sg_err *err);

#endif
