/* SPDX-License-Identifier: MIT */
/*
 * Forward from the first instruction: jumps only go forward, so every way to an instruction has
 * been followed when its turn comes. A value that no term of a verdict or a condition leads to is
 * never looked at by Z3, so that joins need no liveness here.
 */
#include "filters/prove/smt_prog.h"

#include <stdlib.h>

#include "harness/base/alloc.h"

enum reg { REG_A, REG_X, REG_SCRATCH, REG_COUNT = REG_SCRATCH + BPF_MEMWORDS };

struct machine {
	Z3_ast regs[REG_COUNT];
};

struct place {
	Z3_ast here; /* the inputs that come to the instruction; NULL while none do */
	struct machine machine;
};

struct run {
	const struct smt_terms *terms;
	struct place *places;       /* by instruction */
	struct smt_cases constants; /* effects of RET K */
	Z3_ast computed;            /* RET A: the raw value; NULL while there is none */
};

/* Some inputs come to @place with the registers of @machine. */
static void enter(struct run *run, struct place *place, Z3_ast when, const struct machine *machine)
{
	if (!place->here) {
		*place = (struct place){when, *machine};
		return;
	}
	for (int i = 0; i < REG_COUNT; i++)
		place->machine.regs[i] =
			smt_choose(run->terms, when, machine->regs[i], place->machine.regs[i]);
	place->here = smt_or(run->terms, place->here, when);
}

static Z3_ast operand(const struct smt_terms *terms, const struct sock_filter *insn,
		      const struct machine *machine)
{
	return BPF_SRC(insn->code) == BPF_X ? machine->regs[REG_X] : smt_number(terms, insn->k);
}

/* net/core/filter.c, bpf_convert_filter: shifts by X use its low five bits. */
static Z3_ast alu(const struct smt_terms *terms, const struct sock_filter *insn,
		  const struct machine *machine)
{
	const struct smt_z3 *z3 = terms->z3;
	Z3_context context = terms->context;
	Z3_ast a = machine->regs[REG_A], b = operand(terms, insn, machine);
	Z3_ast shift = z3->mk_bvand(context, b, smt_number(terms, 31));

	switch (BPF_OP(insn->code)) {
	case BPF_ADD: return z3->mk_bvadd(context, a, b);
	case BPF_SUB: return z3->mk_bvsub(context, a, b);
	case BPF_MUL: return z3->mk_bvmul(context, a, b);
	case BPF_DIV: return z3->mk_bvudiv(context, a, b);
	case BPF_AND: return z3->mk_bvand(context, a, b);
	case BPF_OR: return z3->mk_bvor(context, a, b);
	case BPF_XOR: return z3->mk_bvxor(context, a, b);
	case BPF_LSH: return z3->mk_bvshl(context, a, shift);
	case BPF_RSH: return z3->mk_bvlshr(context, a, shift);
	default: return z3->mk_bvneg(context, a);
	}
}

/* BPF_LD and BPF_LDX. */
static Z3_ast loaded(const struct smt_terms *terms, const struct sock_filter *insn,
		     const struct machine *machine)
{
	switch (BPF_MODE(insn->code)) {
	case BPF_ABS: return terms->words[insn->k / 4];
	case BPF_MEM: return machine->regs[REG_SCRATCH + insn->k];
	case BPF_LEN: return smt_number(terms, ABI_DATA_BYTES);
	default: return smt_number(terms, insn->k);
	}
}

/* An instruction that only moves and computes. */
static void compute(const struct smt_terms *terms, const struct sock_filter *insn,
		    struct machine *machine)
{
	Z3_ast *regs = machine->regs;

	switch (BPF_CLASS(insn->code)) {
	case BPF_LD: regs[REG_A] = loaded(terms, insn, machine); break;
	case BPF_LDX: regs[REG_X] = loaded(terms, insn, machine); break;
	case BPF_ST: regs[REG_SCRATCH + insn->k] = regs[REG_A]; break;
	case BPF_STX: regs[REG_SCRATCH + insn->k] = regs[REG_X]; break;
	case BPF_ALU: regs[REG_A] = alu(terms, insn, machine); break;
	default: /* BPF_MISC */
		if (BPF_MISCOP(insn->code) == BPF_TAX)
			regs[REG_X] = regs[REG_A];
		else
			regs[REG_A] = regs[REG_X];
	}
}

static Z3_ast condition(const struct smt_terms *terms, const struct sock_filter *insn,
			const struct machine *machine)
{
	const struct smt_z3 *z3 = terms->z3;
	Z3_context context = terms->context;
	Z3_ast a = machine->regs[REG_A], b = operand(terms, insn, machine);

	switch (BPF_OP(insn->code)) {
	case BPF_JEQ: return smt_equal(terms, a, b);
	case BPF_JGT: return z3->mk_bvugt(context, a, b);
	case BPF_JGE: return z3->mk_bvuge(context, a, b);
	default: return smt_not(terms, smt_is(terms, z3->mk_bvand(context, a, b), 0));
	}
}

static void jump(struct run *run, const struct sock_filter *insn, const struct place *from,
		 struct place *next)
{
	Z3_ast taken;

	if (BPF_OP(insn->code) == BPF_JA) {
		enter(run, next + insn->k, from->here, &from->machine);
		return;
	}
	taken = condition(run->terms, insn, &from->machine);
	enter(run, next + insn->jt, smt_and(run->terms, from->here, taken), &from->machine);
	enter(run, next + insn->jf, smt_and(run->terms, from->here, smt_not(run->terms, taken)),
	      &from->machine);
}

static void end(struct run *run, const struct sock_filter *insn, const struct place *place)
{
	Z3_ast a = place->machine.regs[REG_A];

	if (BPF_RVAL(insn->code) != BPF_A)
		smt_cases_add(run->terms, &run->constants, abi_verdict_effect(insn->k),
			      place->here);
	else if (run->computed)
		run->computed = smt_choose(run->terms, place->here, a, run->computed);
	else
		run->computed = a;
}

/* A division by X = 0 ends the run with 0; with what goes on, X is another number. */
static void leave_divided_by_zero(struct run *run, struct place *place)
{
	Z3_ast zero = smt_is(run->terms, place->machine.regs[REG_X], 0);

	smt_cases_add(run->terms, &run->constants, ABI_RET_KILL_THREAD,
		      smt_and(run->terms, place->here, zero));
	place->here = smt_and(run->terms, place->here, smt_not(run->terms, zero));
}

static void follow(struct run *run, const struct sock_filter *insn, struct place *place)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_JMP: jump(run, insn, place, place + 1); break;
	case BPF_RET: end(run, insn, place); break;
	default:
		if (insn->code == (BPF_ALU | BPF_DIV | BPF_X))
			leave_divided_by_zero(run, place);
		compute(run->terms, insn, &place->machine);
		enter(run, place + 1, place->here, &place->machine);
	}
}

Z3_ast smt_prog(const struct smt_terms *terms, const struct cbpf_prog *prog)
{
	Z3_ast zero = smt_number(terms, 0), effect;
	struct run run = {
		.terms = terms,
		.places = sg_calloc(prog->len, sizeof(*run.places)),
	};

	run.places[0].here = terms->yes;
	for (int i = 0; i < REG_COUNT; i++)
		run.places[0].machine.regs[i] = zero;
	for (size_t i = 0; i < prog->len; i++)
		if (run.places[i].here)
			follow(&run, &prog->insns[i], &run.places[i]);
	effect = smt_cases_value(terms, &run.constants,
				 run.computed ? smt_effect(terms, run.computed) : NULL);
	smt_cases_release(&run.constants);
	free(run.places);
	return effect;
}
