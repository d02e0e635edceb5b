/* SPDX-License-Identifier: MIT */
/* Private to the room: what `bench` measures, while it is put together. */
#ifndef SG_CMD_BENCH_MAKER_H
#define SG_CMD_BENCH_MAKER_H

#include "harness/cmd/bench_plan.h"

struct bench_maker {
	const struct bench_request *request;
	struct bench_plan *plan;
	struct sg_strv warned; /* linear and bst have the same to say: once is enough */
	struct sg_buf input;   /* standard input, read once: its profile may be needed again */
};

/*
 * The group of a PROFILE operand, made when there is none yet; NULL: of filters without a profile.
 * Valid until the next one is made. "-" is called "/dev/stdin", since "-" stands for no profile in
 * results; so is that path.
 */
int bench_group(struct bench_maker *maker, const char *profile, struct run_group **ret_group,
		struct sg_err *err);
/* Another policy of the same group: its profile read with other options. Owned by the plan. */
int bench_policy_of(struct bench_maker *maker, const struct run_group *group,
		    const struct policy_options *options, struct policy **ret_policy,
		    struct sg_err *err);

#endif
