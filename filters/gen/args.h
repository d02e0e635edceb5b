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
 * The passes, each of which can be switched off. None changes the meaning.
 *
 *	make	conditions of one argument intersected, dead rules dropped	args_rules.c
 *	merge	rules that one rule says as well				args_merge.c
 *	group	values of one argument under masks and ranges			args_group.c
 *	order	heavy rules and failing conditions first			args_order.c
 *	chain	rules to a graph; halves: which half of an argument is tested
 *		first								args_chain.c
 *	known	tests that the way to them has decided				known.c
 *	search	the best graph of the tests at hand				args_search.c
 *
 * What was tried and did not help, so that nobody tries it again unknowing; figures are executed
 * instructions of the samples over the random rule sets of tests/test_args_random.c:
 * - Halves by the samples in chains that mask by AND as well: nothing, nor over random policies.
 * - Rules as they were, unmerged, as candidates too: 0.1% less, in a third more time.
 * - The search from the threaded chain (known.h) in place of the chain: a third faster, but up to
 *   1.3% more.
 * - All tests tried in every state, in twenty times the work: at most 1.3% less, where constants
 *   are wide. Ten times the work alone: 2% less on six arguments, elsewhere nothing.
 * - Threading in place of following each way, for small graphs too: 1 to 3% longer worst ways.
 * - In the search, no limit to the length of what it puts together: longer graphs than the choice
 *   takes at the end, which then falls back on worse ones; 2% more on six arguments.
 */
struct args_passes {
	bool no_merge, no_group, no_order, no_halves, no_known, no_search;
	bool shortest; /* the length decides, then the samples: for what would not fit */
};

/*
 * The graph of a call's rules. Of all that the passes give, with those left out that are not always
 * a gain, the one that costs the samples least, then on its longest way, then in length; but none
 * that is much longer than the shortest.
 *
 * Samples without weight still decide where there are no others: they are the likely inputs.
 */
ir_id args_lower(struct ir *ir, const struct abi_arch *arch, const struct args_rule *rules,
		 size_t rule_count, uint32_t default_action, const struct args_sample *samples,
		 size_t sample_count, const struct args_passes *passes);

#endif
