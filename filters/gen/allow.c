/* SPDX-License-Identifier: MIT */
/*
 * ret ALLOW
 *
 * The null filter: the least that having a filter costs.
 */
#include "filters/gen/gens.h"

static int allow_build(const struct gen_request *request, struct gen_filter *ret_filter,
		       struct sg_err *err)
{
	(void)request;
	(void)err;
	cbpf_add(&ret_filter->prog, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, ABI_RET_ALLOW));
	return 0;
}

const struct gen gen_allow = {
	.name = "allow",
	.summary = "one instruction that allows everything: the least a filter costs",
	.in_default_bench = true,
	.build = allow_build,
};
