/* SPDX-License-Identifier: MIT */
#include "filters/cbpf/shadow.h"

static struct cbpf_source loaded(const struct cbpf_shadow *shadow, const struct sock_filter *insn)
{
	switch (BPF_MODE(insn->code)) {
	case BPF_ABS:
		return (struct cbpf_source){.origin = CBPF_WORD,
					    .word = insn->k / 4,
					    .mask = 0xffffffff};
	case BPF_MEM: return shadow->scratch[insn->k];
	default: return (struct cbpf_source){.origin = CBPF_CONSTANT}; /* IMM, LEN */
	}
}

/* A after an ALU instruction; @operand is the value of K or X. */
static struct cbpf_source computed(const struct cbpf_shadow *shadow, uint16_t code,
				   uint32_t operand)
{
	bool constant_operand = BPF_OP(code) == BPF_NEG || BPF_SRC(code) == BPF_K ||
				shadow->x.origin == CBPF_CONSTANT;
	struct cbpf_source source = shadow->a;

	if (!constant_operand)
		return (struct cbpf_source){.origin = CBPF_UNKNOWN};
	if (source.origin == CBPF_CONSTANT)
		return source;
	if (source.origin != CBPF_WORD || BPF_OP(code) != BPF_AND)
		return (struct cbpf_source){.origin = CBPF_UNKNOWN};
	source.mask &= operand;
	return source;
}

static uint32_t operand_of(const struct sock_filter *insn, uint32_t x)
{
	return BPF_SRC(insn->code) == BPF_X ? x : insn->k;
}

void cbpf_shadow_step(struct cbpf_shadow *shadow, const struct sock_filter *insn,
		      const struct cbpf_step *step)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_LD: shadow->a = loaded(shadow, insn); break;
	case BPF_LDX: shadow->x = loaded(shadow, insn); break;
	case BPF_ST: shadow->scratch[insn->k] = shadow->a; break;
	case BPF_STX: shadow->scratch[insn->k] = shadow->x; break;
	case BPF_ALU: shadow->a = computed(shadow, insn->code, operand_of(insn, step->x)); break;
	case BPF_MISC:
		if (BPF_MISCOP(insn->code) == BPF_TAX)
			shadow->x = shadow->a;
		else
			shadow->a = shadow->x;
		break;
	}
}

/* When (word & mask) makes the jump go by jt. */
static struct cbpf_demand demand_of(uint16_t code, uint32_t mask, uint32_t operand)
{
	switch (BPF_OP(code)) {
	case BPF_JEQ: return (struct cbpf_demand){CBPF_EQ, mask, operand};
	case BPF_JGT: return (struct cbpf_demand){CBPF_GT, mask, operand};
	case BPF_JSET: return (struct cbpf_demand){CBPF_NE, mask & operand, 0};
	default: /* JGE; by 0 it always holds */
		return operand ? (struct cbpf_demand){CBPF_GT, mask, operand - 1}
			       : (struct cbpf_demand){CBPF_EQ, 0, 0};
	}
}

enum cbpf_origin cbpf_shadow_branch(const struct cbpf_shadow *shadow,
				    const struct sock_filter *insn, uint32_t x, uint8_t *ret_word,
				    struct cbpf_demand *ret_demand)
{
	if (BPF_SRC(insn->code) == BPF_X && shadow->x.origin != CBPF_CONSTANT)
		return CBPF_UNKNOWN;
	if (shadow->a.origin == CBPF_WORD) {
		*ret_word = shadow->a.word;
		*ret_demand = demand_of(insn->code, shadow->a.mask, operand_of(insn, x));
	}
	return shadow->a.origin;
}
