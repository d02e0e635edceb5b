/* SPDX-License-Identifier: MIT */
/*
 * The fuzzer's two loops: many tuples for one policy, and many policies with some tuples each.
 *
 * Every tuple is judged by the policy oracle and by each filter; a tuple counts once, however many
 * filters judge it. A specified tuple with another effect is a mismatch and becomes a finding;
 * unspecified ones are divergences, counted by class. A shard of the tuples also goes to the slower
 * oracles (interp, kernel, jit) that run here, as witnesses.
 *
 * Beside the tuples every filter is proved equal to its policy, or not: the prover's counterexample
 * is a mismatch like one that tuples found. Tuples and proofs watch each other: a filter that is
 * called equal and that a tuple shows to be wrong is a finding against the prover.
 */
#ifndef SG_FUZZ_LOOP_H
#define SG_FUZZ_LOOP_H

#include "fuzz/finding.h"
#include "fuzz/proof.h"
#include "fuzz/strength.h"
#include "harness/oracle/oracle.h"

struct fuzz_request {
	const char *profile; /* operand; NULL: random policies only */
	struct policy_options policy_options;
	const struct gen *const *gens;
	size_t gen_count;
	bool where_supported; /* no word about generators that do not do the profile */
	const char *raw_file; /* PROFILE@raw:FILE: judged as one more filter; NULL */
	const struct mix *mix;
	enum gen_objective objective;
	uint64_t tuples;   /* in all for the profile; 0: none */
	uint64_t policies; /* random ones; 0: none */
	double seconds;    /* whichever ends first; 0: no limit */
	uint64_t seed;
	bool witness_all;    /* every tuple to every oracle, not a sample of them */
	bool no_verify;      /* tuples alone, no proofs */
	fuzz_prove_fn prove; /* NULL: prover_check(); tests have wrong ones */
	double gen_cpu_s;    /* 0: the builder's default for policies, 10 for the profile */
	/* How long the builds of one generator, or all proofs, may take before they are left out of
	 * policies, beside 8 ms for each policy; 0: 8 s. */
	double gen_allowance_s;
	const char *dir;                /* for findings; NULL: not written */
	const struct fuzz_known *known; /* NULL: none */
	bool coverage;
	uint64_t mutant_tuples; /* 0: no mutants */
	void (*progress)(void *ctx, const char *what, double done, double total);
	void *progress_ctx;
	const volatile int *interrupted;
};

/* Filters of the profile and of the policies, each against its policy. */
struct fuzz_proved {
	uint64_t equal, different, unknown;
	uint64_t only_by_proof;  /* different, and none of the tuples showed it */
	uint64_t only_by_tuples; /* a tuple showed it, and the prover did not say different */
};

/* One of the profile's filters. */
struct fuzz_filter_proof {
	char *name; /* generator; owned */
	enum prove_result result;
};

struct fuzz_filter_strength {
	char *name;             /* generator; owned */
	double insns, edges;    /* shares; -1: not asked for */
	char *missed;           /* lines; owned or NULL */
	size_t mutants, killed; /* 0 mutants: not asked for */
	/* Of those that survived: proved to be no worse, and those of which nothing is proved. */
	size_t equivalent, unknown;
	uint64_t mutant_tuples; /* that were tried */
	bool partial;           /* interrupted: fewer than asked for, or survivors not proved */
	char *survivors;        /* lines, without the equivalent ones; owned or NULL */
};

/* Rates are of work alone: witnesses, minimising and --coverage have their own time. */
struct fuzz_result {
	uint64_t seed;
	uint64_t tuples; /* of the profile and of the policies */
	double tuples_s; /* making, evaluating, judging and comparing them */
	uint64_t policies;
	double policies_s;       /* making, building, proving, and their tuples */
	uint64_t small_policies; /* of these, with at most eight rules and no hang */
	double small_policies_s;
	double minimize_s;
	double interp_tuples_per_s; /* the rate with interp in place of compiled, same run */
	uint64_t interp_tuples, kernel_tuples, jit_tuples; /* judged by these witnesses too */
	double kernel_verdicts_per_s, jit_verdicts_per_s;
	/* Tuples on which a witness and `compiled` disagree about the same filter, and what
	 * --coverage saw reached that the prover calls dead: a defect of ours, not of a generator;
	 * .warnings has the first ones. */
	uint64_t disagreements;
	/* Tuples that at least one filter judged wrongly, the prover's counterexamples among them.
	 */
	uint64_t mismatches;
	uint64_t divergences[POLICY_CLASS_COUNT]; /* once a class, however many filters diverge */
	/* One a signature, minimised as far as time allowed. */
	struct fuzz_counted {
		struct fuzz_finding finding;
		uint64_t count; /* tuples or policies that showed it */
		bool known;     /* forgiven: in the file of known findings, and not our own */
	} * findings;
	size_t finding_count, finding_cap;
	struct fuzz_proved proved;
	struct fuzz_filter_proof *filter_proofs;
	size_t filter_proof_count;
	struct fuzz_filter_strength *strengths;
	size_t strength_count;
	bool interrupted;
	struct sg_strv warnings;
};

int fuzz_run(const struct fuzz_request *request, struct fuzz_result *ret, struct sg_err *err);
void fuzz_result_release(struct fuzz_result *result);

#endif
