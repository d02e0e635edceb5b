/* SPDX-License-Identifier: MIT */
/*
 * Random programs that the kernel accepts, shaped like filters: mostly loads, comparisons with
 * constants and short jumps forward, with arithmetic, moves and scratch words between them. And
 * inputs for them, biased towards their constants.
 */
#ifndef SG_PROVE_TESTS_PROGRAMS_H
#define SG_PROVE_TESTS_PROGRAMS_H

#include <linux/audit.h>
#include <stdlib.h>

#include "filters/abi/abi.h"
#include "filters/cbpf/prog.h"
#include "harness/base/alloc.h"
#include "harness/base/rng.h"

#define PROGRAM_WRITTEN(slot) (1u << (slot))

/* A program that grows to a length that is known from the start. */
struct program_maker {
	struct sg_rng *rng;
	struct cbpf_prog *prog;
	size_t len;
	uint16_t *written; /* by instruction: the scratch words that every way to it writes */
};

static inline uint32_t program_below(struct program_maker *maker, uint32_t bound)
{
	return sg_rng_below(maker->rng, bound);
}

static inline uint32_t program_constant(struct sg_rng *rng)
{
	switch (sg_rng_below(rng, 8)) {
	case 0: return 1u << sg_rng_below(rng, 32);
	case 1: return (uint32_t)sg_rng_u64(rng);
	case 2: return AUDIT_ARCH_X86_64;
	case 3: return -(uint32_t)sg_rng_below(rng, 8);
	case 4:
	case 5: return sg_rng_below(rng, 512);
	default: return sg_rng_below(rng, 8);
	}
}

static inline uint32_t program_verdict(struct sg_rng *rng)
{
	static const uint32_t verdicts[] = {
		ABI_RET_ALLOW,     ABI_RET_ALLOW | 3,    ABI_RET_ERRNO | 1,   ABI_RET_ERRNO | 38,
		ABI_RET_TRACE | 7, ABI_RET_KILL_PROCESS, ABI_RET_KILL_THREAD, 0x12345678,
	};

	return verdicts[sg_rng_below(rng, SG_COUNT(verdicts))];
}

/* The instruction at the end so far goes on to the one @over further than the next. */
static inline void program_leads(struct program_maker *maker, uint16_t written, size_t over)
{
	maker->written[maker->prog->len + over] &= written;
}

static inline void program_add(struct program_maker *maker, uint16_t written,
			       struct sock_filter insn)
{
	cbpf_add(maker->prog, insn);
	program_leads(maker, written, 0);
}

/* ---- instructions */

static inline struct sock_filter program_alu(struct program_maker *maker)
{
	static const uint16_t ops[] = {BPF_AND, BPF_AND, BPF_AND, BPF_RSH, BPF_LSH, BPF_ADD,
				       BPF_SUB, BPF_OR,  BPF_XOR, BPF_NEG, BPF_MUL, BPF_DIV};
	uint16_t op = ops[program_below(maker, SG_COUNT(ops))];
	uint16_t src = op != BPF_NEG && program_below(maker, 4) == 0 ? BPF_X : BPF_K;
	uint32_t k = program_constant(maker->rng);

	if (src == BPF_K && (op == BPF_LSH || op == BPF_RSH))
		k %= 32;
	if (src == BPF_K && op == BPF_DIV && k == 0)
		k = 10;
	return (struct sock_filter)BPF_STMT(BPF_ALU | op | src, k);
}

static inline struct sock_filter program_move(struct program_maker *maker)
{
	static const uint16_t codes[] = {BPF_MISC | BPF_TAX,       BPF_MISC | BPF_TXA,
					 BPF_LD | BPF_IMM,         BPF_LDX | BPF_IMM,
					 BPF_LD | BPF_W | BPF_LEN, BPF_LDX | BPF_W | BPF_LEN};

	return (struct sock_filter)BPF_STMT(codes[program_below(maker, SG_COUNT(codes))],
					    program_constant(maker->rng));
}

/* The number most often, then an argument. */
static inline struct sock_filter program_load(struct program_maker *maker)
{
	uint32_t word = program_below(maker, 3) ? program_below(maker, ABI_DATA_WORDS) : 0;

	return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4 * word);
}

/* Of one of two slots, so that what is stored is read, or of any. */
static inline void program_add_scratch(struct program_maker *maker, uint16_t written)
{
	static const uint16_t codes[] = {BPF_ST, BPF_STX, BPF_LD | BPF_MEM, BPF_LDX | BPF_MEM};
	uint32_t slot = program_below(maker, program_below(maker, 4) ? 2 : BPF_MEMWORDS);
	bool was_written = written & PROGRAM_WRITTEN(slot);
	uint16_t code = codes[program_below(maker, was_written ? 4 : 2)];

	program_add(maker, written | PROGRAM_WRITTEN(slot),
		    (struct sock_filter)BPF_STMT(code, slot));
}

static inline struct sock_filter program_ret(struct program_maker *maker)
{
	if (program_below(maker, 8) == 0)
		return (struct sock_filter)BPF_STMT(BPF_RET | BPF_A, 0);
	return (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, program_verdict(maker->rng));
}

/* How far to jump with @behind instructions to choose from: mostly near. */
static inline uint32_t program_over(struct program_maker *maker, size_t behind)
{
	uint32_t most = program_below(maker, 10) ? 12 : 256;

	if (program_below(maker, 3) == 0)
		return 0;
	return program_below(maker, behind < most ? behind : most);
}

static inline void program_add_branch(struct program_maker *maker, uint16_t written, size_t behind)
{
	static const uint16_t ops[] = {BPF_JEQ, BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET};
	uint16_t op = ops[program_below(maker, SG_COUNT(ops))];
	uint16_t src = program_below(maker, 12) ? BPF_K : BPF_X;
	uint32_t jt = program_over(maker, behind), jf = program_over(maker, behind);
	struct sock_filter insn =
		BPF_JUMP(BPF_JMP | op | src, program_constant(maker->rng), jt, jf);

	cbpf_add(maker->prog, insn);
	program_leads(maker, written, jt);
	program_leads(maker, written, jf);
}

static inline void program_add_jump(struct program_maker *maker, uint16_t written, size_t behind)
{
	uint32_t over = program_over(maker, behind);

	cbpf_add(maker->prog, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, over));
	program_leads(maker, written, over);
}

static inline void program_add_any(struct program_maker *maker)
{
	size_t behind = maker->len - maker->prog->len - 1;
	uint16_t written = maker->written[maker->prog->len];
	uint32_t kind = program_below(maker, 100);

	if (kind < 30)
		program_add(maker, written, program_load(maker));
	else if (kind < 62)
		program_add_branch(maker, written, behind);
	else if (kind < 65)
		program_add_jump(maker, written, behind);
	else if (kind < 78)
		program_add_scratch(maker, written);
	else if (kind < 84)
		program_add(maker, written, program_move(maker));
	else if (kind < 97)
		program_add(maker, written, program_alu(maker));
	else
		program_add(maker, written, program_ret(maker));
}

/* Replaces @prog by one of @len instructions. */
static inline void random_program(struct sg_rng *rng, size_t len, struct cbpf_prog *prog)
{
	struct program_maker maker = {.rng = rng, .prog = prog, .len = len};

	cbpf_release(prog);
	maker.written = sg_calloc(len + 1, sizeof(*maker.written));
	for (size_t pc = 1; pc <= len; pc++)
		maker.written[pc] = UINT16_MAX;
	while (prog->len + 1 < len)
		program_add_any(&maker);
	cbpf_add(prog, program_ret(&maker));
	free(maker.written);
}

/* ---- inputs */

static inline uint32_t program_near(struct sg_rng *rng, const struct cbpf_prog *prog)
{
	uint32_t k = prog->insns[sg_rng_below(rng, prog->len)].k;

	switch (sg_rng_below(rng, 6)) {
	case 0: return k + 1;
	case 1: return k - 1;
	case 2: return ~k;
	case 3: return program_constant(rng);
	default: return k;
	}
}

static inline void random_input(struct sg_rng *rng, const struct cbpf_prog *prog,
				uint32_t words[ABI_DATA_WORDS])
{
	for (int i = 0; i < ABI_DATA_WORDS; i++)
		words[i] = program_near(rng, prog);
}

#endif
