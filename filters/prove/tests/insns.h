/* SPDX-License-Identifier: MIT */
/* Short names for instructions in programs written by hand. */
#ifndef SG_PROVE_TESTS_INSNS_H
#define SG_PROVE_TESTS_INSNS_H

#include <linux/filter.h>

#include "filters/abi/abi.h"

#define LD(offset)       BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define LDI(k)           BPF_STMT(BPF_LD | BPF_IMM, k)
#define LDM(slot)        BPF_STMT(BPF_LD | BPF_MEM, slot)
#define ST(slot)         BPF_STMT(BPF_ST, slot)
#define J(op, k, jt, jf) BPF_JUMP(BPF_JMP | (op) | BPF_K, k, jt, jf)
#define JX(op, jt, jf)   BPF_JUMP(BPF_JMP | (op) | BPF_X, 0, jt, jf)
#define JA(over)         BPF_STMT(BPF_JMP | BPF_JA, over)
#define ALU(op, k)       BPF_STMT(BPF_ALU | (op) | BPF_K, k)
#define ALUX(op)         BPF_STMT(BPF_ALU | (op) | BPF_X, 0)
#define TAX              BPF_STMT(BPF_MISC | BPF_TAX, 0)
#define RET(k)           BPF_STMT(BPF_RET | BPF_K, k)
#define RETA             BPF_STMT(BPF_RET | BPF_A, 0)

#define KILL  ABI_RET_KILL_PROCESS
#define ALLOW ABI_RET_ALLOW

#endif
