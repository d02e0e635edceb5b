/* SPDX-License-Identifier: MIT */
/* What the tests of builders share. Include after cmocka's own headers. */
#ifndef SG_FUZZ_TESTS_BUILDER_SUPPORT_H
#define SG_FUZZ_TESTS_BUILDER_SUPPORT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/builder.h"
#include "harness/base/alloc.h"
#include "harness/base/sandbox.h"

#define UNDER_ASAN (!SG_SANDBOX_LIMITS_MEMORY)

static const char plain[] = "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": "
			    "[\"read\"], \"action\": \"SCMP_ACT_ERRNO\"}]}";
static const struct policy_options no_options;

/* ---- a builder and its mix */

static struct mix mix;

static inline int load_mix(void **state)
{
	(void)state;
	return mix_load(NULL, &mix, NULL);
}

static inline int release_mix(void **state)
{
	(void)state;
	mix_release(&mix);
	return 0;
}

static inline struct fuzz_builder *builder_of(const struct gen *gen, double cpu_s)
{
	struct fuzz_builder *builder = NULL;
	struct sg_err err = {0};

	assert_int_equal(fuzz_builder_new(gen, cpu_s, &builder, &err), 0);
	return builder;
}

static inline struct fuzz_build build_with(struct fuzz_builder *builder, const char *profile,
					   const struct policy_options *options)
{
	struct fuzz_build build = {0};
	struct sg_err err = {0};

	if (fuzz_builder_build(builder, profile, strlen(profile), options, &mix, GEN_MIX, &build,
			       &err))
		fail_msg("%s", err.msg);
	return build;
}

static inline struct fuzz_build build(struct fuzz_builder *builder)
{
	return build_with(builder, plain, &no_options);
}

/* What becomes of one build of a generator that is not fine. */
static inline struct fuzz_build build_badly(int (*fn)(const struct gen_request *,
						      struct gen_filter *, struct sg_err *),
					    double cpu_s)
{
	const struct gen gen = {.name = "bad", .needs_policy = true, .build = fn};
	struct fuzz_builder *builder = builder_of(&gen, cpu_s);
	struct fuzz_build result = build(builder);

	fuzz_builder_free(builder);
	return result;
}

#define BAD(name)                                                                     \
	static int name(const struct gen_request *request, struct gen_filter *filter, \
			struct sg_err *err)

static inline const struct gen *generator(const char *name)
{
	const struct gen *gen = gen_find(name, NULL);

	assert_non_null(gen);
	return gen;
}

/* What `allow` does: for generators whose only fault is what they do beside it. */
static inline int build_allow(const struct gen_request *request, struct gen_filter *filter,
			      struct sg_err *err)
{
	return generator("allow")->build(request, filter, err);
}

#endif
