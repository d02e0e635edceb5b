/* SPDX-License-Identifier: MIT */
/*
 * Random programs that the kernel accepts, with runs of comparisons such as real filters have, and
 * tuples that meet their constants.
 */
#ifndef SG_ORACLE_TESTS_RANDOM_H
#define SG_ORACLE_TESTS_RANDOM_H

#include <string.h>

#include "filters/abi/abi.h"
#include "filters/cbpf/prog.h"
#include "harness/base/alloc.h"
#include "harness/base/rng.h"

#define STMT(code, k)         ((struct sock_filter)BPF_STMT((code), (k)))
#define JUMP(code, k, jt, jf) ((struct sock_filter)BPF_JUMP((code), (k), (jt), (jf)))

static inline uint32_t random_word(struct sg_rng *rng)
{
	static const uint32_t edges[] = {0,          1,          31,         32,         64,
					 511,        512,        0x7fffffff, 0x80000000, 0xffffffff,
					 0x40000000, 0xc000003e, 0x400001ff, 0x40000200};

	switch (sg_rng_below(rng, 4)) {
	case 0: return edges[sg_rng_below(rng, SG_COUNT(edges))];
	case 1: return (uint32_t)sg_rng_u64(rng);
	default: return (uint32_t)sg_rng_below(rng, 600);
	}
}

struct random_shape {
	size_t most;     /* instructions */
	bool with_ret_a; /* and not only returns of constants */
	bool with_div_x; /* which may end in KILL_THREAD */
	bool with_ip;    /* loads of the instruction pointer */
	unsigned args;   /* how many arguments are loaded, 0 to 6 */
};

static inline uint32_t random_offset(struct sg_rng *rng, const struct random_shape *shape)
{
	uint32_t words = 2 + 2 * shape->args + (shape->with_ip ? 2 : 0);
	uint32_t word = (uint32_t)sg_rng_below(rng, words);

	return 4 * (word < 2 || shape->with_ip ? word : word + 2);
}

static inline struct sock_filter random_alu(struct sg_rng *rng, const struct random_shape *shape)
{
	static const uint16_t ops[] = {BPF_ADD, BPF_SUB, BPF_MUL, BPF_AND, BPF_OR,
				       BPF_XOR, BPF_LSH, BPF_RSH, BPF_NEG, BPF_DIV};
	uint16_t op = ops[sg_rng_below(rng, SG_COUNT(ops))];
	bool is_div = op == BPF_DIV, is_shift = op == BPF_LSH || op == BPF_RSH;
	bool by_x = op != BPF_NEG && (!is_div || shape->with_div_x) && sg_rng_below(rng, 2);
	uint32_t k = random_word(rng);

	if (!by_x && is_div)
		k |= 1;
	if (!by_x && is_shift)
		k %= 32;
	return STMT(BPF_ALU | op | (by_x ? BPF_X : BPF_K), k);
}

static inline uint8_t random_over(struct sg_rng *rng, size_t behind)
{
	size_t near = behind < 3 ? behind : 3;

	if (behind > 256)
		behind = 256;
	return (uint8_t)sg_rng_below(rng, sg_rng_below(rng, 4) ? near : behind);
}

static inline struct sock_filter random_jump(struct sg_rng *rng, size_t behind)
{
	static const uint16_t ops[] = {BPF_JEQ, BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET};
	uint16_t op = ops[sg_rng_below(rng, SG_COUNT(ops))];
	uint16_t src = sg_rng_below(rng, 8) ? BPF_K : BPF_X;

	if (sg_rng_below(rng, 16) == 0)
		return STMT(BPF_JMP | BPF_JA, (uint32_t)sg_rng_below(rng, behind));
	return JUMP(BPF_JMP | op | src, random_word(rng), random_over(rng, behind),
		    random_over(rng, behind));
}

static inline struct sock_filter random_move(struct sg_rng *rng)
{
	switch (sg_rng_below(rng, 10)) {
	case 0: return STMT(BPF_LD | BPF_W | BPF_LEN, 0);
	case 1: return STMT(BPF_LDX | BPF_W | BPF_LEN, 0);
	case 2: return STMT(BPF_LD | BPF_IMM, random_word(rng));
	case 3: return STMT(BPF_LDX | BPF_IMM, random_word(rng));
	case 4: return STMT(BPF_MISC | BPF_TAX, 0);
	case 5: return STMT(BPF_MISC | BPF_TXA, 0);
	case 6: return STMT(BPF_ST, (uint32_t)sg_rng_below(rng, BPF_MEMWORDS));
	case 7: return STMT(BPF_STX, (uint32_t)sg_rng_below(rng, BPF_MEMWORDS));
	case 8: return STMT(BPF_LD | BPF_MEM, (uint32_t)sg_rng_below(rng, BPF_MEMWORDS));
	default: return STMT(BPF_LDX | BPF_MEM, (uint32_t)sg_rng_below(rng, BPF_MEMWORDS));
	}
}

static inline struct sock_filter random_ret(struct sg_rng *rng, const struct random_shape *shape)
{
	static const uint32_t values[] = {ABI_RET_ALLOW, ABI_RET_ERRNO | 1,
					  ABI_RET_TRAP,  ABI_RET_KILL_PROCESS,
					  ABI_RET_LOG,   ABI_RET_TRACE | 7};

	if (shape->with_ret_a && sg_rng_below(rng, 2))
		return STMT(BPF_RET | BPF_A, 0);
	return STMT(BPF_RET | BPF_K, sg_rng_below(rng, 4) ? values[sg_rng_below(rng, 6)]
							  : (uint32_t)sg_rng_u64(rng));
}

static inline void add_random(struct sg_rng *rng, const struct random_shape *shape, size_t behind,
			      struct cbpf_prog *prog)
{
	switch (sg_rng_below(rng, 12)) {
	case 0:
	case 1: cbpf_add(prog, STMT(BPF_LD | BPF_W | BPF_ABS, random_offset(rng, shape))); break;
	case 2:
	case 3:
	case 4:
	case 5:
	case 6:
	case 7:
	case 8: cbpf_add(prog, random_jump(rng, behind)); break;
	case 9: cbpf_add(prog, random_move(rng)); break;
	case 10: cbpf_add(prog, random_alu(rng, shape)); break;
	default:
		cbpf_add(prog,
			 sg_rng_below(rng, 3) ? random_alu(rng, shape) : random_ret(rng, shape));
		break;
	}
}

/* Replaces @prog; tries until the verifier accepts one (scratch may be read before written). */
static inline void random_prog(struct sg_rng *rng, const struct random_shape *shape,
			       struct cbpf_prog *prog)
{
	do {
		size_t len = 1 + sg_rng_below(rng, shape->most);

		cbpf_release(prog);
		for (int slot = 0; slot < BPF_MEMWORDS && prog->len + 1 < len; slot++)
			if (sg_rng_below(rng, 2))
				cbpf_add(prog, STMT(BPF_ST, (uint32_t)slot));
		while (prog->len + 1 < len)
			add_random(rng, shape, len - prog->len - 1, prog);
		cbpf_add(prog, random_ret(rng, shape));
	} while (cbpf_verify(prog, NULL));
}

/* Sometimes a constant of @prog, or its neighbour. */
static inline uint32_t random_input(struct sg_rng *rng, const struct cbpf_prog *prog)
{
	const struct sock_filter *insn = &prog->insns[sg_rng_below(rng, prog->len)];

	return sg_rng_below(rng, 2) ? insn->k + (uint32_t)sg_rng_below(rng, 3) - 1
				    : random_word(rng);
}

static const uint32_t random_audits[] = {
	0xc000003e,
	0xc000003e,
	0x40000003,
	0xc00000b7,
	0x80000016 /* s390x, big-endian */,
	0x00000008 /* mips, big-endian */,
};

static inline struct abi_tuple random_tuple(struct sg_rng *rng, const struct cbpf_prog *prog)
{
	struct abi_tuple tuple = {
		.nr = random_input(rng, prog),
		.arch = random_audits[sg_rng_below(rng, SG_COUNT(random_audits))],
		.ip = (uint64_t)random_input(rng, prog) << 32 | random_input(rng, prog),
	};

	for (int i = 0; i < 6; i++)
		tuple.args[i] = (uint64_t)random_input(rng, prog) << 32 | random_input(rng, prog);
	return tuple;
}

#endif
