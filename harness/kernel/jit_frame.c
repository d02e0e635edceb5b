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

static void find_entries(const struct jit_code *code, size_t start, size_t end, bool *is_entry)
{
	bool *is_reached = sg_calloc(end + 1, sizeof(*is_reached));

	is_reached[start] = true;
	for (size_t i = start; i < end; i++) {
		const struct bpf_insn *insn = &code->insns[i];

		if (falls_through(insn))
			is_reached[i + 1] = true;
		if (jumps(insn))
			is_reached[i + 1 + (size_t)insn->off] = true;
		is_entry[i] = !is_reached[i] ||
			      (is_conditional(insn) && !is_always(insn) && !is_never(insn));
	}
	free(is_reached);
}

/* ---- the part behind */

/* Those that are only read too: what no path leads to may read what nothing wrote. */
static uint16_t slots_used(const struct cbpf_prog *prog)
{
	uint16_t used = 0;

	for (size_t pc = 0; pc < prog->len; pc++) {
		switch (prog->insns[pc].code) {
		case BPF_ST:
		case BPF_STX:
		case BPF_LD | BPF_MEM:
		case BPF_LDX | BPF_MEM: used |= 1u << prog->insns[pc].k; break;
		default: break;
		}
	}
	return used;
}

/*
 * Loads of whole 64 bits, so that no comparison with a 32-bit constant is decided, and one for each
 * register: two copies of one load would be known to be equal. A store that is not needed, and
 * would need a stack, is a move of the same three bytes.
 */
static void forget(uint16_t slots, struct jit_code *code)
{
	for (int i = 0; i < PADDING_INSNS; i++)
		jit_add(code, JIT_MOV_K(JIT_TMP, -1));
	jit_add(code, JIT_LOAD(BPF_DW, JIT_TMP, JIT_INPUT, 0));
	for (uint32_t slot = 0; slot < BPF_MEMWORDS; slot++)
		jit_add(code, slots & 1u << slot
				      ? JIT_STORE(JIT_STACK, jit_slot_offset(slot), JIT_TMP)
				      : JIT_MOV64(BPF_REG_3, JIT_INPUT));
	jit_add(code, JIT_LOAD(BPF_DW, JIT_TMP, JIT_INPUT, 0));
	jit_add(code, JIT_LOAD(BPF_DW, JIT_A, JIT_INPUT, 0));
	jit_add(code, JIT_LOAD(BPF_DW, JIT_X, JIT_INPUT, 0));
}

static void enter(size_t target, size_t entry, struct jit_code *code)
{
	jit_add(code, JIT_BRANCH_K(BPF_JNE, JIT_NEVER, FIRST_MARK + entry, 1));
	jit_add(code, JIT_JUMP((int)target - (int)code->len - 1));
}

/* The filter is code->insns[start .. end - 1]. */
static size_t add_entries(size_t start, size_t end, size_t entries, struct jit_code *code)
{
	bool *is_entry = sg_calloc(end + 1, sizeof(*is_entry));
	size_t count = 0;

	find_entries(code, start, end, is_entry);
	for (size_t i = end; i-- > start;)
		if (is_entry[i])
			enter(i, count++, code);
	while (count < entries)
		enter(start, count++, code);
	free(is_entry);
	return count;
}

size_t jit_frame(const struct cbpf_prog *prog, size_t entries, struct jit_code *code)
{
	const size_t gate = code->len + 1, start = gate + 1;
	size_t end;

	jit_add(code, JIT_BRANCH_K(BPF_JEQ, JIT_NEVER, 0, 1));
	jit_add(code, JIT_JUMP(0));
	jit_convert(prog, code);
	end = code->len;
	code->insns[gate].off = (int16_t)(end - start);
	forget(slots_used(prog), code);
	entries = add_entries(start, end, entries, code);
	jit_add(code, JIT_EXIT());
	return entries;
}
