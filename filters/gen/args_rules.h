/* SPDX-License-Identifier: MIT */
/*
 * The rules of a call as the passes work on them: conjunctions of sets, tried in order, and what
 * holds where none matches.
 *
 * Each pass keeps the meaning: for every input the action of the first rule that matches. Rules
 * change places only past rules of the same action or past those that no input matches with them.
 */
#ifndef SG_GEN_ARGS_RULES_H
#define SG_GEN_ARGS_RULES_H

#include <stddef.h>

#include "filters/gen/args_samples.h"
#include "filters/gen/args_set.h"

#define ARGS_MAX_SETS 6 /* as many as a rule of a policy has conditions */

/* Sets of one argument stand side by side; several of them where no one set says the same. */
struct args_conj {
	struct args_set sets[ARGS_MAX_SETS];
	size_t count; /* 0: it always matches, so it is the last of its list */
	uint32_t action;
};

/* Owns its rules. Valid when zeroed. */
struct args_rules {
	struct args_conj *items;
	size_t count;
	uint64_t top; /* of the arguments: args_set.h */
	uint32_t otherwise;
};

/*
 * The conditions of each rule are intersected: what is implied goes, and so do rules that nothing
 * matches, rules behind one that always matches, and those at the end that say what comes behind
 * them.
 */
void args_rules_make(struct args_rules *rules, const struct abi_arch *arch,
		     const struct args_rule *from, size_t count, uint32_t default_action);
void args_rules_copy(struct args_rules *to, const struct args_rules *from);
void args_rules_release(struct args_rules *rules);

/* The first rule that matches an input; their number where none does. */
size_t args_rules_find(const struct args_rules *rules, const uint64_t args[6]);

/* Every input that matches @b matches @a; false may also mean that it was not seen. */
bool args_conj_covers(const struct args_conj *a, const struct args_conj *b, uint64_t top);
/* The two may change places. */
bool args_conj_commute(const struct args_conj *a, const struct args_conj *b, uint64_t top);
/* May the rule at @from move to @to, past all those between? */
bool args_rules_can_move(const struct args_rules *rules, size_t from, size_t to);
/* The same action, the same arguments, and sets that differ in one place alone: that place, else
 * -1. */
int args_conj_differ_in(const struct args_conj *a, const struct args_conj *b);

void args_rules_remove(struct args_rules *rules, size_t index);
/* Replaces a set of a rule by what came out of it: ARGS_ALL takes it away. */
void args_rules_set(struct args_rules *rules, size_t index, int place, enum args_is is,
		    const struct args_set *set);

/* ---- passes: each works in place; bounded, so that on many rules they may leave some as it is */

/*
 * args_merge.c:
 *	if (a) return X;	->	if (a || b) return X;
 *	if (b) return X;
 * where one condition says a || b. Rules that never decide go too.
 */
void args_merge(struct args_rules *rules);

/*
 * args_group.c:
 *	if (x == 0 || x == 8 || x == 0x20000 || x == 0x20008)	->	if ((x & ~0x20008) == 0)
 * Returns whether there was anything to do.
 */
bool args_group(struct args_rules *rules);

/* args_order.c: rules and conditions in another order. After the two above, which look for
 * conditions in the order of their arguments. */
void args_order(struct args_rules *rules, const struct args_samples *samples, bool big_endian);

#endif
