/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <strings.h>

#include "filters/cbpf/asm_ops.h"
#include "harness/base/alloc.h"

#define BY_K_OR_X(name, jump, code)               \
	{name, ASM_IMM, jump, (code) | BPF_K},    \
	{                                         \
		name, ASM_X, jump, (code) | BPF_X \
	}
#define ALU(name, op)          BY_K_OR_X(name, ASM_NO_JUMP, BPF_ALU | (op))
#define BRANCH(name, jump, op) BY_K_OR_X(name, jump, BPF_JMP | (op))

const struct asm_op asm_ops[] = {
	{"ld", ASM_ABS, ASM_NO_JUMP, BPF_LD | BPF_W | BPF_ABS},
	{"ld", ASM_LEN, ASM_NO_JUMP, BPF_LD | BPF_W | BPF_LEN},
	{"ld", ASM_IMM, ASM_NO_JUMP, BPF_LD | BPF_IMM},
	{"ld", ASM_MEM, ASM_NO_JUMP, BPF_LD | BPF_MEM},
	{"ldi", ASM_IMM, ASM_NO_JUMP, BPF_LD | BPF_IMM},
	{"ldi", ASM_BARE, ASM_NO_JUMP, BPF_LD | BPF_IMM},
	{"ldx", ASM_LEN, ASM_NO_JUMP, BPF_LDX | BPF_W | BPF_LEN},
	{"ldx", ASM_IMM, ASM_NO_JUMP, BPF_LDX | BPF_IMM},
	{"ldx", ASM_MEM, ASM_NO_JUMP, BPF_LDX | BPF_MEM},
	{"ldxi", ASM_IMM, ASM_NO_JUMP, BPF_LDX | BPF_IMM},
	{"ldxi", ASM_BARE, ASM_NO_JUMP, BPF_LDX | BPF_IMM},
	{"st", ASM_MEM, ASM_NO_JUMP, BPF_ST},
	{"stx", ASM_MEM, ASM_NO_JUMP, BPF_STX},
	{"tax", ASM_NOTHING, ASM_NO_JUMP, BPF_MISC | BPF_TAX},
	{"txa", ASM_NOTHING, ASM_NO_JUMP, BPF_MISC | BPF_TXA},
	ALU("add", BPF_ADD),
	ALU("sub", BPF_SUB),
	ALU("mul", BPF_MUL),
	ALU("div", BPF_DIV),
	ALU("and", BPF_AND),
	ALU("or", BPF_OR),
	ALU("xor", BPF_XOR),
	ALU("lsh", BPF_LSH),
	ALU("rsh", BPF_RSH),
	{"neg", ASM_NOTHING, ASM_NO_JUMP, BPF_ALU | BPF_NEG},
	{"jmp", ASM_NOTHING, ASM_ALWAYS, BPF_JMP | BPF_JA},
	{"ja", ASM_NOTHING, ASM_ALWAYS, BPF_JMP | BPF_JA},
	BRANCH("jeq", ASM_IF, BPF_JEQ),
	BRANCH("jgt", ASM_IF, BPF_JGT),
	BRANCH("jge", ASM_IF, BPF_JGE),
	BRANCH("jset", ASM_IF, BPF_JSET),
	BRANCH("jne", ASM_UNLESS, BPF_JEQ),
	BRANCH("jneq", ASM_UNLESS, BPF_JEQ),
	BRANCH("jle", ASM_UNLESS, BPF_JGT),
	BRANCH("jlt", ASM_UNLESS, BPF_JGE),
	{"ret", ASM_IMM, ASM_NO_JUMP, BPF_RET | BPF_K},
	{"ret", ASM_ACTION, ASM_NO_JUMP, BPF_RET | BPF_K},
	{"ret", ASM_A, ASM_NO_JUMP, BPF_RET | BPF_A},
};
const size_t asm_op_count = SG_COUNT(asm_ops);

static const struct asm_op *by_code(uint16_t code, bool unless)
{
	for (size_t i = 0; i < asm_op_count; i++)
		if (asm_ops[i].code == code && (asm_ops[i].jump == ASM_UNLESS) == unless)
			return &asm_ops[i];
	return NULL;
}

const struct asm_op *asm_op_of(uint16_t code)
{
	return by_code(code, false);
}

const struct asm_op *asm_op_unless(uint16_t code)
{
	return by_code(code, true);
}

static bool named(const struct asm_op *op, const char *word, size_t len)
{
	return !strncasecmp(op->mnemonic, word, len) && !op->mnemonic[len];
}

const struct asm_op *asm_op_named(const char *word, size_t len, enum asm_operand operand)
{
	for (size_t i = 0; i < asm_op_count; i++)
		if (asm_ops[i].operand == operand && named(&asm_ops[i], word, len))
			return &asm_ops[i];
	return NULL;
}

unsigned asm_operands(const char *word, size_t len)
{
	unsigned operands = 0;

	for (size_t i = 0; i < asm_op_count; i++)
		if (named(&asm_ops[i], word, len))
			operands |= 1u << asm_ops[i].operand;
	return operands;
}

static bool uses_k(const struct asm_op *op)
{
	switch (op->operand) {
	case ASM_IMM:
	case ASM_BARE:
	case ASM_ABS:
	case ASM_MEM:
	case ASM_ACTION: return true;
	case ASM_NOTHING: return op->jump == ASM_ALWAYS;
	default: return false;
	}
}

bool asm_op_says_all(const struct asm_op *op, const struct sock_filter *insn)
{
	if (op->jump != ASM_IF && (insn->jt || insn->jf))
		return false;
	return uses_k(op) || !insn->k;
}
