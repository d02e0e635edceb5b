/* SPDX-License-Identifier: MIT */
/* Sets of numbers, and the sides that tests cut them into, against numbers tried one by one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "filters/gen/atoms.h"
#include "harness/base/alloc.h"
#include "harness/base/rng.h"

/* Runs by hand: a call at the first number of each, or only where it is a single one. */
struct ground {
	struct lower_group group;
	struct atoms atoms;
};

static void add_run(struct lower_group *group, uint32_t high, ir_id node, double weight,
		    bool called)
{
	uint32_t low = group->run_count ? group->runs[group->run_count - 1].high + 1 : 0;

	SG_GROW(group->runs, group->run_count, group->run_cap);
	group->runs[group->run_count++] = (struct lower_run){low, high, node, weight, 1};
	if (!called)
		return;
	SG_GROW(group->calls, group->call_count, group->call_cap);
	group->calls[group->call_count++] = (struct lower_call){.nr = low, .weight = weight};
}

/* @first: where the calls begin; behind the last one there is a run of all other numbers. */
static struct ground make_ground(struct sg_rng *rng, uint32_t first)
{
	struct ground ground = {0};
	uint32_t i, high = first, runs = 2 + (uint32_t)sg_rng_below(rng, 30);

	if (first > 0)
		add_run(&ground.group, first - 1, 99, 0, false);
	for (i = 0; i < runs; i++) {
		add_run(&ground.group, high, i % 3, 1.0 / runs, true);
		high += 1 + (uint32_t)sg_rng_below(rng, 20);
	}
	add_run(&ground.group, UINT32_MAX, 98, 0, false);
	atoms_init(&ground.atoms, &ground.group);
	return ground;
}

static void release(struct ground *ground)
{
	atoms_release(&ground->atoms);
	free(ground->group.runs);
	free(ground->group.calls);
}

static const uint32_t starts[] = {0, 0x40000000, 4000, 0xf0001};

/* Atoms follow one another without a gap, and each number keeps its node. */
static void atoms_are_all_numbers(void **state)
{
	struct sg_rng rng;
	size_t i, run = 0;

	(void)state;
	sg_rng_seed(&rng, 1);
	for (size_t start = 0; start < SG_COUNT(starts); start++) {
		struct ground ground = make_ground(&rng, starts[start]);
		const struct atoms *atoms = &ground.atoms;
		double weight = 0;

		for (i = 0, run = 0; i < atoms->count; i++) {
			const struct atom *atom = &atoms->items[i];

			assert_int_equal(atom->low, i ? atoms->items[i - 1].high + 1 : 0);
			while (ground.group.runs[run].high < atom->low)
				run++;
			assert_int_equal(atom->node, ground.group.runs[run].node);
			assert_int_equal(atoms->nodes[atom->class], atom->node);
			weight += atom->weight;
		}
		assert_int_equal(atoms->items[atoms->count - 1].high, UINT32_MAX);
		assert_true(weight > 1 - 1e-9 && weight < 1 + 1e-9);
		release(&ground);
	}
}

/* Some numbers of an atom: its ends, and some between. */
static uint32_t some_number(struct sg_rng *rng, const struct atom *atom)
{
	uint64_t width = (uint64_t)atom->high - atom->low + 1;

	switch (sg_rng_below(rng, 3)) {
	case 0: return atom->low;
	case 1: return atom->high;
	default: return atom->low + (uint32_t)sg_rng_below(rng, width);
	}
}

/* Whatever number: its atom is on the side where the kernel would go with it. */
static void a_cut_loses_no_number(void **state)
{
	struct sg_rng rng;
	size_t round, i;

	(void)state;
	sg_rng_seed(&rng, 2);
	for (round = 0; round < 400; round++) {
		struct ground ground = make_ground(&rng, starts[round % SG_COUNT(starts)]);
		const struct atoms *atoms = &ground.atoms;
		uint32_t low = (uint32_t)sg_rng_below(&rng, 1u << atoms->mask_bits);
		bool high = sg_rng_below(&rng, 2);
		uint32_t mask = atoms_mask(atoms, low, high);
		struct atom_set all = atoms_all(atoms), zero, one;
		struct atom_marks marks = {0};

		atoms_cut(atoms, &all, low, high, &zero, &one);
		atoms_mark(atoms, &all, 0, atoms->count - 1, high, atoms->mask_bits, &marks);
		assert_int_equal(atoms_marked(marks.zero, low), !atoms_is_empty(atoms, &zero));
		assert_int_equal(atoms_marked(marks.one, low), !atoms_is_empty(atoms, &one));
		for (i = 0; i < 2000; i++) {
			size_t at = sg_rng_below(&rng, atoms->count);
			uint32_t nr = some_number(&rng, &atoms->items[at]);

			assert_true(atoms_has(nr & mask ? &one : &zero, at));
			if (atoms->items[at].low == atoms->items[at].high)
				assert_false(atoms_has(nr & mask ? &zero : &one, at));
		}
		release(&ground);
	}
}

/* Has @atom, which is not very wide, a number on that side of a mask? */
static bool has_number_on(const struct atom *atom, uint32_t mask, bool one)
{
	uint32_t nr = atom->low;

	while (nr < atom->high && ((nr & mask) != 0) != one)
		nr++;
	return ((nr & mask) != 0) == one;
}

static void assert_marks(const struct atoms *atoms, const struct atom_set *set, size_t first,
			 size_t last, bool high, int bits)
{
	struct atom_marks marks;
	uint32_t low;
	size_t i;

	atoms_mark(atoms, set, first, last, high, bits, &marks);
	for (low = 0; low < 1u << bits; low++) {
		uint32_t mask = atoms_mask(atoms, low, high);
		bool zero = false, one = false;

		for (i = first; i <= last; i++) {
			zero |= atoms_has(set, i) && has_number_on(&atoms->items[i], mask, false);
			one |= atoms_has(set, i) && has_number_on(&atoms->items[i], mask, true);
		}
		assert_int_equal(atoms_marked(marks.zero, low), zero);
		assert_int_equal(atoms_marked(marks.one, low), one);
	}
}

/* Of any part of a set, single numbers outside the window among them. */
static void marks_are_those_of_the_numbers(void **state)
{
	struct sg_rng rng;
	size_t round;

	(void)state;
	sg_rng_seed(&rng, 3);
	for (round = 0; round < 120; round++) {
		struct lower_group group = {0};
		struct atom_set set;
		struct atoms atoms;
		uint32_t nr = 0, i;
		size_t first, last;
		bool high = sg_rng_below(&rng, 2);

		if (round % 3)
			add_run(&group, nr = (uint32_t)sg_rng_below(&rng, 3000), 9, 0, false);
		for (i = 0; i < 40; i++)
			add_run(&group, nr += 1 + (uint32_t)sg_rng_below(&rng, round % 4 ? 3 : 90),
				i % 3, 0, i > 0 && i < 36);
		add_run(&group, nr += 700, 7, 0, false);
		add_run(&group, nr += 1, 6, 0, false);
		add_run(&group, UINT32_MAX, 8, 0, false);
		atoms_init(&atoms, &group);
		set = atoms_all(&atoms);
		for (i = 0; i < atoms.count; i++) {
			if (sg_rng_below(&rng, 3) == 0)
				set = atoms_without(&atoms, set, i);
		}
		/* The last atom is too wide to go through, and so may the first be. */
		first = 1 + sg_rng_below(&rng, atoms.count - 2);
		last = first + sg_rng_below(&rng, atoms.count - 1 - first);
		assert_marks(&atoms, &set, first, last, high,
			     (int)sg_rng_below(&rng, (uint64_t)atoms.mask_bits + 1));
		assert_marks(&atoms, &set, first, last, high, atoms.mask_bits);
		for (i = 2; i < 6; i++)
			assert_marks(&atoms, &set, atoms.count - i, atoms.count - i, high,
				     atoms.mask_bits);
		atoms_release(&atoms);
		free(group.runs);
		free(group.calls);
	}
}

/* Where atoms say that high masks tell nothing, they mark the same. */
static void high_masks_tell_what_is_outside_the_window(void **state)
{
	struct lower_group group = {0};
	struct atom_set set, wide;
	struct atoms atoms;
	uint32_t nr;
	size_t alike = 0;

	(void)state;
	for (nr = 0; nr < 2000; nr += 4)
		add_run(&group, nr, 1 + nr % 3, 0, nr >= 1000);
	add_run(&group, UINT32_MAX, 9, 0, false);
	atoms_init(&atoms, &group);
	set = atoms_all(&atoms);
	wide = atoms_from(&atoms, &set, atoms.count - 1);
	assert_true(atoms_tell_high(&atoms, &wide));
	for (nr = 0; nr + 1 < atoms.count; nr++) {
		struct atom_set rest = atoms_from(&atoms, &set, nr);
		struct atom_set one = atoms_below(&atoms, &rest, nr + 1);
		struct atom_marks low, high;

		atoms_mark(&atoms, &one, nr, nr, false, atoms.mask_bits, &low);
		atoms_mark(&atoms, &one, nr, nr, true, atoms.mask_bits, &high);
		if (atoms_tell_high(&atoms, &one))
			continue;
		assert_memory_equal(&low, &high, sizeof(low));
		alike++;
	}
	/* Of the window, which begins with the first call, what has no bit above the low ten. */
	assert_int_equal(alike, 1024 - group.calls[0].nr);
	atoms_release(&atoms);
	free(group.runs);
	free(group.calls);
}

/* A wide atom stands on a side only where one of its numbers goes there. */
static void wide_atoms_are_cut_exactly(void **state)
{
	struct lower_group group = {0};
	struct atoms atoms;
	uint32_t low, nr;

	(void)state;
	for (nr = 0; nr < 16; nr++)
		add_run(&group, nr, nr % 2, 0, true);
	add_run(&group, 75, 2, 0, false);
	add_run(&group, UINT32_MAX, 3, 0, false);
	atoms_init(&atoms, &group);
	assert_int_equal(atoms.wide_count, 2);
	for (low = 1; low < 1u << atoms.mask_bits; low++) {
		bool zero = false, one = false;

		for (nr = 16; nr <= 75; nr++) {
			zero |= (nr & low) == 0;
			one |= (nr & low) != 0;
		}
		assert_int_equal(atoms_marked(atoms.wide[0].low.zero, low), zero);
		assert_int_equal(atoms_marked(atoms.wide[0].low.one, low), one);
		/* All that lies beyond has one of the bits above. */
		assert_false(atoms_marked(atoms.wide[0].high.zero, low));
		assert_false(atoms_marked(atoms.wide[1].high.zero, low));
	}
	atoms_release(&atoms);
	free(group.runs);
	free(group.calls);
}

static void segments_are_maximal(void **state)
{
	struct lower_group group = {0};
	struct atom_segment segments[4];
	struct atom_set set;
	struct atoms atoms;
	uint32_t nr;

	(void)state;
	for (nr = 0; nr < 5; nr++)
		add_run(&group, nr, nr == 2 ? 7 : 8, 0.25, true);
	add_run(&group, UINT32_MAX, 9, 0, false);
	atoms_init(&atoms, &group);
	set = atoms_all(&atoms);
	assert_int_equal(atoms_segments(&atoms, &set, segments, 4), 4);
	assert_true(segments[1].single && !segments[0].single);
	assert_int_equal(atoms_segments(&atoms, &set, segments, 3), 4);
	/* Without number 2 its neighbours are one. */
	set = atoms_without(&atoms, set, 2);
	assert_int_equal(atoms_segments(&atoms, &set, segments, 4), 2);
	assert_int_equal(segments[0].first, 0);
	assert_int_equal(segments[0].last, 4);
	assert_int_equal(atoms_count_segments(&atoms, &set, 1), 2);
	assert_false(atoms_is_uniform(&atoms, &set));
	set = atoms_below(&atoms, &set, 5);
	assert_true(atoms_is_uniform(&atoms, &set));
	set = atoms_from(&atoms, &set, 5);
	assert_true(atoms_is_empty(&atoms, &set));
	assert_false(atoms_is_uniform(&atoms, &set));
	atoms_release(&atoms);
	free(group.runs);
	free(group.calls);
}

/* A policy that decides every other call otherwise has two runs a call, and each must have an
 * atom, on whatever architecture. */
static void every_architecture_fits(void **state)
{
	int id;

	(void)state;
	for (id = 0; id < ABI_ARCH_COUNT; id++) {
		size_t count;

		abi_calls(abi_arch((enum abi_arch_id)id), &count);
		assert_true(2 * count + 2 < (size_t)ATOMS_WORDS_MAX * 64);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(atoms_are_all_numbers),
		cmocka_unit_test(a_cut_loses_no_number),
		cmocka_unit_test(marks_are_those_of_the_numbers),
		cmocka_unit_test(high_masks_tell_what_is_outside_the_window),
		cmocka_unit_test(wide_atoms_are_cut_exactly),
		cmocka_unit_test(segments_are_maximal),
		cmocka_unit_test(every_architecture_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
