/* SPDX-License-Identifier: MIT */
#include "filters/gen/args_rules.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/alloc.h"

/* ---- one rule */

static void remove_set(struct args_conj *conj, size_t place)
{
	conj->count--;
	memmove(&conj->sets[place], &conj->sets[place + 1],
		(conj->count - place) * sizeof(*conj->sets));
}

/* Behind those of the same argument or of smaller ones. */
static void insert_set(struct args_conj *conj, const struct args_set *set)
{
	size_t place = conj->count++;

	for (; place > 0 && conj->sets[place - 1].arg > set->arg; place--)
		conj->sets[place] = conj->sets[place - 1];
	conj->sets[place] = *set;
}

/* Narrows @conj to what @set says too. ARGS_NONE: nothing matches any more. */
static enum args_is add_set(struct args_conj *conj, struct args_set set, uint64_t top)
{
	size_t i = 0;

	while (i < conj->count) {
		struct args_set both;
		enum args_is is = ARGS_UNKNOWN;

		if (conj->sets[i].arg == set.arg)
			is = args_set_both(&conj->sets[i], &set, top, &both);
		if (is == ARGS_NONE)
			return is;
		if (is != ARGS_SOME) {
			i++;
			continue;
		}
		/* The two are one now, which may fit to an earlier one. */
		remove_set(conj, i);
		set = both;
		i = 0;
	}
	insert_set(conj, &set);
	return ARGS_SOME;
}

/* False: nothing matches it. */
static bool make_conj(struct args_conj *conj, const struct args_rule *rule, uint64_t top)
{
	size_t i;

	*conj = (struct args_conj){.action = rule->action};
	for (i = 0; i < rule->cond_count; i++) {
		struct args_set set;
		enum args_is is = args_set_of(&rule->conds[i], top, &set);

		if (is == ARGS_SOME)
			is = add_set(conj, set, top);
		if (is == ARGS_NONE)
			return false;
	}
	return true;
}

bool args_conj_covers(const struct args_conj *a, const struct args_conj *b, uint64_t top)
{
	size_t i, j;

	for (i = 0; i < a->count; i++) {
		for (j = 0; j < b->count; j++) {
			if (a->sets[i].arg == b->sets[j].arg &&
			    args_set_within(&b->sets[j], &a->sets[i], top))
				break;
		}
		if (j == b->count)
			return false;
	}
	return true;
}

static bool disjoint(const struct args_conj *a, const struct args_conj *b, uint64_t top)
{
	size_t i, j;

	for (i = 0; i < a->count; i++) {
		for (j = 0; j < b->count; j++) {
			if (a->sets[i].arg == b->sets[j].arg &&
			    args_set_disjoint(&a->sets[i], &b->sets[j], top))
				return true;
		}
	}
	return false;
}

bool args_conj_commute(const struct args_conj *a, const struct args_conj *b, uint64_t top)
{
	return a->action == b->action || disjoint(a, b, top);
}

int args_conj_differ_in(const struct args_conj *a, const struct args_conj *b)
{
	int place = -1;
	size_t i;

	if (a->action != b->action || a->count != b->count)
		return -1;
	for (i = 0; i < a->count; i++) {
		if (a->sets[i].arg != b->sets[i].arg)
			return -1;
		if (args_set_equal(&a->sets[i], &b->sets[i]))
			continue;
		if (place >= 0)
			return -1;
		place = (int)i;
	}
	return place;
}

/* ---- all of them */

/* What never decides: rules behind one that always matches, and such as say at the end what comes
 * behind them. */
static void trim(struct args_rules *rules)
{
	size_t i;

	for (i = 0; i < rules->count; i++) {
		if (rules->items[i].count == 0) {
			rules->otherwise = rules->items[i].action;
			rules->count = i;
		}
	}
	while (rules->count > 0 && rules->items[rules->count - 1].action == rules->otherwise)
		rules->count--;
}

void args_rules_make(struct args_rules *rules, const struct abi_arch *arch,
		     const struct args_rule *from, size_t count, uint32_t default_action)
{
	size_t i;

	*rules = (struct args_rules){.top = arch->word_bits == 32 ? UINT32_MAX : UINT64_MAX,
				     .otherwise = default_action};
	rules->items = sg_calloc(count ? count : 1, sizeof(*rules->items));
	for (i = 0; i < count; i++) {
		if (make_conj(&rules->items[rules->count], &from[i], rules->top))
			rules->count++;
	}
	trim(rules);
}

void args_rules_copy(struct args_rules *to, const struct args_rules *from)
{
	*to = *from;
	to->items = sg_calloc(from->count ? from->count : 1, sizeof(*to->items));
	if (from->count)
		memcpy(to->items, from->items, from->count * sizeof(*to->items));
}

void args_rules_release(struct args_rules *rules)
{
	free(rules->items);
	*rules = (struct args_rules){0};
}

static bool matches(const struct args_conj *conj, const uint64_t args[6], uint64_t top)
{
	size_t i;

	for (i = 0; i < conj->count; i++) {
		if (!args_set_has(&conj->sets[i], args[conj->sets[i].arg] & top))
			return false;
	}
	return true;
}

size_t args_rules_find(const struct args_rules *rules, const uint64_t args[6])
{
	size_t i = 0;

	while (i < rules->count && !matches(&rules->items[i], args, rules->top))
		i++;
	return i;
}

bool args_rules_can_move(const struct args_rules *rules, size_t from, size_t to)
{
	size_t i, first = from < to ? from + 1 : to, end = from < to ? to + 1 : from;

	for (i = first; i < end; i++) {
		if (!args_conj_commute(&rules->items[i], &rules->items[from], rules->top))
			return false;
	}
	return true;
}

void args_rules_remove(struct args_rules *rules, size_t index)
{
	rules->count--;
	memmove(&rules->items[index], &rules->items[index + 1],
		(rules->count - index) * sizeof(*rules->items));
	trim(rules);
}

void args_rules_set(struct args_rules *rules, size_t index, int place, enum args_is is,
		    const struct args_set *set)
{
	if (is == ARGS_SOME)
		rules->items[index].sets[place] = *set;
	else
		remove_set(&rules->items[index], (size_t)place);
	trim(rules);
}
