/* SPDX-License-Identifier: MIT */
/*
 * Oracles: one interface to "what is the verdict of this tuple", answered in independent ways.
 * One file an oracle, one row in registry.inc.
 *
 * - policy: evaluates the rules as written (filters/policy), whatever the filters say;
 * - interp: the reference interpreter (filters/cbpf);
 * - compiled: the filter as x86-64 machine code, for volume; interp on other machines;
 * - kernel: the running kernel's seccomp(2), without any of the calls being executed;
 * - jit: the filter in the running kernel's BPF JIT (harness/kernel), whatever the tuple.
 *
 * A subject is judged as the kernel judges a chain: every filter runs, the lowest action wins read
 * as signed, on a tie the newest filter's data (kernel/seccomp.c, seccomp_run_filters).
 */
#ifndef SG_ORACLE_ORACLE_H
#define SG_ORACLE_ORACLE_H

#include "filters/gen/gen.h"

/* The filters are borrowed, and must outlive every session on them; the policy need not. */
struct oracle_subject {
	const struct gen_filter *const *filters; /* oldest first; an empty chain allows all */
	size_t filter_count;
	const struct policy *policy; /* NULL: the policy oracle is unsupported */
};

struct oracle_session; /* each oracle's own; used by the thread that opened it */

struct oracle {
	const char *name;
	const char *summary;
	/* 0, or -ENOTSUP with SG_ERR_ENV and the reason. */
	int (*supported)(const struct oracle_subject *subject, struct sg_err *err);
	int (*open)(const struct oracle_subject *subject, struct oracle_session **ret,
		    struct sg_err *err);
	/*
	 * The raw verdict of each tuple. Where an oracle cannot judge a tuple, @ret_known (may be
	 * NULL) is false and the verdict 0. The kernel cannot: calls that it does not ask filters
	 * for, filters so long that no way to see the verdict fits in, and of chains what looks
	 * the same from outside (kernel_plan.h, kernel_order.h); of a chain it knows values by
	 * their effect, the others to the bit. jit cannot judge filters that the kernel's verifier
	 * refuses, and then none of their tuples.
	 */
	int (*judge)(struct oracle_session *session, const struct abi_tuple *tuples, size_t count,
		     uint32_t *ret_verdicts, bool *ret_known, struct sg_err *err);
	void (*close)(struct oracle_session *session);
};

extern const struct oracle *const oracle_registry[]; /* ends with NULL */
/* NULL when unknown; @err then names the nearest. */
const struct oracle *oracle_find(const char *name, struct sg_err *err);

#endif
