/* SPDX-License-Identifier: MIT */
/*
 * What an objective counts: a weight for each system call of an architecture.
 *
 *	mix	the mix's weights; the other allowed calls a ten-thousandth together, so that
 *		ties and what the mix does not name are settled in their favour
 *	left	the mix's weights of what the kernel's bitmap does not serve; then the mix
 *	uniform	the same for each call that its usual arguments allow
 *	worst	as uniform; the tree then minimises the longest way to an allowed call first
 *	install	the same for each number that the kernel's bitmap has: at install the kernel runs
 *		the filter once for each, allowed or not, named or not
 */
#ifndef SG_GEN_WEIGHTS_H
#define SG_GEN_WEIGHTS_H

#include "filters/gen/lower.h"

/* Sets .weight of each call, from its number, node, action and mix_weight. */
void weights_set(const struct ir *ir, enum gen_objective objective, const struct abi_arch *arch,
		 struct lower_call *calls, size_t count);
/* The weight of the numbers @low..@high, none of which is a call. */
double weights_of_gap(enum gen_objective objective, const struct abi_arch *arch, uint32_t low,
		      uint32_t high);

#endif
