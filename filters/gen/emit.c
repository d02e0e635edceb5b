/* SPDX-License-Identifier: MIT */
#include "filters/gen/emit.h"

#include <errno.h>
#include <stdlib.h>

#include "harness/base/alloc.h"

#define JUMP_REACH 255

struct place {
	/* Counted from the end of the program: each entry, and the nearest stand-in for it. */
	size_t home[IR_ENTRY_COUNT], near[IR_ENTRY_COUNT];
	bool entered[IR_ENTRY_COUNT]; /* some way comes in here */
	bool reached, emitted;
	size_t size; /* tests below, shared ones more than once; saturates */
};

struct emit {
	const struct ir *ir;
	struct place *places;     /* by node */
	struct sock_filter *back; /* the program, last instruction first */
	size_t len, cap;
};

/* ---- which entries are used */

static void enter(struct emit *emit, const struct ir_test *before, ir_id to)
{
	const struct ir_node *node = &emit->ir->nodes[to];
	struct place *place = &emit->places[to];

	place->reached = true;
	place->entered[node->leaf ? IR_AT_TEST : ir_entry(before, &node->test)] = true;
}

/* Ids are a topological order: from the root down, each node is entered before it is left. */
static void find_entries(struct emit *emit, ir_id root)
{
	size_t id;

	enter(emit, NULL, root);
	for (id = (size_t)root + 1; id-- > 0;) {
		const struct ir_node *node = &emit->ir->nodes[id];

		if (!emit->places[id].reached || node->leaf)
			continue;
		enter(emit, &node->test, node->yes);
		enter(emit, &node->test, node->no);
	}
}

static void measure_sizes(struct emit *emit, ir_id root)
{
	size_t id;

	for (id = 0; id <= root; id++) {
		const struct ir_node *node = &emit->ir->nodes[id];
		size_t size = 1;

		if (!node->leaf)
			size += emit->places[node->yes].size + emit->places[node->no].size;
		emit->places[id].size = size < CBPF_MAX_INSNS ? size : CBPF_MAX_INSNS;
	}
}

/* ---- instructions, last first */

static size_t add(struct emit *emit, struct sock_filter insn)
{
	SG_GROW(emit->back, emit->len, emit->cap);
	emit->back[emit->len] = insn;
	return emit->len++;
}

/* From the instruction that comes next to the one at @target. */
static size_t distance(const struct emit *emit, size_t target)
{
	return emit->len - target - 1;
}

/*
 * leaf:	ret #action
 * test:	ja (entry)
 * Puts a stand-in for an entry of @to in front of all there is, for a jump that reaches no further.
 */
static void add_trampoline(struct emit *emit, ir_id to, enum ir_entry entry)
{
	const struct ir_node *node = &emit->ir->nodes[to];
	struct place *place = &emit->places[to];
	struct sock_filter insn =
		BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)distance(emit, place->home[entry]));

	if (node->leaf)
		insn = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, node->action);
	place->near[entry] = add(emit, insn);
}

static size_t *target(struct emit *emit, const struct ir_test *test, ir_id to,
		      enum ir_entry *ret_entry)
{
	const struct ir_node *node = &emit->ir->nodes[to];

	*ret_entry = node->leaf ? IR_AT_TEST : ir_entry(test, &node->test);
	return &emit->places[to].near[*ret_entry];
}

static uint16_t jump_code(enum ir_op op)
{
	switch (op) {
	case IR_EQ: return BPF_JMP | BPF_JEQ | BPF_K;
	case IR_GE: return BPF_JMP | BPF_JGE | BPF_K;
	case IR_SET: return BPF_JMP | BPF_JSET | BPF_K;
	}
	return 0;
}

/* Trampolines move what is near away, so ask again until both targets are in reach. */
static void add_jump(struct emit *emit, const struct ir_node *node)
{
	enum ir_entry yes_entry, no_entry;
	size_t *yes = target(emit, &node->test, node->yes, &yes_entry);
	size_t *no = target(emit, &node->test, node->no, &no_entry);

	while (distance(emit, *yes) > JUMP_REACH || distance(emit, *no) > JUMP_REACH) {
		if (distance(emit, *yes) > JUMP_REACH)
			add_trampoline(emit, node->yes, yes_entry);
		else
			add_trampoline(emit, node->no, no_entry);
	}
	add(emit, (struct sock_filter)BPF_JUMP(jump_code(node->test.op), node->test.k,
					       (uint8_t)distance(emit, *yes),
					       (uint8_t)distance(emit, *no)));
}

static void set_home(struct place *place, enum ir_entry entry, size_t at)
{
	place->home[entry] = place->near[entry] = at;
}

/*
 *		ld [4 * word]		\
 *		and #mask		 > as far as some way comes in there
 * test:	jeq #k, yes, no		/
 */
static void add_test(struct emit *emit, const struct ir_node *node, struct place *place)
{
	add_jump(emit, node);
	set_home(place, IR_AT_TEST, emit->len - 1);
	if (node->test.mask != IR_NO_MASK &&
	    (place->entered[IR_AT_LOAD] || place->entered[IR_AT_MASK]))
		add(emit, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, node->test.mask));
	set_home(place, IR_AT_MASK, emit->len - 1);
	if (place->entered[IR_AT_LOAD])
		add(emit,
		    (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4u * node->test.word));
	set_home(place, IR_AT_LOAD, emit->len - 1);
}

static void emit_node(struct emit *emit, ir_id id)
{
	const struct ir_node *node = &emit->ir->nodes[id];
	struct place *place = &emit->places[id];
	struct sock_filter ret = BPF_STMT(BPF_RET | BPF_K, node->action);
	ir_id near, far;

	if (place->emitted)
		return;
	place->emitted = true;
	if (node->leaf) {
		set_home(place, IR_AT_TEST, add(emit, ret));
		return;
	}
	far = emit->places[node->yes].size > emit->places[node->no].size ? node->yes : node->no;
	near = far == node->yes ? node->no : node->yes;
	emit_node(emit, far);
	emit_node(emit, near);
	add_test(emit, node, place);
}

int emit_graph(const struct ir *ir, ir_id root, struct cbpf_prog *ret_prog, struct sg_err *err)
{
	struct emit emit = {.ir = ir};
	struct cbpf_prog prog = {0};
	size_t tests = ir_count_tests(ir, root);

	/* Before the walk, whose depth the number of tests bounds. */
	if (tests >= CBPF_MAX_INSNS)
		return sg_err_finding(
			err, E2BIG, "the policy needs %zu tests; the kernel takes %d instructions",
			tests, CBPF_MAX_INSNS);
	emit.places = sg_calloc((size_t)root + 1, sizeof(*emit.places));
	find_entries(&emit, root);
	measure_sizes(&emit, root);
	emit_node(&emit, root);
	while (emit.len > 0)
		cbpf_add(&prog, emit.back[--emit.len]);
	free(emit.back);
	free(emit.places);
	if (prog.len > CBPF_MAX_INSNS) {
		sg_err_finding(err, E2BIG, "the policy needs %zu instructions; the kernel takes %d",
			       prog.len, CBPF_MAX_INSNS);
		cbpf_release(&prog);
		return -E2BIG;
	}
	*ret_prog = prog;
	return 0;
}
