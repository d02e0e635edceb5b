/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "filters/prove/live.h"
#include "filters/prove/run.h"
#include "harness/base/alloc.h"

/* Registers and scratch words on the way to an instruction. Zeroed: all 0, as a run starts. */
struct machine {
	struct sym a, x;
	struct sym *scratch; /* BPF_MEMWORDS; NULL while nothing was stored that is read */
};

/* The inputs that end with one effect. */
struct outcome {
	uint32_t effect;
	bdd when;
};

struct run {
	struct bdd_pool *pool;
	const struct cbpf_prog *prog;
	uint32_t *live;            /* by instruction: live_before() */
	struct machine **machines; /* by instruction: NULL before anything comes there, and after */

	struct outcome *outcomes; /* of RET K, by effect in order of appearance */
	size_t outcome_count, outcome_cap;
	struct sym returned; /* the effect of RET A; 0 for inputs that go another way */
	struct prove_reach reach;
};

/* ---- machines */

static void machine_free(struct machine *machine)
{
	if (machine)
		free(machine->scratch);
	free(machine);
}

static struct sym *scratch_of(struct machine *machine)
{
	if (!machine->scratch)
		machine->scratch = sg_calloc(BPF_MEMWORDS, sizeof(*machine->scratch));
	return machine->scratch;
}

static struct machine *machine_copy(const struct machine *from, uint32_t live)
{
	struct machine *to = sg_malloc(sizeof(*to));

	to->a = from->a;
	to->x = from->x;
	to->scratch = NULL;
	if (live & LIVE_ANY_SCRATCH) /* the verifier saw it written */
		for (int i = 0; i < BPF_MEMWORDS; i++)
			scratch_of(to)[i] = from->scratch[i];
	return to;
}

static void choose(struct bdd_pool *pool, bdd cond, const struct sym *value, struct sym *into)
{
	if (!sym_same(value, into))
		*into = sym_ite(pool, cond, value, into);
}

/* @into becomes @from where @cond holds, in what is live. */
static void machine_merge(struct bdd_pool *pool, bdd cond, const struct machine *from,
			  uint32_t live, struct machine *into)
{
	if (live & LIVE_A)
		choose(pool, cond, &from->a, &into->a);
	if (live & LIVE_X)
		choose(pool, cond, &from->x, &into->x);
	for (int i = 0; i < BPF_MEMWORDS; i++)
		if (live & LIVE_SCRATCH(i))
			choose(pool, cond, &from->scratch[i], &into->scratch[i]);
}

/* ---- ways */

/* Inputs @cond go on to @pc as @machine is. */
static void go(struct run *run, size_t pc, bdd cond, const struct machine *machine)
{
	if (cond == BDD_FALSE)
		return;
	if (run->machines[pc])
		machine_merge(run->pool, cond, machine, run->live[pc], run->machines[pc]);
	else
		run->machines[pc] = machine_copy(machine, run->live[pc]);
	run->reach.here[pc] = bdd_or(run->pool, run->reach.here[pc], cond);
}

static void end_with(struct run *run, uint32_t effect, bdd when)
{
	size_t i = 0;

	while (i < run->outcome_count && run->outcomes[i].effect != effect)
		i++;
	if (i == run->outcome_count) {
		SG_GROW(run->outcomes, run->outcome_count, run->outcome_cap);
		run->outcomes[run->outcome_count++] = (struct outcome){effect, BDD_FALSE};
	}
	run->outcomes[i].when = bdd_or(run->pool, run->outcomes[i].when, when);
}

static void end_with_a(struct run *run, const struct machine *machine, bdd when)
{
	struct sym effect = sym_effect(run->pool, &machine->a);

	for (int i = 0; i < 32; i++) {
		bdd set = bdd_and(run->pool, when, effect.bits[i]);

		run->returned.bits[i] = bdd_or(run->pool, run->returned.bits[i], set);
	}
}

/* ---- instructions */

static struct sym operand(const struct sock_filter *insn, const struct machine *machine)
{
	return BPF_SRC(insn->code) == BPF_X ? machine->x : sym_const(insn->k);
}

static struct sym compute(struct bdd_pool *pool, const struct sock_filter *insn,
			  const struct machine *machine)
{
	const struct sym *a = &machine->a, b = operand(insn, machine);

	switch (BPF_OP(insn->code)) {
	case BPF_ADD: return sym_add(pool, a, &b);
	case BPF_SUB: return sym_sub(pool, a, &b);
	case BPF_MUL: return sym_mul(pool, a, &b);
	case BPF_DIV: return sym_div(pool, a, &b);
	case BPF_AND: return sym_and(pool, a, &b);
	case BPF_OR: return sym_or(pool, a, &b);
	case BPF_XOR: return sym_xor(pool, a, &b);
	case BPF_LSH: return sym_lsh(pool, a, &b);
	case BPF_RSH: return sym_rsh(pool, a, &b);
	default: return sym_neg(pool, a);
	}
}

static struct sym load(struct bdd_pool *pool, const struct sock_filter *insn,
		       const struct machine *machine)
{
	switch (BPF_MODE(insn->code)) {
	case BPF_ABS: return sym_word(pool, insn->k / 4);
	case BPF_LEN: return sym_const(ABI_DATA_BYTES);
	case BPF_MEM: return machine->scratch[insn->k];
	default: return sym_const(insn->k);
	}
}

static void write_value(struct bdd_pool *pool, const struct sock_filter *insn,
			struct machine *machine)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_LD: machine->a = load(pool, insn, machine); break;
	case BPF_LDX: machine->x = load(pool, insn, machine); break;
	case BPF_ST: scratch_of(machine)[insn->k] = machine->a; break;
	case BPF_STX: scratch_of(machine)[insn->k] = machine->x; break;
	case BPF_ALU: machine->a = compute(pool, insn, machine); break;
	default:
		if (BPF_MISCOP(insn->code) == BPF_TAX)
			machine->x = machine->a;
		else
			machine->a = machine->x;
	}
}

static bdd holds(struct bdd_pool *pool, const struct sock_filter *insn,
		 const struct machine *machine)
{
	struct sym b = operand(insn, machine);

	switch (BPF_OP(insn->code)) {
	case BPF_JEQ: return sym_eq(pool, &machine->a, &b);
	case BPF_JGT: return sym_gt(pool, &machine->a, &b);
	case BPF_JGE: return sym_ge(pool, &machine->a, &b);
	default: return sym_meet(pool, &machine->a, &b);
	}
}

/* Everything goes both ways where both are one. */
static void branch(struct run *run, size_t pc, const struct machine *machine)
{
	const struct sock_filter *insn = &run->prog->insns[pc];
	bdd here = run->reach.here[pc], taken = here, fell = here;

	if (insn->jt != insn->jf) {
		bdd cond = holds(run->pool, insn, machine);

		taken = bdd_and(run->pool, here, cond);
		fell = bdd_and(run->pool, here, bdd_not(cond));
		go(run, pc + 1 + insn->jf, fell, machine);
	}
	go(run, pc + 1 + insn->jt, taken, machine);
	run->reach.taken[pc] = taken;
	run->reach.fell[pc] = fell;
}

static void straight(struct run *run, size_t pc, struct machine *machine)
{
	const struct sock_filter *insn = &run->prog->insns[pc];
	bdd on = run->reach.here[pc];

	/* Division by X = 0 ends the run with 0, KILL_THREAD (net/core/filter.c,
	 * bpf_convert_filter). */
	if (insn->code == (BPF_ALU | BPF_DIV | BPF_X)) {
		struct sym zero = sym_const(0);

		on = bdd_and(run->pool, on, sym_differ(run->pool, &machine->x, &zero));
	}
	if (on != BDD_FALSE && live_written(insn) & run->live[pc + 1])
		write_value(run->pool, insn, machine);
	go(run, pc + 1, on, machine);
}

static void step(struct run *run, size_t pc, struct machine *machine)
{
	const struct sock_filter *insn = &run->prog->insns[pc];
	bdd here = run->reach.here[pc];

	if (insn->code == (BPF_RET | BPF_K))
		end_with(run, abi_verdict_effect(insn->k), here);
	else if (insn->code == (BPF_RET | BPF_A))
		end_with_a(run, machine, here);
	else if (insn->code == (BPF_JMP | BPF_JA))
		go(run, pc + 1 + insn->k, here, machine);
	else if (BPF_CLASS(insn->code) == BPF_JMP)
		branch(run, pc, machine);
	else
		straight(run, pc, machine);
}

/* ---- the whole */

static struct sym verdict_of(const struct run *run)
{
	struct sym verdict = run->returned;

	for (size_t i = 0; i < run->outcome_count; i++)
		for (int bit = 0; bit < 32; bit++)
			if (run->outcomes[i].effect >> bit & 1)
				verdict.bits[bit] =
					bdd_or(run->pool, verdict.bits[bit], run->outcomes[i].when);
	return verdict;
}

static struct prove_reach reach_new(size_t len)
{
	return (struct prove_reach){
		.here = sg_calloc(len, sizeof(bdd)),
		.taken = sg_calloc(len, sizeof(bdd)),
		.fell = sg_calloc(len, sizeof(bdd)),
	};
}

void prove_reach_release(struct prove_reach *reach)
{
	free(reach->here);
	free(reach->taken);
	free(reach->fell);
	*reach = (struct prove_reach){0};
}

struct sym prove_run(struct bdd_pool *pool, const struct cbpf_prog *prog,
		     struct prove_reach *ret_reach)
{
	struct run run = {
		.pool = pool,
		.prog = prog,
		.live = live_before(prog),
		.machines = sg_calloc(prog->len, sizeof(*run.machines)),
		.reach = reach_new(prog->len),
	};

	go(&run, 0, BDD_TRUE, &(struct machine){0});
	for (size_t pc = 0; pc < prog->len; pc++) {
		struct machine *machine = run.machines[pc];

		if (machine && !bdd_exhausted(pool))
			step(&run, pc, machine);
		machine_free(machine);
	}
	struct sym verdict = verdict_of(&run);

	free(run.live);
	free(run.machines);
	free(run.outcomes);
	if (ret_reach)
		*ret_reach = run.reach;
	else
		prove_reach_release(&run.reach);
	return verdict;
}
