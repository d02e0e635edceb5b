/* SPDX-License-Identifier: MIT */
#include <stdbool.h>

#include "filters/cbpf/prog.h"

/* A = 0, X = 0, and the context pointer into its register. */
#define PROLOGUE_INSNS 3

/*
 * eBPF jumps compare with a signed immediate and fall through on false. A constant with bit 31
 * goes through a register; a branch that falls through on true is inverted, but there is no
 * inverse of JSET; one that falls through on neither side needs a JA behind it.
 */
static size_t branch_insns(const struct sock_filter *insn)
{
	bool through_register = BPF_SRC(insn->code) == BPF_K && insn->k & 0x80000000;
	bool inverts = insn->jt == 0 && BPF_OP(insn->code) != BPF_JSET;
	bool needs_ja = insn->jf != 0 && !inverts;

	return 1 + through_register + needs_ja;
}

static size_t translated_insns(const struct sock_filter *insn)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_JMP: return BPF_OP(insn->code) == BPF_JA ? 1 : branch_insns(insn);
	case BPF_RET: return BPF_RVAL(insn->code) == BPF_K ? 2 : 1; /* MOV and EXIT; EXIT */
	case BPF_ALU:
		/* Truncate X, test it, and where it is 0: A = 0, EXIT. Then the division. */
		return insn->code == (BPF_ALU | BPF_DIV | BPF_X) ? 5 : 1;
	default: return 1;
	}
}

size_t cbpf_kernel_insns(const struct cbpf_prog *prog)
{
	size_t insns = PROLOGUE_INSNS;

	for (size_t pc = 0; pc < prog->len; pc++)
		insns += translated_insns(&prog->insns[pc]);
	return insns;
}
