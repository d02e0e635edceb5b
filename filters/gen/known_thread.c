/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "filters/abi/abi.h"
#include "filters/gen/known.h"
#include "filters/gen/known_word.h"
#include "harness/base/alloc.h"

#define NOWHERE UINT32_MAX

/* A node that a way comes to. */
struct stop {
	ir_id id;
	uint32_t to[2];           /* the stops behind no and yes, or NOWHERE: it cannot come */
	struct known_word *known; /* of the words in use, one each; NULL before the first way */
	ir_id simple;             /* what it becomes */
};

struct thread {
	struct ir *ir;
	ir_id root;
	uint32_t *stop_of; /* by id, + 1; 0: none */
	struct stop *stops;
	size_t len, cap;
	uint8_t place[ABI_DATA_WORDS]; /* of a word among those in use */
	size_t word_count;
	struct known_word *now; /* on the way that is being followed */
};

/* ---- ways */

static uint32_t find_stop(struct thread *thread, ir_id id)
{
	if (!thread->stop_of[id]) {
		SG_GROW(thread->stops, thread->len, thread->cap);
		thread->stops[thread->len++] = (struct stop){.id = id};
		thread->stop_of[id] = (uint32_t)thread->len;
	}
	return thread->stop_of[id] - 1;
}

static struct known_word *known_of(const struct thread *thread, uint8_t word)
{
	return &thread->now[thread->place[word]];
}

static ir_id skip_decided(const struct thread *thread, ir_id id)
{
	const struct ir_node *node = &thread->ir->nodes[id];

	while (!node->leaf) {
		enum known_answer answer =
			known_word_ask(known_of(thread, node->test.word), &node->test);

		if (answer == KNOWN_OPEN)
			break;
		id = answer == KNOWN_YES ? node->yes : node->no;
		node = &thread->ir->nodes[id];
	}
	return id;
}

/* What is known now holds there, or what is known there already holds no more than both say. */
static void arrive(struct thread *thread, struct stop *stop)
{
	size_t i, bytes = thread->word_count * sizeof(*thread->now);

	if (!stop->known) {
		stop->known = sg_malloc(bytes);
		memcpy(stop->known, thread->now, bytes);
		return;
	}
	for (i = 0; i < thread->word_count; i++)
		known_word_join(&stop->known[i], &thread->now[i]);
}

static uint32_t follow(struct thread *thread, const struct stop *from, bool yes)
{
	const struct ir_node *node = &thread->ir->nodes[from->id];
	uint32_t to;

	memcpy(thread->now, from->known, thread->word_count * sizeof(*thread->now));
	if (!known_word_learn(known_of(thread, node->test.word), &node->test, yes))
		return NOWHERE;
	to = find_stop(thread, skip_decided(thread, yes ? node->yes : node->no));
	if (!thread->ir->nodes[thread->stops[to].id].leaf)
		arrive(thread, &thread->stops[to]);
	return to;
}

/* From the root down: ids are a topological order, so all ways to a node are known before it. */
static void follow_all(struct thread *thread)
{
	uint32_t first = find_stop(thread, thread->root);
	size_t id;

	arrive(thread, &thread->stops[first]);
	for (id = (size_t)thread->root + 1; id-- > 0;) {
		uint32_t at = thread->stop_of[id] - 1, no, yes;
		struct stop stop; /* a copy: the array may move */

		if (!thread->stop_of[id] || thread->ir->nodes[id].leaf)
			continue;
		stop = thread->stops[at];
		no = follow(thread, &stop, false);
		yes = follow(thread, &stop, true);
		thread->stops[at].to[false] = no;
		thread->stops[at].to[true] = yes;
	}
}

/* ---- the new graph */

static ir_id rebuild(struct thread *thread, const struct stop *stop)
{
	const struct ir_test test = thread->ir->nodes[stop->id].test;
	uint32_t yes = stop->to[true], no = stop->to[false];

	if (yes == NOWHERE && no == NOWHERE)
		return stop->id; /* so nobody comes here either */
	if (yes == NOWHERE)
		return thread->stops[no].simple;
	if (no == NOWHERE)
		return thread->stops[yes].simple;
	return ir_test(thread->ir, test, thread->stops[yes].simple, thread->stops[no].simple);
}

/* From the leaves up. */
static void rebuild_all(struct thread *thread)
{
	size_t id;

	for (id = 0; id <= thread->root; id++) {
		struct stop *stop;

		if (!thread->stop_of[id])
			continue;
		stop = &thread->stops[thread->stop_of[id] - 1];
		stop->simple = (ir_id)id;
		if (!thread->ir->nodes[id].leaf)
			stop->simple = rebuild(thread, stop);
	}
}

/* ---- the pass */

static void find_words(struct thread *thread)
{
	bool used[ABI_DATA_WORDS] = {false};
	size_t id;
	uint8_t word;

	for (id = 0; id <= thread->root; id++) {
		if (!thread->ir->nodes[id].leaf)
			used[thread->ir->nodes[id].test.word] = true;
	}
	for (word = 0; word < ABI_DATA_WORDS; word++) {
		if (used[word])
			thread->place[word] = (uint8_t)thread->word_count++;
	}
}

static void release(struct thread *thread)
{
	size_t i;

	for (i = 0; i < thread->len; i++)
		free(thread->stops[i].known);
	free(thread->stops);
	free(thread->stop_of);
	free(thread->now);
}

ir_id known_thread(struct ir *ir, ir_id root)
{
	struct thread thread = {.ir = ir, .root = root};
	ir_id simple;
	size_t i;

	if (ir->nodes[root].leaf || ir_count_tests(ir, root) > KNOWN_MAX_TESTS)
		return root;
	find_words(&thread);
	thread.stop_of = sg_calloc((size_t)root + 1, sizeof(*thread.stop_of));
	thread.now = sg_calloc(thread.word_count, sizeof(*thread.now));
	for (i = 0; i < thread.word_count; i++)
		known_word_init(&thread.now[i]);
	follow_all(&thread);
	rebuild_all(&thread);
	simple = thread.stops[thread.stop_of[root] - 1].simple;
	release(&thread);
	return simple;
}
