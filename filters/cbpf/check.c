/* SPDX-License-Identifier: MIT */
/*
 * What the kernel checks when a filter is installed: bpf_check_classic() with
 * check_load_and_stores() (net/core/filter.c), then seccomp_check_filter() (kernel/seccomp.c).
 * The kernel first walks over all classic BPF, then over what seccomp allows of it; the set of
 * accepted programs is the same when both are asked at each instruction.
 */
#include <linux/seccomp.h>
#include <stdbool.h>
#include <string.h>

#include "filters/cbpf/check.h"

static enum cbpf_refusal check_jump(const struct cbpf_prog *prog, size_t pc)
{
	const struct sock_filter *insn = &prog->insns[pc];
	size_t behind = prog->len - pc - 1;

	if (insn->code == (BPF_JMP | BPF_JA))
		return insn->k < behind ? CBPF_ACCEPTED : CBPF_BAD_JA;
	return insn->jt < behind && insn->jf < behind ? CBPF_ACCEPTED : CBPF_BAD_BRANCH;
}

static enum cbpf_refusal check_insn(const struct cbpf_prog *prog, size_t pc)
{
	uint32_t k = prog->insns[pc].k;

	switch (prog->insns[pc].code) {
	case BPF_LD | BPF_W | BPF_ABS:
		return k < sizeof(struct seccomp_data) && k % 4 == 0 ? CBPF_ACCEPTED
								     : CBPF_BAD_OFFSET;
	case BPF_LD | BPF_MEM:
	case BPF_LDX | BPF_MEM:
	case BPF_ST:
	case BPF_STX: return k < BPF_MEMWORDS ? CBPF_ACCEPTED : CBPF_BAD_SCRATCH;
	case BPF_ALU | BPF_DIV | BPF_K: return k != 0 ? CBPF_ACCEPTED : CBPF_DIV_BY_ZERO;
	case BPF_ALU | BPF_LSH | BPF_K:
	case BPF_ALU | BPF_RSH | BPF_K: return k < 32 ? CBPF_ACCEPTED : CBPF_BAD_SHIFT;
	case BPF_JMP | BPF_JA:
	case BPF_JMP | BPF_JEQ | BPF_K:
	case BPF_JMP | BPF_JEQ | BPF_X:
	case BPF_JMP | BPF_JGE | BPF_K:
	case BPF_JMP | BPF_JGE | BPF_X:
	case BPF_JMP | BPF_JGT | BPF_K:
	case BPF_JMP | BPF_JGT | BPF_X:
	case BPF_JMP | BPF_JSET | BPF_K:
	case BPF_JMP | BPF_JSET | BPF_X: return check_jump(prog, pc);
	case BPF_LD | BPF_W | BPF_LEN:
	case BPF_LDX | BPF_W | BPF_LEN:
	case BPF_LD | BPF_IMM:
	case BPF_LDX | BPF_IMM:
	case BPF_MISC | BPF_TAX:
	case BPF_MISC | BPF_TXA:
	case BPF_ALU | BPF_ADD | BPF_K:
	case BPF_ALU | BPF_ADD | BPF_X:
	case BPF_ALU | BPF_SUB | BPF_K:
	case BPF_ALU | BPF_SUB | BPF_X:
	case BPF_ALU | BPF_MUL | BPF_K:
	case BPF_ALU | BPF_MUL | BPF_X:
	case BPF_ALU | BPF_DIV | BPF_X:
	case BPF_ALU | BPF_AND | BPF_K:
	case BPF_ALU | BPF_AND | BPF_X:
	case BPF_ALU | BPF_OR | BPF_K:
	case BPF_ALU | BPF_OR | BPF_X:
	case BPF_ALU | BPF_XOR | BPF_K:
	case BPF_ALU | BPF_XOR | BPF_X:
	case BPF_ALU | BPF_LSH | BPF_X:
	case BPF_ALU | BPF_RSH | BPF_X:
	case BPF_ALU | BPF_NEG:
	case BPF_RET | BPF_K:
	case BPF_RET | BPF_A: return CBPF_ACCEPTED;
	default: return CBPF_BAD_OPCODE;
	}
}

/*
 * One walk from front to back, as in check_load_and_stores(): a slot is written where every jump
 * to the place brings it along. After a jump nothing falls through, so that dead code may read
 * anything; a RET is not treated so, and what it lacks is lost for the instruction behind it even
 * when only jumps get there.
 */
static enum cbpf_refusal check_scratch(const struct cbpf_prog *prog, size_t *ret_pc)
{
	uint16_t arriving[CBPF_MAX_INSNS], written = 0;

	memset(arriving, 0xff, prog->len * sizeof(*arriving));
	for (size_t pc = 0; pc < prog->len; pc++) {
		const struct sock_filter *insn = &prog->insns[pc];

		written &= arriving[pc];
		switch (BPF_CLASS(insn->code)) {
		case BPF_ST:
		case BPF_STX: written |= 1u << insn->k; break;
		case BPF_LD:
		case BPF_LDX:
			if (BPF_MODE(insn->code) != BPF_MEM || written & (1u << insn->k))
				break;
			*ret_pc = pc;
			return CBPF_UNWRITTEN_SCRATCH;
		case BPF_JMP:
			if (BPF_OP(insn->code) == BPF_JA) {
				arriving[pc + 1 + insn->k] &= written;
			} else {
				arriving[pc + 1 + insn->jt] &= written;
				arriving[pc + 1 + insn->jf] &= written;
			}
			written = 0xffff;
			break;
		}
	}
	return CBPF_ACCEPTED;
}

enum cbpf_refusal cbpf_check(const struct cbpf_prog *prog, size_t *ret_pc)
{
	*ret_pc = 0;
	if (prog->len == 0)
		return CBPF_NO_INSNS;
	if (prog->len > CBPF_MAX_INSNS)
		return CBPF_TOO_MANY_INSNS;
	for (size_t pc = 0; pc < prog->len; pc++) {
		enum cbpf_refusal refusal = check_insn(prog, pc);

		if (refusal != CBPF_ACCEPTED) {
			*ret_pc = pc;
			return refusal;
		}
	}
	if (BPF_CLASS(prog->insns[prog->len - 1].code) != BPF_RET) {
		*ret_pc = prog->len - 1;
		return CBPF_NO_RET_AT_END;
	}
	return check_scratch(prog, ret_pc);
}
