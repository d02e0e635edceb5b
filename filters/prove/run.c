/* SPDX-License-Identifier: MIT */
/*
 * Forward, what stands in the registers, and so what every comparison is; backward, from the RETs,
 * the verdict of a run that begins at each instruction. The verdict from an instruction on holds
 * only what is still to be compared, which makes far smaller diagrams than the conditions on which
 * inputs come there.
 */
#include <stdlib.h>

#include "filters/prove/decide.h"
#include "filters/prove/live.h"
#include "filters/prove/machine.h"
#include "filters/prove/run.h"
#include "filters/prove/ways.h"
#include "harness/base/alloc.h"

struct run {
	struct bdd_pool *pool;
	const struct cbpf_prog *prog;
	uint32_t *live;            /* by instruction: live_before() */
	struct machine **machines; /* by instruction: NULL before anything comes there, and after */
	bdd *on;                   /* as ways.h has it */
	size_t *dominators;        /* by instruction: the last that is on every way to it */
	struct ways ways;          /* from the start */
	struct ways near_ways;     /* from a dominator near by */
	struct outcomes outcomes;
	struct decision *decisions; /* by instruction: of a run that begins there */
	bool *joins;                /* by instruction: more than one way leads there */
};

/* ---- forward */

enum edge { EDGE_ON, EDGE_JF };

/* So far from its dominator an instruction is told from others there by all there is. */
#define NEAR_INSNS 256

/* The last instruction that is on every way to both. */
static size_t common_dominator(const struct run *run, size_t a, size_t b)
{
	while (a != b)
		if (a > b)
			a = run->dominators[a];
		else
			b = run->dominators[b];
	return a;
}

/* What tells the ways from @from that lead over @pc from others. */
static struct ways *ways_between(struct run *run, size_t from, size_t pc)
{
	if (from == 0 || pc - from > NEAR_INSNS)
		return &run->ways;
	if (run->near_ways.from != from)
		ways_restart(&run->near_ways, from);
	return &run->near_ways;
}

/* What differs where ways join becomes a choice, by what happened since they parted. */
static void join(struct run *run, size_t pc, enum edge edge, size_t to,
		 const struct machine *machine)
{
	struct ways *ways = ways_between(run, run->dominators[to], pc);
	bdd way = edge == EDGE_JF ? ways_fell(ways, pc) : ways_on(ways, pc);

	/* Where no input comes the other way nothing is to be kept of it. */
	if (!ways_lead(ways, pc, to))
		way = BDD_TRUE;
	machine_merge(run->pool, way, machine, run->live[to], run->machines[to]);
}

/* From @pc with @machine to @to. */
static void go(struct run *run, size_t pc, enum edge edge, size_t to, const struct machine *machine)
{
	if (!run->machines[to]) {
		run->machines[to] = machine_copy(machine, run->live[to]);
		run->dominators[to] = pc;
		return;
	}
	run->joins[to] = true;
	run->dominators[to] = common_dominator(run, run->dominators[to], pc);
	if (machine_differs(machine, run->machines[to], run->live[to]))
		join(run, pc, edge, to, machine);
}

static void branch(struct run *run, size_t pc, const struct machine *machine)
{
	const struct sock_filter *insn = &run->prog->insns[pc];
	bdd on = BDD_TRUE;

	if (insn->jt != insn->jf)
		on = machine_compare(run->pool, insn, machine);
	run->on[pc] = on;
	if (on != BDD_FALSE)
		go(run, pc, EDGE_ON, pc + 1 + insn->jt, machine);
	if (on != BDD_TRUE)
		go(run, pc, EDGE_JF, pc + 1 + insn->jf, machine);
}

static void straight(struct run *run, size_t pc, struct machine *machine)
{
	const struct sock_filter *insn = &run->prog->insns[pc];
	bdd on = BDD_TRUE;

	/* Division by X = 0 ends the run (net/core/filter.c, bpf_convert_filter). */
	if (insn->code == (BPF_ALU | BPF_DIV | BPF_X)) {
		struct sym zero = sym_const(0);

		on = sym_differ(run->pool, &machine->x, &zero);
	}
	run->on[pc] = on;
	if (on == BDD_FALSE)
		return;
	if (live_written(insn) & run->live[pc + 1])
		machine_execute(run->pool, insn, machine);
	go(run, pc, EDGE_ON, pc + 1, machine);
}

static void end(struct run *run, size_t pc, const struct machine *machine)
{
	const struct sock_filter *insn = &run->prog->insns[pc];
	struct sym ret = BPF_RVAL(insn->code) == BPF_A ? machine->a : sym_const(insn->k);
	struct sym effect = sym_effect(run->pool, &ret);

	run->decisions[pc] = decide_always(&run->outcomes, &effect);
}

static void run_forward(struct run *run, size_t pc, struct machine *machine)
{
	const struct sock_filter *insn = &run->prog->insns[pc];

	if (BPF_CLASS(insn->code) == BPF_RET) {
		end(run, pc, machine);
	} else if (insn->code == (BPF_JMP | BPF_JA)) {
		run->on[pc] = BDD_TRUE;
		go(run, pc, EDGE_ON, pc + 1 + insn->k, machine);
	} else if (BPF_CLASS(insn->code) == BPF_JMP) {
		branch(run, pc, machine);
	} else {
		straight(run, pc, machine);
	}
}

static void all_forward(struct run *run)
{
	const struct machine start = {0};

	run->machines[0] = machine_copy(&start, run->live[0]);
	for (size_t pc = 0; pc < run->prog->len; pc++) {
		struct machine *machine = run->machines[pc];

		if (machine && !bdd_exhausted(run->pool))
			run_forward(run, pc, machine);
		machine_free(machine);
	}
}

/* ---- backward */

static void run_backward(struct run *run, size_t pc)
{
	const struct sock_filter *insn = &run->prog->insns[pc];
	const struct decision *next = &run->decisions[pc + 1];
	struct decision otherwise = {0}; /* what a division by 0 gives */

	if (BPF_CLASS(insn->code) == BPF_RET)
		return;
	if (insn->code == (BPF_JMP | BPF_JA)) {
		next += insn->k;
	} else if (BPF_CLASS(insn->code) == BPF_JMP) {
		otherwise = next[insn->jf];
		next += insn->jt;
	}
	run->decisions[pc] = decide(&run->outcomes, run->on[pc], *next, otherwise);
	if (run->joins[pc])
		run->decisions[pc] = decide_now(&run->outcomes, run->decisions[pc]);
}

static struct run run_new(struct bdd_pool *pool, const struct cbpf_prog *prog)
{
	struct run run = {
		.pool = pool,
		.prog = prog,
		.live = live_before(prog),
		.machines = sg_calloc(prog->len, sizeof(*run.machines)),
		.on = sg_calloc(prog->len, sizeof(*run.on)),
		.dominators = sg_calloc(prog->len, sizeof(*run.dominators)),
		.joins = sg_calloc(prog->len, sizeof(*run.joins)),
		.outcomes = outcomes_new(pool),
		.decisions = sg_calloc(prog->len, sizeof(*run.decisions)),
	};

	run.ways = ways_from(pool, prog, run.on, 0);
	run.near_ways = ways_from(pool, prog, run.on, 0);
	return run;
}

static void run_release(struct run *run)
{
	ways_release(&run->ways);
	ways_release(&run->near_ways);
	outcomes_release(&run->outcomes);
	free(run->decisions);
	free(run->joins);
	free(run->dominators);
	free(run->on);
	free(run->machines);
	free(run->live);
}

struct sym prove_run(struct bdd_pool *pool, const struct cbpf_prog *prog,
		     struct prove_reach *ret_reach)
{
	struct run run = run_new(pool, prog);

	all_forward(&run);
	for (size_t pc = prog->len; pc-- > 0;)
		run_backward(&run, pc);
	struct sym verdict = decided(&run.outcomes, run.decisions[0]);

	if (ret_reach)
		*ret_reach = ways_reach(&run.ways);
	run_release(&run);
	return verdict;
}
