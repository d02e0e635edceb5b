/* SPDX-License-Identifier: MIT */
/*
 * The text form of a filter, both ways. assemble(disassemble(x)) == x, bit for bit, for every
 * program the verifier accepts.
 *
 * The language is that of the kernel's bpf_asm (tools/bpf/bpf_exp.l and bpf_exp.y,
 * Documentation/networking/filter.rst) for the instructions that seccomp allows, with names for
 * what filters are about:
 *
 *	        .arch x86_64
 *	        ld arch
 *	        jne #arch.x86_64, foreign
 *	        ld nr
 *	        jeq #read, allow          ; one target: where not equal, the next line
 *	        jeq #personality, persona, deny
 *	persona:
 *	        ld args[0].lo
 *	        jeq #0xffffffff, allow, deny
 *	allow:  ret ALLOW
 *	deny:   ret ERRNO(EPERM)
 *	foreign:
 *	        ret KILL_PROCESS
 *
 * A text is a row of statements; line breaks count as blanks, so a statement may take several
 * lines or share one.
 *
 *	LABEL:                   names the next instruction; several may do
 *	.arch NAME               from here on: whose calls those without an architecture are,
 *	                         which half of an argument comes first, how errnos are numbered
 *	                         (before the first: no such calls, little-endian, as x86_64)
 *	ld [OFFSET]  ld FIELD    FIELD: nr, arch, ip.lo, ip.hi, args[0].lo ... args[5].hi
 *	ld #VALUE    ldx #VALUE  also ldi #VALUE, ldi NUMBER, ldxi #VALUE, ldxi NUMBER
 *	ld M[SLOT]   ldx M[SLOT]
 *	st M[SLOT]   stx M[SLOT] slots 0 to 15
 *	ld #len      ldx #len    the size of the input, 64; also without the #
 *	tax   txa   neg
 *	OP #VALUE    OP x        OP: add sub mul div and or xor lsh rsh
 *	jmp TARGET               or ja TARGET
 *	JUMP #VALUE, YES, NO     JUMP: jeq jne (or jneq) jgt jge jle jlt jset; YES and NO are
 *	JUMP x, YES, NO          targets, without NO it goes on with the next instruction
 *	ret ACTION   ret #VALUE  ACTION: ALLOW, LOG, TRACE(1), USER_NOTIF, ERRNO(1),
 *	ret a                    ERRNO(ENOSYS), TRAP, KILL_THREAD, KILL_PROCESS
 *	.insn CODE, JT, JF, K    an instruction by its fields, for what has no other spelling
 *	                         (the kernel ignores unused fields). JT and JF of a branch, and
 *	                         K of a ja, are targets.
 *
 * VALUE    a NUMBER, with a sign if need be, x86_64.read (a call's number on an architecture),
 *          read (the same on that of .arch) or arch.x86_64 (its audit value: seccomp_data.arch)
 * NUMBER   16, 0x10, 0b10000, 020; 32 bits at most
 * TARGET   a LABEL further down, or +N: over N instructions, as they stand in the text
 * LABEL    letters, digits, _ and .; does not start with a digit; case counts; no mnemonic
 * x and a may be written %x and %a. Mnemonics, registers, fields and actions may have any case.
 *
 * Comments run from ; to the end of the line, or stand between slash-star and star-slash. A line
 * whose first character other than blanks is # is a comment too; everywhere else # is the sign of
 * a value, blanks behind it or not.
 *
 * A branch reaches over 255 instructions. Where its target is further away, a jmp is added right
 * behind it: whoever writes by hand need not count.
 */
#ifndef SG_CBPF_ASM_H
#define SG_CBPF_ASM_H

#include "filters/abi/abi.h"
#include "filters/cbpf/prog.h"

/*
 * *ret_prog must be zeroed, is the caller's to release and has passed cbpf_verify(). -EINVAL with
 * SG_ERR_INPUT, one line: "FILE:LINE: expected WHAT; found WHAT", or "FILE:LINE: " and what
 * cbpf_verify() says of the instruction written there.
 */
int cbpf_assemble(const char *text, size_t len, const char *file, struct cbpf_prog *ret_prog,
		  struct sg_err *err);

/*
 * Appends a program that passed cbpf_verify(), as text for cbpf_assemble(), with comments: each
 * instruction's place, and where it is known what it loads, compares or returns ("nr == openat").
 * Calls are named for the architectures that tests on the path have left; where these are many,
 * for @arch (NULL: for none), unless a test has ruled it out.
 */
void cbpf_disassemble(const struct cbpf_prog *prog, const struct abi_arch *arch,
		      struct sg_buf *out);

/* One instruction without label or comment; its targets as +N. For traces. */
void cbpf_insn_text(const struct sock_filter *insn, struct sg_buf *out);

/*
 * Appends "static const struct sock_filter NAME[] = { ... };" with the same comments; compiles
 * behind <linux/filter.h> where @name is an identifier.
 */
void cbpf_c_text(const struct cbpf_prog *prog, const char *name, const struct abi_arch *arch,
		 struct sg_buf *out);

#endif
