/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/kernel: eBPF instructions in a row, and how each is written.
 *
 * Registers are those of bpf_convert_filter() (net/core/filter.c; include/linux/filter.h): a
 * filter's A, X and input keep the machine registers that they have in a real filter.
 */
#ifndef SG_KERNEL_JIT_CODE_H
#define SG_KERNEL_JIT_CODE_H

#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/alloc.h"

enum jit_register {
	JIT_A = BPF_REG_0,
	JIT_TMP = BPF_REG_2, /* a constant that is no signed immediate */
	JIT_NEVER =
		BPF_REG_5, /* always 0, which the kernel's verifier does not know (jit_frame.h) */
	JIT_INPUT = BPF_REG_6, /* the 64 bytes of struct seccomp_data */
	JIT_X = BPF_REG_7,
	JIT_STACK = BPF_REG_10,
};

/* Owned; valid when zeroed. */
struct jit_code {
	struct bpf_insn *insns;
	size_t len, cap;
};

static inline void jit_add(struct jit_code *code, struct bpf_insn insn)
{
	SG_GROW(code->insns, code->len, code->cap);
	code->insns[code->len++] = insn;
}

void jit_code_release(struct jit_code *code); /* back to zeroed */

#define JIT_INSN(op, dst, src, offset, k)            \
	((struct bpf_insn){.code = (op),             \
			   .dst_reg = (dst),         \
			   .src_reg = (src),         \
			   .off = (int16_t)(offset), \
			   .imm = (int32_t)(k)})

#define JIT_MOV_K(dst, k)             JIT_INSN(BPF_ALU | BPF_MOV | BPF_K, dst, 0, 0, k)
#define JIT_MOV64_K(dst, k)           JIT_INSN(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, k)
#define JIT_MOV64(dst, src)           JIT_INSN(BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0)
#define JIT_ALU64_K(op, dst, k)       JIT_INSN(BPF_ALU64 | (op) | BPF_K, dst, 0, 0, k)
#define JIT_ALU64(op, dst, src)       JIT_INSN(BPF_ALU64 | (op) | BPF_X, dst, src, 0, 0)
#define JIT_LOAD(size, dst, src, off) JIT_INSN(BPF_LDX | BPF_MEM | (size), dst, src, off, 0)
#define JIT_STORE(dst, off, src)      JIT_INSN(BPF_STX | BPF_MEM | BPF_W, dst, src, off, 0)
#define JIT_JUMP(off)                 JIT_INSN(BPF_JMP | BPF_JA, 0, 0, off, 0)
#define JIT_BRANCH_K(op, dst, k, off) JIT_INSN(BPF_JMP | (op) | BPF_K, dst, 0, off, k)
#define JIT_BRANCH(op, dst, src, off) JIT_INSN(BPF_JMP | (op) | BPF_X, dst, src, off, 0)
#define JIT_EXIT()                    JIT_INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

/* Scratch slots lie below the stack pointer, slot 0 on top. */
static inline int jit_slot_offset(uint32_t slot)
{
	return -4 * (int)slot - 4;
}

#endif
