/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: what the files loop*.c share.
 *
 * A lane is a policy, and the filters that should do what it says. A batch of tuples is judged by
 * every lane: that of the profile, and beside it one for `hand`, which is written for x86_64 alone
 * and so means another policy.
 */
#ifndef SG_FUZZ_LOOP_PRIVATE_H
#define SG_FUZZ_LOOP_PRIVATE_H

#include "fuzz/finding_private.h"
#include "fuzz/loop.h"
#include "harness/base/clock.h"

#define FUZZ_BATCH 1024 /* tuples; with their verdicts they fit the second-level cache */

enum fuzz_judge { FUZZ_COMPILED, FUZZ_INTERP, FUZZ_KERNEL, FUZZ_JIT, FUZZ_JUDGE_COUNT };

/* What a witness did so far. */
struct fuzz_witnessed {
	uint64_t ns, verdicts;
	uint64_t tuples; /* of each batch the most that it judged under one filter */
};

/* What was last noted about a call and its verdicts: .seen - 1 is an index of loop->seen. */
#define FUZZ_MEMO 64
struct fuzz_memo {
	uint32_t nr, arch, wanted, got;
	size_t seen; /* 0: empty */
};

/* A filter under test. Does not move: sessions may point into it. */
struct fuzz_subject {
	const struct gen *gen;
	const char *raw_file; /* NULL but for the generator raw; borrowed */
	struct gen_filter filter;
	const struct gen_filter *chain;
	struct oracle_subject subject;
	struct oracle_session *sessions[FUZZ_JUDGE_COUNT]; /* NULL: not open */
	struct fuzz_coverage coverage;                     /* with .prog NULL: not asked for */
	struct fuzz_memo memo[FUZZ_MEMO];
	bool proved; /* .proof says what came of it */
	struct fuzz_proof proof;
	uint64_t wrong_tuples; /* so far; the prover's own is not among them */
};

/* Does not move either. */
struct fuzz_lane {
	struct policy policy;
	struct policy_oracle *oracle;
	const struct sg_buf *text;            /* the profile; borrowed */
	const struct policy_options *options; /* how it is read; borrowed */
	struct fuzz_subject **subjects;
	size_t subject_count;
	uint32_t wanted[FUZZ_BATCH];
	uint8_t classes[FUZZ_BATCH]; /* enum policy_class */
};

struct fuzz_batch {
	struct abi_tuple tuples[FUZZ_BATCH];
	size_t count;
	uint32_t verdicts[FUZZ_BATCH], witnessed[FUZZ_BATCH];
	bool known[FUZZ_BATCH];
	uint8_t seen[FUZZ_BATCH]; /* bit: enum policy_class in which some filter differed */
};

/* What a defect looks like before it is minimised, and which finding came of it. */
struct fuzz_seen {
	uint64_t fine, coarse; /* hashes */
	bool again;            /* worth minimising another one of it */
	uint64_t times;
	size_t finding; /* index */
};

/* A generator of the request, at work. */
struct fuzz_maker {
	struct fuzz_builder *builder;
	double spent_s;
};

struct fuzz_loop {
	const struct fuzz_request *request;
	struct fuzz_result *result;
	const struct oracle *judges[FUZZ_JUDGE_COUNT]; /* NULL: unsupported here */
	struct fuzz_maker *makers;                     /* one a generator of the request */
	struct fuzz_prover *prover;                    /* NULL: filters are not proved */
	double prove_s;                                /* what it took so far */
	struct sg_rng rng;
	uint64_t start_ns;
	uint64_t prepare_ns;
	struct fuzz_witnessed witnessed[FUZZ_JUDGE_COUNT]; /* not of compiled */
	uint64_t hangs;                                    /* builds over their time */
	double minimize_left_s;
	struct fuzz_seen *seen;
	size_t seen_count, seen_cap;
	size_t fresh; /* findings from this one on are not minimised and written yet */
	struct fuzz_batch batch;
};

/* ---- loop.c */
double fuzz_seconds_since(uint64_t start_ns);
bool fuzz_interrupted(const struct fuzz_loop *loop);
/* Whether the whole run, or the share of its time that a part may take, is over. */
bool fuzz_over(const struct fuzz_loop *loop, double share_of_time);
void fuzz_show(const struct fuzz_loop *loop, const char *what, double done, double total);

/* ---- loop_lane.c */
/* A policy of @text, read with @options; both must outlive the lane. */
int fuzz_lane_open(const struct sg_buf *text, const char *file,
		   const struct policy_options *options, struct fuzz_lane **ret,
		   struct sg_err *err);
/* Adds a filter, which moves into the lane, and opens what judges it for volume; @raw_file: NULL
 * but for the generator raw. */
int fuzz_lane_add(struct fuzz_loop *loop, struct fuzz_lane *lane, const struct gen *gen,
		  const char *raw_file, struct gen_filter *filter, struct sg_err *err);
void fuzz_lane_close(struct fuzz_loop *loop, struct fuzz_lane *lane); /* NULL is fine */
/* The source of tuples for a lane: its policy's constants and those of its filters. */
struct fuzz_tuples *fuzz_lane_tuples(const struct fuzz_lane *lane);

/* ---- loop_build.c */
/* Builders and the prover, in place of those that there were. */
int fuzz_makers_open(struct fuzz_loop *loop, double cpu_s, const struct fuzz_proof_limits *proofs,
		     struct sg_err *err);
void fuzz_makers_close(struct fuzz_loop *loop);
/*
 * Builds the lane's policy with those generators of the request for which @wanted is true. Hang,
 * crash and sanitizer report become findings; a refusal and an over-long filter only if a peer
 * fits.
 */
int fuzz_lane_build(struct fuzz_loop *loop, struct fuzz_lane *lane, const bool *wanted,
		    struct sg_err *err);

/* ---- loop_batch.c */
/* What a batch of tuples is made from and held against. */
struct fuzz_course {
	const struct fuzz_tuples *source;
	struct sg_rng *rng;
	struct fuzz_lane *const *lanes;
	size_t lane_count;
};
/* At most FUZZ_BATCH tuples through every lane; with @witness also to the slower oracles. */
int fuzz_batch_run(struct fuzz_loop *loop, const struct fuzz_course *course, size_t count,
		   bool witness, struct sg_err *err);

/* ---- loop_findings.c */
void fuzz_note_mismatch(struct fuzz_loop *loop, const struct fuzz_lane *lane,
			struct fuzz_subject *subject, const struct abi_tuple *tuple,
			uint32_t wanted, uint32_t got);
/* A defect of the prover, about this filter; where no tuple shows it, a zeroed one. */
void fuzz_note_prover(struct fuzz_loop *loop, const struct fuzz_lane *lane,
		      const struct fuzz_subject *subject, const struct abi_tuple *tuple,
		      uint32_t wanted, uint32_t got, const char *message);
void fuzz_note_failure(struct fuzz_loop *loop, const struct fuzz_lane *lane, const struct gen *gen,
		       enum fuzz_kind kind, const char *message);
/* Minimises, signs, merges and writes what was found since the last call. */
void fuzz_settle(struct fuzz_loop *loop);

/* ---- loop_prove.c */
/* Proves every filter of the lane, or does nothing where filters are not proved. Counterexamples
 * become findings. */
int fuzz_lane_prove(struct fuzz_loop *loop, struct fuzz_lane *lane, struct sg_err *err);
/* To be told of each wrong verdict that a tuple showed. */
void fuzz_wrong_tuple(struct fuzz_loop *loop, const struct fuzz_lane *lane,
		      struct fuzz_subject *subject, const struct abi_tuple *tuple, uint32_t wanted,
		      uint32_t got);
/* When the tuples are through: who found what the other one did not? */
void fuzz_lane_compare_proofs(struct fuzz_loop *loop, const struct fuzz_lane *lane);

/* ---- loop_profile.c, loop_policies.c */
int fuzz_profile_loop(struct fuzz_loop *loop, struct sg_err *err);
int fuzz_policies_loop(struct fuzz_loop *loop, struct sg_err *err);

/* What messages call a filter: its generator, or the file. */
const char *fuzz_subject_name(const struct fuzz_subject *subject);

/* ---- loop_strength.c */
int fuzz_measure_strength(struct fuzz_loop *loop, const struct fuzz_lane *lane,
			  const struct fuzz_tuples *source, struct sg_err *err);

#endif
