/* SPDX-License-Identifier: MIT */
/* No filter at all: what everything is measured against. */
#include "filters/gen/gens.h"

static int none_build(const struct gen_request *request, struct gen_filter *ret_filter,
		      struct sg_err *err)
{
	(void)request;
	(void)err;
	ret_filter->none = true;
	return 0;
}

const struct gen gen_none = {
	.name = "none",
	.summary = "no filter: what everything is measured against",
	.in_default_bench = true,
	.build = none_build,
};
