/* SPDX-License-Identifier: MIT */
#include "filters/cbpf/interp.h"

/*
 * seccomp_is_const_allow() (kernel/seccomp.c). Its own emulation rather than the interpreter's,
 * since it is a rule about instructions and not about values: the same verdict by way of any other
 * instruction is not served.
 */
static bool const_allow(const struct cbpf_prog *prog, uint32_t nr, uint32_t audit)
{
	uint32_t value = 0;

	for (size_t pc = 0; pc < prog->len; pc++) {
		const struct sock_filter *insn = &prog->insns[pc];
		bool holds;

		switch (insn->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (insn->k != ABI_OFF_NR && insn->k != ABI_OFF_ARCH)
				return false;
			value = insn->k == ABI_OFF_NR ? nr : audit;
			continue;
		case BPF_ALU | BPF_AND | BPF_K: value &= insn->k; continue;
		case BPF_RET | BPF_K: return insn->k == ABI_RET_ALLOW;
		case BPF_JMP | BPF_JA: pc += insn->k; continue;
		case BPF_JMP | BPF_JEQ | BPF_K: holds = value == insn->k; break;
		case BPF_JMP | BPF_JGE | BPF_K: holds = value >= insn->k; break;
		case BPF_JMP | BPF_JGT | BPF_K: holds = value > insn->k; break;
		case BPF_JMP | BPF_JSET | BPF_K: holds = value & insn->k; break;
		default: return false;
		}
		pc += holds ? insn->jt : insn->jf;
	}
	return false;
}

bool cbpf_const_allow(const struct cbpf_prog *prog, const struct abi_arch *arch, uint32_t nr)
{
	return nr < abi_nr_limit(arch) && const_allow(prog, nr, arch->audit);
}

size_t cbpf_bitmap_served(const struct cbpf_prog *prog, const struct abi_arch *arch)
{
	size_t count, served = 0;
	const struct abi_call *calls = abi_calls(arch, &count);

	for (size_t i = 0; i < count; i++)
		served += cbpf_const_allow(prog, arch, calls[i].nr);
	return served;
}
