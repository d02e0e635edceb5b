/* SPDX-License-Identifier: MIT */
#include "harness/oracle/translate.h"

#include "filters/abi/abi.h"
#include "harness/oracle/dispatch.h"

#define PUT(code, text)        code_put((code), (text), sizeof(text) - 1)
#define PUT_K(code, opcode, k) code_put_imm32((code), (opcode), sizeof(opcode) - 1, (k))

/* An access to 4 bytes of the frame or the input: opcode bytes, then an 8-bit displacement. */
static void put_disp8(struct code *code, const char *opcode, size_t len, uint32_t disp)
{
	const uint8_t byte = (uint8_t)disp;

	code_put(code, &byte, 1);
	code_put(code, opcode, len);
}

/* Slots are the 64 bytes below the stack pointer. */
static uint32_t slot_disp(uint32_t slot)
{
	return 4 * slot - 4 * BPF_MEMWORDS;
}

#define PUT_INPUT(code, offset) put_disp8((code), "\x8b\x47", 2, (offset))
#define PUT_SLOT(code, opcode, slot) \
	put_disp8((code), (opcode), sizeof(opcode) - 1, slot_disp(slot))

static void load(const struct sock_filter *insn, struct code *code)
{
	switch (insn->code) {
	case BPF_LD | BPF_W | BPF_ABS: PUT_INPUT(code, insn->k); break;
	case BPF_LD | BPF_W | BPF_LEN: PUT_K(code, "\xb8", ABI_DATA_BYTES); break;
	case BPF_LDX | BPF_W | BPF_LEN: PUT_K(code, "\xb9", ABI_DATA_BYTES); break;
	case BPF_LD | BPF_IMM: PUT_K(code, "\xb8", insn->k); break;
	case BPF_LDX | BPF_IMM: PUT_K(code, "\xb9", insn->k); break;
	case BPF_LD | BPF_MEM: PUT_SLOT(code, "\x8b\x44\x24", insn->k); break;
	case BPF_LDX | BPF_MEM: PUT_SLOT(code, "\x8b\x4c\x24", insn->k); break;
	case BPF_ST: PUT_SLOT(code, "\x89\x44\x24", insn->k); break;
	case BPF_STX: PUT_SLOT(code, "\x89\x4c\x24", insn->k); break;
	case BPF_MISC | BPF_TAX: PUT(code, "\x89\xc1"); break;
	case BPF_MISC | BPF_TXA: PUT(code, "\x89\xc8"); break;
	}
}

/*
 *	K: mov r8d, k; xor edx, edx; div r8d
 *	X: test ecx, ecx; jnz past; xor eax, eax; ret; past: xor edx, edx; div ecx
 */
static void divide(const struct sock_filter *insn, struct code *code)
{
	if (BPF_SRC(insn->code) == BPF_X) {
		PUT(code, "\x85\xc9\x75\x03\x31\xc0\xc3\x31\xd2\xf7\xf1");
		return;
	}
	PUT(code, "\x31\xd2\x41\xf7\xf0");
	PUT_K(code, "\x41\xb8", insn->k);
}

/* Shifts by cl take its low five bits, as the kernel's translation does. */
static void arithmetic_x(const struct sock_filter *insn, struct code *code)
{
	switch (BPF_OP(insn->code)) {
	case BPF_ADD: PUT(code, "\x01\xc8"); break;
	case BPF_SUB: PUT(code, "\x29\xc8"); break;
	case BPF_MUL: PUT(code, "\x0f\xaf\xc1"); break;
	case BPF_AND: PUT(code, "\x21\xc8"); break;
	case BPF_OR: PUT(code, "\x09\xc8"); break;
	case BPF_XOR: PUT(code, "\x31\xc8"); break;
	case BPF_LSH: PUT(code, "\xd3\xe0"); break;
	case BPF_RSH: PUT(code, "\xd3\xe8"); break;
	case BPF_DIV: divide(insn, code); break;
	}
}

static void arithmetic_k(const struct sock_filter *insn, struct code *code)
{
	switch (BPF_OP(insn->code)) {
	case BPF_ADD: PUT_K(code, "\x05", insn->k); break;
	case BPF_SUB: PUT_K(code, "\x2d", insn->k); break;
	case BPF_MUL: PUT_K(code, "\x69\xc0", insn->k); break;
	case BPF_AND: PUT_K(code, "\x25", insn->k); break;
	case BPF_OR: PUT_K(code, "\x0d", insn->k); break;
	case BPF_XOR: PUT_K(code, "\x35", insn->k); break;
	case BPF_LSH: put_disp8(code, "\xc1\xe0", 2, insn->k); break;
	case BPF_RSH: put_disp8(code, "\xc1\xe8", 2, insn->k); break;
	case BPF_DIV: divide(insn, code); break;
	}
}

static void arithmetic(const struct sock_filter *insn, struct code *code)
{
	if (BPF_OP(insn->code) == BPF_NEG)
		PUT(code, "\xf7\xd8");
	else if (BPF_SRC(insn->code) == BPF_X)
		arithmetic_x(insn, code);
	else
		arithmetic_k(insn, code);
}

static enum code_cond condition(const struct sock_filter *insn)
{
	switch (BPF_OP(insn->code)) {
	case BPF_JGT: return CODE_ABOVE;
	case BPF_JGE: return CODE_NOT_BELOW;
	case BPF_JSET: return CODE_NOT_EQUAL;
	default: return CODE_EQUAL;
	}
}

static void compare(const struct sock_filter *insn, struct code *code)
{
	bool is_bits = BPF_OP(insn->code) == BPF_JSET;

	if (BPF_SRC(insn->code) == BPF_X)
		code_put(code, is_bits ? "\x85\xc8" : "\x39\xc8", 2);
	else
		code_put_imm32(code, is_bits ? "\xa9" : "\x3d", 1, insn->k);
}

/* cmp or test, then one jump where a side is the next instruction, two where none is. */
static void branch(const struct sock_filter *insn, size_t jt, size_t jf, struct code *code)
{
	if (jt == jf) {
		code_jump(code, jt);
		return;
	}
	if (jt == code->used) {
		code_jump_if(code, code_not(condition(insn)), jf);
	} else {
		code_jump(code, jf);
		code_jump_if(code, condition(insn), jt);
	}
	compare(insn, code);
}

static void jump(const struct sock_filter *insn, const size_t *next, struct code *code)
{
	if (BPF_OP(insn->code) == BPF_JA)
		code_jump(code, next[insn->k]);
	else
		branch(insn, next[insn->jt], next[insn->jf], code);
}

static void leave(const struct sock_filter *insn, struct code *code)
{
	PUT(code, "\xc3");
	if (BPF_RVAL(insn->code) == BPF_K)
		PUT_K(code, "\xb8", insn->k);
}

/* @next: the places of the instructions that follow. */
static void translate_insn(const struct sock_filter *insn, const size_t *next, struct code *code)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_ALU: arithmetic(insn, code); break;
	case BPF_JMP: jump(insn, next, code); break;
	case BPF_RET: leave(insn, code); break;
	default: load(insn, code); break;
	}
}

/* Registers start at 0; scratch that is read was written, says the verifier. */
void translate(const struct cbpf_prog *prog, size_t *places, struct code *code)
{
	struct dispatch *dispatch = dispatch_new(prog);

	for (size_t pc = prog->len; pc-- > 0;) {
		translate_insn(&prog->insns[pc], places + pc + 1, code);
		places[pc] = code->used;
		dispatch_emit(dispatch, pc, places, code);
		places[pc] = code->used;
	}
	PUT(code, "\x31\xc0\x31\xc9");
	dispatch_free(dispatch);
}
