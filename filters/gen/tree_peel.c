/* SPDX-License-Identifier: MIT */
#include "filters/gen/tree_peel.h"

#include <math.h>
#include <stdlib.h>

#include "filters/gen/tree_hot.h"
#include "filters/gen/tree_knot.h"
#include "filters/gen/tree_span.h"
#include "harness/base/alloc.h"

#define PEEL_LEAST 0.0005 /* heavy numbers of less weight together are left to the spans */

/* How many tests a bit of information takes: which guess serves a policy best is found by trying.
 */
static const double guesses[] = {0.55, 0.4, 0.6};

/* By mask: is a side of a set of one class? */
struct uniform {
	uint64_t zero[ATOMS_MASK_WORDS], one[ATOMS_MASK_WORDS];
};

/* Of a set, for masks as they are and high ones. */
struct sides {
	uint64_t hash;
	struct uniform uniform[2];
};
#define SIDES 32

/* The best first test so far. */
struct first_test {
	double score;
	size_t segments; /* of both sides: what settles ties */
	struct ir_test test;
	struct atom_set yes, no;
};

/* What was chosen for which set; those beyond are chosen anew. */
#define CHOICES 24
struct choices {
	struct {
		struct atom_set set;
		struct first_test test;
	} items[CHOICES];
	size_t count;
};

struct peel {
	struct tree *tree;
	struct tree_hot hot;
	uint64_t *zero_hot;         /* by mask: the heavy numbers without its bits */
	struct sides *sides;        /* the same for sets: guesses come by the same ones */
	double guess;               /* tests a bit */
	struct choices tried, best; /* of this guess, of the best so far */
};

/* What is to be decided, and the heavy numbers in it. */
struct part {
	const struct atom_set *set;
	uint64_t hot;
};

/* ---- what a test promises */

/* Tests that the heavy numbers of a side will still cost. */
static double promise(struct peel *peel, uint64_t hot, bool uniform)
{
	const struct tree_crowd *crowd;

	if (!hot || uniform)
		return 0;
	crowd = tree_hot_crowd(&peel->hot, hot);
	return fmax(peel->guess * crowd->bits, crowd->weight);
}

static double promise_of(struct peel *peel, const struct atom_set *side)
{
	return promise(peel, tree_hot_in(&peel->hot, side),
		       atoms_is_uniform(peel->tree->atoms, side));
}

static bool shrinks(const struct peel *peel, const struct atom_set *side,
		    const struct atom_set *whole)
{
	return !atoms_is_empty(peel->tree->atoms, side) &&
	       !atoms_same(peel->tree->atoms, side, whole);
}

static void consider(const struct peel *peel, const struct part *part, struct ir_test test,
		     const struct atom_set *yes, const struct atom_set *no, double score,
		     struct first_test *best)
{
	const struct atoms *atoms = peel->tree->atoms;
	size_t segments;

	if (score > best->score || !shrinks(peel, yes, part->set) || !shrinks(peel, no, part->set))
		return;
	segments = atoms_count_segments(atoms, yes, atoms->count) +
		   atoms_count_segments(atoms, no, atoms->count);
	if (score == best->score && segments >= best->segments)
		return;
	*best = (struct first_test){score, segments, test, *yes, *no};
}

/* @part from @next on, and before it. */
static void try_split(struct peel *peel, const struct part *part, size_t next, double score,
		      struct first_test *best)
{
	const struct atoms *atoms = peel->tree->atoms;
	struct atom_set right, left;

	if (score > best->score)
		return;
	right = atoms_from(atoms, part->set, next);
	left = atoms_below(atoms, part->set, next);
	consider(peel, part, ir_ge(IR_WORD_NR, atoms->items[next].low), &right, &left, score, best);
}

/* Between segments: what is left of the first split is of one class, what is right of the last. */
static void try_splits(struct peel *peel, const struct part *part, struct first_test *best)
{
	const struct atoms *atoms = peel->tree->atoms;
	size_t first = atoms_next(atoms, part->set, 0);
	size_t at = atoms_next_other(atoms, part->set, first);
	bool left_uniform = true;

	while (at < atoms->count) {
		size_t next = atoms_next_other(atoms, part->set, at);
		uint64_t right = part->hot & tree_hot_from(&peel->hot, at);
		double score = promise(peel, right, next == atoms->count) +
			       promise(peel, part->hot & ~right, left_uniform);

		try_split(peel, part, at, score, best);
		left_uniform = false;
		at = next;
	}
}

static void try_numbers(struct peel *peel, const struct part *part, struct first_test *best)
{
	const struct atoms *atoms = peel->tree->atoms;
	size_t i;

	for (i = 0; i < peel->hot.count; i++) {
		uint64_t bit = (uint64_t)1 << i;
		struct atom_set one = {0}, rest;

		if (!(part->hot & bit))
			continue;
		one.words[peel->hot.atoms[i] / 64] = (uint64_t)1 << peel->hot.atoms[i] % 64;
		rest = atoms_without(atoms, *part->set, peel->hot.atoms[i]);
		consider(peel, part, ir_eq(IR_WORD_NR, atoms->items[peel->hot.atoms[i]].low), &one,
			 &rest, promise_of(peel, &rest), best);
	}
}

static void only_once(const uint64_t *marks, uint64_t *once, uint64_t *twice)
{
	size_t word;

	for (word = 0; word < ATOMS_MASK_WORDS; word++) {
		twice[word] |= once[word] & marks[word];
		once[word] |= marks[word];
	}
}

static struct uniform find_uniform(const struct atoms *atoms, const struct atom_set *set, bool high)
{
	struct uniform once = {0}, twice = {0};
	size_t i;

	for (i = 0; i < atoms->class_count; i++) {
		struct atom_set own = atoms_and(atoms, set, &atoms->classes[i]);
		struct atom_marks marks = {0};

		atoms_mark(atoms, &own, 0, atoms->count - 1, high, atoms->mask_bits, &marks);
		only_once(marks.zero, once.zero, twice.zero);
		only_once(marks.one, once.one, twice.one);
	}
	for (i = 0; i < ATOMS_MASK_WORDS; i++) {
		once.zero[i] &= ~twice.zero[i];
		once.one[i] &= ~twice.one[i];
	}
	return once;
}

static const struct uniform *uniform_of(struct peel *peel, const struct atom_set *set, bool high)
{
	const struct atoms *atoms = peel->tree->atoms;
	uint64_t hash = atoms_hash(atoms, set);
	struct sides *sides = &peel->sides[hash % SIDES];

	if (sides->hash != hash) {
		sides->hash = hash;
		sides->uniform[false] = find_uniform(atoms, set, false);
		sides->uniform[true] = find_uniform(atoms, set, true);
	}
	return &sides->uniform[high];
}

static void try_masks(struct peel *peel, const struct part *part, bool high,
		      struct first_test *best)
{
	const struct atoms *atoms = peel->tree->atoms;
	const struct uniform *uniform = uniform_of(peel, part->set, high);
	uint32_t low;

	for (low = 0; low < 1u << atoms->mask_bits; low++) {
		uint64_t zero_hot = part->hot & peel->zero_hot[low];
		struct atom_set zero, one;
		double least = promise(peel, zero_hot, atoms_marked(uniform->zero, low));

		if (least <= best->score)
			least += promise(peel, part->hot & ~zero_hot,
					 atoms_marked(uniform->one, low));
		if (least > best->score)
			continue;
		atoms_cut(atoms, part->set, low, high, &zero, &one);
		consider(peel, part,
			 (struct ir_test){IR_WORD_NR, IR_SET, IR_NO_MASK,
					  atoms_mask(atoms, low, high)},
			 &one, &zero, least, best);
	}
}

static bool is_knot(const struct peel *peel, const struct atom_set *set)
{
	size_t most = tree_knot_max(peel->tree);

	return atoms_count_segments(peel->tree->atoms, set, most) <= most;
}

static void choose_test(struct peel *peel, const struct part *part, struct first_test *best)
{
	best->score = TREE_UNSOLVED;
	try_splits(peel, part, best);
	try_numbers(peel, part, best);
	if (peel->tree->options->no_bits)
		return;
	try_masks(peel, part, false, best);
	try_masks(peel, part, true, best);
}

static void remember(struct peel *peel, const struct atom_set *set, const struct first_test *test)
{
	struct choices *tried = &peel->tried;

	if (tried->count == CHOICES)
		return;
	tried->items[tried->count].set = *set;
	tried->items[tried->count++].test = *test;
}

/* What the best guess chose. */
static void recall_test(struct peel *peel, const struct part *part, struct first_test *test)
{
	size_t i;

	for (i = 0; i < peel->best.count; i++) {
		if (!atoms_same(peel->tree->atoms, &peel->best.items[i].set, part->set))
			continue;
		*test = peel->best.items[i].test;
		return;
	}
	choose_test(peel, part, test);
}

/* ---- building */

/* What the guess leads to: the weighted tests of the heavy numbers; not followed beyond @limit. */
static double cost_of(struct peel *peel, const struct atom_set *set, double limit)
{
	struct part part = {set, tree_hot_in(&peel->hot, set)};
	struct first_test best;
	double cost = tree_hot_weight(&peel->hot, part.hot);

	if (is_knot(peel, set))
		return tree_knot_cost(peel->tree, set).insns;
	if (cost < PEEL_LEAST)
		return promise(peel, part.hot, false);
	if (cost >= limit)
		return limit;
	choose_test(peel, &part, &best);
	remember(peel, set, &best);
	cost += cost_of(peel, &best.yes, limit - cost);
	return cost + cost_of(peel, &best.no, limit - cost);
}

static void find_guess(struct peel *peel, const struct atom_set *all)
{
	double best_guess = guesses[0], least = TREE_UNSOLVED;
	size_t i;

	for (i = 0; i < SG_COUNT(guesses); i++) {
		double cost;

		peel->guess = guesses[i];
		peel->tried.count = 0;
		cost = cost_of(peel, all, least);
		if (cost >= least)
			continue;
		least = cost;
		best_guess = guesses[i];
		peel->best = peel->tried;
	}
	peel->guess = best_guess;
}

static ir_id build(struct peel *peel, const struct atom_set *set)
{
	struct part part = {set, tree_hot_in(&peel->hot, set)};
	struct first_test best;
	ir_id yes;

	if (is_knot(peel, set))
		return tree_knot_build(peel->tree, set);
	if (tree_hot_weight(&peel->hot, part.hot) < PEEL_LEAST)
		return tree_span_build(peel->tree, set);
	recall_test(peel, &part, &best);
	yes = build(peel, &best.yes);
	return ir_test(peel->tree->ir, best.test, yes, build(peel, &best.no));
}

static void find_zero_hot(struct peel *peel)
{
	const struct atoms *atoms = peel->tree->atoms;
	uint32_t low;
	size_t i;

	peel->zero_hot = sg_calloc((size_t)1 << atoms->mask_bits, sizeof(*peel->zero_hot));
	for (i = 0; i < peel->hot.count; i++) {
		for (low = 0; low < 1u << atoms->mask_bits; low++)
			peel->zero_hot[low] |=
				(uint64_t) !(atoms->items[peel->hot.atoms[i]].low & low) << i;
	}
}

bool tree_peel_build(struct tree *tree, ir_id *ret_root)
{
	struct peel peel = {.tree = tree};
	struct atom_set all = atoms_all(tree->atoms);

	if (!tree_hot_choose(tree->atoms, &peel.hot))
		return false;
	find_zero_hot(&peel);
	peel.sides = sg_calloc(SIDES, sizeof(*peel.sides));
	find_guess(&peel, &all);
	*ret_root = build(&peel, &all);
	free(peel.zero_hot);
	free(peel.sides);
	return true;
}
