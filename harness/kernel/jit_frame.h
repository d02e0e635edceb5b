/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/kernel: what stands around a converted filter so that the kernel's verifier
 * takes it, and leaves every instruction of it where it is.
 *
 * A real filter does not go through the verifier. Ours does, and the verifier refuses instructions
 * that nothing reaches (libseccomp emits some), removes branches that it can decide from what came
 * before, and what is dead then. So a filter has a second way in:
 *
 *	entry:    never = a word of the input's surroundings, always 0
 *	          if never == 0 goto filter
 *	          goto behind
 *	filter:   ...
 *	behind:   A, X, tmp and scratch = unknown
 *	          if never == 0x1000 goto the last entry
 *	          ...
 *	          if never == 0x1000 + n goto the first entry
 *
 * Entries are the conditional jumps: reached with unknown operands, each can go either way. One
 * that goes one way whatever A is (jge #0) is none; and what no edge leads to is an entry itself.
 * With that, every instruction is seen and both sides of every branch are. The verifier follows the
 * last entry first, remembers that an unknown state is fine there, and stops where it comes there
 * again: its work grows with the length of the filter, not with the number of paths.
 *
 * What is executed of this is the same for every filter, a load and a branch, and no machine code
 * of the filter depends on it: the first EXIT of the program, where the JIT puts the epilogue, is
 * the filter's own. The part behind is so many bytes for so many entries, whatever these are:
 * distances to entries need four bytes and constants too, so that the bytes of two filters can be
 * compared.
 */
#ifndef SG_KERNEL_JIT_FRAME_H
#define SG_KERNEL_JIT_FRAME_H

#include "harness/kernel/jit_convert.h"

/*
 * Appends the filter with its frame to @code, where JIT_INPUT has its 64 bytes, readable, and
 * JIT_NEVER the word. @entries: that many at least, the last ones being the filter's first
 * instruction (0: those that it needs). Returns how many it has. All that is appended leaves by
 * EXIT, and is one block of instructions.
 */
size_t jit_frame(const struct cbpf_prog *prog, size_t entries, struct jit_code *code);

#endif
