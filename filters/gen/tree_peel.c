/* SPDX-License-Identifier: MIT */
#include "filters/gen/tree_peel.h"

#include "filters/gen/tree_hot.h"
#include "filters/gen/tree_knot.h"
#include "filters/gen/tree_span.h"

#define PEEL_LEAST 0.0005 /* heavy numbers of less weight together are left to the spans */

/* How many tests a bit of information takes: which guess serves a policy best is found by trying.
 */
static const double guesses[] = {0.55, 0.4, 0.6};

/* By mask: is a side of a set of one class? */
struct uniform {
	uint64_t zero[ATOMS_MASK_WORDS], one[ATOMS_MASK_WORDS];
};

/* The best first test so far. */
struct first_test {
	double score;
	size_t segments; /* of both sides: what settles ties */
	struct atom_test test;
};

/* The tests that a guess chose, from the root down, the yes side before the no side; those beyond
 * are chosen anew. */
#define CHOICES 24
struct choices {
	struct atom_test tests[CHOICES];
	size_t count;
};

#define HALF_MASK (ATOMS_MASK_BITS / 2)
#define HALF_BITS ((1u << HALF_MASK) - 1)

struct peel {
	struct tree *tree;
	struct tree_hot hot;
	/* The heavy numbers without its bits, by each half of a mask. */
	uint64_t zero_hot[2][1 << HALF_MASK];
	double guess;               /* tests a bit */
	struct choices tried, best; /* of this guess, of the best so far */
	bool cut;                   /* this guess was not followed to its end */
	size_t recalled;            /* of the best: so many are built */
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
	double bits;

	if (!hot || uniform)
		return 0;
	crowd = tree_hot_crowd(&peel->hot, hot);
	bits = peel->guess * crowd->bits;
	return bits > crowd->weight ? bits : crowd->weight;
}

static void take(struct first_test *best, struct atom_test test, double score, size_t segments)
{
	if (score < best->score || (score == best->score && segments < best->segments))
		*best = (struct first_test){score, segments, test};
}

static bool shrinks(const struct peel *peel, const struct atom_set *side,
		    const struct atom_set *whole)
{
	return !atoms_is_empty(peel->tree->atoms, side) &&
	       !atoms_same(peel->tree->atoms, side, whole);
}

/* A test whose score is no worse than the best. */
static void consider(const struct peel *peel, const struct part *part, struct atom_test test,
		     double score, struct first_test *best)
{
	const struct atoms *atoms = peel->tree->atoms;
	struct atom_set yes, no;

	atoms_sides(atoms, part->set, test, &yes, &no);
	if (!shrinks(peel, &yes, part->set) || !shrinks(peel, &no, part->set))
		return;
	take(best, test, score,
	     atoms_count_segments(atoms, &yes, atoms->count) +
		     atoms_count_segments(atoms, &no, atoms->count));
}

/* The heavy numbers of the part at and above an atom, as atoms go by. */
struct right {
	uint64_t hot;
	size_t passed; /* of tree_hot.ascending */
};

static void move_right(const struct peel *peel, struct right *right, size_t atom)
{
	const struct tree_hot *hot = &peel->hot;

	for (; right->passed < hot->count; right->passed++) {
		uint8_t i = hot->ascending[right->passed];

		if (hot->atoms[i] >= atom)
			return;
		right->hot &= ~((uint64_t)1 << i);
	}
}

/* Between segments, none of which a split cuts: what is left of the first split is of one class,
 * what is right of the last. */
static void try_splits(struct peel *peel, const struct part *part, struct first_test *best)
{
	const struct atoms *atoms = peel->tree->atoms;
	const size_t segments = atoms_count_segments(atoms, part->set, atoms->count);
	size_t first = atoms_next(atoms, part->set, 0),
	       at = atoms_next_other(atoms, part->set, first);
	struct right right = {.hot = part->hot};
	bool left_uniform = true;

	while (at < atoms->count) {
		size_t next = atoms_next_other(atoms, part->set, at);
		double score;

		move_right(peel, &right, at);
		score = promise(peel, right.hot, next == atoms->count) +
			promise(peel, part->hot & ~right.hot, left_uniform);
		take(best, (struct atom_test){.op = IR_GE, .at = (uint32_t)at}, score, segments);
		left_uniform = false;
		at = next;
	}
}

static void try_numbers(struct peel *peel, const struct part *part, struct first_test *best)
{
	const struct atoms *atoms = peel->tree->atoms;
	uint64_t left;

	for (left = part->hot; left; left &= left - 1) {
		size_t i = (size_t)__builtin_ctzll(left), atom = peel->hot.atoms[i];
		struct atom_set rest = atoms_without(atoms, *part->set, atom);
		double score = promise(peel, part->hot & ~((uint64_t)1 << i),
				       atoms_is_uniform(atoms, &rest));

		if (score <= best->score)
			consider(peel, part, (struct atom_test){.op = IR_EQ, .at = (uint32_t)atom},
				 score, best);
	}
}

static void only_once(const uint64_t *marks, size_t words, uint64_t *once, uint64_t *twice)
{
	size_t word;

	for (word = 0; word < words; word++) {
		twice[word] |= once[word] & marks[word];
		once[word] |= marks[word];
	}
}

static void count_marks(const struct atom_marks *marks, size_t words, struct uniform *once,
			struct uniform *twice)
{
	only_once(marks->zero, words, once->zero, twice->zero);
	only_once(marks->one, words, once->one, twice->one);
}

/* For masks as they are and for high ones, whose marks differ only outside the window and above. */
static void find_uniform(const struct atoms *atoms, const struct atom_set *set,
			 struct uniform once[2])
{
	size_t words = atoms_mask_words(atoms->mask_bits), i;
	struct uniform twice[2] = {0};
	struct atom_marks marks;

	once[false] = once[true] = twice[false];
	for (i = 0; i < atoms->class_count; i++) {
		struct atom_set own = atoms_and(atoms, set, &atoms->classes[i]);

		if (atoms_is_empty(atoms, &own))
			continue;
		atoms_mark(atoms, &own, 0, atoms->count - 1, false, atoms->mask_bits, &marks);
		count_marks(&marks, words, &once[false], &twice[false]);
		if (atoms_tell_high(atoms, &own))
			atoms_mark(atoms, &own, 0, atoms->count - 1, true, atoms->mask_bits,
				   &marks);
		count_marks(&marks, words, &once[true], &twice[true]);
	}
	for (i = 0; i < words; i++) {
		once[false].zero[i] &= ~twice[false].zero[i];
		once[false].one[i] &= ~twice[false].one[i];
		once[true].zero[i] &= ~twice[true].zero[i];
		once[true].one[i] &= ~twice[true].one[i];
	}
}

/* A mask that scores no worse than the best stays in @which. */
static void try_masks_of(struct peel *peel, const struct part *part, bool high, uint32_t from,
			 const struct uniform *uniform, uint64_t *which, struct first_test *best)
{
	uint64_t left = *which;

	for (; left; left &= left - 1) {
		uint32_t low = from + (uint32_t)__builtin_ctzll(left);
		uint64_t zero = part->hot & peel->zero_hot[0][low & HALF_BITS] &
				peel->zero_hot[1][low >> HALF_MASK];
		double score = promise(peel, zero, atoms_marked(uniform->zero, low));

		if (score <= best->score)
			score += promise(peel, part->hot & ~zero, atoms_marked(uniform->one, low));
		if (score <= best->score)
			consider(peel, part, (struct atom_test){IR_SET, high, low}, score, best);
		else
			*which &= ~(left & -left);
	}
}

/* Of high masks, those that others have not beaten as they are, and those that differ from that. */
static void try_masks(struct peel *peel, const struct part *part, struct first_test *best)
{
	const struct atoms *atoms = peel->tree->atoms;
	const uint32_t words = (uint32_t)atoms_mask_words(atoms->mask_bits);
	uint64_t which[ATOMS_MASK_WORDS];
	struct uniform uniform[2];
	uint32_t word;

	find_uniform(atoms, part->set, uniform);
	for (word = 0; word < words; word++) {
		which[word] = atoms_mask_word(atoms->mask_bits);
		try_masks_of(peel, part, false, 64 * word, &uniform[false], &which[word], best);
	}
	for (word = 0; word < words; word++) {
		which[word] |= uniform[false].zero[word] ^ uniform[true].zero[word];
		which[word] |= uniform[false].one[word] ^ uniform[true].one[word];
		try_masks_of(peel, part, true, 64 * word, &uniform[true], &which[word], best);
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
	if (!peel->tree->options->no_bits)
		try_masks(peel, part, best);
}

static void remember(struct peel *peel, struct atom_test test)
{
	if (peel->tried.count < CHOICES)
		peel->tried.tests[peel->tried.count++] = test;
}

/* What the best guess chose. */
static struct atom_test recall_test(struct peel *peel, const struct part *part)
{
	struct first_test best;

	if (peel->recalled < peel->best.count)
		return peel->best.tests[peel->recalled++];
	choose_test(peel, part, &best);
	return best.test;
}

/* ---- building */

/* What the guess leads to: the weighted tests of the heavy numbers; not followed beyond @limit. */
static double cost_of(struct peel *peel, const struct atom_set *set, double limit)
{
	struct part part = {set, tree_hot_in(&peel->hot, set)};
	double cost = tree_hot_weight(&peel->hot, part.hot);
	struct atom_set yes, no;
	struct first_test best;

	if (is_knot(peel, set))
		return tree_knot_cost(peel->tree, set).insns;
	if (cost < PEEL_LEAST)
		return promise(peel, part.hot, false);
	if (cost >= limit) {
		peel->cut = true;
		return limit;
	}
	choose_test(peel, &part, &best);
	remember(peel, best.test);
	atoms_sides(peel->tree->atoms, set, best.test, &yes, &no);
	cost += cost_of(peel, &yes, limit - cost);
	return cost + cost_of(peel, &no, limit - cost);
}

static void find_guess(struct peel *peel, const struct atom_set *all)
{
	double best_guess = guesses[0], least = TREE_UNSOLVED;
	size_t i;

	for (i = 0; i < SG_COUNT(guesses); i++) {
		double cost;

		peel->guess = guesses[i];
		peel->tried.count = 0;
		peel->cut = false;
		cost = cost_of(peel, all, least);
		if (peel->cut || cost >= least)
			continue;
		least = cost;
		best_guess = guesses[i];
		peel->best = peel->tried;
	}
	peel->guess = best_guess;
}

static ir_id build(struct peel *peel, const struct atom_set *set)
{
	const struct atoms *atoms = peel->tree->atoms;
	struct part part = {set, tree_hot_in(&peel->hot, set)};
	struct atom_set yes, no;
	struct atom_test test;
	ir_id built;

	if (is_knot(peel, set))
		return tree_knot_build(peel->tree, set);
	if (tree_hot_weight(&peel->hot, part.hot) < PEEL_LEAST)
		return tree_span_build(peel->tree, set);
	test = recall_test(peel, &part);
	atoms_sides(atoms, set, test, &yes, &no);
	built = build(peel, &yes);
	return ir_test(peel->tree->ir, atoms_test(atoms, test), built, build(peel, &no));
}

static uint64_t without_bit(const struct peel *peel, int bit)
{
	uint64_t without = 0;
	size_t i;

	for (i = 0; i < peel->hot.count; i++) {
		uint32_t nr = peel->tree->atoms->items[peel->hot.atoms[i]].low;

		without |= (uint64_t) !(nr >> bit & 1) << i;
	}
	return without;
}

static void find_zero_hot(struct peel *peel)
{
	uint32_t half, mask;

	for (half = 0; half < 2; half++) {
		uint64_t *zero = peel->zero_hot[half];

		zero[0] = UINT64_MAX;
		for (mask = 1; mask <= HALF_BITS; mask++)
			zero[mask] = zero[mask & (mask - 1)] &
				     without_bit(peel, half * HALF_MASK + __builtin_ctz(mask));
	}
}

bool tree_peel_build(struct tree *tree, ir_id *ret_root)
{
	struct peel peel = {.tree = tree};
	struct atom_set all = atoms_all(tree->atoms);

	if (!tree_hot_choose(tree->atoms, &peel.hot))
		return false;
	find_zero_hot(&peel);
	find_guess(&peel, &all);
	*ret_root = build(&peel, &all);
	return true;
}
