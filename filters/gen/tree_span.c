/* SPDX-License-Identifier: MIT */
#include "filters/gen/tree_span.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/alloc.h"

#define HOT_SHARE  0.001 /* of the weight, at least */
#define HOT_FACTOR 4     /* times what the median call weighs, at least */
#define UNREACHED  -1e9f /* the longest way to an allowed call where there is none */

/* ---- the ground */

/* Multiples of 2^-50: of weights that sum to 1, every sum and difference is then exact, so that a
 * part never weighs more than the whole. */
static double exact(double weight)
{
	return floor(weight * 0x1p50) * 0x1p-50;
}

static int heavier_first(const void *a, const void *b)
{
	const struct lower_call *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return x->nr < y->nr ? -1 : x->nr > y->nr;
}

static size_t run_of(const struct tree_ground *ground, uint32_t nr)
{
	size_t low = 0, high = ground->run_count - 1;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (ground->runs[middle].high < nr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void add_hot(struct tree_ground *ground, const struct lower_call *call)
{
	size_t run = run_of(ground, call->nr);

	ground->hot[ground->hot_count++] = (struct tree_hot){
		.nr = call->nr,
		.run = run,
		.weight = exact(call->weight),
		.whole = ground->runs[run].low == ground->runs[run].high,
	};
}

/* A number deserves a test of its own where it stands out, or where few numbers weigh anything. */
static void choose_hot(struct tree_ground *ground, const struct lower_group *group, size_t max)
{
	struct lower_call *calls = sg_calloc(group->call_count + 1, sizeof(*calls));
	double least;
	size_t i, weighing = 0;

	if (group->call_count)
		memcpy(calls, group->calls, group->call_count * sizeof(*calls));
	qsort(calls, group->call_count, sizeof(*calls), heavier_first);
	while (weighing < group->call_count && calls[weighing].weight > 0)
		weighing++;
	least = weighing > max ? HOT_FACTOR * calls[weighing / 2].weight : 0;
	if (least < HOT_SHARE)
		least = HOT_SHARE;
	for (i = 0; i < group->call_count && i < max && calls[i].weight >= least; i++)
		add_hot(ground, &calls[i]);
	free(calls);
}

static void mark_hot(struct tree_ground *ground)
{
	size_t run, i;

	ground->hot_from = sg_calloc(ground->run_count, sizeof(*ground->hot_from));
	ground->hot_to = sg_calloc(ground->run_count, sizeof(*ground->hot_to));
	for (i = 0; i < ground->hot_count; i++) {
		for (run = 0; run < ground->run_count; run++) {
			if (ground->hot[i].run >= run)
				ground->hot_from[run] |= (uint16_t)(1u << i);
			if (ground->hot[i].run <= run)
				ground->hot_to[run] |= (uint16_t)(1u << i);
		}
	}
}

static void sum_weights(struct tree_ground *ground)
{
	size_t i;

	ground->weight_before = sg_calloc(ground->run_count + 1, sizeof(double));
	for (i = 0; i < ground->run_count; i++)
		ground->weight_before[i + 1] =
			ground->weight_before[i] + exact(ground->runs[i].weight);
}

void tree_ground_init(struct tree_ground *ground, const struct lower_group *group, size_t hot_max)
{
	*ground = (struct tree_ground){.runs = group->runs, .run_count = group->run_count};
	sum_weights(ground);
	choose_hot(ground, group, hot_max);
	mark_hot(ground);
}

void tree_ground_release(struct tree_ground *ground)
{
	free(ground->weight_before);
	free(ground->hot_from);
	free(ground->hot_to);
	*ground = (struct tree_ground){0};
}

struct tree_cost tree_cost_of_run(const struct tree_ground *ground, size_t run)
{
	uint32_t worst = ground->runs[run].worst;

	return (struct tree_cost){0, worst ? (float)worst : UNREACHED};
}

/* ---- spans */

struct tree_span tree_part(const struct tree_ground *ground, const struct tree_span *span,
			   size_t first, size_t last)
{
	uint16_t inside = ground->hot_from[first] & ground->hot_to[last];

	return (struct tree_span){first, last, span->holes & inside};
}

bool tree_is_removed(const struct tree_ground *ground, uint16_t holes, size_t run)
{
	size_t i;

	for (i = 0; holes >> i; i++) {
		if (holes >> i & 1 && ground->hot[i].run == run && ground->hot[i].whole)
			return true;
	}
	return false;
}

struct tree_span tree_trim(const struct tree_ground *ground, struct tree_span span)
{
	size_t first = span.first, last = span.last;

	while (first < last && tree_is_removed(ground, span.holes, first))
		first++;
	while (last > first && tree_is_removed(ground, span.holes, last))
		last--;
	return tree_part(ground, &span, first, last);
}

double tree_weight(const struct tree_ground *ground, const struct tree_span *span)
{
	double weight = ground->weight_before[span->last + 1] - ground->weight_before[span->first];
	size_t i;

	for (i = 0; span->holes >> i; i++) {
		if (span->holes >> i & 1)
			weight -= ground->hot[i].weight;
	}
	return weight;
}

bool tree_is_uniform(const struct tree_ground *ground, const struct tree_span *span,
		     struct tree_cost *ret_cost)
{
	struct tree_cost cost = tree_cost_of_run(ground, span->first);
	ir_id node = ground->runs[span->first].node;
	size_t run;

	for (run = span->first + 1; run <= span->last; run++) {
		if (tree_is_removed(ground, span->holes, run))
			continue;
		if (ground->runs[run].node != node)
			return false;
		if (cost.worst < tree_cost_of_run(ground, run).worst)
			cost = tree_cost_of_run(ground, run);
	}
	*ret_cost = cost;
	return true;
}

size_t tree_run_before(const struct tree_ground *ground, const struct tree_span *span, size_t run)
{
	do
		run--;
	while (tree_is_removed(ground, span->holes, run));
	return run;
}
