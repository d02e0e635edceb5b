/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: the instructions that seccomp allows, once, for the assembler and the
 * disassembler: mnemonic, operand and opcode.
 */
#ifndef SG_CBPF_ASM_OPS_H
#define SG_CBPF_ASM_OPS_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum asm_operand {
	ASM_NOTHING,
	ASM_IMM,    /* #k */
	ASM_BARE,   /* k: the second spelling that ldi and ldxi take */
	ASM_ABS,    /* [k], or a field of struct seccomp_data by name */
	ASM_LEN,    /* #len */
	ASM_MEM,    /* M[k] */
	ASM_X,      /* x */
	ASM_A,      /* a */
	ASM_ACTION, /* ALLOW, ERRNO(1): ret alone */
	ASM_OPERAND_COUNT
};

enum asm_jump {
	ASM_NO_JUMP,
	ASM_ALWAYS, /* to k */
	ASM_IF,     /* a target where true, and one where false or the next instruction */
	ASM_UNLESS, /* an ASM_IF with its targets the other way round: jne, jle, jlt */
};

struct asm_op {
	const char *mnemonic;
	enum asm_operand operand;
	enum asm_jump jump;
	uint16_t code;
};

/* Where one opcode has several spellings, the first is the one to print. */
extern const struct asm_op asm_ops[];
extern const size_t asm_op_count;

/* The spelling to print, never an ASM_UNLESS; NULL for an opcode that seccomp refuses. */
const struct asm_op *asm_op_of(uint16_t code);
/* The ASM_UNLESS of a conditional jump; NULL where there is none (jset). */
const struct asm_op *asm_op_unless(uint16_t code);
/* The spelling with this operand; NULL where the mnemonic does not take it. */
const struct asm_op *asm_op_named(const char *word, size_t len, enum asm_operand operand);
/* The operands that a mnemonic takes, as bits 1 << enum asm_operand; 0 when it is none. */
unsigned asm_operands(const char *word, size_t len);

/*
 * Can the mnemonic say all that the instruction holds? The kernel ignores jt and jf of what is no
 * branch and k of what needs none, whatever stands there; only .insn can write that.
 */
bool asm_op_says_all(const struct asm_op *op, const struct sock_filter *insn);

#endif
