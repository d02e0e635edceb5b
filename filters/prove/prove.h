/* SPDX-License-Identifier: MIT */
/*
 * The prover: do two filters, a filter and its policy, or two policies give the same verdict for
 * all 2^512 inputs? The answer is exact or "unknown", never a guess.
 *
 * What is compared is what the kernel does with the value (abi_verdict_effect()). Both sides run on
 * all inputs at once over decision diagrams (run.h, meaning.h); where these grow past a limit of
 * nodes, Z3 is asked, in a child with a deadline and a memory limit (smt.h).
 *
 * Programs have passed cbpf_verify(). Nothing here is shared with what generates filters.
 */
#ifndef SG_PROVE_PROVE_H
#define SG_PROVE_PROVE_H

#include "filters/cbpf/prog.h"
#include "filters/policy/policy.h"

enum prove_result { PROVE_EQUAL, PROVE_DIFFERENT, PROVE_UNKNOWN };
const char *prove_result_name(enum prove_result result); /* "equal", "different", "unknown" */

/* Zeroed: the default of each. Never NULL. */
struct prove_options {
	size_t node_limit;    /* of diagrams; 0: 4 million */
	double smt_timeout_s; /* 0: 10 */
	bool no_smt;          /* unknown at the node limit */
};

#define PROVE_BY_IP (1u << 6)
/* Inputs that differ: numbers low..high of one audit value, with the two verdicts of one of them.
 */
struct prove_region {
	uint32_t audit;
	uint32_t low, high; /* both included */
	uint32_t a, b;      /* verdicts (effects) of an input of the region */
	double inputs;      /* how many of the region differ */
	/* Bit i: whether they differ hangs on argument i; PROVE_BY_IP: on the instruction pointer.
	 * 0: they differ whatever the arguments. */
	unsigned int args;
	struct abi_tuple tuple; /* that input; none of the region has more zero words */
};

/*
 * Differences may cover billions of audit values and numbers. The regions are those of audit values
 * that abi.h knows, the native one's first while there is room; of all others the lowest stands for
 * them. more_regions: some inputs that differ are in none.
 */
#define PROVE_REGIONS_MAX 256

/* Owned by the caller; prove_answer_release(). Valid when zeroed. */
struct prove_answer {
	enum prove_result result;
	char reason[160]; /* unknown: why */
	bool by_smt;      /* Z3 gave the answer: then regions and numbers of inputs are absent */
	size_t nodes;     /* of diagrams used */
	double seconds;   /* for the question; of a prover, without what prover_new() did */

	/* Different: an input with as many zero words as there can be, and its two verdicts
	 * (effects). Both sides were run on it. Among such inputs one of the native architecture
	 * comes first, then other known ones, then numbers that are a call's, then small values.
	 * By_smt: as smt.h has it. */
	struct abi_tuple tuple;
	uint32_t a, b;
	double inputs;                /* how many inputs differ */
	struct prove_region *regions; /* by audit value, then number; at most PROVE_REGIONS_MAX */
	size_t region_count, region_cap;
	bool more_regions;

	/* Where a policy was a side, or the frame: the inputs it leaves unspecified, by class. They
	 * take no part. Zero for POLICY_SPECIFIED, and where diagrams did not give the answer. */
	double excluded[POLICY_CLASS_COUNT];
};
void prove_answer_release(struct prove_answer *answer);

/*
 * Filter @a against filter @b on all inputs or, with @under, on those that policy specifies but
 * for @unknown_calls (may be NULL): calls that the generators' tables lack, "ARCH:NAME".
 * -errno only for what is no matter of the question: Z3's child could not be started; -EBADMSG
 * (SG_ERR_INTERNAL) where running both sides does not confirm what the diagrams say.
 */
int prove_filters(const struct cbpf_prog *a, const struct cbpf_prog *b, const struct policy *under,
		  const struct sg_strv *unknown_calls, const struct prove_options *options,
		  struct prove_answer *ret, struct sg_err *err);
/* The policy (side a) against a filter (side b), on what the policy specifies, in the same way. */
int prove_policy(const struct policy *policy, const struct cbpf_prog *prog,
		 const struct sg_strv *unknown_calls, const struct prove_options *options,
		 struct prove_answer *ret, struct sg_err *err);

/*
 * Policy @a against policy @b on all inputs, the unspecified ones too, as policy_eval() has them:
 * .excluded stays zero. What they say of architectures that one of them, or neither, lists counts
 * as well.
 */
int prove_policies(const struct policy *a, const struct policy *b,
		   const struct prove_options *options, struct prove_answer *ret,
		   struct sg_err *err);

/*
 * The same questions, many of them about one policy, whose function is made once. Borrows the
 * policy until freed. Without one (NULL) all inputs count, and prover_compare() is all there is to
 * ask.
 */
struct prover;
struct prover *prover_new(const struct policy *policy, const struct prove_options *options);
void prover_free(struct prover *prover);
/* As prove_policy(). */
int prover_check(struct prover *prover, const struct cbpf_prog *prog,
		 const struct sg_strv *unknown_calls, struct prove_answer *ret, struct sg_err *err);
/* As prove_filters() under the policy: is @b as good as @a on all that it specifies? */
int prover_compare(struct prover *prover, const struct cbpf_prog *a, const struct cbpf_prog *b,
		   struct prove_answer *ret, struct sg_err *err);

/* What no input reaches. Owned arrays; prove_dead_release(). */
struct prove_dead {
	bool known;          /* false: diagrams grew past the limit, nothing is said */
	bool *insn;          /* by instruction: nothing leads to it */
	bool *taken, *fell;  /* by instruction: a reached conditional jump never goes by jt, jf */
	size_t insns, edges; /* how many of each */
};
void prove_dead(const struct cbpf_prog *prog, const struct prove_options *options,
		struct prove_dead *ret);
void prove_dead_release(struct prove_dead *dead);

#endif
