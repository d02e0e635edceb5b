/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: assembly text on its way to a program. The parser turns text into items
 * and labels; the layout turns these into instructions.
 */
#ifndef SG_CBPF_ASM_SOURCE_H
#define SG_CBPF_ASM_SOURCE_H

#include "filters/cbpf/asm_ops.h"
#include "filters/cbpf/prog.h"
#include "harness/base/error.h"

/* Where a jump goes; zeroed it is the next instruction. */
struct asm_target {
	const char *label; /* in the source text, @len bytes; NULL: @skip instructions further on */
	size_t len;
	uint32_t skip; /* counted in what is written, not in what the layout adds */
	unsigned line; /* where the target is written; 0 for a target that nobody wrote */
};

struct asm_item {
	struct sock_filter insn; /* the fields that hold targets are still 0 */
	unsigned line;
	enum asm_jump jump; /* ASM_NO_JUMP, ASM_ALWAYS (to @yes) or ASM_IF */
	struct asm_target yes, no;
};

struct asm_label {
	const char *text; /* in the source text */
	size_t len;
	unsigned line;
	size_t item; /* the one it stands in front of */
};

/* Borrows the text. Valid when zeroed. */
struct asm_source {
	const char *file; /* for messages */
	struct asm_item *items;
	size_t items_len, items_cap;
	struct asm_label *labels;
	size_t labels_len, labels_cap;
};

/* @source names the file and is otherwise zeroed; release it after a failure too. */
int asm_parse(const char *text, size_t len, struct asm_source *source, struct sg_err *err);
void asm_source_release(struct asm_source *source);

/*
 * Resolves labels, which are sorted by name as they are, and emits. *ret_lines: the source line of
 * each instruction, to be freed. The program is not verified.
 */
int asm_layout(struct asm_source *source, struct cbpf_prog *ret_prog, unsigned **ret_lines,
	       struct sg_err *err);

#endif
