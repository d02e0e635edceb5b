/* SPDX-License-Identifier: MIT */
/*
 * Random programs: legal ones, but for reads of scratch that may come before the write, and ones
 * spoilt in one place. Made so that each reason for a refusal is common enough to be counted.
 */
#ifndef SG_CBPF_TESTS_RANDOM_PROG_H
#define SG_CBPF_TESTS_RANDOM_PROG_H

#include "filters/abi/abi.h"
#include "filters/cbpf/prog.h"
#include "harness/base/alloc.h"
#include "harness/base/rng.h"

static inline uint32_t random_k(struct sg_rng *rng)
{
	static const uint32_t edges[] = {0,          1,          2,          31,
					 32,         64,         0x7fffffff, 0x80000000,
					 0x80000001, 0xffffffff, 0xc000003e, 110};

	return sg_rng_below(rng, 3) ? edges[sg_rng_below(rng, SG_COUNT(edges))] : sg_rng_u64(rng);
}

/* How far to jump with @behind instructions to choose from: mostly near, sometimes anywhere. */
static inline uint32_t random_over(struct sg_rng *rng, size_t behind, size_t most)
{
	size_t room = sg_rng_below(rng, 4) ? (behind < 4 ? behind : 4) : behind;

	return sg_rng_below(rng, room < most ? room : most);
}

static inline struct sock_filter random_alu(struct sg_rng *rng)
{
	static const uint16_t ops[] = {BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_AND,
				       BPF_OR,  BPF_XOR, BPF_LSH, BPF_RSH, BPF_NEG};
	uint16_t op = ops[sg_rng_below(rng, SG_COUNT(ops))];
	uint16_t src = op != BPF_NEG && sg_rng_below(rng, 2) ? BPF_X : BPF_K;
	uint32_t k = random_k(rng);

	if (src == BPF_K && op == BPF_DIV && k == 0)
		k = 3;
	if (src == BPF_K && (op == BPF_LSH || op == BPF_RSH))
		k %= 32;
	return (struct sock_filter)BPF_STMT(BPF_ALU | op | src, k);
}

static inline struct sock_filter random_jump(struct sg_rng *rng, size_t behind)
{
	static const uint16_t ops[] = {BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET};
	uint16_t op = ops[sg_rng_below(rng, SG_COUNT(ops))];

	if (sg_rng_below(rng, 8) == 0)
		return (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA,
						    random_over(rng, behind, CBPF_MAX_INSNS));
	return (struct sock_filter)BPF_JUMP(BPF_JMP | op | (sg_rng_below(rng, 4) ? BPF_K : BPF_X),
					    random_k(rng), random_over(rng, behind, 256),
					    random_over(rng, behind, 256));
}

static inline struct sock_filter random_move(struct sg_rng *rng)
{
	switch (sg_rng_below(rng, 6)) {
	case 0: return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_LEN, random_k(rng));
	case 1: return (struct sock_filter)BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, random_k(rng));
	case 2: return (struct sock_filter)BPF_STMT(BPF_LD | BPF_IMM, random_k(rng));
	case 3: return (struct sock_filter)BPF_STMT(BPF_LDX | BPF_IMM, random_k(rng));
	case 4: return (struct sock_filter)BPF_STMT(BPF_MISC | BPF_TAX, 0);
	default: return (struct sock_filter)BPF_STMT(BPF_MISC | BPF_TXA, 0);
	}
}

/* Few slots, and more writes than reads, so that both fates of a read are common. */
static inline struct sock_filter random_scratch(struct sg_rng *rng)
{
	uint32_t slot =
		sg_rng_below(rng, 12) ? sg_rng_below(rng, 2) : sg_rng_below(rng, BPF_MEMWORDS);
	static const uint16_t codes[] = {BPF_ST,  BPF_STX,          BPF_ST,
					 BPF_STX, BPF_LD | BPF_MEM, BPF_LDX | BPF_MEM};

	return (struct sock_filter)BPF_STMT(codes[sg_rng_below(rng, SG_COUNT(codes))], slot);
}

static inline struct sock_filter random_ret(struct sg_rng *rng)
{
	if (sg_rng_below(rng, 2))
		return (struct sock_filter)BPF_STMT(BPF_RET | BPF_A, 0);
	return (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, random_k(rng));
}

static inline struct sock_filter random_insn(struct sg_rng *rng, size_t behind)
{
	switch (sg_rng_below(rng, 12)) {
	case 0:
	case 1:
		return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						    4 * sg_rng_below(rng, ABI_DATA_WORDS));
	case 2:
	case 3:
	case 4: return random_jump(rng, behind);
	case 5:
	case 6: return random_scratch(rng);
	case 7: return random_move(rng);
	case 8: return sg_rng_below(rng, 3) ? random_alu(rng) : random_ret(rng);
	default: return random_alu(rng);
	}
}

/* Replaces @prog by one of 1 to @most instructions, legal but perhaps for what it reads. */
static inline void random_prog(struct sg_rng *rng, size_t most, struct cbpf_prog *prog)
{
	size_t len = 1 + sg_rng_below(rng, most);

	cbpf_release(prog);
	for (size_t pc = 0; pc + 1 < len; pc++)
		cbpf_add(prog, random_insn(rng, len - pc - 1));
	cbpf_add(prog, random_ret(rng));
}

/* Breaks one rule at one place, mostly. */
static inline void random_spoil(struct sg_rng *rng, struct cbpf_prog *prog)
{
	size_t pc = sg_rng_below(rng, prog->len), behind = prog->len - pc - 1;
	struct sock_filter *insn = &prog->insns[pc];
	uint8_t over = behind < 255 ? behind + sg_rng_below(rng, 256 - behind) : 255;
	uint16_t any_byte = sg_rng_below(rng, 0x100), any_code = sg_rng_below(rng, 0x10000);

	switch (sg_rng_below(rng, 14)) {
	case 0: insn->code = any_byte; break;
	case 1: insn->code = any_code; break;
	case 2: insn->code |= 0x100; break;
	case 3: insn->code = BPF_ALU | BPF_MOD | (any_byte & BPF_X); break;
	case 4:
		*insn = (struct sock_filter)BPF_STMT(any_byte & 0x3f, 16);
		break; /* load or store */
	case 5: *insn = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, any_byte); break;
	case 6:
		*insn = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, random_k(rng));
		break;
	case 7: *insn = (struct sock_filter)BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0); break;
	case 8:
		*insn = (struct sock_filter)BPF_STMT(BPF_ALU | (any_byte & 1 ? BPF_LSH : BPF_RSH) |
							     BPF_K,
						     random_k(rng));
		break;
	case 9:
		*insn = (struct sock_filter)BPF_STMT(any_byte & 1 ? BPF_ST : BPF_STX,
						     16 + random_k(rng));
		break;
	case 10:
		*insn = (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, behind + (any_byte & 3));
		break;
	case 11: *insn = (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, random_k(rng)); break;
	case 12:
		*insn = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0,
						     any_byte & 1 ? over : 0,
						     any_byte & 1 ? 0 : over);
		break;
	default: prog->insns[prog->len - 1] = random_alu(rng); break;
	}
}

#endif
