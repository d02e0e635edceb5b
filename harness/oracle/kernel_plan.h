/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/oracle: how a filter is rewritten so that the running kernel judges any tuple
 * with it and no call is ever executed.
 *
 * Values. Each value returned becomes an ERRNO whose number is an index, which the caller reads off
 * the failed call. RET A jumps to an epilogue that returns the value in parts: one rewriting, and
 * one call, for each.
 *
 * Inputs. Arguments are whole registers, so all twelve of their words are free; so is the number.
 * The architecture and the instruction pointer are not. A tuple of this machine that needs neither
 * is asked natively, with the loads as they are. For any other, loads of words that cannot be
 * chosen are directed to words of arguments that the filter does not look at (carriers), and when
 * there are not enough, replaced by constants, so that each value of such a word is a rewriting of
 * its own (the key).
 *
 * Escape. In front stands a test of the instruction pointer: calls from kernel_escape() are
 * allowed, so that a child under the filter can wait for work. Where there is no room for it, or
 * where a division by X = 0 kills the child whatever happens, there is none.
 */
#ifndef SG_ORACLE_KERNEL_PLAN_H
#define SG_ORACLE_KERNEL_PLAN_H

#include <stdbool.h>

#include "filters/abi/abi.h"
#include "filters/cbpf/prog.h"
#include "harness/oracle/kernel_call.h"

/* RET A's value in parts of 11 bits. */
#define KERNEL_PARTS 3

struct kernel_plan {
	const struct cbpf_prog *prog;
	uint32_t used;                   /* words that the filter loads, as bits */
	int8_t carriers[ABI_DATA_WORDS]; /* the word that brings this one; -1: none does */
	uint32_t *values;                /* of RET K, each once; owned */
	size_t value_count, value_cap;
	bool has_ret_a, has_div_x;
	bool fits; /* the kernel takes the rewriting, and there are enough errnos */
};

/* @prog, borrowed, must have passed cbpf_verify(). */
void kernel_plan_init(struct kernel_plan *plan, const struct cbpf_prog *prog);
void kernel_plan_release(struct kernel_plan *plan);

/* Which rewriting judges a tuple. No padding: compared bytewise. */
struct kernel_key {
	uint32_t is_native;
	uint32_t part;         /* of RET A's value */
	uint32_t constants[4]; /* nr, arch and ip: of the words without carrier; else 0 */
};

/* False when no rewriting judges this tuple. Part 0. */
bool kernel_plan_key(const struct kernel_plan *plan, const struct abi_tuple *tuple,
		     struct kernel_key *ret_key);
/* The call that stands for the tuple under that rewriting. */
struct kernel_call kernel_plan_call(const struct kernel_plan *plan, const struct kernel_key *key,
				    const struct abi_tuple *tuple);
/* Has the rewriting an escape, so that a child under it can stay? */
bool kernel_plan_has_escape(const struct kernel_plan *plan);
void kernel_plan_rewrite(const struct kernel_plan *plan, const struct kernel_key *key,
			 struct cbpf_prog *ret_prog);
/* The result of a call that killed the child. */
#define KERNEL_KILLED 0
/*
 * What the result of a call says: adds the value, or the bits of this part of it, to *value, which
 * is 0 at first. False when it says nothing.
 */
bool kernel_plan_read(const struct kernel_plan *plan, const struct kernel_key *key, long result,
		      uint32_t *value);

#endif
