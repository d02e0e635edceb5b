/* SPDX-License-Identifier: MIT */
#include "filters/gen/known.h"

#define WORDS       16
#define RULED_OUT   8     /* values remembered for a word; more are forgotten, which is safe */
#define VISIT_LIMIT 16384 /* nodes walked before the pass gives up */

struct known_word {
	uint32_t low, high;   /* range, both ends included */
	uint32_t ones, zeros; /* bits known to be 1, to be 0 */
	uint32_t excluded[RULED_OUT];
	uint8_t excluded_count;
};

enum answer { NO, YES, OPEN };

/* ---- what the knowledge says of a test */

static bool ruled_out(const struct known_word *word, uint32_t value)
{
	unsigned int i;

	if (value < word->low || value > word->high || value & word->zeros || ~value & word->ones)
		return true;
	for (i = 0; i < word->excluded_count; i++) {
		if (word->excluded[i] == value)
			return true;
	}
	return false;
}

static enum answer ask_eq(const struct known_word *word, uint32_t mask, uint32_t k)
{
	if (mask == IR_NO_MASK) {
		if (ruled_out(word, k))
			return NO;
		return word->low == word->high ? YES : OPEN;
	}
	if (word->zeros & k || word->ones & mask & ~k)
		return NO;
	return (mask & ~(word->ones | word->zeros)) == 0 ? YES : OPEN;
}

static enum answer ask(const struct known_word *word, const struct ir_test *test)
{
	switch (test->op) {
	case IR_EQ: return ask_eq(word, test->mask, test->k);
	case IR_GE:
		if (word->low >= test->k)
			return YES;
		return word->high < test->k ? NO : OPEN;
	default:
		if (word->ones & test->k)
			return YES;
		return (test->k & ~word->zeros) == 0 ? NO : OPEN;
	}
}

/* ---- what an answer adds to the knowledge */

static void learn_not(struct known_word *word, uint32_t value)
{
	if (value == word->low)
		word->low++;
	else if (value == word->high)
		word->high--;
	else if (word->excluded_count < RULED_OUT)
		word->excluded[word->excluded_count++] = value;
}

static void learn_bits(struct known_word *word, uint32_t ones, uint32_t zeros)
{
	word->ones |= ones;
	word->zeros |= zeros;
	if (word->low < word->ones)
		word->low = word->ones;
	if (word->high > ~word->zeros)
		word->high = ~word->zeros;
}

static void learn_range(struct known_word *word, uint32_t low, uint32_t high)
{
	if (word->low < low)
		word->low = low;
	if (word->high > high)
		word->high = high;
}

/* Called for open tests only, so that neither answer contradicts what is known. */
static void learn(struct known_word *word, const struct ir_test *test, bool yes)
{
	bool one_bit = (test->k & (test->k - 1)) == 0;

	switch (test->op) {
	case IR_EQ:
		if (yes)
			learn_bits(word, test->k, test->mask & ~test->k);
		else if (test->mask == IR_NO_MASK)
			learn_not(word, test->k);
		break;
	case IR_GE:
		if (yes)
			learn_range(word, test->k, UINT32_MAX);
		else
			learn_range(word, 0, test->k - 1);
		break;
	default:
		if (!yes)
			learn_bits(word, 0, test->k);
		else if (one_bit)
			learn_bits(word, test->k, 0);
	}
}

/* ---- the walk */

/* What is known on the way to where the walk stands. */
struct walk {
	struct ir *ir;
	struct known_word words[WORDS];
	size_t visits;
};

/* Past the tests whose answer is known. */
static ir_id skip_decided(struct walk *walk, ir_id id)
{
	const struct ir_node *node = &walk->ir->nodes[id];

	while (!node->leaf && ++walk->visits <= VISIT_LIMIT) {
		enum answer answer = ask(&walk->words[node->test.word], &node->test);

		if (answer == OPEN)
			break;
		id = answer == YES ? node->yes : node->no;
		node = &walk->ir->nodes[id];
	}
	return id;
}

static ir_id simplify(struct walk *walk, ir_id id);

/* @to, reached by an answer to @test. Afterwards the walk knows what it knew before. */
static ir_id simplify_behind(struct walk *walk, const struct ir_test *test, bool yes, ir_id to)
{
	struct known_word before = walk->words[test->word];
	ir_id simple;

	learn(&walk->words[test->word], test, yes);
	simple = simplify(walk, to);
	walk->words[test->word] = before;
	return simple;
}

static ir_id simplify(struct walk *walk, ir_id id)
{
	struct ir_node node;

	id = skip_decided(walk, id);
	node = walk->ir->nodes[id]; /* a copy: the array may move */
	if (node.leaf || walk->visits > VISIT_LIMIT)
		return id;
	node.yes = simplify_behind(walk, &node.test, true, node.yes);
	node.no = simplify_behind(walk, &node.test, false, node.no);
	return ir_test(walk->ir, node.test, node.yes, node.no);
}

ir_id known_simplify(struct ir *ir, ir_id root)
{
	struct walk walk = {.ir = ir};
	ir_id simple;
	size_t i;

	for (i = 0; i < WORDS; i++)
		walk.words[i].high = UINT32_MAX;
	simple = simplify(&walk, root);
	return walk.visits > VISIT_LIMIT ? root : simple;
}
