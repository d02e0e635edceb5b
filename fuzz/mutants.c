/* SPDX-License-Identifier: MIT */
/*
 * Mutants of a filter: the slips that generators and people make, one at a time.
 */
#include <stdlib.h>
#include <string.h>

#include "filters/cbpf/asm.h"
#include "fuzz/strength.h"

#define NO_OP ((struct sock_filter){BPF_JMP | BPF_JA, 0, 0, 0})

static const char *const mutation_names[] = {
#define M(id, text) [FUZZ_##id] = text,
	FUZZ_MUTATIONS(M)
#undef M
};

const char *fuzz_mutation_name(enum fuzz_mutation kind)
{
	return mutation_names[kind];
}

void fuzz_mutant_text(const struct cbpf_prog *prog, const struct fuzz_mutant *mutant,
		      struct sg_buf *out)
{
	sg_buf_addf(out, "%zu: %s: ", mutant->pc, fuzz_mutation_name(mutant->kind));
	cbpf_insn_text(&prog->insns[mutant->pc], out);
	sg_buf_adds(out, " became ");
	cbpf_insn_text(&mutant->insn, out);
}

void fuzz_mutants_release(struct fuzz_mutants *mutants)
{
	free(mutants->items);
	*mutants = (struct fuzz_mutants){0};
}

/* ---- making */

struct maker {
	struct cbpf_prog prog; /* a copy, in which a change is put before the verifier */
	size_t pc;
	struct sock_filter original;
	struct fuzz_mutants *to;
};

static bool accepted(struct maker *maker, const struct sock_filter *insn)
{
	maker->prog.insns[maker->pc] = *insn;
	const bool ok = cbpf_verify(&maker->prog, NULL) == 0;
	maker->prog.insns[maker->pc] = maker->original;
	return ok;
}

static void add(struct maker *maker, enum fuzz_mutation kind, struct sock_filter insn)
{
	struct fuzz_mutants *to = maker->to;

	if (!memcmp(&insn, &maker->original, sizeof(insn)) || !accepted(maker, &insn))
		return;
	SG_GROW(to->items, to->len, to->cap);
	to->items[to->len++] = (struct fuzz_mutant){kind, maker->pc, insn};
}

static void add_opcode(struct maker *maker, enum fuzz_mutation kind, uint16_t code)
{
	struct sock_filter insn = maker->original;

	insn.code = code;
	add(maker, kind, insn);
}

static void add_constant(struct maker *maker, enum fuzz_mutation kind, uint32_t k)
{
	struct sock_filter insn = maker->original;

	insn.k = k;
	add(maker, kind, insn);
}

static void add_targets(struct maker *maker, enum fuzz_mutation kind, int jt, int jf)
{
	struct sock_filter insn = maker->original;

	if (jt < 0 || jf < 0 || jt > UINT8_MAX || jf > UINT8_MAX)
		return;
	insn.jt = jt;
	insn.jf = jf;
	add(maker, kind, insn);
}

static void mutate_constant(struct maker *maker)
{
	add_constant(maker, FUZZ_CONSTANT_UP, maker->original.k + 1);
	add_constant(maker, FUZZ_CONSTANT_DOWN, maker->original.k - 1);
}

static void mutate_load(struct maker *maker)
{
	const struct sock_filter *insn = &maker->original;

	if (insn->code != (BPF_LD | BPF_W | BPF_ABS) || insn->k < ABI_OFF_ARG(0))
		return;
	add(maker, FUZZ_DROP_RELOAD, NO_OP);
	add_constant(maker, FUZZ_WRONG_HALF, insn->k ^ 4);
}

static void mutate_alu(struct maker *maker)
{
	if (BPF_OP(maker->original.code) == BPF_AND)
		add(maker, FUZZ_LOST_MASK, NO_OP);
	if (BPF_SRC(maker->original.code) == BPF_K)
		mutate_constant(maker);
}

static void mutate_comparison(struct maker *maker)
{
	static const struct {
		uint16_t from, to;
	} taken_for[] = {
		{BPF_JEQ, BPF_JGE}, {BPF_JEQ, BPF_JSET}, {BPF_JGE, BPF_JGT},
		{BPF_JGE, BPF_JEQ}, {BPF_JGT, BPF_JGE},  {BPF_JSET, BPF_JEQ},
	};
	const uint16_t code = maker->original.code;

	for (size_t i = 0; i < SG_COUNT(taken_for); i++)
		if (BPF_OP(code) == taken_for[i].from)
			add_opcode(maker, FUZZ_COMPARISON,
				   BPF_JMP | taken_for[i].to | BPF_SRC(code));
}

static void mutate_jump(struct maker *maker)
{
	const struct sock_filter *insn = &maker->original;

	if (BPF_OP(insn->code) == BPF_JA) {
		add_constant(maker, FUZZ_JUMP_TARGET, insn->k + 1);
		if (insn->k)
			add_constant(maker, FUZZ_JUMP_TARGET, insn->k - 1);
		return;
	}
	for (int step = -1; step <= 1; step += 2) {
		add_targets(maker, FUZZ_JUMP_TARGET, insn->jt + step, insn->jf);
		add_targets(maker, FUZZ_JUMP_TARGET, insn->jt, insn->jf + step);
	}
	add_targets(maker, FUZZ_SWAP_BRANCHES, insn->jf, insn->jt);
	mutate_comparison(maker);
	if (BPF_SRC(insn->code) == BPF_K)
		mutate_constant(maker);
}

/* The data of ERRNO is capped at 4,095, so it goes down where it cannot go up. */
static void mutate_data(struct maker *maker, uint32_t ret)
{
	const uint32_t up = ret + 1, effect = abi_verdict_effect(ret);

	if (abi_verdict_effect(up) != effect && !((ret ^ up) & ABI_RET_ACTION_FULL))
		add_constant(maker, FUZZ_ACTION_DATA, up);
	else if (ret & ABI_RET_DATA && abi_verdict_effect(ret - 1) != effect)
		add_constant(maker, FUZZ_ACTION_DATA, ret - 1);
}

static void mutate_ret(struct maker *maker)
{
	const struct sock_filter *insn = &maker->original;

	if (BPF_RVAL(insn->code) != BPF_K)
		return;
	mutate_data(maker, insn->k);
	if (abi_verdict_effect(insn->k) != ABI_RET_ALLOW)
		add_constant(maker, FUZZ_ACTION, ABI_RET_ALLOW);
	if (abi_verdict_effect(insn->k) != ABI_RET_KILL_PROCESS)
		add_constant(maker, FUZZ_ACTION, ABI_RET_KILL_PROCESS);
}

static void mutate(struct maker *maker)
{
	switch (BPF_CLASS(maker->original.code)) {
	case BPF_LD: mutate_load(maker); break;
	case BPF_ALU: mutate_alu(maker); break;
	case BPF_JMP: mutate_jump(maker); break;
	case BPF_RET: mutate_ret(maker); break;
	default: break;
	}
}

void fuzz_mutants_make(const struct cbpf_prog *prog, struct fuzz_mutants *ret)
{
	struct maker maker = {.to = ret};

	*ret = (struct fuzz_mutants){0};
	cbpf_copy(&maker.prog, prog);
	for (maker.pc = 0; maker.pc < prog->len; maker.pc++) {
		maker.original = prog->insns[maker.pc];
		mutate(&maker);
	}
	cbpf_release(&maker.prog);
}
