/* SPDX-License-Identifier: MIT */
/*
 * The intermediate form of the tuned generator: a decision graph.
 *
 * A node is a leaf (the value a filter returns) or a test of one 32-bit word of struct
 * seccomp_data with two successors. Nodes are hash-consed: two equal ones are the same node, so
 * equal parts of a filter are shared without anybody looking for them, and "same outcome" is
 * equality of ids. Successors exist before their node, so ids are a topological order.
 *
 * What it means for instructions: a test is `jeq`, `jge` or `jset`, with `ld` (and `and`) in front
 * where the accumulator does not hold the masked word already (emit.h).
 */
#ifndef SG_GEN_IR_H
#define SG_GEN_IR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ir_op {
	IR_EQ,  /* (word & mask) == k */
	IR_GE,  /* word >= k, unsigned */
	IR_SET, /* (word & k) != 0 */
};

#define IR_WORD_NR   0
#define IR_WORD_ARCH 1
#define IR_NO_MASK   UINT32_MAX

struct ir_test {
	uint8_t word;  /* offset in struct seccomp_data, in words of 4 bytes */
	uint8_t op;    /* enum ir_op */
	uint32_t mask; /* EQ only; IR_NO_MASK otherwise */
	uint32_t k;
};

typedef uint32_t ir_id;

struct ir_node {
	bool leaf;
	uint32_t action;     /* leaf */
	struct ir_test test; /* the rest: test */
	ir_id yes, no;
};

/* Owns its nodes. Valid when zeroed. */
struct ir {
	struct ir_node *nodes;
	size_t len, cap;
	ir_id *slots; /* open hash table of id + 1; 0 is free */
	size_t slot_count;
};

void ir_release(struct ir *ir);

ir_id ir_leaf(struct ir *ir, uint32_t action);
/*
 * The node for @test, brought to a normal form: a test that always or never holds is its
 * successor, a masked comparison that one JSET can make is one, `>= 1` is `!= 0`.
 */
ir_id ir_test(struct ir *ir, struct ir_test test, ir_id yes, ir_id no);

static inline struct ir_test ir_eq(uint8_t word, uint32_t k)
{
	return (struct ir_test){word, IR_EQ, IR_NO_MASK, k};
}
static inline struct ir_test ir_ge(uint8_t word, uint32_t k)
{
	return (struct ir_test){word, IR_GE, IR_NO_MASK, k};
}
static inline struct ir_test ir_masked_eq(uint8_t word, uint32_t mask, uint32_t k)
{
	return (struct ir_test){word, IR_EQ, mask, k};
}

bool ir_same_test(const struct ir_test *a, const struct ir_test *b);
bool ir_holds(const struct ir_test *test, const uint32_t *words);

/*
 * Where the code of a test is entered by a way that has @before behind it (NULL: nothing is
 * loaded), whose masked word the accumulator then holds: at the load, at the mask (without one, at
 * the test), or at the test.
 */
enum ir_entry { IR_AT_LOAD, IR_AT_MASK, IR_AT_TEST, IR_ENTRY_COUNT };
enum ir_entry ir_entry(const struct ir_test *before, const struct ir_test *test);
/* Instructions from there to the jump, the jump not included. */
uint32_t ir_load_insns(const struct ir_test *before, const struct ir_test *test);

/* The tests that @root reaches, itself included; each counts once. */
size_t ir_count_tests(const struct ir *ir, ir_id root);

/*
 * What an input costs from @root on, in executed instructions: loads, masks, tests and the return.
 * @ret_action (may be NULL) gets the value returned.
 */
uint32_t ir_cost(const struct ir *ir, ir_id root, const uint32_t *words, uint32_t *ret_action);

#endif
