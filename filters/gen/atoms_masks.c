/* SPDX-License-Identifier: MIT */
/* Sets of numbers under masks of their bits. */
#include "filters/gen/atoms_private.h"

#include "harness/base/alloc.h"

/* ---- making them */

/* The least v >= @low with v & mask == 0; false when there is none. */
static bool next_zero(uint32_t low, uint32_t mask, uint32_t *ret)
{
	while (low & mask) {
		int top = 31 - __builtin_clz(low & mask);
		uint64_t next = (((uint64_t)low >> (top + 1)) + 1) << (top + 1);

		if (next > UINT32_MAX)
			return false;
		low = (uint32_t)next;
	}
	*ret = low;
	return true;
}

static uint32_t next_one(uint32_t low, uint32_t mask)
{
	uint32_t lowest = mask & -mask;

	return low & mask ? low : (low & ~(lowest - 1)) | lowest;
}

static void mark(uint64_t marks[ATOMS_MASK_WORDS], uint32_t low)
{
	marks[low / 64] |= (uint64_t)1 << low % 64;
}

/* Wide atoms may stand on both sides of a mask. */
static void mark_wide(const struct atoms *atoms, const struct atom *atom, bool high,
		      struct atom_marks *marks)
{
	uint32_t low, zero;

	for (low = 0; low < 1u << atoms->mask_bits; low++) {
		uint32_t mask = atoms_mask(atoms, low, high);

		if (next_zero(atom->low, mask, &zero) && zero <= atom->high)
			mark(marks->zero, low);
		if (mask && next_one(atom->low, mask) <= atom->high)
			mark(marks->one, low);
	}
}

static void add_wide(struct atoms *atoms)
{
	size_t i;

	for (i = 0; i < atoms->count; i++) {
		struct atom_wide wide = {.atom = i};

		if (atoms->items[i].low == atoms->items[i].high)
			continue;
		mark_wide(atoms, &atoms->items[i], false, &wide.low);
		mark_wide(atoms, &atoms->items[i], true, &wide.high);
		SG_GROW(atoms->wide, atoms->wide_count, atoms->wide_cap);
		atoms->wide[atoms->wide_count++] = wide;
	}
}

static void find_zeros(struct atoms *atoms, uint32_t bits, struct atom_set *zeros)
{
	size_t i;

	for (i = 0; i < atoms->count; i++) {
		if (!(atoms->items[i].low & bits) || atoms->items[i].low != atoms->items[i].high)
			atoms_put(zeros, i);
	}
}

/* By six bits of a number: the masks of these bits that it has none of. */
static uint64_t zero_masks(uint32_t six)
{
	static const uint64_t without[] = {0x5555555555555555, 0x3333333333333333,
					   0x0f0f0f0f0f0f0f0f, 0x00ff00ff00ff00ff,
					   0x0000ffff0000ffff, 0x00000000ffffffff};
	uint64_t masks = UINT64_MAX;

	for (; six; six &= six - 1)
		masks &= without[__builtin_ctz(six)];
	return masks;
}

/* The high bits that all numbers of the window have are in no mask. */
void atoms_make_masks(struct atoms *atoms, uint32_t low, uint32_t high)
{
	uint32_t six;
	int bit, bits = low < high ? 32 - __builtin_clz(low ^ high) : 0;

	atoms->mask_bits = bits < ATOMS_MASK_BITS ? bits : ATOMS_MASK_BITS;
	atoms->high_mask = (UINT32_MAX << atoms->mask_bits) & ~(low & high);
	for (bit = 0; bit < atoms->mask_bits; bit++)
		find_zeros(atoms, 1u << bit, &atoms->zero_bit[bit]);
	find_zeros(atoms, atoms->high_mask, &atoms->zero_bit[ATOMS_MASK_BITS]);
	for (six = 0; six < 64; six++)
		atoms->zero_masks[six] = zero_masks(six);
	add_wide(atoms);
}

/* ---- asking them */

static void mark_number(const struct atoms *atoms, uint32_t nr, bool above, size_t words,
			struct atom_marks *marks)
{
	uint64_t masks = atoms->zero_masks[nr & 63];
	size_t word;

	for (word = 0; word < words; word++) {
		uint64_t zero = (nr >> 6 & word) || above ? 0 : masks;

		marks->zero[word] |= zero;
		marks->one[word] |= ~zero;
	}
}

static void add_marks(const struct atom_marks *from, size_t words, struct atom_marks *to)
{
	size_t word;

	for (word = 0; word < words; word++) {
		to->zero[word] |= from->zero[word];
		to->one[word] |= from->one[word];
	}
}

static const struct atom_wide *find_wide(const struct atoms *atoms, size_t atom)
{
	size_t i;

	for (i = 0; atoms->wide[i].atom != atom; i++)
		;
	return &atoms->wide[i];
}

void atoms_mark(const struct atoms *atoms, const struct atom_set *set, size_t first, size_t last,
		bool high, int bits, struct atom_marks *marks)
{
	size_t words = bits > 6 ? (size_t)1 << (bits - 6) : 1, i;

	for (i = atoms_next(atoms, set, first); i <= last && i < atoms->count;
	     i = atoms_next(atoms, set, i + 1)) {
		const struct atom *atom = &atoms->items[i];
		const struct atom_wide *wide;

		if (atom->low == atom->high) {
			mark_number(atoms, atom->low, high && (atom->low & atoms->high_mask), words,
				    marks);
			continue;
		}
		wide = find_wide(atoms, i);
		add_marks(high ? &wide->high : &wide->low, words, marks);
	}
}

static void cut_wide(const struct atoms *atoms, uint32_t low, bool high, const struct atom_set *set,
		     struct atom_set *zero, struct atom_set *one)
{
	size_t i;

	for (i = 0; i < atoms->wide_count; i++) {
		const struct atom_wide *wide = &atoms->wide[i];
		const struct atom_marks *marks = high ? &wide->high : &wide->low;

		if (!atoms_has(set, wide->atom))
			continue;
		if (!atoms_marked(marks->zero, low))
			*zero = atoms_without(atoms, *zero, wide->atom);
		if (atoms_marked(marks->one, low))
			atoms_put(one, wide->atom);
	}
}

void atoms_cut(const struct atoms *atoms, const struct atom_set *set, uint32_t low, bool high,
	       struct atom_set *ret_zero, struct atom_set *ret_one)
{
	struct atom_set zero = *set, one = {0};
	size_t i;

	if (high)
		zero = atoms_and(atoms, &zero, &atoms->zero_bit[ATOMS_MASK_BITS]);
	for (uint32_t left = low; left; left &= left - 1)
		zero = atoms_and(atoms, &zero, &atoms->zero_bit[__builtin_ctz(left)]);
	for (i = 0; i < atoms->words; i++)
		one.words[i] = set->words[i] & ~zero.words[i];
	cut_wide(atoms, low, high, set, &zero, &one);
	*ret_zero = zero;
	*ret_one = one;
}
