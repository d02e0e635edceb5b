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

/* A mask for jset, with the atoms that have a number without (zero) and with one of its bits. */
struct atom_mask {
	uint32_t mask;
	struct atom_set zero, one;
};

/* Owned; valid when zeroed. */
struct atoms {
	struct atom *items;
	size_t count, cap;
	size_t words; /* of a set */
	struct atom_set *classes; /* by class: its atoms */
	ir_id *nodes;             /* by class */
	size_t class_count, class_cap;
	struct atom_mask *masks;
	size_t mask_count;
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
bool atoms_is_empty(const struct atoms *atoms, const struct atom_set *set);
/* The first atom of the set at or after @from; atoms->count when there is none. */
size_t atoms_next(const struct atoms *atoms, const struct atom_set *set, size_t from);
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

#endif
