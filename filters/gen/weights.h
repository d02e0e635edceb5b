/* SPDX-License-Identifier: MIT */
/*
 * What an objective counts: a weight for each system call of an architecture.
 *
 *	mix	the mix's weights
 *	left	the mix's weights of what the kernel's bitmap does not serve; a little of the others
 *	uniform	the same for each call of the first architecture that its usual arguments allow
 *	worst	as uniform; the tree then minimises the longest way to an allowed call first
 *	install	the same for each number that the kernel's bitmap has: at install the kernel runs
 *		the filter once for each, allowed or not, named or not
 *
 * Allowed calls that an objective gives no weight share a ten-thousandth (under `left` less): it
 * settles ties, and keeps what nobody asked about from being far away.
 */
#ifndef SG_GEN_WEIGHTS_H
#define SG_GEN_WEIGHTS_H

#include "filters/gen/lower.h"

/* Sets .weight of each call of an architecture, from its number, node, action and mix_weight.
 * @first: it is the first of the policy. */
void weights_set(const struct ir *ir, enum gen_objective objective, const struct abi_arch *arch,
		 bool first, struct lower_call *calls, size_t count);
/* The weight of the numbers @low..@high, none of which is a call. */
double weights_of_gap(enum gen_objective objective, const struct abi_arch *arch, uint32_t low,
		      uint32_t high);

#endif
