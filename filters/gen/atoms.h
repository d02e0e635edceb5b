/* SPDX-License-Identifier: MIT */
/*
 * The numbers of a group as atoms, and sets of them: what the searches of tree*.c work on.
 *
 * Inside a window that holds the numbers that calls have, each number is an atom; outside it, each
 * run is one. A test of the number cuts a set in two. For `jge` and `jeq` that is plain; a mask of
 * `jset` goes by the bits of each number, and an atom of many numbers may stand on both sides: the
 * sets then hold more than there is, which costs tests at worst, never a verdict.
 *
 * Numbers that are in no set any more (an earlier test took them away) are free: a set's segments
 * are its maximal ranges of atoms of one class (node), whatever else lies between.
 */
#ifndef SG_GEN_ATOMS_H
#define SG_GEN_ATOMS_H

#include "filters/gen/ir.h"
#include "filters/gen/lower.h"

#define ATOMS_WORDS_MAX 16 /* 64 atoms each */

struct atom {
	uint32_t low, high; /* numbers, both included */
	ir_id node;
	double weight;
	uint32_t worst; /* lower_run.worst */
	uint16_t class; /* index of the node */
};

struct atom_set {
	uint64_t words[ATOMS_WORDS_MAX]; /* the first atoms.words count */
};

/*
 * Masks for jset: every set of the low bits in which the numbers of the window differ (the lowest
 * ATOMS_MASK_BITS of them), each once as it is and once with all bits above, which takes away what
 * lies beyond the window. A mask is named by its low bits and whether it is high.
 */
#define ATOMS_MASK_BITS  10
#define ATOMS_MASK_WORDS ((1u << ATOMS_MASK_BITS) / 64)

/* By low bits of a mask, 64 to a word: has some number none of its bits (zero), any of them (one)?
 */
struct atom_marks {
	uint64_t zero[ATOMS_MASK_WORDS], one[ATOMS_MASK_WORDS];
};

/* An atom of more than one number. */
struct atom_wide {
	size_t atom;
	struct atom_marks low, high; /* under masks as they are, and high ones */
};

/* Owned; valid when zeroed. */
struct atoms {
	struct atom *items;
	size_t count;
	size_t words;             /* of a set */
	struct atom_set *classes; /* by class: its atoms */
	ir_id *nodes;             /* by class */
	size_t class_count, class_cap;
	int mask_bits;                                 /* low bits that masks are made of */
	uint32_t high_mask;                            /* the bits above of high masks */
	struct atom_set zero_bit[ATOMS_MASK_BITS + 1]; /* without that bit; last: high_mask */
	struct atom_wide *wide;
	size_t wide_count, wide_cap;
	struct atom_set window; /* atoms of the window: one number each, one behind another */
	struct atom_set above;  /* those of them with bits of high_mask */
	uint32_t shift;         /* the low bits of their numbers are those of the index + shift */
};

void atoms_init(struct atoms *atoms, const struct lower_group *group);
void atoms_release(struct atoms *atoms);

/* ---- sets */

struct atom_set atoms_all(const struct atoms *atoms);
struct atom_set atoms_from(const struct atoms *atoms, const struct atom_set *set, size_t first);
struct atom_set atoms_below(const struct atoms *atoms, const struct atom_set *set, size_t first);
struct atom_set atoms_and(const struct atoms *atoms, const struct atom_set *a,
			  const struct atom_set *b);
struct atom_set atoms_without(const struct atoms *atoms, struct atom_set set, size_t atom);
bool atoms_has(const struct atom_set *set, size_t atom);
bool atoms_same(const struct atoms *atoms, const struct atom_set *a, const struct atom_set *b);
bool atoms_is_empty(const struct atoms *atoms, const struct atom_set *set);
/* The first atom of the set at or after @from; atoms->count when there is none. */
size_t atoms_next(const struct atoms *atoms, const struct atom_set *set, size_t from);
/* The first atom of the set behind @atom, one of it, that is of another class; atoms->count when
 * there is none. */
size_t atoms_next_other(const struct atoms *atoms, const struct atom_set *set, size_t atom);
/* Never 0. */
uint64_t atoms_hash(const struct atoms *atoms, const struct atom_set *set);
/* Is all of the set one class? The empty set is not. */
bool atoms_is_uniform(const struct atoms *atoms, const struct atom_set *set);

/* ---- segments */

struct atom_segment {
	size_t first, last; /* atoms of the set, the ends of the segment */
	uint16_t class;
	bool single; /* one number */
	uint32_t worst;
	double weight;
};

/* The segments of a set, ascending; at most @max are written. Returns how many there are, or
 * max + 1 when more. */
size_t atoms_segments(const struct atoms *atoms, const struct atom_set *set,
		      struct atom_segment *segments, size_t max);
/* How many segments; counting ends above @max. */
size_t atoms_count_segments(const struct atoms *atoms, const struct atom_set *set, size_t max);

/* ---- masks */

/* How many words of marks hold the masks of so many bits. */
static inline size_t atoms_mask_words(int bits)
{
	return bits > 6 ? (size_t)1 << (bits - 6) : 1;
}
/* Those of each such word that there are. */
static inline uint64_t atoms_mask_word(int bits)
{
	return bits < 6 ? ~(UINT64_MAX << (1u << bits)) : UINT64_MAX;
}
static inline uint32_t atoms_mask(const struct atoms *atoms, uint32_t low, bool high)
{
	return low | (high ? atoms->high_mask : 0);
}
/* Writes the marks of the atoms of @set from @first to @last, for masks of the lowest @bits bits:
 * so many words of them. */
void atoms_mark(const struct atoms *atoms, const struct atom_set *set, size_t first, size_t last,
		bool high, int bits, struct atom_marks *marks);
/* False: the marks of high masks are those of the same low bits. */
bool atoms_tell_high(const struct atoms *atoms, const struct atom_set *set);
static inline bool atoms_marked(const uint64_t marks[ATOMS_MASK_WORDS], uint32_t low)
{
	return (marks[low / 64] & (uint64_t)1 << low % 64) != 0;
}
/* The two sides of a set under a mask. */
void atoms_cut(const struct atoms *atoms, const struct atom_set *set, uint32_t low, bool high,
	       struct atom_set *ret_zero, struct atom_set *ret_one);

/* ---- tests */

/* A test of the number: of its bits under a mask (IR_SET), or beside an atom's first number. */
struct atom_test {
	uint8_t op;  /* enum ir_op */
	bool high;   /* IR_SET: a high mask */
	uint32_t at; /* IR_SET: low bits of the mask; else the atom */
};

struct ir_test atoms_test(const struct atoms *atoms, struct atom_test test);
/* The two sides of a set under a test. */
void atoms_sides(const struct atoms *atoms, const struct atom_set *set, struct atom_test test,
		 struct atom_set *ret_yes, struct atom_set *ret_no);

#endif
