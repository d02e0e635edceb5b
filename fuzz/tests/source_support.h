/* SPDX-License-Identifier: MIT */
/* What the tests of tuples, coverage and mutants share. Include after cmocka's own headers. */
#ifndef SG_FUZZ_TESTS_SOURCE_SUPPORT_H
#define SG_FUZZ_TESTS_SOURCE_SUPPORT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filters/cbpf/asm.h"
#include "filters/cbpf/interp.h"
#include "filters/gen/gen.h"
#include "fuzz/tuples.h"

/* A bundled name, or with a brace in front the profile itself; @arch_name NULL: the profile's own
 * architectures. Skips the test where a package that holds the profile is not installed. */
static inline struct policy read_policy(const char *profile, const char *arch_name)
{
	const struct abi_arch *arch = arch_name ? abi_arch_by_name(arch_name) : NULL;
	const struct policy_options options = {.arches = arch ? &arch : NULL, .arch_count = !!arch};
	struct policy policy = {0};
	struct sg_err err = {0};
	const int r = profile[0] == '{' ? policy_parse(profile, strlen(profile), "test.json",
						       &options, &policy, &err)
					: policy_load(profile, &options, &policy, &err);

	if (r < 0 && err.kind == SG_ERR_ENV) {
		print_message("SKIP: profile: %s\n", err.msg);
		skip();
	}
	if (r < 0)
		fail_msg("%s", err.msg);
	return policy;
}

static inline struct gen_filter build_filter(const struct policy *policy, const char *generator)
{
	struct gen_filter filter = {0};
	struct mix mix = {0};
	struct sg_err err = {0};

	if (mix_load(NULL, &mix, &err) < 0)
		fail_msg("%s", err.msg);
	const struct gen *gen = gen_find(generator, &err);
	if (!gen ||
	    gen_build(gen, &(struct gen_request){.policy = policy, .mix = &mix}, &filter, &err) < 0)
		fail_msg("%s", err.msg);
	mix_release(&mix);
	return filter;
}

static inline struct cbpf_prog assemble(const char *text)
{
	struct cbpf_prog prog = {0};
	struct sg_err err = {0};

	if (cbpf_assemble(text, strlen(text), "test.bpfasm", &prog, &err) < 0)
		fail_msg("%s", err.msg);
	return prog;
}

/* @count tuples of the source, which the caller frees. */
static inline struct abi_tuple *fill(const struct fuzz_tuples *source, uint64_t seed, size_t count)
{
	struct abi_tuple *tuples = sg_calloc(count, sizeof(*tuples));
	struct sg_rng rng;

	sg_rng_seed(&rng, seed);
	fuzz_tuples_fill(source, &rng, tuples, count);
	return tuples;
}

#endif
