/* SPDX-License-Identifier: MIT */
/*
 * A classic BPF program for seccomp, and the files that hold one.
 *
 * struct cbpf_prog owns its instructions; valid when zeroed; len 0 is "no program". A raw file is
 * an array of struct sock_filter in host byte order, at most BPF_MAXINSNS (4096) of them.
 */
#ifndef SG_CBPF_PROG_H
#define SG_CBPF_PROG_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/error.h"

#define CBPF_MAX_INSNS 4096 /* BPF_MAXINSNS, include/uapi/linux/bpf_common.h */

struct cbpf_prog {
	struct sock_filter *insns;
	size_t len, cap;
};

/* Does it go to jt or jf? */
static inline bool cbpf_is_branch(const struct sock_filter *insn)
{
	return BPF_CLASS(insn->code) == BPF_JMP && BPF_OP(insn->code) != BPF_JA;
}

/* Appends; growing beyond CBPF_MAX_INSNS is allowed here, the verifier refuses it. */
void cbpf_add(struct cbpf_prog *prog, struct sock_filter insn);
/* Replaces what @to held, which must be zeroed or a program. */
void cbpf_copy(struct cbpf_prog *to, const struct cbpf_prog *from);
void cbpf_release(struct cbpf_prog *prog); /* back to zeroed */

/*
 * Instructions as they lie in memory or in a raw file. No bytes are no program; a length that is no
 * multiple of 8 is refused (-EINVAL, SG_ERR_INPUT). Nothing is verified. @ret_prog must be zeroed.
 */
int cbpf_from_bytes(const void *bytes, size_t len, struct cbpf_prog *ret_prog, struct sg_err *err);
/*
 * Reads a raw file and verifies it. Refusals (SG_ERR_INPUT) name the file: empty, a directory, a
 * size that is no multiple of 8, more than 4,096 instructions, an instruction the kernel refuses.
 */
int cbpf_load(const char *path, struct cbpf_prog *ret_prog, struct sg_err *err);
int cbpf_save(const char *path, const struct cbpf_prog *prog, struct sg_err *err);

/*
 * Accepts exactly what the running kernel's seccomp accepts: bpf_check_classic() in
 * net/core/filter.c, then seccomp_check_filter() in kernel/seccomp.c. The error names the
 * instruction and the reason. -EINVAL, SG_ERR_INPUT.
 */
int cbpf_verify(const struct cbpf_prog *prog, struct sg_err *err);

/*
 * Instructions as the kernel counts them against the limit of a chain (MAX_INSNS_PER_PATH, 32768):
 * the length after translation to eBPF (bpf_convert_filter, net/core/filter.c), without the 4 it
 * adds for each earlier filter.
 */
size_t cbpf_kernel_insns(const struct cbpf_prog *prog);

#endif
