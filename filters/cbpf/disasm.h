/* SPDX-License-Identifier: MIT */
/* Private to the room: what the disassembler and the C text share. */
#ifndef SG_CBPF_DISASM_H
#define SG_CBPF_DISASM_H

#include "filters/cbpf/asm_ops.h"
#include "filters/cbpf/disasm_flow.h"

/* How an instruction is written. */
struct disasm_form {
	const struct asm_op *op; /* the spelling; NULL: as .insn */
	bool yes, no;            /* which targets of a branch are written */
};

struct disasm_form disasm_form(const struct sock_filter *insn);

/* Writes the target that lies @skip instructions behind the one at hand. */
typedef void (*disasm_target_fn)(void *ctx, uint32_t skip, struct sg_buf *out);

/* Its number, as the text has it behind the #. */
void disasm_constant(const struct sock_filter *insn, struct sg_buf *out);
/* Mnemonic and operand, whatever the unused fields hold. */
void disasm_spelling(const struct asm_op *op, const struct sock_filter *insn, struct sg_buf *out);
/* The whole instruction, without label or comment. */
void disasm_insn(const struct sock_filter *insn, disasm_target_fn target, void *ctx,
		 struct sg_buf *out);

/*
 * What the instruction means, given what is known in front of it: "nr == openat", "args[0].lo";
 * nothing where there is nothing to add. @arch as for cbpf_disassemble().
 */
void disasm_comment(const struct sock_filter *insn, const struct flow_state *state,
		    const struct abi_arch *arch, struct sg_buf *out);

#endif
