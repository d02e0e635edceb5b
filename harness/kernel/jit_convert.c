/* SPDX-License-Identifier: MIT */
#include "harness/kernel/jit_convert.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "filters/abi/abi.h"

/* Of one classic instruction: a division by X. */
#define MAX_EXPANSION 5

void jit_code_release(struct jit_code *code)
{
	free(code->insns);
	*code = (struct jit_code){0};
}

/*
 * Jumps of classic BPF go forward only. So a filter is written from its last instruction to its
 * first, each in front of those that there are, and a target is known before a jump to it is
 * written. Places are counted from the end.
 */
struct body {
	struct bpf_insn *end; /* one past the last */
	size_t used;
};

static void put(struct body *body, struct bpf_insn insn)
{
	body->used++;
	*(body->end - body->used) = insn;
}

static int over(const struct body *body, size_t place)
{
	return (int)(body->used - place);
}

static void put_jump(struct body *body, size_t place)
{
	if (body->used != place)
		put(body, JIT_JUMP(over(body, place)));
}

static void put_load(struct body *body, const struct sock_filter *insn)
{
	switch (insn->code) {
	case BPF_LD | BPF_W | BPF_ABS: put(body, JIT_LOAD(BPF_W, JIT_A, JIT_INPUT, insn->k)); break;
	case BPF_LD | BPF_W | BPF_LEN: put(body, JIT_MOV_K(JIT_A, ABI_DATA_BYTES)); break;
	case BPF_LDX | BPF_W | BPF_LEN: put(body, JIT_MOV_K(JIT_X, ABI_DATA_BYTES)); break;
	case BPF_LD | BPF_IMM: put(body, JIT_MOV_K(JIT_A, insn->k)); break;
	case BPF_LDX | BPF_IMM: put(body, JIT_MOV_K(JIT_X, insn->k)); break;
	case BPF_LD | BPF_MEM:
		put(body, JIT_LOAD(BPF_W, JIT_A, JIT_STACK, jit_slot_offset(insn->k)));
		break;
	case BPF_LDX | BPF_MEM:
		put(body, JIT_LOAD(BPF_W, JIT_X, JIT_STACK, jit_slot_offset(insn->k)));
		break;
	case BPF_ST: put(body, JIT_STORE(JIT_STACK, jit_slot_offset(insn->k), JIT_A)); break;
	case BPF_STX: put(body, JIT_STORE(JIT_STACK, jit_slot_offset(insn->k), JIT_X)); break;
	case BPF_MISC | BPF_TAX: put(body, JIT_MOV64(JIT_X, JIT_A)); break;
	case BPF_MISC | BPF_TXA: put(body, JIT_MOV64(JIT_A, JIT_X)); break;
	}
}

/* X is cut to 32 bits; where it is 0 the filter returns 0. */
static void put_arithmetic(struct body *body, const struct sock_filter *insn)
{
	const bool by_x = BPF_SRC(insn->code) == BPF_X, is_neg = BPF_OP(insn->code) == BPF_NEG;

	put(body, JIT_INSN(insn->code, JIT_A, by_x ? JIT_X : 0, 0, by_x || is_neg ? 0 : insn->k));
	if (insn->code != (BPF_ALU | BPF_DIV | BPF_X))
		return;
	put(body, JIT_EXIT());
	put(body, JIT_INSN(BPF_ALU | BPF_XOR | BPF_X, JIT_A, JIT_A, 0, 0));
	put(body, JIT_BRANCH_K(BPF_JNE, JIT_X, 0, 2));
	put(body, JIT_INSN(BPF_ALU | BPF_MOV | BPF_X, JIT_X, JIT_X, 0, 0));
}

static uint8_t inverse(uint8_t op)
{
	switch (op) {
	case BPF_JEQ: return BPF_JNE;
	case BPF_JGT: return BPF_JLE;
	case BPF_JGE: return BPF_JLT;
	default: return 0; /* JSET has none */
	}
}

static void put_comparison(struct body *body, const struct sock_filter *insn, uint8_t op,
			   size_t place)
{
	if (BPF_SRC(insn->code) == BPF_X)
		put(body, JIT_BRANCH(op, JIT_A, JIT_X, over(body, place)));
	else if (insn->k & 0x80000000)
		put(body, JIT_BRANCH(op, JIT_A, JIT_TMP, over(body, place)));
	else
		put(body, JIT_BRANCH_K(op, JIT_A, insn->k, over(body, place)));
}

/* @next: the places of the instructions that follow. */
static void put_branch(struct body *body, const struct sock_filter *insn, const size_t *next)
{
	const uint8_t op = BPF_OP(insn->code);

	if (insn->jf == 0) {
		put_comparison(body, insn, op, next[insn->jt]);
	} else if (insn->jt == 0 && inverse(op)) {
		put_comparison(body, insn, inverse(op), next[insn->jf]);
	} else {
		put_jump(body, next[insn->jf]);
		put_comparison(body, insn, op, next[insn->jt]);
	}
	if (BPF_SRC(insn->code) == BPF_K && insn->k & 0x80000000)
		put(body, JIT_MOV_K(JIT_TMP, insn->k));
}

static void put_insn(struct body *body, const struct sock_filter *insn, const size_t *next)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_ALU: put_arithmetic(body, insn); break;
	case BPF_JMP:
		if (cbpf_is_branch(insn))
			put_branch(body, insn, next);
		else
			put_jump(body, next[insn->k]);
		break;
	case BPF_RET:
		put(body, JIT_EXIT());
		if (BPF_RVAL(insn->code) == BPF_K)
			put(body, JIT_MOV_K(JIT_A, insn->k));
		break;
	default: put_load(body, insn); break;
	}
}

void jit_convert(const struct cbpf_prog *prog, struct jit_code *code)
{
	const size_t room = MAX_EXPANSION * prog->len + 2;
	struct bpf_insn *insns = sg_calloc(room, sizeof(*insns));
	size_t *places = sg_calloc(prog->len + 1, sizeof(*places));
	struct body body = {.end = insns + room};

	for (size_t pc = prog->len; pc-- > 0;) {
		put_insn(&body, &prog->insns[pc], places + pc + 1);
		places[pc] = body.used;
	}
	put(&body, JIT_MOV_K(JIT_X, 0));
	put(&body, JIT_MOV_K(JIT_A, 0));
	for (size_t i = body.used; i > 0; i--)
		jit_add(code, *(body.end - i));
	free(places);
	free(insns);
}

/* ---- what comes back */

static bool is_division(const struct bpf_insn *insn)
{
	return insn->code == (BPF_ALU | BPF_DIV | BPF_X);
}

static bool is_jump(const struct bpf_insn *insn)
{
	return BPF_CLASS(insn->code) == BPF_JMP && BPF_OP(insn->code) != BPF_EXIT &&
	       BPF_OP(insn->code) != BPF_CALL;
}

/* A jump to the division goes to what was put in front of it. */
void jit_expect(const struct jit_code *code, struct jit_code *ret)
{
	size_t *at = sg_calloc(code->len + 1, sizeof(*at));

	for (size_t i = 0; i < code->len; i++)
		at[i + 1] = at[i] + (is_division(&code->insns[i]) ? 4 : 1);
	for (size_t i = 0; i < code->len; i++) {
		struct bpf_insn insn = code->insns[i];

		if (is_division(&insn)) {
			jit_add(ret, JIT_INSN(BPF_JMP32 | BPF_JNE | BPF_K, insn.src_reg, 0, 2, 0));
			jit_add(ret, JIT_INSN(BPF_ALU | BPF_XOR | BPF_X, insn.dst_reg, insn.dst_reg,
					      0, 0));
			jit_add(ret, JIT_JUMP(1));
		}
		if (is_jump(&insn))
			insn.off = (int16_t)((int)at[(int)i + 1 + insn.off] - (int)at[i] - 1);
		jit_add(ret, insn);
	}
	free(at);
}
