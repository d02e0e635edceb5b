/* SPDX-License-Identifier: MIT */
/* Private to the room: the conditions of a policy's rule as Booleans (filters/policy/README.md). */
#ifndef SG_PROVE_SMT_RULE_H
#define SG_PROVE_SMT_RULE_H

#include "filters/policy/policy.h"
#include "filters/prove/smt_terms.h"

/* Do the rule's conditions hold on the architecture? */
Z3_ast smt_rule_matches(const struct smt_terms *terms, const struct abi_arch *arch,
			const struct policy_rule *rule);
/*
 * What the mere presence of a condition leaves unspecified of its call: everything (wide-constant),
 * inputs with something in the upper half of the argument (x32), or nothing.
 */
Z3_ast smt_cond_unspecified(const struct smt_terms *terms, const struct abi_arch *arch,
			    const struct policy_cond *cond);

#endif
