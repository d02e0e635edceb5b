/* SPDX-License-Identifier: MIT */
/* A filter with its mutants, and the tuples that try them. Include after cmocka's own headers. */
#ifndef SG_FUZZ_TESTS_MUTANTS_SUPPORT_H
#define SG_FUZZ_TESTS_MUTANTS_SUPPORT_H

#include "fuzz/strength.h"
#include "fuzz/tests/source_support.h"

/* A filter for a policy, its mutants, and tuples for them. */
struct fixture {
	struct policy policy;
	struct cbpf_prog prog;
	struct fuzz_tuples *source;
	struct fuzz_mutants mutants;
};

static inline void open_fixture(struct fixture *fixture, const char *profile, const char *arch,
				const struct cbpf_prog *prog)
{
	*fixture = (struct fixture){.policy = read_policy(profile, arch)};
	cbpf_copy(&fixture->prog, prog);
	fixture->source = fuzz_tuples_new(&fixture->policy, NULL, 0);
	fuzz_mutants_make(&fixture->prog, &fixture->mutants);
}

static inline void generate(struct fixture *fixture, const char *profile, const char *arch,
			    const char *generator)
{
	struct policy policy = read_policy(profile, arch);
	struct gen_filter filter = build_filter(&policy, generator);

	open_fixture(fixture, profile, arch, &filter.prog);
	gen_filter_release(&filter);
	policy_release(&policy);
}

static inline void close_fixture(struct fixture *fixture)
{
	fuzz_mutants_release(&fixture->mutants);
	fuzz_tuples_free(fixture->source);
	cbpf_release(&fixture->prog);
	policy_release(&fixture->policy);
}

static inline struct fuzz_score try_them(const struct fixture *fixture, uint64_t seed,
					 uint64_t tuples)
{
	struct fuzz_score score;
	struct sg_err err = {0};

	if (fuzz_mutants_try(&fixture->mutants, &fixture->prog, &fixture->policy, fixture->source,
			     seed, tuples, NULL, &score, &err) < 0)
		fail_msg("%s", err.msg);
	return score;
}

static inline void settle(const struct fixture *fixture, struct fuzz_score *score)
{
	struct sg_err err = {0};

	if (fuzz_score_settle(score, &fixture->mutants, &fixture->prog, &fixture->policy, NULL,
			      &err))
		fail_msg("%s", err.msg);
}

#endif
