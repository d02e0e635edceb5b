/* SPDX-License-Identifier: MIT */
/*
 * libseccomp's binary tree:
 *	jge #MIDDLE ... down to four numbers, then jeq by jeq
 * Every allowed call has a number of its own in the tree, all of the same depth.
 */
#include "filters/gen/gens.h"
#include "filters/gen/scmp.h"

static int bst_build(const struct gen_request *request, struct gen_filter *ret_filter,
		     struct sg_err *err)
{
	return scmp_build(request, 2, ret_filter, err);
}

static int bst_build_here(const struct gen_request *request, struct gen_filter *ret_filter,
			  struct sg_err *err)
{
	return scmp_build_here(request, 2, ret_filter, err);
}

const struct gen gen_bst = {
	.name = "bst",
	.summary = "libseccomp's binary tree (CTL_OPTIMIZE 2)",
	.needs_policy = true,
	.in_default_bench = true,
	.build = bst_build,
	.build_here = bst_build_here,
};
