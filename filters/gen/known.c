/* SPDX-License-Identifier: MIT */
#include "filters/gen/known.h"

#include "filters/abi/abi.h"
#include "filters/gen/known_word.h"

/* Nodes walked before the pass gives up, for each test of the graph. */
#define VISITS_PER_TEST 8
#define VISITS_AT_LEAST 256

/* What is known on the way to where the walk stands. */
struct walk {
	struct ir *ir;
	struct known_word words[ABI_DATA_WORDS];
	size_t visits, limit;
};

/* Past the tests whose answer is known. */
static ir_id skip_decided(struct walk *walk, ir_id id)
{
	const struct ir_node *node = &walk->ir->nodes[id];

	while (!node->leaf && ++walk->visits <= walk->limit) {
		enum known_answer answer =
			known_word_ask(&walk->words[node->test.word], &node->test);

		if (answer == KNOWN_OPEN)
			break;
		id = answer == KNOWN_YES ? node->yes : node->no;
		node = &walk->ir->nodes[id];
	}
	return id;
}

static ir_id simplify(struct walk *walk, ir_id id);

/* @to, reached by an answer to @test; false where that answer cannot come. Afterwards the walk
 * knows what it knew before. */
static bool simplify_behind(struct walk *walk, const struct ir_test *test, bool yes, ir_id to,
			    ir_id *ret_simple)
{
	struct known_word before = walk->words[test->word];
	bool comes = known_word_learn(&walk->words[test->word], test, yes);

	if (comes)
		*ret_simple = simplify(walk, to);
	walk->words[test->word] = before;
	return comes;
}

/*
 * if (test)	->	the side whose answer can come, or both:
 *	yes		if (test)
 * else				yes, with what the answer tells
 *	no		else
 *				no, likewise
 */
static ir_id simplify(struct walk *walk, ir_id id)
{
	struct ir_node node;
	ir_id yes = 0, no = 0;

	id = skip_decided(walk, id);
	node = walk->ir->nodes[id]; /* a copy: the array may move */
	if (node.leaf || walk->visits > walk->limit)
		return id;
	if (!simplify_behind(walk, &node.test, true, node.yes, &yes))
		return simplify(walk, node.no);
	if (!simplify_behind(walk, &node.test, false, node.no, &no))
		return yes;
	return ir_test(walk->ir, node.test, yes, no);
}

ir_id known_simplify(struct ir *ir, ir_id root)
{
	struct walk walk = {.ir = ir};
	size_t i, tests = ir_count_tests(ir, root);
	ir_id simple;

	if (tests > KNOWN_MAX_TESTS)
		return root;
	walk.limit = VISITS_AT_LEAST + VISITS_PER_TEST * tests;
	for (i = 0; i < ABI_DATA_WORDS; i++)
		known_word_init(&walk.words[i]);
	simple = simplify(&walk, root);
	return walk.visits > walk.limit ? known_thread(ir, root) : simple;
}
