/* SPDX-License-Identifier: MIT */
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>

#include "filters/abi/abi.h"
#include "fuzz/targets/mutate.h"
#include "harness/base/alloc.h"

#define MOST_ADDED 16 /* instructions, in one go */

/* What seccomp allows (kernel/seccomp.c, seccomp_check_filter), and two that it refuses. */
static const uint16_t codes[] = {
	BPF_LD | BPF_W | BPF_ABS,
	BPF_LD | BPF_W | BPF_LEN,
	BPF_LDX | BPF_W | BPF_LEN,
	BPF_LD | BPF_IMM,
	BPF_LDX | BPF_IMM,
	BPF_LD | BPF_MEM,
	BPF_LDX | BPF_MEM,
	BPF_ST,
	BPF_STX,
	BPF_ALU | BPF_ADD | BPF_K,
	BPF_ALU | BPF_ADD | BPF_X,
	BPF_ALU | BPF_SUB | BPF_K,
	BPF_ALU | BPF_SUB | BPF_X,
	BPF_ALU | BPF_MUL | BPF_K,
	BPF_ALU | BPF_MUL | BPF_X,
	BPF_ALU | BPF_DIV | BPF_K,
	BPF_ALU | BPF_DIV | BPF_X,
	BPF_ALU | BPF_AND | BPF_K,
	BPF_ALU | BPF_AND | BPF_X,
	BPF_ALU | BPF_OR | BPF_K,
	BPF_ALU | BPF_OR | BPF_X,
	BPF_ALU | BPF_XOR | BPF_K,
	BPF_ALU | BPF_XOR | BPF_X,
	BPF_ALU | BPF_LSH | BPF_K,
	BPF_ALU | BPF_LSH | BPF_X,
	BPF_ALU | BPF_RSH | BPF_K,
	BPF_ALU | BPF_RSH | BPF_X,
	BPF_ALU | BPF_NEG,
	BPF_JMP | BPF_JA,
	BPF_JMP | BPF_JEQ | BPF_K,
	BPF_JMP | BPF_JEQ | BPF_X,
	BPF_JMP | BPF_JGT | BPF_K,
	BPF_JMP | BPF_JGT | BPF_X,
	BPF_JMP | BPF_JGE | BPF_K,
	BPF_JMP | BPF_JGE | BPF_X,
	BPF_JMP | BPF_JSET | BPF_K,
	BPF_JMP | BPF_JSET | BPF_X,
	BPF_MISC | BPF_TAX,
	BPF_MISC | BPF_TXA,
	BPF_RET | BPF_K,
	BPF_RET | BPF_A,
	BPF_LD | BPF_B | BPF_ABS,
	BPF_ALU | BPF_MOD | BPF_K,
};

struct insns {
	struct sg_rng *rng;
	struct sock_filter *items;
	size_t len, max;
};

static uint32_t any_return(struct sg_rng *rng)
{
	static const uint32_t returns[] = {ABI_RET_ALLOW, ABI_RET_ERRNO | 1, ABI_RET_KILL_PROCESS};

	return returns[sg_rng_below(rng, SG_COUNT(returns))];
}

/* A constant that makes sense to the opcode, mostly. */
static uint32_t any_k(struct sg_rng *rng, uint16_t code)
{
	if (sg_rng_below(rng, 16) == 0)
		return sg_rng_u64(rng);
	switch (BPF_CLASS(code)) {
	case BPF_LD:
	case BPF_LDX:
		return BPF_MODE(code) == BPF_ABS ? 4 * sg_rng_below(rng, ABI_DATA_WORDS)
						 : sg_rng_below(rng, BPF_MEMWORDS);
	case BPF_ST:
	case BPF_STX: return sg_rng_below(rng, BPF_MEMWORDS);
	case BPF_RET: return any_return(rng);
	case BPF_JMP:
		if (BPF_OP(code) == BPF_JA)
			return sg_rng_below(rng, 4);
		return sg_rng_below(rng, 4) ? sg_rng_below(rng, 480)
					    : abi_arch(sg_rng_below(rng, ABI_ARCH_COUNT))->audit;
	default: return fuzz_number_near(rng, sg_rng_below(rng, 32));
	}
}

static struct sock_filter any_insn(struct sg_rng *rng)
{
	uint16_t code = codes[sg_rng_below(rng, SG_COUNT(codes))];
	struct sock_filter insn = {.code = code, .k = any_k(rng, code)};

	if (BPF_CLASS(code) == BPF_JMP && BPF_OP(code) != BPF_JA) {
		insn.jt = sg_rng_below(rng, 4);
		insn.jf = sg_rng_below(rng, 4);
	}
	return insn;
}

static void insert(struct insns *insns, size_t at, struct sock_filter insn)
{
	if (insns->len == insns->max)
		return;
	memmove(&insns->items[at + 1], &insns->items[at], (insns->len - at) * sizeof(insn));
	insns->items[at] = insn;
	insns->len++;
}

static void drop(struct insns *insns, size_t at)
{
	insns->len--;
	memmove(&insns->items[at], &insns->items[at + 1],
		(insns->len - at) * sizeof(*insns->items));
}

static void swap(struct insns *insns, size_t one, size_t two)
{
	struct sock_filter was = insns->items[one];

	insns->items[one] = insns->items[two];
	insns->items[two] = was;
}

static void change_field(struct sg_rng *rng, struct sock_filter *insn, size_t behind)
{
	switch (sg_rng_below(rng, 6)) {
	case 0: insn->code = codes[sg_rng_below(rng, SG_COUNT(codes))]; break;
	case 1: insn->jt = sg_rng_below(rng, behind + 2); break;
	case 2: insn->jf = sg_rng_below(rng, behind + 2); break;
	case 3: insn->k = fuzz_number_near(rng, insn->k); break;
	case 4: insn->code ^= 1u << sg_rng_below(rng, 8); break;
	default: insn->k = any_k(rng, insn->code); break;
	}
}

static void change(struct insns *insns)
{
	struct sg_rng *rng = insns->rng;
	size_t at = sg_rng_below(rng, insns->len), other = sg_rng_below(rng, insns->len);

	switch (sg_rng_below(rng, 7)) {
	case 0: insert(insns, at, insns->items[other]); break;
	case 1: insert(insns, at, any_insn(rng)); break;
	case 2: drop(insns, at); break;
	case 3: swap(insns, at, other); break;
	case 4: insns->items[at].k = fuzz_number_near(rng, insns->items[other].k); break;
	default: change_field(rng, &insns->items[at], insns->len - at - 1); break;
	}
}

/* Where the last instruction is not the one it was, a RET is what the verifier wants to see. */
static void end_in_ret(struct insns *insns)
{
	if (insns->len && BPF_CLASS(insns->items[insns->len - 1].code) != BPF_RET &&
	    sg_rng_below(insns->rng, 8))
		insert(insns, insns->len,
		       (struct sock_filter){BPF_RET | BPF_K, 0, 0, any_return(insns->rng)});
}

size_t fuzz_mutate_insns(struct sg_rng *rng, uint8_t *data, size_t len, size_t max)
{
	struct insns insns = {.rng = rng, .len = len / sizeof(struct sock_filter)};

	insns.max = max / sizeof(struct sock_filter);
	if (insns.max > insns.len + MOST_ADDED)
		insns.max = insns.len + MOST_ADDED;
	if (!insns.max)
		return 0;
	insns.items = sg_calloc(insns.max, sizeof(*insns.items)); /* @data may be unaligned */
	memcpy(insns.items, data, insns.len * sizeof(*insns.items));
	do {
		if (insns.len)
			change(&insns);
		else
			insert(&insns, 0, any_insn(rng));
	} while (sg_rng_below(rng, 2));
	end_in_ret(&insns);
	len = insns.len * sizeof(*insns.items);
	memcpy(data, insns.items, len);
	free(insns.items);
	return len;
}
