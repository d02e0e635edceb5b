/* SPDX-License-Identifier: MIT */
#include <linux/audit.h>

#include "filters/cbpf/vectors.h"

/* clang-format off */
#define LD(offset)              BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define LD_LEN                  BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0)
#define LDX_LEN                 BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0)
#define LDI(k)                  BPF_STMT(BPF_LD | BPF_IMM, k)
#define LDXI(k)                 BPF_STMT(BPF_LDX | BPF_IMM, k)
#define LDM(slot)               BPF_STMT(BPF_LD | BPF_MEM, slot)
#define LDXM(slot)              BPF_STMT(BPF_LDX | BPF_MEM, slot)
#define ST(slot)                BPF_STMT(BPF_ST, slot)
#define STX(slot)               BPF_STMT(BPF_STX, slot)
#define TAX                     BPF_STMT(BPF_MISC | BPF_TAX, 0)
#define TXA                     BPF_STMT(BPF_MISC | BPF_TXA, 0)
#define NEG                     BPF_STMT(BPF_ALU | BPF_NEG, 0)
#define ALU_K(op, k)            BPF_STMT(BPF_ALU | (op) | BPF_K, k)
#define ALU_X(op)               BPF_STMT(BPF_ALU | (op) | BPF_X, 0)
#define JA(over)                BPF_STMT(BPF_JMP | BPF_JA, over)
#define J_K(op, k, jt, jf)      BPF_JUMP(BPF_JMP | (op) | BPF_K, k, jt, jf)
#define J_X(op, jt, jf)         BPF_JUMP(BPF_JMP | (op) | BPF_X, 0, jt, jf)
#define RET(k)                  BPF_STMT(BPF_RET | BPF_K, k)
#define RET_A                   BPF_STMT(BPF_RET | BPF_A, 0)

/* A call that any process may make with any arguments, so that a kernel can be asked too. */
#define GETPPID 110
static const struct abi_tuple call = {
	.nr = GETPPID,
	.arch = AUDIT_ARCH_X86_64,
	.args = {0xa0a1a2a3b0b1b2b3, 0xc0c1c2c3d0d1d2d3, 0xe0e1e2e3f0f1f2f3, 0x1011121314151617,
		 0x2021222324252627, 0xffffffff80000000},
};
/* The same with an address, which no caller can choose. */
static const struct abi_tuple call_from = {
	.nr = GETPPID, .arch = AUDIT_ARCH_X86_64, .ip = 0x123456789abcdef0};
/* Halves stand high first. */
static const struct abi_tuple big_endian_call = {
	.nr = 64,
	.arch = AUDIT_ARCH_S390X,
	.ip = 0x1234567890abcdef,
	.args = {0xa0a1a2a3b0b1b2b3, 0, 0, 0, 0, 0x5051525354555657},
};

#define INSNS(...) (const struct sock_filter[]){__VA_ARGS__}
#define VECTOR(title, input, value, steps, ...)                                                    \
	{                                                                                          \
		.name = title, .tuple = &(input), .ret = value, .executed = steps,                 \
		.insns = INSNS(__VA_ARGS__),                                                       \
		.len = sizeof(INSNS(__VA_ARGS__)) / sizeof(struct sock_filter),                    \
	}

/* One load, returned. */
#define LOAD(title, input, offset, value) VECTOR(title, input, value, 2, LD(offset), RET_A)
/* A = left OP constant; A = left OP X. */
#define ARITH(title, op, left, right, value)                                                       \
	VECTOR(title " (K)", call, value, 3, LDI(left), ALU_K(op, right), RET_A),                  \
	ARITH_X(title, op, left, right, value)
#define ARITH_X(title, op, left, right, value)                                                     \
	VECTOR(title " (X)", call, value, 4, LDI(left), LDXI(right), ALU_X(op), RET_A)
/* Left OP constant, left OP X: 1 where it holds, 2 where not. */
#define TEST(title, op, left, right, value)                                                        \
	VECTOR(title " (K)", call, value, 3, LDI(left), J_K(op, right, 0, 1), RET(1), RET(2)),     \
	VECTOR(title " (X)", call, value, 4, LDI(left), LDXI(right), J_X(op, 0, 1), RET(1), RET(2))

/* Each slot gets a value of its own, 3 * slot + 1. A = 2 * A + value, over all of them; TAKE needs
 * slot 0 for A. */
#define PUT(slot)    LDI(3 * (slot) + 1), ST(slot)
#define PUT_X(slot)  LDXI(3 * (slot) + 1), STX(slot)
#define TAKE(slot)   ALU_K(BPF_LSH, 1), ST(0), LDM(slot), TAX, LDM(0), ALU_X(BPF_ADD)
#define TAKE_X(slot) ALU_K(BPF_LSH, 1), LDXM(slot), ALU_X(BPF_ADD)
#define FIFTEEN(DO)                                                                                \
	DO(1), DO(2), DO(3), DO(4), DO(5), DO(6), DO(7), DO(8), DO(9), DO(10), DO(11), DO(12),     \
	DO(13), DO(14), DO(15)

const struct cbpf_vector cbpf_vectors[] = {
	/* ---- returns */
	VECTOR("RET K", call, ABI_RET_ALLOW, 1, RET(ABI_RET_ALLOW)),
	VECTOR("RET K, all ones", call, 0xffffffff, 1, RET(0xffffffff)),
	VECTOR("A starts as 0", call, 0, 1, RET_A),
	VECTOR("X starts as 0", call, 0, 3, LDI(7), TXA, RET_A),

	/* ---- loads */
	LOAD("load nr", call, 0, GETPPID),
	LOAD("load arch", call, 4, AUDIT_ARCH_X86_64),
	LOAD("load args[0], low half", call, 16, 0xb0b1b2b3),
	LOAD("load args[0], high half", call, 20, 0xa0a1a2a3),
	LOAD("load args[1], low half", call, 24, 0xd0d1d2d3),
	LOAD("load args[1], high half", call, 28, 0xc0c1c2c3),
	LOAD("load args[2], low half", call, 32, 0xf0f1f2f3),
	LOAD("load args[2], high half", call, 36, 0xe0e1e2e3),
	LOAD("load args[3], low half", call, 40, 0x14151617),
	LOAD("load args[3], high half", call, 44, 0x10111213),
	LOAD("load args[4], low half", call, 48, 0x24252627),
	LOAD("load args[4], high half", call, 52, 0x20212223),
	LOAD("load args[5], low half", call, 56, 0x80000000),
	LOAD("load args[5], high half", call, 60, 0xffffffff),
	LOAD("load ip, low half", call_from, 8, 0x9abcdef0),
	LOAD("load ip, high half", call_from, 12, 0x12345678),
	LOAD("big-endian: nr", big_endian_call, 0, 64),
	LOAD("big-endian: arch", big_endian_call, 4, AUDIT_ARCH_S390X),
	LOAD("big-endian: ip, high half first", big_endian_call, 8, 0x12345678),
	LOAD("big-endian: ip, low half second", big_endian_call, 12, 0x90abcdef),
	LOAD("big-endian: args[0], high half first", big_endian_call, 16, 0xa0a1a2a3),
	LOAD("big-endian: args[0], low half second", big_endian_call, 20, 0xb0b1b2b3),
	LOAD("big-endian: args[5], high half first", big_endian_call, 56, 0x50515253),
	LOAD("big-endian: args[5], low half second", big_endian_call, 60, 0x54555657),
	VECTOR("LEN into A", call, 64, 2, LD_LEN, RET_A),
	VECTOR("LEN into X", call, 64, 3, LDX_LEN, TXA, RET_A),
	VECTOR("LEN ignores its constant", call, 64, 2, BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 7), RET_A),
	VECTOR("constant into A, bit 31", call, 0x80000001, 2, LDI(0x80000001), RET_A),
	VECTOR("constant into X, bit 31", call, 0x80000001, 3, LDXI(0x80000001), TXA, RET_A),
	VECTOR("TAX copies and keeps A", call, 10, 4, LDI(5), TAX, ALU_X(BPF_ADD), RET_A),
	VECTOR("TAX copies the value of the time", call, 5, 5, LDI(5), TAX, LDI(9), TXA, RET_A),
	VECTOR("TXA keeps X", call, 6, 4, LDXI(3), TXA, ALU_X(BPF_ADD), RET_A),

	/* ---- scratch */
	VECTOR("scratch: all slots by A", call, 0x3ffcc, 15 * 2 + 1 + 15 * 6 + 1, FIFTEEN(PUT), LDI(1),
	       FIFTEEN(TAKE), RET_A),
	VECTOR("scratch: all slots by X", call, 0x3ffcc, 16 * 2 + 1 + 16 * 3 + 1, PUT_X(0),
	       FIFTEEN(PUT_X), LDI(0), TAKE_X(0), FIFTEEN(TAKE_X), RET_A),
	VECTOR("scratch: a store overwrites", call, 2, 6, LDI(1), ST(7), LDI(2), ST(7), LDM(7), RET_A),
	VECTOR("scratch: stores keep A and X", call, 11, 6, LDI(4), LDXI(7), ST(3), STX(3),
	       ALU_X(BPF_ADD), RET_A),
	VECTOR("scratch: written on both sides of a branch", call, 21, 6, LDI(1), J_K(BPF_JEQ, 1, 2, 0),
	       ST(15), JA(2), LDXI(21), STX(15), LDM(15), RET_A),

	/* ---- arithmetic modulo 2^32 */
	ARITH("ADD", BPF_ADD, 2, 3, 5),
	ARITH("ADD wraps", BPF_ADD, 0xffffffff, 2, 1),
	ARITH("SUB", BPF_SUB, 7, 3, 4),
	ARITH("SUB wraps", BPF_SUB, 3, 7, 0xfffffffc),
	ARITH("MUL", BPF_MUL, 6, 7, 42),
	ARITH("MUL keeps the low half", BPF_MUL, 0x10001, 0x10001, 0x20001),
	ARITH("MUL of two with bit 31", BPF_MUL, 0xffffffff, 0xffffffff, 1),
	ARITH("DIV rounds down", BPF_DIV, 7, 2, 3),
	ARITH("DIV is unsigned, left", BPF_DIV, 0x80000000, 2, 0x40000000),
	ARITH("DIV is unsigned, right", BPF_DIV, 0xfffffffe, 0xffffffff, 0),
	ARITH("DIV by itself", BPF_DIV, 0xffffffff, 0xffffffff, 1),
	VECTOR("DIV by X = 0 returns 0 at once", call, 0, 3, LDI(5), LDXI(0), ALU_X(BPF_DIV), RET(9)),
	VECTOR("DIV by X as it starts, 0", call, 0, 2, LDI(5), ALU_X(BPF_DIV), RET(9)),
	VECTOR("DIV by X = 0 on the path not taken", call, 9, 3, LDI(5), J_K(BPF_JEQ, 5, 1, 0),
	       ALU_X(BPF_DIV), RET(9)),
	VECTOR("DIV by X, a high half alone", call, 0x14143c1, 5, LDXI(0x80), LD(20), ALU_X(BPF_DIV),
	       ALU_K(BPF_ADD, 0x7c), RET_A),
	ARITH("AND", BPF_AND, 0xff00ff00, 0x0ff00ff0, 0x0f000f00),
	ARITH("AND, mask with bit 31", BPF_AND, 0xffffffff, 0x80000000, 0x80000000),
	ARITH("OR", BPF_OR, 0xff00ff00, 0x0ff00ff0, 0xfff0fff0),
	ARITH("XOR", BPF_XOR, 0xff00ff00, 0x0ff00ff0, 0xf0f0f0f0),
	ARITH("XOR with bit 31", BPF_XOR, 1, 0x80000000, 0x80000001),
	ARITH("LSH", BPF_LSH, 3, 4, 48),
	ARITH("LSH by 0", BPF_LSH, 0x80000001, 0, 0x80000001),
	ARITH("LSH by 31", BPF_LSH, 3, 31, 0x80000000),
	ARITH_X("LSH by 32 is by 0", BPF_LSH, 3, 32, 3),
	ARITH_X("LSH by 33 is by 1", BPF_LSH, 3, 33, 6),
	ARITH_X("LSH by 63 is by 31", BPF_LSH, 3, 63, 0x80000000),
	ARITH_X("LSH by 64 is by 0", BPF_LSH, 3, 64, 3),
	ARITH_X("LSH by 256 is by 0", BPF_LSH, 3, 256, 3),
	ARITH_X("LSH by 0xffffffff is by 31", BPF_LSH, 1, 0xffffffff, 0x80000000),
	ARITH("RSH", BPF_RSH, 48, 4, 3),
	ARITH("RSH is logical", BPF_RSH, 0x80000000, 31, 1),
	ARITH("RSH by 0", BPF_RSH, 0x80000001, 0, 0x80000001),
	ARITH_X("RSH by 32 is by 0", BPF_RSH, 6, 32, 6),
	ARITH_X("RSH by 33 is by 1", BPF_RSH, 6, 33, 3),
	ARITH_X("RSH by 0x80000000 is by 0", BPF_RSH, 6, 0x80000000, 6),
	ARITH_X("RSH by 0xffffffff is by 31", BPF_RSH, 0x80000000, 0xffffffff, 1),
	VECTOR("NEG", call, 0xffffffff, 3, LDI(1), NEG, RET_A),
	VECTOR("NEG of 0", call, 0, 3, LDI(0), NEG, RET_A),
	VECTOR("NEG of the lowest", call, 0x80000000, 3, LDI(0x80000000), NEG, RET_A),

	/* ---- tests, unsigned; bit 31 in the constant takes another way through the kernel */
	TEST("JEQ holds", BPF_JEQ, 5, 5, 1),
	TEST("JEQ fails", BPF_JEQ, 5, 6, 2),
	TEST("JEQ with bit 31 holds", BPF_JEQ, 0x80000001, 0x80000001, 1),
	TEST("JEQ with bit 31 fails", BPF_JEQ, 1, 0x80000001, 2),
	TEST("JEQ with all ones holds", BPF_JEQ, 0xffffffff, 0xffffffff, 1),
	TEST("JGT holds", BPF_JGT, 6, 5, 1),
	TEST("JGT fails when equal", BPF_JGT, 5, 5, 2),
	TEST("JGT is unsigned, left", BPF_JGT, 0x80000000, 1, 1),
	TEST("JGT is unsigned, right", BPF_JGT, 1, 0x80000000, 2),
	TEST("JGE holds when equal", BPF_JGE, 5, 5, 1),
	TEST("JGE fails", BPF_JGE, 4, 5, 2),
	TEST("JGE is unsigned, left", BPF_JGE, 0xffffffff, 0, 1),
	TEST("JGE is unsigned, right", BPF_JGE, 0x7fffffff, 0x80000000, 2),
	TEST("JSET holds", BPF_JSET, 6, 2, 1),
	TEST("JSET fails", BPF_JSET, 6, 9, 2),
	TEST("JSET with bit 31 holds", BPF_JSET, 0xf0000000, 0x80000000, 1),
	TEST("JSET with bit 31 fails", BPF_JSET, 0x7fffffff, 0x80000000, 2),
	TEST("JSET of nothing fails", BPF_JSET, 0xffffffff, 0, 2),

	/* ---- jumps: how a branch is laid out depends on which side falls through */
	VECTOR("branch with true falling through, taken", call, 1, 3, LDI(5), J_K(BPF_JSET, 4, 0, 1),
	       RET(1), RET(2)),
	VECTOR("branch with false falling through, taken", call, 2, 3, LDI(5), J_K(BPF_JSET, 4, 1, 0),
	       RET(1), RET(2)),
	VECTOR("branch with neither falling through, true", call, 2, 3, LDI(5), J_K(BPF_JEQ, 5, 1, 2),
	       RET(1), RET(2), RET(3)),
	VECTOR("branch with neither falling through, false", call, 3, 3, LDI(4),
	       J_K(BPF_JEQ, 5, 1, 2), RET(1), RET(2), RET(3)),
	VECTOR("branch with both falling through", call, 1, 3, LDI(4), J_K(BPF_JEQ, 5, 0, 0), RET(1)),
	VECTOR("branch with both sides to one place", call, 2, 3, LDI(4), J_K(BPF_JEQ, 5, 1, 1), RET(1),
	       RET(2)),
	VECTOR("a branch keeps A and X", call, 12, 5, LDI(5), LDXI(7), J_X(BPF_JGT, 0, 0),
	       ALU_X(BPF_ADD), RET_A),
	VECTOR("jt 255", call, 3, 3, LDI(5), J_K(BPF_JEQ, 5, 255, 0), [2 ... 256] = RET(1), RET(3)),
	VECTOR("jt 255, not taken", call, 1, 3, LDI(4), J_K(BPF_JEQ, 5, 255, 0), [2 ... 256] = RET(1),
	       RET(3)),
	VECTOR("jf 255", call, 3, 3, LDI(4), J_K(BPF_JGE, 5, 0, 255), [2 ... 256] = RET(1), RET(3)),
	VECTOR("jt and jf 255", call, 3, 3, LDI(5), J_K(BPF_JGT, 5, 255, 255), [2 ... 256] = RET(1),
	       RET(3)),
	VECTOR("jt 255 with X", call, 3, 4, LDI(5), LDXI(4), J_X(BPF_JGT, 255, 254),
	       [3 ... 257] = RET(1), RET(3)),
	VECTOR("JA over nothing", call, 1, 2, JA(0), RET(1)),
	VECTOR("JA over 256", call, 3, 2, JA(256), [1 ... 256] = RET(1), RET(3)),
	VECTOR("JA from the first instruction to the last of 4096", call, 3, 2, JA(4094),
	       [1 ... 4094] = RET(1), RET(3)),
	VECTOR("4096 instructions, all executed", call, 4095, 4096,
	       [0 ... 4094] = ALU_K(BPF_ADD, 1), RET_A),
	VECTOR("JA to JA to JA", call, 1, 4, JA(1), RET(2), JA(1), RET(3), JA(1), RET(4), RET(1)),

	/* ---- put together, as generators write it */
	VECTOR("arch, number, both halves of an argument", call, ABI_RET_ALLOW, 9, LD(4),
	       J_K(BPF_JEQ, AUDIT_ARCH_X86_64, 0, 7), LD(0), J_K(BPF_JEQ, GETPPID, 0, 5), LD(20),
	       J_K(BPF_JEQ, 0xa0a1a2a3, 0, 3), LD(16), J_K(BPF_JEQ, 0xb0b1b2b3, 0, 1),
	       RET(ABI_RET_ALLOW), RET(ABI_RET_ERRNO | 1)),
	VECTOR("masked half of an argument", call, ABI_RET_ERRNO | 1, 4, LD(56),
	       ALU_K(BPF_AND, 0xc0000000), J_K(BPF_JEQ, 0x80000000, 0, 1), RET(ABI_RET_ERRNO | 1),
	       RET(ABI_RET_ALLOW)),
};
const size_t cbpf_vector_count = sizeof(cbpf_vectors) / sizeof(cbpf_vectors[0]);
