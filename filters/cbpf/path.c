/* SPDX-License-Identifier: MIT */
/*
 * The longest path that some input takes: a best-first search over real runs.
 *
 * Every run of the interpreter is a path that an input takes. At each branch of it the other side
 * becomes a lead, with a bound: the instructions up to there and the longest way from there to a
 * RET that the structure has. The lead with the greatest bound is followed first: its demands on
 * the one input word that the branch tested give a new input (demand.h), or show that there is
 * none. When no lead's bound is above the longest run, that run is the answer, and exact.
 *
 * What hangs on a value of unknown source cannot be steered: its bound is set aside as unsettled,
 * as is that of a lead whose input went another way. An answer above every run is not exact.
 */
#include <stdlib.h>

#include "filters/cbpf/interp.h"
#include "filters/cbpf/shadow.h"
#include "harness/base/alloc.h"

/*
 * In steps: an instruction run, a demand looked at. What takes memory is counted as many steps as
 * it takes bytes, near enough, so that the budget bounds both: about 0.1 s and 10 MB.
 */
#define BUDGET      10000000
#define RUN_COST    64
#define BRANCH_COST 64

#define NOTHING UINT32_MAX

/* One side of a branch, and by way of its parents the path to it. */
struct node {
	uint32_t parent; /* NOTHING for the first branch of a path */
	uint32_t depth;  /* branches before it */
	bool taken;
	bool demanding; /* goes this way exactly when .demand holds for .word */
	uint8_t word;
	struct cbpf_demand demand;
};

struct lead {
	uint32_t node;
	uint32_t input; /* of the run that passed by */
	uint32_t next;  /* of the same bound, or NOTHING */
};

struct input {
	uint32_t words[ABI_DATA_WORDS];
};

struct explorer {
	const struct sock_filter *insns;
	uint32_t *rest;       /* longest structural path from each instruction, itself included */
	uint32_t *shelf;      /* by bound: the newest lead, or NOTHING */
	uint32_t longest_run; /* instructions */
	uint32_t unsettled;   /* the greatest bound of what could not be decided */
	uint64_t budget;

	struct node *nodes;
	size_t node_count, node_cap;
	struct lead *leads;
	size_t lead_count, lead_cap;
	struct input *inputs;
	size_t input_count, input_cap;

	/* For the lead that is followed: its path from the start, and room for its demands. */
	uint32_t *path;
	size_t path_len, path_cap; /* the capacity of both */
	struct cbpf_demand *demands;
};

/* A run under way, along the explorer's path and beyond its end. */
struct run {
	struct explorer *explorer;
	uint32_t input;
	struct cbpf_shadow shadow;
	uint32_t pc;      /* of the last instruction */
	uint32_t insns;   /* executed so far */
	uint32_t node;    /* the last branch passed, or NOTHING */
	uint32_t depth;   /* branches passed */
	bool astray;      /* it left the path */
	bool at_branch;   /* the last instruction was one whose outcome an input decides */
	struct node side; /* of it, the side taken when true */
	uint32_t pinned[ABI_DATA_WORDS]; /* bits that the equalities passed allow one value */
};

static uint32_t target(const struct sock_filter *insns, uint32_t pc, bool taken)
{
	return pc + 1 + (taken ? insns[pc].jt : insns[pc].jf);
}

static uint32_t *rest_of(const struct cbpf_prog *prog)
{
	const struct sock_filter *insns = prog->insns;
	uint32_t *rest = sg_calloc(prog->len, sizeof(*rest));

	for (size_t pc = prog->len; pc-- > 0;) {
		if (BPF_CLASS(insns[pc].code) == BPF_RET) {
			rest[pc] = 1;
		} else if (cbpf_is_branch(&insns[pc])) {
			uint32_t yes = rest[target(insns, pc, true)];
			uint32_t no = rest[target(insns, pc, false)];

			rest[pc] = 1 + (yes > no ? yes : no);
		} else {
			bool ja = insns[pc].code == (BPF_JMP | BPF_JA);

			rest[pc] = 1 + rest[pc + 1 + (ja ? insns[pc].k : 0)];
		}
	}
	return rest;
}

static void spend(struct explorer *explorer, uint64_t steps)
{
	explorer->budget -= steps < explorer->budget ? steps : explorer->budget;
}

static void leave_unsettled(struct explorer *explorer, uint32_t bound)
{
	if (bound > explorer->unsettled)
		explorer->unsettled = bound;
}

static uint32_t add_node(struct explorer *explorer, const struct node *node)
{
	SG_GROW(explorer->nodes, explorer->node_count, explorer->node_cap);
	explorer->nodes[explorer->node_count] = *node;
	return explorer->node_count++;
}

static void add_lead(struct explorer *explorer, uint32_t node, uint32_t input, uint32_t bound)
{
	SG_GROW(explorer->leads, explorer->lead_count, explorer->lead_cap);
	explorer->leads[explorer->lead_count] =
		(struct lead){.node = node, .input = input, .next = explorer->shelf[bound]};
	explorer->shelf[bound] = explorer->lead_count++;
}

static struct node other_side(struct node side)
{
	side.taken = !side.taken;
	side.demand = cbpf_demand_not(side.demand);
	return side;
}

/* A branch beyond the path: the side gone becomes part of this run's path, the other a lead. */
static void pass_new_branch(struct run *run, bool taken)
{
	struct explorer *explorer = run->explorer;
	struct node side = taken ? run->side : other_side(run->side);
	struct node other = other_side(side);
	uint32_t bound = run->insns + explorer->rest[target(explorer->insns, run->pc, other.taken)];

	if (!other.demanding)
		leave_unsettled(explorer, bound);
	else if (bound > explorer->longest_run)
		add_lead(explorer, add_node(explorer, &other), run->input, bound);
	run->node = add_node(explorer, &side);
	spend(explorer, BRANCH_COST);
}

static void pin(struct run *run, const struct node *node)
{
	if (node->demanding && node->demand.relation == CBPF_EQ)
		run->pinned[node->word] |= node->demand.mask;
}

static void pass_branch(struct run *run, bool taken)
{
	struct explorer *explorer = run->explorer;

	run->at_branch = false;
	if (run->astray)
		return;
	if (run->depth >= explorer->path_len) {
		pass_new_branch(run, taken);
	} else {
		run->node = explorer->path[run->depth];
		run->astray = explorer->nodes[run->node].taken != taken;
	}
	run->depth++;
	pin(run, &explorer->nodes[run->node]);
}

/* A test of bits that are pinned is decided: most of what structure allows and no input does. */
static void meet_branch(struct run *run, const struct sock_filter *insn, uint32_t x)
{
	struct node side = {.parent = run->node, .depth = run->depth, .taken = true};
	enum cbpf_origin origin =
		cbpf_shadow_branch(&run->shadow, insn, x, &side.word, &side.demand);

	side.demanding = origin == CBPF_WORD;
	run->side = side;
	run->at_branch = side.demanding ? side.demand.mask & ~run->pinned[side.word]
					: origin == CBPF_UNKNOWN;
}

static void on_step(void *ctx, const struct cbpf_step *step)
{
	struct run *run = ctx;
	const struct sock_filter *insns = run->explorer->insns, *insn = &insns[step->pc];

	if (run->at_branch)
		pass_branch(run, step->pc == target(insns, run->pc, true));
	run->insns++;
	run->pc = step->pc;
	cbpf_shadow_step(&run->shadow, insn, step);
	if (cbpf_is_branch(insn) && insn->jt != insn->jf)
		meet_branch(run, insn, step->x);
}

/* Runs one input. False where it did not follow the explorer's path to its end. */
static bool run_input(struct explorer *explorer, uint32_t input)
{
	struct run run = {.explorer = explorer, .input = input, .node = NOTHING};

	cbpf_trace_words(explorer->insns, explorer->inputs[input].words, on_step, &run);
	spend(explorer, RUN_COST + run.insns);
	if (run.insns > explorer->longest_run)
		explorer->longest_run = run.insns;
	/* It ended in a division by X = 0. Other values of X would go on. */
	if (BPF_CLASS(explorer->insns[run.pc].code) != BPF_RET &&
	    run.shadow.x.origin != CBPF_CONSTANT)
		leave_unsettled(explorer, run.insns + explorer->rest[run.pc + 1]);
	return !run.astray && run.depth >= explorer->path_len;
}

/* Lays out the path that ends with @node. */
static void lay_path(struct explorer *explorer, uint32_t node)
{
	size_t len = explorer->nodes[node].depth + 1;

	if (len > explorer->path_cap) {
		explorer->path_cap = 2 * len;
		explorer->path = sg_realloc_array(explorer->path, explorer->path_cap,
						  sizeof(*explorer->path));
		explorer->demands = sg_realloc_array(explorer->demands, explorer->path_cap,
						     sizeof(*explorer->demands));
	}
	for (size_t i = len; i-- > 0; node = explorer->nodes[node].parent)
		explorer->path[i] = node;
	explorer->path_len = len;
	spend(explorer, len);
}

/* Finds a value of input word @word with which a run can follow the path. */
static enum cbpf_answer steer(struct explorer *explorer, uint8_t word, uint32_t *ret_value)
{
	size_t count = 0;

	for (size_t i = 0; i < explorer->path_len; i++) {
		const struct node *node = &explorer->nodes[explorer->path[i]];

		if (node->demanding && node->word == word)
			explorer->demands[count++] = node->demand;
	}
	return cbpf_demands_meet(explorer->demands, count, &explorer->budget, ret_value);
}

/*
 * The run that passed by meets every demand of the path but the last one, so that only the word
 * which that one is about has to change.
 */
static void follow(struct explorer *explorer, struct lead lead, uint32_t bound)
{
	struct input input = explorer->inputs[lead.input];
	uint8_t word = explorer->nodes[lead.node].word;

	lay_path(explorer, lead.node);
	switch (steer(explorer, word, &input.words[word])) {
	case CBPF_UNMEETABLE: return;
	case CBPF_GAVE_UP: leave_unsettled(explorer, bound); return;
	case CBPF_MET: break;
	}
	SG_GROW(explorer->inputs, explorer->input_count, explorer->input_cap);
	explorer->inputs[explorer->input_count] = input;
	if (!run_input(explorer, explorer->input_count++))
		leave_unsettled(explorer, bound);
}

/* A lead's own leads never have a greater bound, so that the shelf is gone through once. */
static void follow_leads(struct explorer *explorer)
{
	uint32_t bound = explorer->rest[0];

	while (bound > explorer->longest_run && bound >= explorer->unsettled) {
		uint32_t lead = explorer->shelf[bound];

		if (lead == NOTHING) {
			bound--;
			continue;
		}
		if (explorer->budget == 0) {
			leave_unsettled(explorer, bound);
			return;
		}
		explorer->shelf[bound] = explorer->leads[lead].next;
		follow(explorer, explorer->leads[lead], bound);
	}
}

static void release(struct explorer *explorer)
{
	free(explorer->rest);
	free(explorer->shelf);
	free(explorer->nodes);
	free(explorer->leads);
	free(explorer->inputs);
	free(explorer->path);
	free(explorer->demands);
}

uint32_t cbpf_longest_path(const struct cbpf_prog *prog, bool *ret_exact)
{
	struct explorer explorer = {.insns = prog->insns, .budget = BUDGET};
	size_t bounds;
	uint32_t longest;

	explorer.rest = rest_of(prog);
	bounds = explorer.rest[0] + 1;
	explorer.shelf = sg_calloc(bounds, sizeof(*explorer.shelf));
	for (size_t i = 0; i < bounds; i++)
		explorer.shelf[i] = NOTHING;
	SG_GROW(explorer.inputs, explorer.input_count, explorer.input_cap);
	explorer.inputs[explorer.input_count++] = (struct input){0};

	run_input(&explorer, 0);
	follow_leads(&explorer);
	*ret_exact = explorer.unsettled <= explorer.longest_run;
	longest = *ret_exact ? explorer.longest_run : explorer.unsettled;
	release(&explorer);
	return longest;
}
