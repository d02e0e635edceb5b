/* SPDX-License-Identifier: MIT */
/* Somebody else's filter, from a file of struct sock_filter. */
#include <errno.h>
#include <stdio.h>

#include "filters/gen/gens.h"

static int raw_supported(const struct gen_request *request, struct sg_err *err)
{
	if (request->raw_file)
		return 0;
	return sg_err_env(err, ENOTSUP, "raw needs a file: PROFILE@raw:FILE");
}

static int raw_build(const struct gen_request *request, struct gen_filter *ret_filter,
		     struct sg_err *err)
{
	snprintf(ret_filter->version, sizeof(ret_filter->version), "unknown");
	return cbpf_load(request->raw_file, &ret_filter->prog, err);
}

const struct gen gen_raw = {
	.name = "raw",
	.summary = "somebody else's filter from a file, held against the profile (raw:FILE)",
	.supported = raw_supported,
	.build = raw_build,
};
