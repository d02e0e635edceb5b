/* SPDX-License-Identifier: MIT */
#include "filters/cbpf/asm.h"
#include "filters/cbpf/disasm.h"

#define FIRST_HEX 10000 /* system call numbers read better in decimal, masks and values in hex */

struct disasm_form disasm_form(const struct sock_filter *insn)
{
	struct disasm_form form = {.op = asm_op_of(insn->code), .yes = true, .no = true};

	if (!form.op || !asm_op_says_all(form.op, insn))
		return (struct disasm_form){.yes = true, .no = true};
	if (form.op->jump == ASM_IF && !insn->jf) {
		form.no = false;
	} else if (form.op->jump == ASM_IF && !insn->jt && asm_op_unless(insn->code)) {
		form.op = asm_op_unless(insn->code);
		form.yes = false;
	}
	return form;
}

static bool is_bitwise(uint16_t code)
{
	switch (code) {
	case BPF_ALU | BPF_AND | BPF_K:
	case BPF_ALU | BPF_OR | BPF_K:
	case BPF_ALU | BPF_XOR | BPF_K:
	case BPF_JMP | BPF_JSET | BPF_K: return true;
	default: return false;
	}
}

void disasm_constant(const struct sock_filter *insn, struct sg_buf *out)
{
	bool hex = insn->k >= FIRST_HEX || is_bitwise(insn->code);

	sg_buf_addf(out, hex ? "0x%x" : "%u", insn->k);
}

static void add_immediate(const struct sock_filter *insn, struct sg_buf *out)
{
	sg_buf_adds(out, "#");
	disasm_constant(insn, out);
}

/* The action by name where that gives the value back, to the last bit. */
static void add_returned(uint32_t value, struct sg_buf *out)
{
	struct sg_buf action = {0};
	uint32_t back;

	abi_verdict_text(value, &action);
	if (!abi_verdict_parse(sg_buf_text(&action), &back, NULL) && back == value &&
	    action.data[0] != '0')
		sg_buf_adds(out, sg_buf_text(&action));
	else
		sg_buf_addf(out, "#0x%x", value);
	sg_buf_release(&action);
}

static void add_offset(uint32_t offset, struct sg_buf *out)
{
	if (offset == ABI_OFF_NR)
		sg_buf_adds(out, "nr");
	else if (offset == ABI_OFF_ARCH)
		sg_buf_adds(out, "arch");
	else
		sg_buf_addf(out, "[%u]", offset);
}

void disasm_spelling(const struct asm_op *op, const struct sock_filter *insn, struct sg_buf *out)
{
	sg_buf_adds(out, op->mnemonic);
	if (op->operand == ASM_NOTHING)
		return;
	sg_buf_adds(out, " ");
	switch (op->operand) {
	case ASM_ABS: add_offset(insn->k, out); break;
	case ASM_LEN: sg_buf_adds(out, "#len"); break;
	case ASM_MEM: sg_buf_addf(out, "M[%u]", insn->k); break;
	case ASM_X: sg_buf_adds(out, "x"); break;
	case ASM_A: sg_buf_adds(out, "a"); break;
	default:
		if (insn->code == (BPF_RET | BPF_K))
			add_returned(insn->k, out);
		else
			add_immediate(insn, out);
	}
}

/* The targets that @form writes, each behind @separator. */
static void add_targets(const struct sock_filter *insn, const struct disasm_form *form,
			disasm_target_fn target, void *ctx, struct sg_buf *out)
{
	if (form->yes) {
		sg_buf_adds(out, ", ");
		target(ctx, insn->jt, out);
	}
	if (form->no) {
		sg_buf_adds(out, ", ");
		target(ctx, insn->jf, out);
	}
}

static void raw_insn(const struct sock_filter *insn, const struct disasm_form *form,
		     disasm_target_fn target, void *ctx, struct sg_buf *out)
{
	const struct asm_op *op = asm_op_of(insn->code);
	enum asm_jump jump = op ? op->jump : ASM_NO_JUMP;

	sg_buf_addf(out, ".insn 0x%02x", insn->code);
	if (jump == ASM_IF)
		add_targets(insn, form, target, ctx, out);
	else
		sg_buf_addf(out, ", %u, %u", insn->jt, insn->jf);
	sg_buf_adds(out, ", ");
	if (jump == ASM_ALWAYS)
		target(ctx, insn->k, out);
	else
		sg_buf_addf(out, "0x%x", insn->k);
}

void disasm_insn(const struct sock_filter *insn, disasm_target_fn target, void *ctx,
		 struct sg_buf *out)
{
	struct disasm_form form = disasm_form(insn);

	if (!form.op) {
		raw_insn(insn, &form, target, ctx, out);
		return;
	}
	disasm_spelling(form.op, insn, out);
	if (form.op->jump == ASM_ALWAYS) {
		sg_buf_adds(out, " ");
		target(ctx, insn->k, out);
	} else if (form.op->jump != ASM_NO_JUMP) {
		add_targets(insn, &form, target, ctx, out);
	}
}

static void relative_target(void *ctx, uint32_t skip, struct sg_buf *out)
{
	(void)ctx;
	sg_buf_addf(out, "+%u", skip);
}

void cbpf_insn_text(const struct sock_filter *insn, struct sg_buf *out)
{
	disasm_insn(insn, relative_target, NULL, out);
}
