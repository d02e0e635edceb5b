/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: a policy as terms, by filters/policy/README.md, "Meaning of a policy". A
 * reading of its own beside the policy's oracle, which it shares no code with.
 */
#ifndef SG_PROVE_SMT_POLICY_H
#define SG_PROVE_SMT_POLICY_H

#include "filters/policy/policy.h"
#include "filters/prove/smt_terms.h"

struct smt_policy {
	Z3_ast effect;    /* also where unspecified: of policy_verdict.ret */
	Z3_ast specified; /* Boolean */
};
struct smt_policy smt_policy(const struct smt_terms *terms, const struct policy *policy);

/* Boolean: the inputs of the calls "ARCH:NAME" (gen.h: unknown_calls). */
Z3_ast smt_calls(const struct smt_terms *terms, const struct sg_strv *calls);

#endif
