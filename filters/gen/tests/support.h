/* SPDX-License-Identifier: MIT */
/* What the tests of this room share: policies from text, filters from policies. Include after
 * cmocka's own headers. */
#ifndef SG_GEN_TESTS_SUPPORT_H
#define SG_GEN_TESTS_SUPPORT_H

#include <stdlib.h>
#include <string.h>

#include "filters/cbpf/interp.h"
#include "filters/gen/gen.h"

#define MAX_ARCHES 24

/* "x86_64,i386" or NULL, as options have it. */
struct arch_list {
	const struct abi_arch *arches[MAX_ARCHES];
	size_t count;
};

static inline struct arch_list arch_list(const char *names)
{
	struct arch_list list = {0};
	struct sg_strv words = {0};

	sg_strv_split(&words, names);
	assert_true(words.len <= MAX_ARCHES);
	for (; list.count < words.len; list.count++) {
		list.arches[list.count] = abi_arch_by_name(words.items[list.count]);
		assert_non_null(list.arches[list.count]);
	}
	sg_strv_release(&words);
	return list;
}

/* A bundled name, a file, or with a brace in front the profile itself. Must be good. */
static inline struct policy read_policy(const char *profile, const char *arches)
{
	const struct arch_list list = arch_list(arches);
	const struct policy_options options = {.arches = list.arches, .arch_count = list.count};
	struct policy policy = {0};
	struct sg_err err = {0};
	int r = profile[0] == '{' ? policy_parse(profile, strlen(profile), "test.json", &options,
						 &policy, &err)
				  : policy_load(profile, &options, &policy, &err);

	if (r < 0)
		fail_msg("%s", err.msg);
	return policy;
}

static inline struct mix io_mix(void)
{
	struct mix mix = {0};
	struct sg_err err = {0};

	if (mix_load(NULL, &mix, &err) < 0)
		fail_msg("%s", err.msg);
	return mix;
}

static inline const struct gen *generator(const char *name)
{
	struct sg_err err = {0};
	const struct gen *gen = gen_find(name, &err);

	if (!gen)
		fail_msg("%s", err.msg);
	return gen;
}

/* Builds with the IO mix; @err says what happens. */
static inline int try_build(const char *name, const struct policy *policy,
			    enum gen_objective objective, struct gen_filter *filter,
			    struct sg_err *err)
{
	struct mix mix = io_mix();
	struct gen_request request = {.policy = policy, .mix = &mix, .objective = objective};
	int r = gen_build(generator(name), &request, filter, err);

	mix_release(&mix);
	return r;
}

static inline struct gen_filter build_filter(const char *name, const struct policy *policy,
					     enum gen_objective objective)
{
	struct gen_filter filter = {0};
	struct sg_err err = {0};

	if (try_build(name, policy, objective, &filter, &err) < 0)
		fail_msg("%s", err.msg);
	return filter;
}

static inline uint32_t verdict_of(const struct gen_filter *filter, const struct abi_tuple *tuple)
{
	return filter->none ? ABI_RET_ALLOW : cbpf_run(&filter->prog, tuple).ret;
}

#endif
