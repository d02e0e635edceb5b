/* SPDX-License-Identifier: MIT */
#include "filters/cbpf/disasm_flow.h"
#include "harness/base/alloc.h"

_Static_assert(ABI_ARCH_COUNT < 64, "flow_archs has a bit for each");

flow_archs flow_arch_bit(uint32_t audit)
{
	const struct abi_arch *arch = abi_arch_by_audit(audit);

	return arch ? (flow_archs)1 << arch->id : FLOW_FOREIGN;
}

static flow_archs every_arch(void)
{
	flow_archs archs = FLOW_FOREIGN;

	for (int id = 0; id < ABI_ARCH_COUNT; id++)
		archs |= flow_arch_bit(abi_arch(id)->audit);
	return archs;
}

static void merge_value(struct flow_value *into, const struct flow_value *from)
{
	if (into->known && from->known && into->word == from->word && into->mask == from->mask)
		return;
	*into = (struct flow_value){0};
}

static void merge(struct flow_state *into, const struct flow_state *from)
{
	if (!into->reached) {
		*into = *from;
		return;
	}
	into->archs |= from->archs;
	merge_value(&into->a, &from->a);
	merge_value(&into->x, &from->x);
	for (int slot = 0; slot < BPF_MEMWORDS; slot++)
		merge_value(&into->scratch[slot], &from->scratch[slot]);
}

static bool holds_arch(const struct flow_value *value)
{
	return value->known && value->word == ABI_OFF_ARCH / 4 && value->mask == UINT32_MAX;
}

/* The instruction's effect; what computes anything but an AND leaves A unknown. */
static void step(struct flow_state *state, const struct sock_filter *insn)
{
	switch (insn->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		state->a = (struct flow_value){true, insn->k / 4, UINT32_MAX};
		break;
	case BPF_LD | BPF_MEM: state->a = state->scratch[insn->k]; break;
	case BPF_LDX | BPF_MEM: state->x = state->scratch[insn->k]; break;
	case BPF_ST: state->scratch[insn->k] = state->a; break;
	case BPF_STX: state->scratch[insn->k] = state->x; break;
	case BPF_MISC | BPF_TAX: state->x = state->a; break;
	case BPF_MISC | BPF_TXA: state->a = state->x; break;
	case BPF_ALU | BPF_AND | BPF_K: state->a.mask &= insn->k; break;
	case BPF_LDX | BPF_IMM:
	case BPF_LDX | BPF_W | BPF_LEN: state->x = (struct flow_value){0}; break;
	default: state->a = (struct flow_value){0}; break;
	}
}

static void branch(struct flow_state *states, size_t pc, const struct sock_filter *insn)
{
	struct flow_state yes = states[pc], no = states[pc];

	if (insn->code == (BPF_JMP | BPF_JEQ | BPF_K) && holds_arch(&yes.a)) {
		flow_archs bit = flow_arch_bit(insn->k);

		yes.archs &= bit;
		no.archs &= bit == FLOW_FOREIGN ? ~(flow_archs)0 : ~bit;
	}
	merge(&states[pc + 1 + insn->jt], &yes);
	merge(&states[pc + 1 + insn->jf], &no);
}

static void follow(struct flow_state *states, size_t pc, const struct sock_filter *insn)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_RET: return;
	case BPF_JMP:
		if (BPF_OP(insn->code) == BPF_JA)
			merge(&states[pc + 1 + insn->k], &states[pc]);
		else
			branch(states, pc, insn);
		return;
	default: {
		struct flow_state after = states[pc];

		step(&after, insn);
		merge(&states[pc + 1], &after);
	}
	}
}

struct flow_state *flow_run(const struct cbpf_prog *prog)
{
	struct flow_state *states = sg_calloc(prog->len, sizeof(*states));

	states[0] = (struct flow_state){.reached = true, .archs = every_arch()};
	for (size_t pc = 0; pc < prog->len; pc++)
		if (states[pc].reached)
			follow(states, pc, &prog->insns[pc]);
	return states;
}
