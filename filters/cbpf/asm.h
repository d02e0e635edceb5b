/* SPDX-License-Identifier: MIT */
/*
 * The text form of a filter, both ways. assemble(disassemble(x)) == x, bit for bit, for every
 * program the verifier accepts.
 *
 * The language is that of the kernel's bpf_asm (tools/bpf/bpf_asm.c, Documentation/networking/
 * filter.rst) for the instructions seccomp allows, with these additions:
 *
 *	; or # starting a word, to the end of the line: comment
 *	label:				alone, or in front of an instruction
 *	ld [16]				also ld nr, ld arch, ld ip.lo, ld ip.hi, ld args[0].lo, ld args[0].hi
 *					(little-endian; .arch sets the byte order for the rest of the file)
 *	jeq #CONST, T, F		labels, or +N relative as the instruction has it; a single target falls
 *					through on false; jne, jlt, jle are the usual inversions
 *	#x86_64.read			the number of a call; #arch.x86_64: an audit value; #0x10, #16
 *	ret #0x7fff0000			also ret ALLOW, ret ERRNO(1), ret KILL_PROCESS
 *	jmp LABEL			ja
 *
 * A conditional jump to a label more than 255 instructions away gets a ja of its own, placed right
 * behind it (a person who writes by hand need not count).
 */
#ifndef SG_CBPF_ASM_H
#define SG_CBPF_ASM_H

#include "filters/abi/abi.h"
#include "filters/cbpf/prog.h"

/* Errors (SG_ERR_INPUT) read "FILE:LINE: what was expected". The result is verified. */
int cbpf_assemble(const char *text, size_t len, const char *file, struct cbpf_prog *ret_prog,
		  struct sg_err *err);

/*
 * Appends the program with labels, and comments that name calls, architectures and actions. Calls
 * are named for the architecture that the path has tested; @arch (may be NULL) for paths that
 * have not.
 */
void cbpf_disassemble(const struct cbpf_prog *prog, const struct abi_arch *arch,
		      struct sg_buf *out);
/* One instruction without label or comment; its targets as +N. For traces. */
void cbpf_insn_text(const struct sock_filter *insn, struct sg_buf *out);
/* A C array "static const struct sock_filter NAME[] = { ... };" with the disassembly as comments. */
void cbpf_c_text(const struct cbpf_prog *prog, const char *name, const struct abi_arch *arch,
		 struct sg_buf *out);

#endif
