/* SPDX-License-Identifier: MIT */
/*
 * From rules to a graph, one after the other:
 *
 *	if (set && set ...) return action;	// first rule
 *	if (set ...) return action;		// second rule
 *	...
 *	return otherwise;
 *
 * and each set to tests of halves. What comes out tests the same thing again in every rule; the
 * passes over graphs (known.h, args_search.h) see to that.
 */
#ifndef SG_GEN_ARGS_CHAIN_H
#define SG_GEN_ARGS_CHAIN_H

#include "filters/gen/args_rules.h"

struct args_chain_form {
	bool big_endian;
	/* Where two JSETs test a mask: and, jeq all the same. Pays where several are tested under
	 * one mask. */
	bool and_masks;
	/* Of an equality: the half that fails on more of these first. NULL: the high one. */
	const struct args_samples *samples;
};

/* How many JSETs say (word & mask) == value; 0: more than two, for which AND and JEQ stand. */
uint32_t args_chain_jsets(uint32_t mask, uint32_t value);

ir_id args_chain(struct ir *ir, const struct args_rules *rules, const struct args_chain_form *form);

#endif
