/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: the same question put to Z3, as bit-vector arithmetic.
 *
 * Z3 runs in a child with a deadline and a memory limit, and is loaded there at run time (dlopen),
 * so that nobody who never needs it pays for it: the library is large, and its code may hang. Where
 * it is not installed the answer is unknown, with that reason. The child's answer "different" comes
 * with an input, which the caller confirms by running both sides on it.
 */
#ifndef SG_PROVE_SMT_H
#define SG_PROVE_SMT_H

#include "filters/prove/prove.h"

/* A side is a filter or a policy: one of the two is set. */
struct smt_side {
	const struct cbpf_prog *prog;
	const struct policy *policy;
};

/*
 * Are the sides equal on the inputs that @under (may be NULL) specifies, those of @unknown_calls
 * (may be NULL) left out? Fills result, reason, tuple, a, b, by_smt of @ret.
 *
 * The tuple has as many zero words as Z3 found possible within the deadline, and within as much
 * time again as the first input had taken, or half a second. Reasons: "deadline of 10 s", "memory
 * limit of 1024 MiB", "libz3.so.4 is not installed", "Z3 crashed (SIGSEGV)", "Z3: " and what it
 * says itself. (Where clang's AddressSanitizer is linked and the C++ library is not, an exception
 * that Z3 throws, as it does at a deadline, ends the child: "Z3 failed (1): ...".)
 */
int smt_ask(const struct smt_side *a, const struct smt_side *b, const struct policy *under,
	    const struct sg_strv *unknown_calls, double timeout_s, struct prove_answer *ret,
	    struct sg_err *err);

/* smt_ask() has its own memory limit and the library that Debian installs; tests have others. */
struct smt_limits {
	const char *library; /* dlopen(3) */
	double timeout_s;
	uint64_t memory_bytes;
};
int smt_ask_within(const struct smt_side *a, const struct smt_side *b, const struct policy *under,
		   const struct sg_strv *unknown_calls, const struct smt_limits *limits,
		   struct prove_answer *ret, struct sg_err *err);

#endif
