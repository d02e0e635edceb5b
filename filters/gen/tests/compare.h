/* SPDX-License-Identifier: MIT */
/* A filter held against its policy at the edges (edges.h). Include after support.h. */
#ifndef SG_GEN_TESTS_COMPARE_H
#define SG_GEN_TESTS_COMPARE_H

#include "filters/gen/tests/edges.h"

struct comparison {
	const struct gen_filter *filter;
	const struct policy_oracle *oracle;
	bool ours; /* must agree on unspecified tuples too */
	size_t tuples, mismatches;
	char first[256]; /* of the mismatches, for people */
};

static inline void note_mismatch(struct comparison *comparison, const struct abi_tuple *tuple,
				 uint32_t got, const struct policy_verdict *want)
{
	struct sg_buf text = {0};

	if (comparison->mismatches++)
		return;
	abi_verdict_text(got, &text);
	sg_buf_adds(&text, " instead of ");
	abi_verdict_text(want->ret, &text);
	snprintf(comparison->first, sizeof(comparison->first),
		 "%s: arch 0x%x nr 0x%x args 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx (%s)",
		 sg_buf_text(&text), tuple->arch, tuple->nr, tuple->args[0], tuple->args[1],
		 tuple->args[2], tuple->args[3], tuple->args[4], tuple->args[5],
		 policy_class_name(want->class));
	sg_buf_release(&text);
}

static inline void compare_tuple(void *ctx, const struct abi_tuple *tuple)
{
	struct comparison *comparison = ctx;
	struct policy_verdict want = policy_eval(comparison->oracle, tuple);
	uint32_t got;

	want.class = gen_class(comparison->filter, tuple, want.class);
	if (want.class != POLICY_SPECIFIED && !comparison->ours)
		return;
	comparison->tuples++;
	got = verdict_of(comparison->filter, tuple);
	if (abi_verdict_effect(got) != abi_verdict_effect(want.ret))
		note_mismatch(comparison, tuple, got, &want);
}

static inline struct comparison compare_filter(const struct gen_filter *filter,
					       const struct policy *policy, bool ours,
					       uint64_t seed)
{
	struct policy_oracle *oracle = policy_oracle_new(policy);
	struct comparison comparison = {.filter = filter, .oracle = oracle, .ours = ours};

	each_edge(policy, seed, compare_tuple, &comparison);
	policy_oracle_free(oracle);
	return comparison;
}

static inline void assert_equal_to_policy(const struct gen_filter *filter,
					  const struct policy *policy, bool ours, uint64_t seed)
{
	struct comparison comparison = compare_filter(filter, policy, ours, seed);

	assert_true(comparison.tuples > 1000);
	if (comparison.mismatches)
		fail_msg("%zu of %zu tuples: %s", comparison.mismatches, comparison.tuples,
			 comparison.first);
}

#endif
