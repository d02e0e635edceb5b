/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: what a policy says of one number on one architecture, as functions of the
 * arguments ("Meaning of a policy", filters/policy/README.md).
 */
#ifndef SG_PROVE_OUTCOME_H
#define SG_PROVE_OUTCOME_H

#include "filters/policy/policy.h"
#include "filters/prove/bdd.h"

/* The inputs that one action holds for. */
struct outcome_choice {
	uint32_t ret; /* with its data, as in the profile */
	bdd matched;  /* by one of its rules */
	bdd chosen;   /* and no other rule comes first. Over all choices a partition. */
};

/* Released with outcome_release(). */
struct outcome {
	struct outcome_choice *choices; /* owned */
	size_t count, cap;
	bdd class[POLICY_CLASS_COUNT]; /* a partition */
};

/* Whatever the arguments. */
struct outcome outcome_always(uint32_t ret, enum policy_class class);

struct outcome_rules {
	const struct policy *policy;
	size_t arch_index;
	const struct policy_rule **rules; /* of the number, in profile order; owned */
	size_t count;
	bool carries; /* the number multiplexes a call that some rule names */
};
struct outcome outcome_of_rules(struct bdd_pool *pool, const struct outcome_rules *rules);
void outcome_release(struct outcome *outcome);

/* The inputs whose verdict, as an effect, has bit @bit. */
bdd outcome_bit(struct bdd_pool *pool, const struct outcome *outcome, unsigned bit);

#endif
