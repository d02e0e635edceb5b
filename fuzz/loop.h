/* SPDX-License-Identifier: MIT */
/*
 * The fuzzer's two loops: many tuples for one policy, and many policies with some tuples each.
 *
 * Every tuple is judged by the policy oracle and by each filter; a tuple counts once, however many
 * filters judge it. A specified tuple with another effect is a mismatch and becomes a finding;
 * unspecified ones are divergences, counted by class. A shard of the tuples also goes to the slower
 * oracles (interp, kernel) that run here, as witnesses.
 */
#ifndef SG_FUZZ_LOOP_H
#define SG_FUZZ_LOOP_H

#include "fuzz/finding.h"
#include "fuzz/strength.h"
#include "harness/oracle/oracle.h"

struct fuzz_request {
	const char *profile; /* operand; NULL: random policies only */
	struct policy_options policy_options;
	const struct gen *const *gens;
	size_t gen_count;
	const char *raw_file; /* PROFILE@raw:FILE: judged as one more filter; NULL */
	const struct mix *mix;
	enum gen_objective objective;
	uint64_t tuples;   /* in all for the profile; 0: none */
	uint64_t policies; /* random ones; 0: none */
	double seconds;    /* whichever ends first; 0: no limit */
	uint64_t seed;
	double gen_cpu_s;               /* 0: the builder's default */
	const char *dir;                /* for findings; NULL: not written */
	const struct fuzz_known *known; /* NULL: none */
	bool coverage;
	uint64_t mutant_tuples; /* 0: no mutants */
	void (*progress)(void *ctx, const char *what, double done, double total);
	void *progress_ctx;
	const volatile int *interrupted;
};

struct fuzz_filter_strength {
	char *name;          /* generator; owned */
	double insns, edges; /* shares; -1: not asked for */
	char *missed;        /* lines; owned or NULL */
	size_t mutants, killed, equivalent;
	char *survivors; /* lines; owned or NULL */
};

struct fuzz_result {
	uint64_t seed;
	uint64_t tuples, policies;
	double tuples_s, policies_s; /* time spent in each loop */
	double interp_tuples_per_s;  /* the rate with interp in place of compiled, same run */
	uint64_t kernel_tuples;      /* judged by the kernel too */
	uint64_t mismatches;
	uint64_t divergences[POLICY_CLASS_COUNT];
	struct fuzz_finding *findings; /* one a signature, minimised */
	uint64_t *finding_counts;      /* how many of each */
	bool *finding_known;
	size_t finding_count, finding_cap;
	struct fuzz_filter_strength *strengths;
	size_t strength_count;
	bool interrupted;
	struct sg_strv warnings;
};

int fuzz_run(const struct fuzz_request *request, struct fuzz_result *ret, struct sg_err *err);
void fuzz_result_release(struct fuzz_result *result);

#endif
