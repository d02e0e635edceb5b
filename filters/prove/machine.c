/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "filters/prove/live.h"
#include "filters/prove/machine.h"
#include "harness/base/alloc.h"

#define SCRATCH_BYTES (BPF_MEMWORDS * sizeof(struct sym))

/* ---- ways that part and join */

struct machine *machine_copy(const struct machine *from, uint32_t live)
{
	struct machine *to = sg_malloc(sizeof(*to));

	to->a = from->a;
	to->x = from->x;
	to->scratch = NULL;
	if (live & LIVE_ANY_SCRATCH) { /* cbpf_verify() saw it written on every way */
		to->scratch = sg_malloc(SCRATCH_BYTES);
		memcpy(to->scratch, from->scratch, SCRATCH_BYTES);
	}
	return to;
}

void machine_free(struct machine *machine)
{
	if (machine)
		free(machine->scratch);
	free(machine);
}

bool machine_differs(const struct machine *a, const struct machine *b, uint32_t live)
{
	if ((live & LIVE_A && !sym_same(&a->a, &b->a)) ||
	    (live & LIVE_X && !sym_same(&a->x, &b->x)))
		return true;
	for (int i = 0; i < BPF_MEMWORDS; i++)
		if (live & LIVE_SCRATCH(i) && !sym_same(&a->scratch[i], &b->scratch[i]))
			return true;
	return false;
}

void machine_merge(struct bdd_pool *pool, bdd cond, const struct machine *from, uint32_t live,
		   struct machine *into)
{
	if (live & LIVE_A)
		into->a = sym_ite(pool, cond, &from->a, &into->a);
	if (live & LIVE_X)
		into->x = sym_ite(pool, cond, &from->x, &into->x);
	for (int i = 0; i < BPF_MEMWORDS; i++)
		if (live & LIVE_SCRATCH(i))
			into->scratch[i] =
				sym_ite(pool, cond, &from->scratch[i], &into->scratch[i]);
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

static void store(struct machine *machine, uint32_t slot, const struct sym *value)
{
	if (!machine->scratch)
		machine->scratch = sg_calloc(1, SCRATCH_BYTES);
	machine->scratch[slot] = *value;
}

void machine_execute(struct bdd_pool *pool, const struct sock_filter *insn, struct machine *machine)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_LD: machine->a = load(pool, insn, machine); break;
	case BPF_LDX: machine->x = load(pool, insn, machine); break;
	case BPF_ST: store(machine, insn->k, &machine->a); break;
	case BPF_STX: store(machine, insn->k, &machine->x); break;
	case BPF_ALU: machine->a = compute(pool, insn, machine); break;
	default:
		if (BPF_MISCOP(insn->code) == BPF_TAX)
			machine->x = machine->a;
		else
			machine->a = machine->x;
	}
}

bdd machine_compare(struct bdd_pool *pool, const struct sock_filter *insn,
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
