/* SPDX-License-Identifier: MIT */
/* Sets of numbers under masks of their bits. */
#include "filters/gen/atoms_private.h"

#include <string.h>

#include "harness/base/alloc.h"

/* ---- a mask and what follows a number */

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

/* ---- from numbers to masks */

/* Of a value of so many low bits, the half of 64 without each of the lowest six. */
static const uint64_t without_bit[] = {0x5555555555555555, 0x3333333333333333, 0x0f0f0f0f0f0f0f0f,
				       0x00ff00ff00ff00ff, 0x0000ffff0000ffff, 0x00000000ffffffff};

/* Numbers that a mask is asked of, by their low bits. */
struct lows {
	uint64_t values[ATOMS_MASK_WORDS]; /* a bit for each that there is */
	uint32_t bits;                     /* that some of them have */
	bool above;                        /* there are others, which have all masks */
};

static uint64_t close_word(uint64_t values)
{
	unsigned int bit;

	for (bit = 0; bit < 6; bit++) {
		uint64_t without = values & without_bit[bit];
		uint64_t with = values >> (1u << bit) & without_bit[bit];

		values = without | with | without << (1u << bit);
	}
	return values;
}

/*
 * From the values there are to the masks that some value has no bit of. Bit by bit: where the mask
 * lacks it, values with and without it will do; where the mask has it, those without.
 */
static void close_values(uint64_t *values, size_t words)
{
	size_t i, step;

	for (i = 0; i < words; i++) {
		if (values[i])
			values[i] = close_word(values[i]);
	}
	for (step = 1; step < words; step *= 2) {
		for (i = 0; i < words; i++) {
			uint64_t with = values[i | step];

			if (i & step)
				continue;
			values[i | step] = values[i];
			values[i] |= with;
		}
	}
}

/* Masks of six bits that @bits has none of. */
static uint64_t zero_masks(uint32_t bits)
{
	uint64_t masks = UINT64_MAX;

	for (bits &= 63; bits; bits &= bits - 1)
		masks &= without_bit[__builtin_ctz(bits)];
	return masks;
}

/* Uses up @lows. */
static void mark_lows(struct lows *lows, size_t words, struct atom_marks *marks)
{
	uint64_t none = zero_masks(lows->bits);
	size_t word;

	close_values(lows->values, words);
	for (word = 0; word < words; word++) {
		bool all = lows->above || (lows->bits >> 6 & word);

		marks->zero[word] |= lows->values[word];
		marks->one[word] |= all ? UINT64_MAX : ~none;
	}
}

/* ---- making them */

/* The bits of a word of 64 that lie from @first to @last, bits of the whole. */
static uint64_t in_range(size_t word, size_t first, size_t last)
{
	uint64_t in = UINT64_MAX;

	if (word == first / 64)
		in &= UINT64_MAX << first % 64;
	if (word == last / 64)
		in &= UINT64_MAX >> (63 - last % 64);
	return in;
}

/* All from @low to @high. */
static void add_lows(struct lows *lows, uint32_t low, uint32_t high)
{
	size_t word;

	for (word = low / 64; word <= high / 64; word++)
		lows->values[word] |= in_range(word, low, high);
	lows->bits |= high | (low < high ? UINT32_MAX >> __builtin_clz(low ^ high) : 0);
}

/* The numbers of @atom that have no bit of @above, by their low @bits. */
static struct lows lows_of_wide(const struct atom *atom, uint32_t above, int bits)
{
	const uint32_t most = (1u << bits) - 1, first = atom->low & ~most,
		       last = atom->high & ~most;
	struct lows lows = {0};
	uint32_t whole;

	if (!(first & above))
		add_lows(&lows, atom->low & most, first == last ? atom->high & most : most);
	if (first != last && !(last & above))
		add_lows(&lows, 0, atom->high & most);
	if (first != last && next_zero(first + most + 1, above, &whole) && whole < last)
		add_lows(&lows, 0, most);
	lows.above = above && next_one(atom->low, above) <= atom->high;
	return lows;
}

static void mark_wide(const struct atoms *atoms, const struct atom *atom, bool high,
		      struct atom_marks *marks)
{
	struct lows lows = lows_of_wide(atom, high ? atoms->high_mask : 0, atoms->mask_bits);

	mark_lows(&lows, atoms_mask_words(atoms->mask_bits), marks);
}

static void add_wide(struct atoms *atoms)
{
	size_t i;

	for (i = 0; i < atoms->count; i++) {
		struct atom_wide wide;

		if (atoms->items[i].low == atoms->items[i].high)
			continue;
		wide = (struct atom_wide){.atom = i};
		mark_wide(atoms, &atoms->items[i], false, &wide.low);
		mark_wide(atoms, &atoms->items[i], true, &wide.high);
		SG_GROW(atoms->wide, atoms->wide_count, atoms->wide_cap);
		atoms->wide[atoms->wide_count++] = wide;
	}
}

static void find_window(struct atoms *atoms, uint32_t low, uint32_t high)
{
	size_t i;

	for (i = 0; i < atoms->count; i++) {
		const struct atom *atom = &atoms->items[i];

		if (atom->low < low || atom->high > high)
			continue;
		atoms_put(&atoms->window, i);
		if (atom->low & atoms->high_mask)
			atoms_put(&atoms->above, i);
		atoms->shift = (atom->low - (uint32_t)i) & ((1u << ATOMS_MASK_BITS) - 1);
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

/* The high bits that all numbers of the window have are in no mask. */
void atoms_make_masks(struct atoms *atoms, uint32_t low, uint32_t high)
{
	int bit, bits = low < high ? 32 - __builtin_clz(low ^ high) : 0;

	atoms->mask_bits = bits < ATOMS_MASK_BITS ? bits : ATOMS_MASK_BITS;
	atoms->high_mask = (UINT32_MAX << atoms->mask_bits) & ~(low & high);
	for (bit = 0; bit < atoms->mask_bits; bit++)
		find_zeros(atoms, 1u << bit, &atoms->zero_bit[bit]);
	find_zeros(atoms, atoms->high_mask, &atoms->zero_bit[ATOMS_MASK_BITS]);
	add_wide(atoms);
	find_window(atoms, low, high);
}

/* ---- asking them */

/* What is asked. */
struct marking {
	const struct atoms *atoms;
	bool high;
	int bits;
	size_t words;
	struct lows lows;
	struct atom_marks *marks;
};

/* The values of numbers of the window, from the atoms @index.. that @atoms has a bit for. */
static void add_window(struct marking *marking, uint32_t index, uint64_t atoms)
{
	const uint32_t from = index + marking->atoms->shift;
	const size_t at = from / 64, last = marking->words - 1;
	uint64_t *values = marking->lows.values;

	values[at & last] |= atoms << from % 64;
	if (from % 64)
		values[(at + 1) & last] |= atoms >> (64 - from % 64);
}

static void add_marks(struct marking *marking, const struct atom_marks *from)
{
	size_t word;

	for (word = 0; word < marking->words; word++) {
		marking->marks->zero[word] |= from->zero[word];
		marking->marks->one[word] |= from->one[word];
	}
}

/* Outside the window. */
static void add_atom(struct marking *marking, size_t i)
{
	const struct atoms *atoms = marking->atoms;
	const struct atom *atom = &atoms->items[i];
	const struct atom_wide *wide = atoms->wide;
	uint32_t low = atom->low & ((1u << marking->bits) - 1);

	if (atom->low == atom->high && marking->high && atom->low & atoms->high_mask) {
		marking->lows.above = true;
	} else if (atom->low == atom->high) {
		marking->lows.values[low / 64] |= (uint64_t)1 << low % 64;
	} else {
		while (wide->atom != i)
			wide++;
		add_marks(marking, marking->high ? &wide->high : &wide->low);
	}
}

/* Values of fewer than six bits are in a part of the word. */
static uint64_t fold(uint64_t values, int bits)
{
	int bit;

	for (bit = 5; bit >= bits; bit--)
		values = (values | values >> (1u << bit)) & ~(UINT64_MAX << (1u << bit));
	return values;
}

static uint32_t bits_of(const uint64_t *values, size_t words)
{
	uint64_t any = 0;
	uint32_t bits = 0, i;

	for (i = 0; i < words; i++) {
		any |= values[i];
		if (values[i])
			bits |= i << 6;
	}
	for (i = 0; i < 6; i++)
		bits |= (uint32_t)((any & ~without_bit[i]) != 0) << i;
	return bits;
}

static void clear(struct atom_marks *marks, size_t words)
{
	memset(marks->zero, 0, words * sizeof(marks->zero[0]));
	memset(marks->one, 0, words * sizeof(marks->one[0]));
}

void atoms_mark(const struct atoms *atoms, const struct atom_set *set, size_t first, size_t last,
		bool high, int bits, struct atom_marks *marks)
{
	struct marking marking = {.atoms = atoms,
				  .high = high,
				  .bits = bits,
				  .words = atoms_mask_words(bits),
				  .marks = marks};
	size_t word;

	clear(marks, marking.words);
	for (word = first / 64; word <= last / 64; word++) {
		uint64_t left = set->words[word] & in_range(word, first, last);
		uint64_t inside = left & atoms->window.words[word];
		uint64_t above = high ? left & atoms->above.words[word] : 0;

		marking.lows.above |= above != 0;
		add_window(&marking, (uint32_t)word * 64, inside & ~above);
		for (left &= ~inside; left; left &= left - 1)
			add_atom(&marking, word * 64 + (size_t)__builtin_ctzll(left));
	}
	marking.lows.values[0] = fold(marking.lows.values[0], bits);
	marking.lows.bits = bits_of(marking.lows.values, marking.words);
	mark_lows(&marking.lows, marking.words, marks);
}

bool atoms_tell_high(const struct atoms *atoms, const struct atom_set *set)
{
	size_t i;

	for (i = 0; i < atoms->words; i++) {
		if (set->words[i] & (~atoms->window.words[i] | atoms->above.words[i]))
			return true;
	}
	return false;
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
