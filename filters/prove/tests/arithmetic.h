/* SPDX-License-Identifier: MIT */
/*
 * Small random programs full of arithmetic, the same ones written otherwise, and spoilt ones. Slots
 * up to 3 are the program's own, written before all else; those from 13 up are for what is written
 * otherwise. Every bit of A takes part in the verdict at the end. Include after cmocka's headers.
 */
#ifndef SG_PROVE_TESTS_ARITHMETIC_H
#define SG_PROVE_TESTS_ARITHMETIC_H

#include "filters/abi/abi.h"
#include "filters/cbpf/prog.h"
#include "filters/prove/tests/insns.h"
#include "harness/base/alloc.h"
#include "harness/base/rng.h"

#define ARITHMETIC_BEFORE 9 /* instructions around the random ones */
#define ARITHMETIC_BEHIND 7

#define ARITHMETIC_PICK(rng, array) ((array)[sg_rng_below((rng), SG_COUNT(array))])
#define I(...)                      ((struct sock_filter)__VA_ARGS__)
#define STMT(code, k)               ((struct sock_filter)BPF_STMT(code, k))

static inline uint32_t arithmetic_number(struct sg_rng *rng)
{
	static const uint32_t numbers[] = {0,  1,          2,          3,         7,
					   31, 32,         64,         0xff,      0x10000,
					   12, 0x7fffffff, 0x80000000, 0xffffffff};

	return sg_rng_below(rng, 4) ? ARITHMETIC_PICK(rng, numbers) : (uint32_t)sg_rng_u64(rng);
}

static inline struct sock_filter arithmetic_alu(struct sg_rng *rng)
{
	static const uint16_t ops[] = {BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_AND,
				       BPF_OR,  BPF_XOR, BPF_LSH, BPF_RSH, BPF_NEG};
	const uint16_t op = ARITHMETIC_PICK(rng, ops);
	uint32_t k = arithmetic_number(rng);

	if (op == BPF_NEG || sg_rng_below(rng, 2))
		return STMT(BPF_ALU | op | (op == BPF_NEG ? BPF_K : BPF_X), 0);
	if (op == BPF_LSH || op == BPF_RSH)
		k %= 32;
	return STMT(BPF_ALU | op | BPF_K, op == BPF_DIV && !k ? 5 : k);
}

static inline struct sock_filter arithmetic_move(struct sg_rng *rng)
{
	static const uint16_t codes[] = {
		BPF_LD | BPF_W | BPF_ABS,
		BPF_LD | BPF_W | BPF_ABS,
		BPF_LD | BPF_IMM,
		BPF_LDX | BPF_IMM,
		BPF_LD | BPF_W | BPF_LEN,
		BPF_LDX | BPF_W | BPF_LEN,
		BPF_LD | BPF_MEM,
		BPF_LDX | BPF_MEM,
		BPF_ST,
		BPF_STX,
		BPF_MISC | BPF_TAX,
		BPF_MISC | BPF_TXA,
	};
	const uint16_t code = ARITHMETIC_PICK(rng, codes);

	if (code == (BPF_LD | BPF_W | BPF_ABS))
		return STMT(code, 4 * (uint32_t)sg_rng_below(rng, ABI_DATA_WORDS));
	if (BPF_CLASS(code) <= BPF_LDX && BPF_MODE(code) == BPF_IMM)
		return STMT(code, arithmetic_number(rng));
	return STMT(code, (uint32_t)sg_rng_below(rng, 4));
}

/* Over at most the @behind instructions that follow. */
static inline struct sock_filter arithmetic_jump(struct sg_rng *rng, size_t behind)
{
	static const uint16_t ops[] = {BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET, BPF_JA};
	const uint16_t op = ARITHMETIC_PICK(rng, ops);
	const uint64_t most = behind < 4 ? behind : 4;

	const uint8_t jt = (uint8_t)sg_rng_below(rng, most + 1);
	const uint8_t jf = (uint8_t)sg_rng_below(rng, most + 1);

	if (op == BPF_JA)
		return I(JA(jt));
	if (sg_rng_below(rng, 2))
		return I(JX(op, jt, jf));
	return I(J(op, arithmetic_number(rng), jt, jf));
}

static inline void arithmetic_make(struct sg_rng *rng, size_t body, struct cbpf_prog *ret)
{
	for (uint32_t slot = 0; slot < 4; slot++) {
		cbpf_add(ret, I(LD(ABI_OFF_ARG(slot))));
		cbpf_add(ret, I(ST(slot)));
	}
	cbpf_add(ret, STMT(BPF_LDX | BPF_MEM, 1));
	for (size_t behind = body; behind-- > 0;) {
		const uint64_t kind = sg_rng_below(rng, 6);

		cbpf_add(ret, kind < 3   ? arithmetic_alu(rng)
			      : kind < 5 ? arithmetic_move(rng)
					 : arithmetic_jump(rng, behind));
	}
	cbpf_add(ret, I(ST(0))); /* both halves of A into the number of a TRACE */
	cbpf_add(ret, I(ALU(BPF_RSH, 16)));
	cbpf_add(ret, STMT(BPF_LDX | BPF_MEM, 0));
	cbpf_add(ret, I(ALUX(BPF_XOR)));
	cbpf_add(ret, I(ALU(BPF_AND, ABI_RET_DATA)));
	cbpf_add(ret, I(ALU(BPF_OR, ABI_RET_TRACE)));
	cbpf_add(ret, I(RETA));
}

/* ---- the same, written otherwise */

/* A = X op A, where the order is nothing to the result. */
static inline void arithmetic_swapped(struct sock_filter insn, struct cbpf_prog *ret)
{
	cbpf_add(ret, STMT(BPF_STX, 13));
	cbpf_add(ret, I(ST(14)));
	cbpf_add(ret, STMT(BPF_MISC | BPF_TXA, 0));
	cbpf_add(ret, STMT(BPF_LDX | BPF_MEM, 14));
	cbpf_add(ret, insn);
	cbpf_add(ret, STMT(BPF_LDX | BPF_MEM, 13));
}

/* A = 0 - A */
static inline void arithmetic_subtracted(struct cbpf_prog *ret)
{
	cbpf_add(ret, STMT(BPF_STX, 13));
	cbpf_add(ret, I(TAX));
	cbpf_add(ret, I(LDI(0)));
	cbpf_add(ret, I(ALUX(BPF_SUB)));
	cbpf_add(ret, STMT(BPF_LDX | BPF_MEM, 13));
}

/* A and k = ~(~A or ~k) */
static inline void arithmetic_de_morgan(struct sock_filter insn, struct cbpf_prog *ret)
{
	const uint16_t other = BPF_OP(insn.code) == BPF_AND ? BPF_OR : BPF_AND;

	cbpf_add(ret, I(ALU(BPF_XOR, UINT32_MAX)));
	cbpf_add(ret, I(ALU(other, ~insn.k)));
	cbpf_add(ret, I(ALU(BPF_XOR, UINT32_MAX)));
}

static inline bool arithmetic_is_power(uint32_t k)
{
	return k && !(k & (k - 1));
}

/* What @insn does, by other instructions; at times by the same one. */
static inline void arithmetic_rewrite(struct sg_rng *rng, struct sock_filter insn,
				      struct cbpf_prog *ret)
{
	const uint16_t op = BPF_OP(insn.code);

	switch (insn.code) {
	case BPF_ALU | BPF_ADD | BPF_X:
	case BPF_ALU | BPF_MUL | BPF_X:
	case BPF_ALU | BPF_AND | BPF_X:
	case BPF_ALU | BPF_OR | BPF_X:
	case BPF_ALU | BPF_XOR | BPF_X: arithmetic_swapped(insn, ret); return;
	case BPF_ALU | BPF_AND | BPF_K:
	case BPF_ALU | BPF_OR | BPF_K: arithmetic_de_morgan(insn, ret); return;
	case BPF_ALU | BPF_ADD | BPF_K:
	case BPF_ALU | BPF_SUB | BPF_K:
		cbpf_add(ret, STMT(BPF_ALU | (op == BPF_ADD ? BPF_SUB : BPF_ADD) | BPF_K, -insn.k));
		return;
	case BPF_ALU | BPF_NEG: arithmetic_subtracted(ret); return;
	case BPF_ALU | BPF_LSH | BPF_K: cbpf_add(ret, I(ALU(BPF_MUL, 1u << insn.k))); return;
	case BPF_ALU | BPF_MUL | BPF_K:
	case BPF_ALU | BPF_DIV | BPF_K:
		if (arithmetic_is_power(insn.k)) {
			insn.code = BPF_ALU | (op == BPF_MUL ? BPF_LSH : BPF_RSH) | BPF_K;
			insn.k = (uint32_t)__builtin_ctz(insn.k);
		}
	}
	if (BPF_CLASS(insn.code) != BPF_JMP && !sg_rng_below(rng, 4)) {
		cbpf_add(ret, I(ST(15)));
		cbpf_add(ret, I(LDM(15)));
	}
	cbpf_add(ret, insn);
}

/* Sets the jumps of @ret, each the last of what became of its instruction, to where their targets
 * have gone. */
static inline void arithmetic_aim(const struct cbpf_prog *prog, const size_t *starts,
				  struct cbpf_prog *ret)
{
	for (size_t i = 0; i < prog->len; i++) {
		const struct sock_filter *from = &prog->insns[i];
		const size_t next = starts[i + 1];
		struct sock_filter *to = &ret->insns[next - 1];

		if (BPF_CLASS(from->code) != BPF_JMP)
			continue;
		if (BPF_OP(from->code) == BPF_JA)
			to->k = (uint32_t)(starts[i + 1 + from->k] - next);
		to->jt = (uint8_t)(starts[i + 1 + from->jt] - next);
		to->jf = (uint8_t)(starts[i + 1 + from->jf] - next);
	}
}

static inline void arithmetic_otherwise(struct sg_rng *rng, const struct cbpf_prog *prog,
					struct cbpf_prog *ret)
{
	size_t starts[64] = {0};

	assert_true(prog->len < SG_COUNT(starts));
	for (size_t i = 0; i < prog->len; i++) {
		arithmetic_rewrite(rng, prog->insns[i], ret);
		starts[i + 1] = ret->len;
	}
	arithmetic_aim(prog, starts, ret);
}

/* Another operation in the place of one of its own. */
static inline void arithmetic_spoil(struct sg_rng *rng, struct cbpf_prog *prog)
{
	size_t at = ARITHMETIC_BEFORE +
		    sg_rng_below(rng, prog->len - ARITHMETIC_BEFORE - ARITHMETIC_BEHIND);

	while (BPF_CLASS(prog->insns[at].code) == BPF_JMP)
		at++;
	prog->insns[at] = arithmetic_alu(rng);
}

#endif
