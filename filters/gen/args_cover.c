/* SPDX-License-Identifier: MIT */
#include "filters/gen/args_cover.h"

#include <stdlib.h>
#include <string.h>

#include "filters/gen/args_chain.h"

#define MAX_PARTS  128  /* 16 points have 81 masked equalities at most */
#define STEP_LIMIT 2000 /* parts taken; the best cover by then is good enough */

/* In half instructions, so that a tie is decided. */
#define COST_TEST   2
#define COST_MASKED 5 /* and, jeq, and more often than not another load */

/* Something that contains nothing but points. */
struct part {
	bool is_range;
	uint32_t mask, value; /* or the range first..last */
	uint32_t first, last;
	uint32_t points; /* one bit each */
	uint32_t cost;
};

struct cover {
	uint32_t points[ARGS_COVER_POINTS]; /* low halves, ascending */
	size_t point_count;
	struct part parts[MAX_PARTS]; /* the points first */
	size_t part_count;
	/* The parts taken on the way, and the best cover so far. */
	uint8_t taken[ARGS_COVER_POINTS], best[ARGS_COVER_POINTS];
	size_t best_count;
	uint32_t best_cost;
	size_t steps;
};

/* ---- the parts */

static uint32_t range_cost(uint32_t first, uint32_t last)
{
	return first == 0 || last == UINT32_MAX ? COST_TEST : 2 * COST_TEST;
}

static uint32_t mask_cost(uint32_t mask, uint32_t value)
{
	uint32_t jsets = args_chain_jsets(mask, value);

	return jsets ? jsets * COST_TEST : COST_MASKED;
}

static void add_part(struct cover *cover, const struct part *part)
{
	size_t i;

	for (i = 0; i < cover->part_count; i++) {
		const struct part *other = &cover->parts[i];

		if (other->points == part->points && other->is_range == part->is_range)
			return;
	}
	if (cover->part_count < MAX_PARTS)
		cover->parts[cover->part_count++] = *part;
}

static void add_points(struct cover *cover)
{
	size_t i;

	for (i = 0; i < cover->point_count; i++) {
		struct part part = {.mask = UINT32_MAX,
				    .value = cover->points[i],
				    .points = 1u << i,
				    .cost = COST_TEST};

		add_part(cover, &part);
	}
}

/* Runs of neighbours, the longest ones. */
static void add_ranges(struct cover *cover)
{
	size_t i, j;

	for (i = 0; i < cover->point_count; i = j) {
		struct part part = {.is_range = true, .first = cover->points[i]};

		for (j = i; j < cover->point_count && cover->points[j] - part.first == j - i; j++)
			part.points |= 1u << j;
		part.last = cover->points[j - 1];
		part.cost = range_cost(part.first, part.last);
		if (j - i > 1)
			add_part(cover, &part);
	}
}

static void join(struct cover *cover, const struct part *a, const struct part *b)
{
	uint32_t differ = a->value ^ b->value;
	struct part part = {.mask = a->mask & ~differ,
			    .value = a->value & ~differ,
			    .points = a->points | b->points};

	if (a->is_range || b->is_range || a->mask != b->mask || differ & (differ - 1))
		return;
	part.cost = mask_cost(part.mask, part.value);
	add_part(cover, &part);
}

/* What joins is behind both it came from, so that one pass joins all there is. */
static void add_masks(struct cover *cover)
{
	size_t i, j;

	for (i = 1; i < cover->part_count; i++) {
		for (j = 0; j < i; j++)
			join(cover, &cover->parts[j], &cover->parts[i]);
	}
}

/* Keeps the points, and of the rest what costs less than its points do. */
static void drop_useless(struct cover *cover)
{
	size_t i, kept = cover->point_count;

	for (i = kept; i < cover->part_count; i++) {
		const struct part *part = &cover->parts[i];

		if (part->cost < (uint32_t)__builtin_popcount(part->points) * COST_TEST)
			cover->parts[kept++] = *part;
	}
	cover->part_count = kept;
}

/* Another one has all of its points and costs no more. */
static bool is_dominated(const struct cover *cover, size_t index)
{
	const struct part *part = &cover->parts[index];
	size_t i;

	for (i = 0; i < cover->part_count; i++) {
		const struct part *other = &cover->parts[i];
		bool same = other->points == part->points && other->cost == part->cost;

		if ((part->points & ~other->points) == 0 && other->cost <= part->cost &&
		    (!same || i < index))
			return true;
	}
	return false;
}

/* Those with many points first, so that a good cover is found early. */
static int by_points(const void *a, const void *b)
{
	const struct part *x = a, *y = b;
	int more = __builtin_popcount(y->points) - __builtin_popcount(x->points);

	return more ? more : (int)x->cost - (int)y->cost;
}

static void drop_dominated(struct cover *cover)
{
	size_t i, kept = 0;
	bool drop[MAX_PARTS];

	for (i = 0; i < cover->part_count; i++)
		drop[i] = is_dominated(cover, i);
	for (i = 0; i < cover->part_count; i++) {
		if (!drop[i])
			cover->parts[kept++] = cover->parts[i];
	}
	cover->part_count = kept;
	qsort(cover->parts, kept, sizeof(*cover->parts), by_points);
}

/* ---- the cover */

/* Tries each part that contains the first of the points that are still @open. */
static void cover_rest(struct cover *cover, uint32_t open, uint32_t cost, size_t count)
{
	uint32_t first = open & -open;
	size_t i;

	if (cost + (open ? COST_TEST : 0) >= cover->best_cost || ++cover->steps > STEP_LIMIT)
		return;
	if (open == 0) {
		memcpy(cover->best, cover->taken, sizeof(cover->best));
		cover->best_count = count;
		cover->best_cost = cost;
		return;
	}
	for (i = 0; i < cover->part_count; i++) {
		const struct part *part = &cover->parts[i];

		if (!(part->points & first))
			continue;
		cover->taken[count] = (uint8_t)i;
		cover_rest(cover, open & ~part->points, cost + part->cost, count + 1);
	}
}

static struct args_set set_of(const struct part *part, uint8_t arg, uint64_t mask, uint64_t value,
			      uint64_t top)
{
	const uint64_t high_mask = mask & ~(uint64_t)UINT32_MAX, high = value & high_mask;
	struct args_set set = {0};

	/* Never empty nor everything: all points were values, and some bit of each is fixed. */
	if (part->is_range)
		args_set_range(arg, high | part->first, high | part->last, top, &set);
	else
		args_set_bits(arg, high_mask | part->mask, high | part->value, top, &set);
	return set;
}

static int ascending(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

size_t args_cover(uint8_t arg, uint64_t mask, const uint64_t *values, size_t count, uint64_t top,
		  struct args_set *ret_sets)
{
	struct cover cover = {.point_count = count, .best_cost = UINT32_MAX};
	size_t i;

	for (i = 0; i < count; i++)
		cover.points[i] = (uint32_t)values[i];
	qsort(cover.points, count, sizeof(*cover.points), ascending);
	add_points(&cover);
	add_masks(&cover);
	if (mask == top) /* else there is no range of the whole argument */
		add_ranges(&cover);
	drop_useless(&cover);
	if (cover.part_count == count)
		return count;
	drop_dominated(&cover);
	cover_rest(&cover, (1u << count) - 1, 0, 0);
	for (i = 0; i < cover.best_count; i++)
		ret_sets[i] = set_of(&cover.parts[cover.best[i]], arg, mask, values[0], top);
	return cover.best_count;
}
