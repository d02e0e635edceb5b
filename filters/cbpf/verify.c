/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "filters/cbpf/check.h"
#include "harness/base/buf.h"

/* Classic BPF that socket filters may use and seccomp refuses gets a name; the rest is unknown. */
static const char *opcode_fault(uint16_t code)
{
	if (code > 0xff)
		return "is unknown";
	switch (BPF_CLASS(code)) {
	case BPF_LD:
	case BPF_LDX:
		if (BPF_MODE(code) == BPF_IND || BPF_MODE(code) == BPF_MSH)
			return "is an indirect load, which seccomp refuses";
		if (BPF_MODE(code) == BPF_ABS && BPF_SIZE(code) != BPF_W)
			return "is a load of a byte or half-word, which seccomp refuses";
		break;
	case BPF_ALU:
		if (BPF_OP(code) == BPF_MOD)
			return "is MOD, which seccomp refuses";
		break;
	}
	return "is unknown";
}

/* What is wrong with the instruction at @pc, in words. */
static void explain(enum cbpf_refusal refusal, const struct cbpf_prog *prog, size_t pc,
		    struct sg_buf *out)
{
	const struct sock_filter *insn = &prog->insns[pc];
	const char *beyond = "goes beyond the last instruction";

	switch (refusal) {
	case CBPF_BAD_OPCODE:
		sg_buf_addf(out, "opcode 0x%02x %s", insn->code, opcode_fault(insn->code));
		break;
	case CBPF_BAD_OFFSET:
		sg_buf_addf(out, "load at offset %u: must be a multiple of 4 below 64", insn->k);
		break;
	case CBPF_DIV_BY_ZERO: sg_buf_adds(out, "division by the constant 0"); break;
	case CBPF_BAD_SHIFT:
		sg_buf_addf(out, "shift by the constant %u: must be below 32", insn->k);
		break;
	case CBPF_BAD_SCRATCH:
		sg_buf_addf(out, "scratch slot %u: must be below %d", insn->k, BPF_MEMWORDS);
		break;
	case CBPF_BAD_JA: sg_buf_addf(out, "jump over %u %s", insn->k, beyond); break;
	case CBPF_BAD_BRANCH:
		sg_buf_addf(out, "branch over %u or %u %s", insn->jt, insn->jf, beyond);
		break;
	case CBPF_UNWRITTEN_SCRATCH:
		sg_buf_addf(out, "scratch slot %u is read, but not written on every path to it",
			    insn->k);
		break;
	case CBPF_NO_RET_AT_END: sg_buf_adds(out, "the last instruction must be a RET"); break;
	case CBPF_ACCEPTED:
	case CBPF_NO_INSNS:
	case CBPF_TOO_MANY_INSNS:
	case CBPF_REFUSAL_COUNT: break; /* not about one instruction */
	}
}

int cbpf_verify(const struct cbpf_prog *prog, struct sg_err *err)
{
	size_t pc;
	enum cbpf_refusal refusal = cbpf_check(prog, &pc);
	struct sg_buf words = {0};

	if (refusal == CBPF_ACCEPTED)
		return 0;
	if (refusal == CBPF_NO_INSNS)
		return sg_err_input(err, EINVAL, "the program has no instructions");
	if (refusal == CBPF_TOO_MANY_INSNS)
		return sg_err_input(err, EINVAL, "%zu instructions: the kernel takes at most %d",
				    prog->len, CBPF_MAX_INSNS);
	explain(refusal, prog, pc, &words);
	sg_err_input(err, EINVAL, "instruction %zu: %s", pc, sg_buf_text(&words));
	sg_buf_release(&words);
	return -EINVAL;
}
