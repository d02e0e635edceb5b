/* SPDX-License-Identifier: MIT */
#include "filters/gen/atoms_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/alloc.h"

#define ATOMS_MAX (ATOMS_WORDS_MAX * 64u)

/* Multiples of 2^-50: of weights that sum to 1, every sum and difference is then exact, so that a
 * part never weighs more than the whole. */
static double exact(double weight)
{
	return floor(weight * 0x1p50) * 0x1p-50;
}

/* ---- classes */

static uint16_t class_of(struct atoms *atoms, ir_id node)
{
	size_t class;

	for (class = 0; class < atoms->class_count; class ++) {
		if (atoms->nodes[class] == node)
			return (uint16_t) class;
	}
	SG_GROW(atoms->nodes, atoms->class_count, atoms->class_cap);
	atoms->nodes[atoms->class_count++] = node;
	return (uint16_t) class;
}

static void fill_classes(struct atoms *atoms)
{
	size_t i;

	atoms->classes = sg_calloc(atoms->class_count, sizeof(*atoms->classes));
	for (i = 0; i < atoms->count; i++)
		atoms_put(&atoms->classes[atoms->items[i].class], i);
}

/* ---- the window */

/* Where numbers are atoms of their own: from the first call on, as far as there is room. */
struct window {
	uint32_t low, high;
};

static struct window choose_window(const struct lower_group *group)
{
	struct window window = {1, 0};
	uint32_t room = ATOMS_MAX - (uint32_t)group->run_count;

	if (group->call_count == 0 || group->run_count >= ATOMS_MAX)
		return window;
	window.low = group->calls[0].nr;
	window.high = group->calls[group->call_count - 1].nr;
	if (window.high - window.low >= room)
		window.high = window.low + room - 1;
	return window;
}

static void add_atom(struct atoms *atoms, const struct lower_run *run, uint32_t low, uint32_t high,
		     double weight)
{
	atoms->items[atoms->count++] =
		(struct atom){low,           high,       run->node,
			      exact(weight), run->worst, class_of(atoms, run->node)};
}

/* What each number of a run weighs that is no call's: what the run weighs beside its calls. @call:
 * the first in the run or behind it. */
static double weight_of_gap(const struct lower_group *group, const struct lower_run *run,
			    size_t call)
{
	double weight = run->weight, numbers = (double)run->high - run->low + 1;

	for (; call < group->call_count && group->calls[call].nr <= run->high; call++) {
		weight -= group->calls[call].weight;
		numbers--;
	}
	return weight > 0 && numbers > 0 ? weight / numbers : 0;
}

/* Numbers one by one. @at: the first call at or after @low; moves on. */
static void add_numbers(struct atoms *atoms, const struct lower_group *group,
			const struct lower_run *run, struct window part, double gap, size_t *at)
{
	uint32_t nr;

	for (nr = part.low; nr <= part.high; nr++) {
		bool called = *at < group->call_count && group->calls[*at].nr == nr;

		add_atom(atoms, run, nr, nr, called ? group->calls[(*at)++].weight : gap);
	}
}

/* Numbers outside the window as one. */
static void add_rest(struct atoms *atoms, const struct lower_group *group,
		     const struct lower_run *run, struct window part, double gap, size_t *at)
{
	double weight = 0;
	size_t calls = 0;

	for (; *at < group->call_count && group->calls[*at].nr <= part.high; (*at)++, calls++)
		weight += group->calls[*at].weight;
	weight += gap * ((double)part.high - part.low + 1 - (double)calls);
	add_atom(atoms, run, part.low, part.high, weight);
}

/* A run is cut where the window begins and ends. */
static void add_run(struct atoms *atoms, const struct lower_group *group,
		    const struct lower_run *run, struct window window, size_t *at)
{
	double gap = weight_of_gap(group, run, *at);
	uint64_t low = run->low;

	while (low <= run->high) {
		struct window part = {(uint32_t)low, run->high};
		bool inside = low >= window.low && low <= window.high;

		if (inside && part.high > window.high)
			part.high = window.high;
		if (low < window.low && window.low <= window.high && part.high >= window.low)
			part.high = window.low - 1;
		(inside ? add_numbers : add_rest)(atoms, group, run, part, gap, at);
		low = (uint64_t)part.high + 1;
	}
}

void atoms_init(struct atoms *atoms, const struct lower_group *group)
{
	struct window window = choose_window(group);
	/* The numbers of the window, and no more pieces outside it than there are runs and two. */
	size_t most = window.high - window.low + 1 + group->run_count + 2, i, at = 0;

	*atoms = (struct atoms){.items = sg_malloc(most * sizeof(*atoms->items))};
	for (i = 0; i < group->run_count; i++)
		add_run(atoms, group, &group->runs[i], window, &at);
	atoms->words = (atoms->count + 63) / 64;
	fill_classes(atoms);
	atoms_make_masks(atoms, window.low, window.high);
}

void atoms_release(struct atoms *atoms)
{
	free(atoms->items);
	free(atoms->classes);
	free(atoms->nodes);
	free(atoms->wide);
	*atoms = (struct atoms){0};
}

/* ---- sets */

struct atom_set atoms_all(const struct atoms *atoms)
{
	struct atom_set set = {0};
	size_t i;

	for (i = 0; i < atoms->words; i++)
		set.words[i] = UINT64_MAX;
	if (atoms->count % 64)
		set.words[atoms->words - 1] = ((uint64_t)1 << atoms->count % 64) - 1;
	return set;
}

struct atom_set atoms_from(const struct atoms *atoms, const struct atom_set *set, size_t first)
{
	struct atom_set from = {0};
	size_t i = first / 64;

	if (i >= atoms->words)
		return from;
	from.words[i] = set->words[i] & UINT64_MAX << first % 64;
	while (++i < atoms->words)
		from.words[i] = set->words[i];
	return from;
}

struct atom_set atoms_below(const struct atoms *atoms, const struct atom_set *set, size_t first)
{
	struct atom_set below = {0};
	size_t i;

	for (i = 0; i < first / 64; i++)
		below.words[i] = set->words[i];
	if (i < atoms->words)
		below.words[i] = set->words[i] & (((uint64_t)1 << first % 64) - 1);
	return below;
}

struct atom_set atoms_and(const struct atoms *atoms, const struct atom_set *a,
			  const struct atom_set *b)
{
	struct atom_set both = {0};
	size_t i;

	for (i = 0; i < atoms->words; i++)
		both.words[i] = a->words[i] & b->words[i];
	return both;
}

struct atom_set atoms_without(const struct atoms *atoms, struct atom_set set, size_t atom)
{
	(void)atoms;
	set.words[atom / 64] &= ~((uint64_t)1 << atom % 64);
	return set;
}

bool atoms_has(const struct atom_set *set, size_t atom)
{
	return (set->words[atom / 64] & (uint64_t)1 << atom % 64) != 0;
}

bool atoms_same(const struct atoms *atoms, const struct atom_set *a, const struct atom_set *b)
{
	return memcmp(a->words, b->words, atoms->words * sizeof(a->words[0])) == 0;
}

bool atoms_is_empty(const struct atoms *atoms, const struct atom_set *set)
{
	return atoms_next(atoms, set, 0) == atoms->count;
}

size_t atoms_next(const struct atoms *atoms, const struct atom_set *set, size_t from)
{
	size_t i = from / 64;
	uint64_t word;

	if (from >= atoms->count)
		return atoms->count;
	word = set->words[i] & UINT64_MAX << from % 64;
	while (!word) {
		if (++i == atoms->words)
			return atoms->count;
		word = set->words[i];
	}
	return i * 64 + (size_t)__builtin_ctzll(word);
}

size_t atoms_next_other(const struct atoms *atoms, const struct atom_set *set, size_t atom)
{
	const struct atom_set *same = &atoms->classes[atoms->items[atom].class];
	size_t i = atom / 64;
	uint64_t word = set->words[i] & ~same->words[i] & UINT64_MAX << atom % 64;

	while (!word) {
		if (++i == atoms->words)
			return atoms->count;
		word = set->words[i] & ~same->words[i];
	}
	return i * 64 + (size_t)__builtin_ctzll(word);
}

uint64_t atoms_hash(const struct atoms *atoms, const struct atom_set *set)
{
	uint64_t hash = 0;
	size_t i;

	for (i = 0; i < atoms->words; i++) {
		hash = (hash ^ set->words[i]) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 29;
	}
	return hash ? hash : 1;
}

bool atoms_is_uniform(const struct atoms *atoms, const struct atom_set *set)
{
	size_t first = atoms_next(atoms, set, 0);

	return first < atoms->count && atoms_next_other(atoms, set, first) == atoms->count;
}

/* ---- segments */

static struct atom_segment segment_of(const struct atoms *atoms, const struct atom_set *set,
				      size_t first, size_t end)
{
	const struct atom *atom = &atoms->items[first];
	struct atom_segment segment = {first, first, atom->class, atom->low == atom->high, 0, 0};
	size_t i;

	for (i = first; i < end; i = atoms_next(atoms, set, i + 1)) {
		segment.single &= i == first;
		segment.last = i;
		segment.weight += atoms->items[i].weight;
		if (segment.worst < atoms->items[i].worst)
			segment.worst = atoms->items[i].worst;
	}
	return segment;
}

size_t atoms_segments(const struct atoms *atoms, const struct atom_set *set,
		      struct atom_segment *segments, size_t max)
{
	size_t first = atoms_next(atoms, set, 0), count = 0;

	while (first < atoms->count) {
		size_t end = atoms_next_other(atoms, set, first);

		if (count == max)
			return max + 1;
		segments[count++] = segment_of(atoms, set, first, end);
		first = end;
	}
	return count;
}

size_t atoms_count_segments(const struct atoms *atoms, const struct atom_set *set, size_t max)
{
	size_t first = atoms_next(atoms, set, 0), count = 0;

	while (first < atoms->count && count <= max) {
		first = atoms_next_other(atoms, set, first);
		count++;
	}
	return count;
}

/* ---- tests */

struct ir_test atoms_test(const struct atoms *atoms, struct atom_test test)
{
	uint32_t k = test.op == IR_SET ? atoms_mask(atoms, test.at, test.high)
				       : atoms->items[test.at].low;

	return (struct ir_test){IR_WORD_NR, test.op, IR_NO_MASK, k};
}

void atoms_sides(const struct atoms *atoms, const struct atom_set *set, struct atom_test test,
		 struct atom_set *ret_yes, struct atom_set *ret_no)
{
	switch (test.op) {
	case IR_SET: atoms_cut(atoms, set, test.at, test.high, ret_no, ret_yes); return;
	case IR_GE:
		*ret_yes = atoms_from(atoms, set, test.at);
		*ret_no = atoms_below(atoms, set, test.at);
		return;
	default:
		*ret_no = atoms_without(atoms, *set, test.at);
		*ret_yes = (struct atom_set){0};
		atoms_put(ret_yes, test.at);
	}
}
