/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/kernel: programs that the kernel has taken, and what became of them.
 */
#ifndef SG_KERNEL_JIT_LOAD_H
#define SG_KERNEL_JIT_LOAD_H

#include <stdint.h>

#include "harness/base/error.h"
#include "harness/kernel/jit_code.h"

/* Types of the functions of a program that has several. */
struct jit_btf {
	int fd;
	const struct bpf_func_info *functions; /* borrowed */
	uint32_t function_count;
};

/*
 * Loads @code as a classifier (BPF_PROG_TYPE_SCHED_CLS, which reads packets directly) and sees to
 * it that the kernel made machine code of it; *ret_bytes of it. Returns the file descriptor, to be
 * closed. -EPERM, -ENOTSUP or what the kernel said, with SG_ERR_ENV and the reason: no rights, no
 * JIT, or the verifier's last words. @btf: NULL where there is but one function.
 */
int jit_load(const struct jit_code *code, const struct jit_btf *btf, uint32_t *ret_bytes,
	     struct sg_err *err);

/*
 * Are the last instructions of the loaded program those of @code from @from on, each as
 * jit_expect() says? -ENOTSUP with the place where not: the verifier rewrote the program, or the
 * kernel hides it.
 */
int jit_check_unchanged(int fd, const struct jit_code *code, size_t from, struct sg_err *err);

#endif
