/* SPDX-License-Identifier: MIT */
#include "filters/gen/weights.h"

/* Of a call's weight, more for each instruction that its arguments take: such a call stands nearer
 * the root, and the longest way is shorter. */
#define CHAIN_SHARE 0.5

#define REST_SHARE 1e-4 /* what settles ties beside a mix that sums to 1 */

static double share(size_t count)
{
	return count ? 1.0 / (double)count : 0;
}

static size_t count_allowed(const struct lower_call *calls, size_t count)
{
	size_t i, allowed = 0;

	for (i = 0; i < count; i++)
		allowed += abi_verdict_allows(calls[i].action);
	return allowed;
}

/* Constant-allow: the kernel's bitmap answers without running the filter. */
static bool is_served(const struct ir *ir, const struct lower_call *call)
{
	const struct ir_node *node = &ir->nodes[call->node];

	return node->leaf && node->action == ABI_RET_ALLOW;
}

/* What the kernel's bitmap leaves to run settles ties of the mix, and the mix those of what it
 * leaves. @rest: an equal share of REST_SHARE for each allowed call. */
static double weight_by_mix(const struct ir *ir, enum gen_objective objective,
			    const struct lower_call *call, double rest)
{
	double left = is_served(ir, call) ? 0 : call->mix_weight;

	if (objective == GEN_MIX)
		return call->mix_weight + REST_SHARE * left + rest;
	return left + REST_SHARE * (call->mix_weight + rest);
}

void weights_set(const struct ir *ir, enum gen_objective objective, const struct abi_arch *arch,
		 bool first, struct lower_call *calls, size_t count)
{
	double each = share(count_allowed(calls, count));
	size_t i;

	for (i = 0; i < count; i++) {
		struct lower_call *call = &calls[i];
		double longer = 1 + CHAIN_SHARE * (call->insns - 1);
		double uniform = abi_verdict_allows(call->action) ? each * longer : 0;
		double rest = REST_SHARE * uniform;

		if (objective == GEN_INSTALL)
			call->weight = weights_of_gap(objective, arch, call->nr, call->nr) + rest;
		else if (objective == GEN_UNIFORM || objective == GEN_WORST)
			call->weight = first ? uniform : rest;
		else
			call->weight = weight_by_mix(ir, objective, call, rest);
	}
}

double weights_of_gap(enum gen_objective objective, const struct abi_arch *arch, uint32_t low,
		      uint32_t high)
{
	uint32_t limit = abi_nr_limit(arch);

	if (objective != GEN_INSTALL || low >= limit)
		return 0;
	return (double)((high < limit ? high + 1 : limit) - low) / limit;
}
