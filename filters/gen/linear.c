/* SPDX-License-Identifier: MIT */
/*
 * libseccomp as container runtimes ship it:
 *	jeq #A, its action; jeq #B, its action; ...
 * in the order of the rules' priority. What a call costs grows with its place.
 */
#include "filters/gen/gens.h"
#include "filters/gen/scmp.h"

static int linear_build(const struct gen_request *request, struct gen_filter *ret_filter,
			struct sg_err *err)
{
	return scmp_build(request, 1, ret_filter, err);
}

static int linear_build_here(const struct gen_request *request, struct gen_filter *ret_filter,
			     struct sg_err *err)
{
	return scmp_build_here(request, 1, ret_filter, err);
}

const struct gen gen_linear = {
	.name = "linear",
	.summary = "libseccomp, one comparison after the other (CTL_OPTIMIZE 1)",
	.needs_policy = true,
	.in_default_bench = true,
	.build = linear_build,
	.build_here = linear_build_here,
};
