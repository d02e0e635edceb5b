/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/kernel: a classic filter as eBPF, as the kernel makes it when a filter is
 * installed (bpf_convert_filter() after seccomp_check_filter()).
 *
 * The same instructions in the same order, with these exceptions, none of which changes the machine
 * code that x86's JIT makes of it (arch/x86/net/bpf_jit_comp.c):
 * - A and X are set to 0 by a move and not by XOR with themselves, whose unknown operand the
 *   verifier refuses; the JIT writes the move of 0 as XOR;
 * - unused fields are 0, as the verifier demands;
 * - a jump to the next instruction is left out: the verifier removes it, and the JIT would.
 */
#ifndef SG_KERNEL_JIT_CONVERT_H
#define SG_KERNEL_JIT_CONVERT_H

#include "filters/cbpf/prog.h"
#include "harness/kernel/jit_code.h"

/*
 * Appends the filter, which must have passed cbpf_verify(): it reads its input at JIT_INPUT and
 * leaves by EXIT with its verdict in JIT_A. The first two instructions set A and X to 0.
 */
void jit_convert(const struct cbpf_prog *prog, struct jit_code *code);

/*
 * What the verifier makes of @code by its own rules (do_misc_fixups(), kernel/bpf/verifier.c): a
 * division by a register gets a test of the divisor in front, three instructions that a real filter
 * does not have beside its own. Everything else stays. @ret must be zeroed.
 */
void jit_expect(const struct jit_code *code, struct jit_code *ret);

#endif
