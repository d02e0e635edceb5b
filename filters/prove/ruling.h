/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: what a policy says of one number on one architecture, as functions of the
 * arguments ("Meaning of a policy", filters/policy/README.md).
 */
#ifndef SG_PROVE_RULING_H
#define SG_PROVE_RULING_H

#include "filters/policy/policy.h"
#include "filters/prove/bdd.h"

/* The inputs that one action holds for. */
struct ruling_choice {
	uint32_t ret; /* with its data, as in the profile */
	bdd matched;  /* by one of its rules */
	bdd chosen;   /* and no other rule comes first. Over all choices a partition. */
};

/* Released with ruling_release(). */
struct ruling {
	struct ruling_choice *choices; /* owned */
	size_t count, cap;
	bdd class[POLICY_CLASS_COUNT]; /* a partition */
};

/* Whatever the arguments. */
struct ruling ruling_always(uint32_t ret, enum policy_class class);

struct ruling_rules {
	const struct policy *policy;
	size_t arch_index;
	const struct policy_rule **rules; /* of the number, in profile order */
	size_t count;
	bool carries; /* the number multiplexes a call that some rule names */
};
struct ruling ruling_of_rules(struct bdd_pool *pool, const struct ruling_rules *rules);
void ruling_release(struct ruling *ruling);

/* The inputs whose verdict, as an effect, has bit @bit. */
bdd ruling_bit(struct bdd_pool *pool, const struct ruling *ruling, unsigned bit);

#endif
