/* SPDX-License-Identifier: MIT */
/*
 * Rules that differ in one equality alone are a group, and the values of a group are covered by
 * fewer conditions where that pays (args_cover.h):
 *
 *	if (a == 0 && b == 1) return X;
 *	if (a == 8 && b == 1) return X;		->	if ((a & ~8) == 0 && b == 1) return X;
 *
 * All rules of a group move to its first one, so each has to commute with what it passes.
 */
#include <string.h>

#include "filters/gen/args_cover.h"
#include "filters/gen/args_rules.h"

#define STEP_LIMIT 20000 /* pairs looked at; what is left then stays as it is */

/* The first rule of it, and the others by their place in the list. */
struct group {
	size_t members[ARGS_COVER_POINTS];
	uint64_t mask; /* of the bits that count, the same for all */
	uint64_t values[ARGS_COVER_POINTS];
	size_t count;
	int place; /* of the value, in the conditions of each */
};

/* All rules of a group are alike but in the low half of the value. */
static bool belongs(const struct args_rules *rules, const struct group *group, size_t index,
		    uint64_t *ret_value)
{
	const struct args_conj *first = &rules->items[group->members[0]];
	const struct args_conj *conj = &rules->items[index];
	uint64_t mask;

	return args_conj_differ_in(first, conj) == group->place &&
	       args_set_is_value(&conj->sets[group->place], rules->top, &mask, ret_value) &&
	       mask == group->mask && (*ret_value ^ group->values[0]) <= UINT32_MAX &&
	       args_rules_can_move(rules, index, group->members[0]);
}

static void find_group(const struct args_rules *rules, struct group *group, size_t *steps)
{
	uint64_t value;
	size_t i;

	for (i = group->members[0] + 1; i < rules->count && group->count < ARGS_COVER_POINTS; i++) {
		if (++*steps > STEP_LIMIT)
			return;
		if (!belongs(rules, group, i, &value))
			continue;
		group->members[group->count] = i;
		group->values[group->count++] = value;
	}
}

/* The first @count members become rules for @sets, side by side; the others go. */
static void replace_group(struct args_rules *rules, const struct group *group,
			  const struct args_set *sets, size_t count)
{
	struct args_conj conj = rules->items[group->members[0]];
	size_t i, first = group->members[0];

	for (i = group->count; i-- > 1;)
		args_rules_remove(rules, group->members[i]);
	memmove(&rules->items[first + count], &rules->items[first + 1],
		(rules->count - first - 1) * sizeof(*rules->items));
	rules->count += count - 1;
	for (i = 0; i < count; i++) {
		conj.sets[group->place] = sets[i];
		rules->items[first + i] = conj;
	}
}

static bool cover_place(struct args_rules *rules, size_t first, int place, size_t *steps)
{
	const struct args_set *set = &rules->items[first].sets[place];
	struct group group = {.members = {first}, .count = 1, .place = place};
	struct args_set sets[ARGS_COVER_POINTS];
	size_t count;

	if (!args_set_is_value(set, rules->top, &group.mask, &group.values[0]))
		return false;
	find_group(rules, &group, steps);
	count = args_cover(set->arg, group.mask, group.values, group.count, rules->top, sets);
	if (count == group.count)
		return false;
	replace_group(rules, &group, sets, count);
	return true;
}

bool args_group(struct args_rules *rules)
{
	size_t i, steps = 0;
	bool changed = false;
	int place;

	for (i = 0; i < rules->count; i++) {
		for (place = 0; place < (int)rules->items[i].count; place++)
			changed |= cover_place(rules, i, place, &steps);
	}
	return changed;
}
