/* SPDX-License-Identifier: MIT */
/*
 * A filter written by a person: filters/hand/container-default.bpfasm. It means one policy on one
 * architecture, so any other is unsupported; which one that is, the policy's hash says.
 */
#include <errno.h>
#include <string.h>

#include "filters/cbpf/asm.h"
#include "filters/gen/gens.h"
#include "harness/base/clock.h"
#include "harness/base/embed.h"

#define PROFILE  "container-default"
#define ASSEMBLY "filters/hand/container-default.bpfasm"

static int is_written_policy(const struct policy *policy, bool *ret, struct sg_err *err)
{
	const struct abi_arch *arch = abi_arch(ABI_X86_64);
	const struct policy_options options = {.arches = &arch, .arch_count = 1};
	struct policy written = {0};
	int r = policy_load(PROFILE, &options, &written, err);

	if (r < 0)
		return r;
	*ret = strcmp(policy->sha256, written.sha256) == 0;
	policy_release(&written);
	return 0;
}

static int hand_supported(const struct gen_request *request, struct sg_err *err)
{
	const struct policy *policy = request->policy;
	bool same;
	int r;

	if (policy->arch_count != 1 || policy->arches[0]->id != ABI_X86_64)
		return sg_err_env(err, ENOTSUP, "hand is written for x86_64 alone (--arch x86_64)");
	r = is_written_policy(policy, &same, err);
	if (r == 0 && !same)
		r = sg_err_env(err, ENOTSUP,
			       "hand is written for " PROFILE
			       " without capabilities; this policy says something else");
	return r;
}

static int hand_build(const struct gen_request *request, struct gen_filter *ret_filter,
		      struct sg_err *err)
{
	const struct sg_embedded *file = sg_embedded_find(ASSEMBLY);
	uint64_t start_ns = sg_monotonic_ns();
	int r;

	(void)request;
	if (!file)
		return sg_err_internal(err, ENOENT, ASSEMBLY " is not part of this binary");
	r = cbpf_assemble(file->data, file->len, ASSEMBLY, &ret_filter->prog, err);
	ret_filter->compile_ns = sg_monotonic_ns() - start_ns;
	return r;
}

const struct gen gen_hand = {
	.name = "hand",
	.summary = "assembly by hand for " PROFILE " on x86_64, hot calls first",
	.needs_policy = true,
	.in_default_bench = true,
	.verified = true,
	.supported = hand_supported,
	.build = hand_build,
};
