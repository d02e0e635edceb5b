/* SPDX-License-Identifier: MIT */
#include "filters/prove/live.h"
#include "harness/base/alloc.h"

uint32_t live_written(const struct sock_filter *insn)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_LD:
	case BPF_ALU: return LIVE_A;
	case BPF_LDX: return LIVE_X;
	case BPF_ST:
	case BPF_STX: return LIVE_SCRATCH(insn->k);
	case BPF_MISC: return BPF_MISCOP(insn->code) == BPF_TAX ? LIVE_X : LIVE_A;
	default: return 0;
	}
}

/* The operands of arithmetic and of comparisons. */
static uint32_t operands(const struct sock_filter *insn)
{
	return BPF_SRC(insn->code) == BPF_X ? LIVE_A | LIVE_X : LIVE_A;
}

/* What goes into what is written. */
static uint32_t sources(const struct sock_filter *insn)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_LD:
	case BPF_LDX: return BPF_MODE(insn->code) == BPF_MEM ? LIVE_SCRATCH(insn->k) : 0;
	case BPF_ST: return LIVE_A;
	case BPF_STX: return LIVE_X;
	case BPF_MISC: return BPF_MISCOP(insn->code) == BPF_TAX ? LIVE_A : LIVE_X;
	default: return operands(insn);
	}
}

static uint32_t before_write(const struct sock_filter *insn, uint32_t after)
{
	uint32_t written = live_written(insn);
	uint32_t before = after & written ? (after & ~written) | sources(insn) : after;

	/* Whether X is 0 decides on the run, whoever wants the quotient. */
	return insn->code == (BPF_ALU | BPF_DIV | BPF_X) ? before | LIVE_X : before;
}

static uint32_t before_branch(const struct sock_filter *insn, const uint32_t *after)
{
	uint32_t compared = insn->jt == insn->jf ? 0 : operands(insn);

	return after[insn->jt] | after[insn->jf] | compared;
}

uint32_t *live_before(const struct cbpf_prog *prog)
{
	uint32_t *live = sg_calloc(prog->len, sizeof(*live));

	for (size_t pc = prog->len; pc-- > 0;) {
		const struct sock_filter *insn = &prog->insns[pc];
		const uint32_t *after = &live[pc + 1];

		if (insn->code == (BPF_RET | BPF_A))
			live[pc] = LIVE_A;
		else if (insn->code == (BPF_JMP | BPF_JA))
			live[pc] = after[insn->k];
		else if (BPF_CLASS(insn->code) == BPF_JMP)
			live[pc] = before_branch(insn, after);
		else if (BPF_CLASS(insn->code) != BPF_RET)
			live[pc] = before_write(insn, *after);
	}
	return live;
}
