/* SPDX-License-Identifier: MIT */
#include "harness/kernel/jit_frame.h"

#include <stdbool.h>
#include <stdlib.h>

/* Above 127, so that comparisons with it have a constant of four bytes. */
#define FIRST_MARK 0x1000

/* Each of at least five bytes, for jumps over more than 127. */
#define PADDING_INSNS 32

/* ---- entries */

static bool is_conditional(const struct bpf_insn *insn)
{
	const uint8_t op = BPF_OP(insn->code);

	return BPF_CLASS(insn->code) == BPF_JMP && op != BPF_JA && op != BPF_EXIT;
}

/* Comparisons with 0 that are true, or false, for every number there is. */
static bool is_always(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_JGE | BPF_K) && insn->imm == 0;
}
static bool is_never(const struct bpf_insn *insn)
{
	return (insn->code == (BPF_JMP | BPF_JLT | BPF_K) ||
		insn->code == (BPF_JMP | BPF_JSET | BPF_K)) &&
	       insn->imm == 0;
}

static bool falls_through(const struct bpf_insn *insn)
{
	if (BPF_CLASS(insn->code) != BPF_JMP)
		return true;
	return is_conditional(insn) && !is_always(insn);
}

static bool jumps(const struct bpf_insn *insn)
{
	if (BPF_CLASS(insn->code) != BPF_JMP || BPF_OP(insn->code) == BPF_EXIT)
		return false;
	return !is_never(insn);
}

/* Which instructions from @start on are entered; returns how many. */
static size_t find_entries(const struct jit_code *code, size_t start, bool *is_entry)
{
	bool *is_reached = sg_calloc(code->len + 1, sizeof(*is_reached));
	size_t count = 0;

	is_reached[start] = true;
	for (size_t i = start; i < code->len; i++) {
		const struct bpf_insn *insn = &code->insns[i];

		if (falls_through(insn))
			is_reached[i + 1] = true;
		if (jumps(insn))
			is_reached[i + 1 + (size_t)insn->off] = true;
		is_entry[i] = !is_reached[i] ||
			      (is_conditional(insn) && !is_always(insn) && !is_never(insn));
		count += is_entry[i];
	}
	free(is_reached);
	return count;
}

/* ---- the part behind */

/* No two of them from one load: the verifier would know them equal. Whole 64 bits, so that no
 * comparison with a 32-bit constant is decided. */
static void forget(const struct cbpf_prog *prog, struct jit_code *code)
{
	uint16_t written = 0;

	for (size_t pc = 0; pc < prog->len; pc++)
		if (BPF_CLASS(prog->insns[pc].code) == BPF_ST ||
		    BPF_CLASS(prog->insns[pc].code) == BPF_STX)
			written |= 1u << prog->insns[pc].k;
	for (int i = 0; i < PADDING_INSNS; i++)
		jit_add(code, JIT_MOV_K(JIT_TMP, -1));
	jit_add(code, JIT_LOAD(BPF_DW, JIT_TMP, JIT_INPUT, 0));
	for (uint32_t slot = 0; slot < 16; slot++)
		if (written & 1u << slot)
			jit_add(code, JIT_STORE(JIT_STACK, jit_slot_offset(slot), JIT_TMP));
	jit_add(code, JIT_LOAD(BPF_DW, JIT_TMP, JIT_INPUT, 0));
	jit_add(code, JIT_LOAD(BPF_DW, JIT_A, JIT_INPUT, 0));
	jit_add(code, JIT_LOAD(BPF_DW, JIT_X, JIT_INPUT, 0));
}

static void enter(size_t target, size_t *mark, struct jit_code *code)
{
	jit_add(code, JIT_BRANCH_K(BPF_JNE, JIT_NEVER, FIRST_MARK + *mark, 1));
	jit_add(code, JIT_JUMP((int)target - (int)code->len - 1));
	(*mark)++;
}

size_t jit_frame(const struct cbpf_prog *prog, size_t entries, struct jit_code *code)
{
	size_t gate, start, count, mark = 0;
	bool *is_entry;

	jit_add(code, JIT_BRANCH_K(BPF_JEQ, JIT_NEVER, 0, 1));
	gate = code->len;
	jit_add(code, JIT_JUMP(0));
	start = code->len;
	jit_convert(prog, code);
	code->insns[gate].off = (int16_t)(code->len - start);
	is_entry = sg_calloc(code->len, sizeof(*is_entry));
	count = find_entries(code, start, is_entry);
	forget(prog, code);
	for (size_t i = gate + (code->insns[gate].off) + 1; i-- > start;)
		if (is_entry[i])
			enter(i, &mark, code);
	for (; count < entries; count++)
		enter(start, &mark, code);
	jit_add(code, JIT_EXIT());
	free(is_entry);
	return count;
}
