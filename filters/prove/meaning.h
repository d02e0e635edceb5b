/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: a policy as a function of the input, by the semantics of the policy's own
 * oracle (filters/policy/README.md, "Meaning of a policy"; policy_eval()), written once more over
 * diagrams and sharing no code with what generates filters. A test holds it against policy_eval()
 * on every class.
 */
#ifndef SG_PROVE_MEANING_H
#define SG_PROVE_MEANING_H

#include "filters/policy/policy.h"
#include "filters/prove/sym.h"

struct prove_meaning {
	struct sym verdict;            /* effect; also where unspecified: policy_verdict.ret */
	bdd class[POLICY_CLASS_COUNT]; /* a partition of all inputs; none is of unknown-name */
};

/* Meaningless when the pool is exhausted afterwards. */
struct prove_meaning prove_meaning(struct bdd_pool *pool, const struct policy *policy);
/*
 * The inputs of calls that a generator's tables lack ("ARCH:NAME", gen.h: unknown_calls). Those of
 * them that the policy specifies are of class unknown-name, the last one that fits a tuple.
 */
bdd prove_unknown_calls(struct bdd_pool *pool, const struct sg_strv *calls);

#endif
