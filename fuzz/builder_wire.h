/* SPDX-License-Identifier: MIT */
/*
 * Private to fuzz: what a builder and its worker say to each other. The worker is a fork of the
 * builder's process, so numbers travel as they stand in memory, and pointers to static data too.
 * What comes from a worker is checked all the same, since a generator may have written where it
 * should not.
 */
#ifndef SG_FUZZ_BUILDER_WIRE_H
#define SG_FUZZ_BUILDER_WIRE_H

#include "filters/gen/gen.h"

struct build_request {
	enum gen_objective objective;
	struct policy_options options;
	const char *profile;
	size_t profile_len;
};
void build_request_write(const struct build_request *request, struct sg_buf *out);
/* What @ret points to lies in @bytes, which must be aligned as malloc() does. */
void build_request_read(const char *bytes, struct build_request *ret);

/* @err with kind SG_ERR_NONE: @filter was built. Else there is no filter, and this is why. */
void build_answer_write(const struct gen_filter *filter, const struct sg_err *err,
			struct sg_buf *out);
/* False when the bytes are no answer; nothing is returned then. */
bool build_answer_read(const struct sg_buf *bytes, struct gen_filter *ret_filter,
		       struct sg_err *ret_err);

#endif
