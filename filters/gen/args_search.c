/* SPDX-License-Identifier: MIT */
#include "filters/gen/args_search.h"

#include <stdlib.h>

#include "filters/gen/args_cut.h"
#include "filters/gen/args_tests.h"
#include "harness/base/alloc.h"

/* Nodes visited, about ten a microsecond: at least, and for each test. */
#define WORK_LIMIT    16000
#define WORK_PER_TEST 16
#define TRY_FROM      24 /* of so many tests, those near to the root, the best are tried */
#define FEW_TESTS     6  /* so many are all tried */
#define NOT_LOADED    UINT8_MAX

/* A graph, what the accumulator holds where it begins, and the samples that come there. */
struct state {
	ir_id graph;
	uint8_t word; /* NOT_LOADED: nothing of use */
	uint32_t mask;
	uint64_t set;
};

struct solved {
	struct state state;
	bool used;
	ir_id root;
};

struct search {
	struct args_graph *graph;
	const struct args_samples *samples;
	struct solved *table; /* open hash table */
	size_t slots, count;
	size_t work_end;
	bool big_endian, complete;
};

/* The best so far for a state. */
struct best {
	const struct state *state;
	const struct ir_test *before; /* the state; NULL: nothing is loaded */
	ir_id root;
	struct args_cost cost;
	uint32_t max_insns; /* nothing longer, whatever it saves */
};

static ir_id solve(struct search *search, ir_id graph, const struct ir_test *before, uint64_t set);

/* ---- what is solved */

/* What is loaded does not matter where nobody looks at it. */
static struct state make_state(struct search *search, ir_id graph, const struct ir_test *before,
			       uint64_t set)
{
	if (!before || !(args_graph_words(search->graph, graph) >> before->word & 1))
		return (struct state){graph, NOT_LOADED, 0, set};
	return (struct state){graph, before->word, before->mask, set};
}

static bool same_state(const struct state *a, const struct state *b)
{
	return a->graph == b->graph && a->word == b->word && a->mask == b->mask && a->set == b->set;
}

static struct solved *find_slot(const struct search *search, const struct state *state)
{
	uint64_t hash = (state->graph ^ (uint64_t)state->word << 32 ^ (uint64_t)state->mask << 8 ^
			 state->set << 40 ^ state->set >> 24) *
			0x9e3779b97f4a7c15u;
	size_t i = (size_t)(hash >> 32) & (search->slots - 1);

	while (search->table[i].used && !same_state(&search->table[i].state, state))
		i = (i + 1) & (search->slots - 1);
	return &search->table[i];
}

/* Keeps the table at most half full. */
static void grow(struct search *search)
{
	struct solved *old = search->table;
	size_t i, old_slots = search->slots;

	if (search->slots > 2 * search->count)
		return;
	search->slots = old_slots ? 4 * old_slots : 64;
	search->table = sg_calloc(search->slots, sizeof(*search->table));
	for (i = 0; i < old_slots; i++) {
		if (old[i].used)
			*find_slot(search, &old[i].state) = old[i];
	}
	free(old);
}

static void remember(struct search *search, const struct state *state, ir_id root)
{
	grow(search);
	*find_slot(search, state) = (struct solved){*state, true, root};
	search->count++;
}

/* ---- candidates */

static struct args_cost cost_behind(const struct search *search, ir_id root,
				    const struct ir_test *before, uint64_t set)
{
	return args_graph_cost(search->graph, root, before, search->samples, set);
}

static void consider(const struct search *search, struct best *best, ir_id root)
{
	struct args_cost cost = cost_behind(search, root, best->before, best->state->set);

	if (cost.insns <= best->max_insns && args_cost_less(&cost, &best->cost)) {
		best->root = root;
		best->cost = cost;
	}
}

/* ---- one test */

struct move {
	struct ir_test test;
	size_t index;           /* among the tests */
	ir_id yes, no;          /* what is left behind the answers */
	uint64_t yes_set;       /* the samples that it holds on */
	struct args_cost guess; /* from what is left, as it is */
};

static struct move make_move(const struct search *search, const struct state *state,
			     const struct ir_test *test)
{
	struct move move = {.test = *test};
	struct args_cost yes, no;

	move.yes = args_graph_behind(search->graph, state->graph, test, true);
	move.no = args_graph_behind(search->graph, state->graph, test, false);
	move.yes_set = args_samples_holding(search->samples, state->set, test);
	yes = cost_behind(search, move.yes, test, move.yes_set);
	no = cost_behind(search, move.no, test, state->set & ~move.yes_set);
	move.guess.samples = yes.samples + no.samples;
	move.guess.worst = yes.insns > no.insns ? yes.insns : no.insns;
	move.guess.insns = yes.insns + no.insns;
	return move;
}

static void try_move(struct search *search, struct best *best, const struct move *move)
{
	uint64_t set = best->state->set;
	ir_id no = solve(search, move->no, &move->test, set & ~move->yes_set);
	ir_id yes = solve(search, move->yes, &move->test, set & move->yes_set);

	consider(search, best, ir_test(search->graph->ir, move->test, yes, no));
}

/* Does a sample have the value that @test compares with? */
static bool is_met(const struct search *search, uint64_t set, const struct ir_test *test)
{
	return test->op == IR_EQ && args_samples_holding(search->samples, set, test) != 0;
}

/* How many of the best moves are tried for a graph of @count tests. */
static size_t beam(size_t count)
{
	if (count <= FEW_TESTS)
		return count;
	return count <= 12 ? 3 : count <= TRY_FROM ? 2 : 1;
}

/* In front of those of a worse guess. */
static void insert_move(struct move *moves, size_t *count, const struct move *move)
{
	size_t at = (*count)++;

	for (; at > 0 && args_cost_less(&move->guess, &moves[at - 1].guess); at--)
		moves[at] = moves[at - 1];
	moves[at] = *move;
}

static int by_index(const void *a, const void *b)
{
	const struct move *x = a, *y = b;

	return x->index < y->index ? -1 : x->index > y->index;
}

/* Of equally good ones the first stays: so those that are tried are tried in the tests' order. */
static void try_tests(struct search *search, struct best *best, const struct args_tests *tests)
{
	struct move moves[TRY_FROM] = {0};
	size_t i, count = 0, tries = beam(tests->count);

	for (i = 0; i < tests->count && count < TRY_FROM; i++) {
		const struct ir_test *test = &tests->items[i];
		struct move move;

		if (tests->whole_words >> test->word & 1 && !is_met(search, best->state->set, test))
			continue;
		move = make_move(search, best->state, test);
		move.index = i;
		insert_move(moves, &count, &move);
	}
	if (tries < count)
		search->complete = false;
	else
		tries = count;
	qsort(moves, tries, sizeof(*moves), by_index);
	for (i = 0; i < tries; i++)
		try_move(search, best, &moves[i]);
}

/* ---- one word */

static uint64_t samples_in(const struct search *search, uint64_t set, uint8_t word,
			   const struct args_run *run)
{
	uint64_t in, rest;

	for (in = 0, rest = set; rest; rest &= rest - 1) {
		int i = __builtin_ctzll(rest);
		uint32_t value = search->samples->words[i][word];

		if (run->low <= value && value <= run->high)
			in |= 1ull << i;
	}
	return in;
}

/* Solves what is left in each run, and joins those that come to the same. */
static size_t solve_runs(struct search *search, const struct state *state, uint8_t word,
			 struct args_run *runs, size_t count)
{
	const struct ir_test loaded = ir_eq(word, 0);
	size_t i, kept = 0;

	for (i = 0; i < count; i++) {
		struct args_run run = runs[i];
		uint64_t set = samples_in(search, state->set, word, &run);

		run.to = solve(search, run.to, &loaded, set);
		run.worst = cost_behind(search, run.to, &loaded, 0).worst;
		run.weight = args_samples_weight(search->samples, set);
		if (kept > 0 && runs[kept - 1].to == run.to) {
			runs[kept - 1].high = run.high;
			runs[kept - 1].weight += run.weight;
			continue;
		}
		runs[kept++] = run;
	}
	return kept;
}

static void try_word(struct search *search, struct best *best, const struct args_tests *tests,
		     uint8_t word)
{
	struct args_run *runs;
	size_t count = args_cut(search->graph, best->state->graph, tests->items, tests->count, word,
				&runs);

	count = solve_runs(search, best->state, word, runs, count);
	consider(search, best, args_runs_tree(search->graph->ir, word, runs, count));
	free(runs);
}

/* Of many tests, the word with the most of them. */
static uint16_t choose_words(const struct args_tests *tests)
{
	size_t most = 0;
	uint16_t words = tests->whole_words;
	uint8_t word;

	if (tests->count <= TRY_FROM)
		return words;
	for (word = 0; word < ABI_DATA_WORDS; word++) {
		size_t count = args_cut_tests(tests->items, tests->count, word);

		if (tests->whole_words >> word & 1 && count > most) {
			words = (uint16_t)(1u << word);
			most = count;
		}
	}
	return words;
}

/* Is there work left for a graph of so many tests, from each of which a word's run may begin? */
static bool has_work_for(const struct search *search, const struct args_tests *tests)
{
	return search->graph->work + tests->count * tests->count < search->work_end;
}

static void try_words(struct search *search, struct best *best, const struct args_tests *tests)
{
	uint16_t words = choose_words(tests);
	bool one_word = (args_graph_words(search->graph, best->state->graph) & ~words) == 0;

	if (!one_word && !has_work_for(search, tests))
		words = 0;
	if (words != tests->whole_words)
		search->complete = false;
	for (; words; words &= (uint16_t)(words - 1))
		try_word(search, best, tests, (uint8_t)__builtin_ctz(words));
}

/* ---- one state */

static void try_all(struct search *search, struct best *best)
{
	struct args_tests tests;

	if (search->graph->work >= search->work_end ||
	    !args_tests_find(search->graph, best->state->graph, search->samples, best->state->set,
			     search->big_endian, &tests)) {
		search->complete = false;
		return;
	}
	try_tests(search, best, &tests);
	try_words(search, best, &tests);
	args_tests_release(&tests);
}

static ir_id solve(struct search *search, ir_id graph, const struct ir_test *before, uint64_t set)
{
	struct state state = make_state(search, graph, before, set);
	struct best best = {.state = &state, .root = graph};
	const struct solved *known;

	if (search->graph->ir->nodes[graph].leaf)
		return graph;
	grow(search);
	known = find_slot(search, &state);
	if (known->used)
		return known->root;
	if (state.word != NOT_LOADED)
		best.before = before;
	best.cost = cost_behind(search, graph, best.before, set);
	best.max_insns = args_length_limit(best.cost.insns);
	try_all(search, &best);
	remember(search, &state, best.root);
	return best.root;
}

ir_id args_search(struct args_graph *graph, ir_id root, const struct args_samples *samples,
		  bool big_endian, bool *ret_complete)
{
	struct search search = {.graph = graph,
				.samples = samples,
				.big_endian = big_endian,
				.work_end = graph->work + WORK_LIMIT +
					    WORK_PER_TEST * ir_count_tests(graph->ir, root),
				.complete = true};

	root = solve(&search, root, NULL, args_samples_all(samples));
	free(search.table);
	*ret_complete = search.complete;
	return root;
}
