/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/oracle: from classic BPF to x86-64.
 *
 *	A eax    X ecx    words rdi    scratch [rsp - 64 + 4 * slot], in the red zone
 *	edx, rsi and r8d are overwritten at will
 */
#ifndef SG_ORACLE_TRANSLATE_H
#define SG_ORACLE_TRANSLATE_H

#include "filters/cbpf/prog.h"
#include "harness/oracle/code.h"

/* The most that one instruction becomes: cmp, near jcc, near jmp. */
#define TRANSLATE_INSN_BYTES 16

/* Fills @code, which is initialised and empty; places[pc] is where each instruction begins. */
void translate(const struct cbpf_prog *prog, size_t *places, struct code *code);

#endif
