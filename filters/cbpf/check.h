/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: the verifier's answer as a value, for cbpf_verify() to put into words and
 * for tests to count. One reason for each check that the kernel makes.
 */
#ifndef SG_CBPF_CHECK_H
#define SG_CBPF_CHECK_H

#include "filters/cbpf/prog.h"

enum cbpf_refusal {
	CBPF_ACCEPTED,
	CBPF_NO_INSNS,
	CBPF_TOO_MANY_INSNS,
	CBPF_BAD_OPCODE,
	CBPF_BAD_OFFSET,        /* LD|W|ABS outside struct seccomp_data, or unaligned */
	CBPF_DIV_BY_ZERO,       /* by the constant 0 */
	CBPF_BAD_SHIFT,         /* by a constant of 32 and more */
	CBPF_BAD_SCRATCH,       /* no such slot */
	CBPF_BAD_JA,            /* beyond the end */
	CBPF_BAD_BRANCH,        /* either side beyond the end */
	CBPF_UNWRITTEN_SCRATCH, /* read before written, on some path */
	CBPF_NO_RET_AT_END,
	CBPF_REFUSAL_COUNT
};

/* Why the kernel refuses @prog, and at which instruction (*ret_pc; 0 where it is about length). */
enum cbpf_refusal cbpf_check(const struct cbpf_prog *prog, size_t *ret_pc);

#endif
