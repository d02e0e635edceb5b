/* SPDX-License-Identifier: MIT */
/*
 * Rules of one action that one rule says as well, and rules that never decide.
 *
 *	if (a == 1 && b < 4) return X;
 *	if (a == 1 && b == 4) return X;		->	if (a == 1 && b < 5) return X;
 *	if (a == 1 && b == 2) return Y;
 *
 * What the rules between two say must not change: a rule moves to the other only past rules that
 * it commutes with. Two values stay two: whether a mask or a range pays for them is known when all
 * of them are seen (args_group.c).
 */
#include "filters/gen/args_rules.h"

#define STEP_LIMIT 20000 /* pairs looked at; what is left then stays as it is */

static bool replace_pair(struct args_rules *rules, size_t i, size_t j, int place)
{
	struct args_set both;
	const struct args_set *a = &rules->items[i].sets[place];
	const struct args_set *b = &rules->items[j].sets[place];
	enum args_is is = ARGS_UNKNOWN;
	uint64_t mask, value;

	if (!args_set_is_value(a, rules->top, &mask, &value) ||
	    !args_set_is_value(b, rules->top, &mask, &value))
		is = args_set_either(a, b, rules->top, &both);
	if (is == ARGS_UNKNOWN)
		return false;
	if (args_rules_can_move(rules, j, i)) {
		args_rules_remove(rules, j);
		args_rules_set(rules, i, place, is, &both);
		return true;
	}
	if (args_rules_can_move(rules, i, j)) {
		args_rules_remove(rules, i);
		args_rules_set(rules, j - 1, place, is, &both);
		return true;
	}
	return false;
}

/* Rules @i and @j, which stands behind it, become one. */
static bool merge_pair(struct args_rules *rules, size_t i, size_t j)
{
	const struct args_conj *a = &rules->items[i], *b = &rules->items[j];
	int place;

	if (args_conj_covers(a, b, rules->top)) {
		args_rules_remove(rules, j);
		return true;
	}
	if (a->action != b->action)
		return false;
	if (args_conj_covers(b, a, rules->top) && args_rules_can_move(rules, i, j)) {
		args_rules_remove(rules, i);
		return true;
	}
	place = args_conj_differ_in(a, b);
	return place >= 0 && replace_pair(rules, i, j, place);
}

void args_merge(struct args_rules *rules)
{
	size_t i, j, steps = 0;
	bool changed = true;

	while (changed) {
		changed = false;
		for (i = 0; i < rules->count; i++) {
			for (j = i + 1; j < rules->count; j++) {
				if (++steps > STEP_LIMIT)
					return;
				if (!merge_pair(rules, i, j))
					continue;
				changed = true;
				j = i; /* what is there now may fit to others */
			}
		}
	}
}
