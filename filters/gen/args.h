/* SPDX-License-Identifier: MIT */
/*
 * The rules of one system call as a decision graph over its arguments.
 *
 * The rule of conflicts is the policy's ("Meaning of a policy"): the first unconditional rule,
 * else the first rule in order whose conditions all hold, else the default. So a call with an
 * unconditional rule is a leaf, and its path never loads an argument: the kernel's bitmap serves
 * it wherever the action is ALLOW.
 */
#ifndef SG_GEN_ARGS_H
#define SG_GEN_ARGS_H

#include "filters/gen/ir.h"
#include "filters/policy/policy.h"

/* A rule of the call, its action already that of the architecture. Borrows the conditions. */
struct args_rule {
	const struct policy_cond *conds;
	size_t cond_count;
	uint32_t action;
};

/* A likely input: the 16 words of a tuple, and how much it counts. */
struct args_sample {
	uint32_t words[ABI_DATA_WORDS];
	double weight;
};

/*
 * Of the graphs that the halves of an argument can be tested by (high half first or low half
 * first, repeated tests removed or not), the one that costs the samples least, then the smallest.
 */
ir_id args_lower(struct ir *ir, const struct abi_arch *arch, const struct args_rule *rules,
		 size_t rule_count, uint32_t default_action, const struct args_sample *samples,
		 size_t sample_count);

#endif
