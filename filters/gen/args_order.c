/* SPDX-License-Identifier: MIT */
/*
 * Rules that decide the heavier samples come first, as far as they may move, and within a rule the
 * condition on which the heaviest samples fail:
 *
 *	if (a == 1) return X;				if (a == 2) return X;
 *	if (a == 2) return X;			->	if (a == 1) return X;
 *	if (a == 3 && b == 4) return Y;			if (b == 4 && a == 3) return Y;
 *
 * where the samples have a == 2 mostly, and else a == 3 and another b. What no sample tells apart
 * stays as it was: conditions by argument, so that rules begin alike.
 *
 * The search (args_search.h) needs none of this. It is for what the search leaves as it is, since
 * there is too much of it.
 */
#include "filters/gen/args_rules.h"

#include <stdlib.h>

#include "harness/base/alloc.h"

#define STEP_LIMIT 20000 /* pairs of rules looked at */

struct order {
	struct args_rules *rules;
	const struct args_samples *samples;
	uint64_t args[ARGS_MAX_SAMPLES][6]; /* of the samples */
	uint64_t *weights;                  /* of the samples that a rule decides */
};

static void read_args(struct order *order, bool big_endian)
{
	size_t i;
	int arg;

	for (i = 0; i < order->samples->count; i++) {
		const uint32_t *words = order->samples->words[i];

		for (arg = 0; arg < 6; arg++)
			order->args[i][arg] =
				(uint64_t)words[abi_off_half(big_endian, arg, true) / 4] << 32 |
				words[abi_off_half(big_endian, arg, false) / 4];
	}
}

static bool fails(const struct order *order, const struct args_set *set, size_t sample)
{
	return !args_set_has(set, order->args[sample][set->arg] & order->rules->top);
}

static void weigh(struct order *order)
{
	size_t i;

	for (i = 0; i < order->samples->count; i++) {
		size_t rule = args_rules_find(order->rules, order->args[i]);

		if (rule < order->rules->count)
			order->weights[rule] += order->samples->weights[i];
	}
}

static void swap_rules(struct order *order, size_t a, size_t b)
{
	struct args_conj rule = order->rules->items[a];
	uint64_t weight = order->weights[a];

	order->rules->items[a] = order->rules->items[b];
	order->rules->items[b] = rule;
	order->weights[a] = order->weights[b];
	order->weights[b] = weight;
}

/* Each rule moves up past lighter ones, until one holds it. */
static void order_rules(struct order *order)
{
	struct args_conj *items = order->rules->items;
	size_t i, at, steps = 0;

	for (i = 1; i < order->rules->count; i++) {
		for (at = i; at > 0 && order->weights[at - 1] < order->weights[at]; at--) {
			if (++steps > STEP_LIMIT)
				return;
			if (!args_conj_commute(&items[at - 1], &items[at], order->rules->top))
				break;
			swap_rules(order, at - 1, at);
		}
	}
}

/* Those samples of @open that fail on @set. */
static uint64_t failing(const struct order *order, const struct args_set *set, uint64_t open)
{
	uint64_t failing = 0;

	for (; open; open &= open - 1) {
		size_t i = (size_t)__builtin_ctzll(open);

		failing |= (uint64_t)fails(order, set, i) << i;
	}
	return failing;
}

static void move_to_front(struct args_conj *conj, size_t front, size_t from)
{
	struct args_set set = conj->sets[from];

	for (; from > front; from--)
		conj->sets[from] = conj->sets[from - 1];
	conj->sets[front] = set;
}

/* @open are the samples that come to the rule; returns those that pass it by. */
static uint64_t order_sets(const struct order *order, struct args_conj *conj, uint64_t open)
{
	uint64_t past = open;
	size_t front, i;

	for (front = 0; front < conj->count; front++) {
		uint64_t most = 0;
		size_t choice = front;

		for (i = front; i < conj->count; i++) {
			uint64_t weight = args_samples_weight(order->samples,
							      failing(order, &conj->sets[i], open));

			if (weight > most) {
				most = weight;
				choice = i;
			}
		}
		move_to_front(conj, front, choice);
		open &= ~failing(order, &conj->sets[front], open);
	}
	return past & ~open;
}

void args_order(struct args_rules *rules, const struct args_samples *samples, bool big_endian)
{
	struct order order = {.rules = rules, .samples = samples};
	uint64_t open = args_samples_all(samples);
	size_t i;

	if (rules->count == 0)
		return;
	order.weights = sg_calloc(rules->count, sizeof(*order.weights));
	read_args(&order, big_endian);
	weigh(&order);
	order_rules(&order);
	for (i = 0; i < rules->count && open; i++)
		open = order_sets(&order, &rules->items[i], open);
	free(order.weights);
}
