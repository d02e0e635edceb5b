/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/kernel: types of the functions of a program that has several. The kernel wants
 * them where a function is called back (check_ld_imm(), kernel/bpf/verifier.c).
 */
#ifndef SG_KERNEL_JIT_BTF_H
#define SG_KERNEL_JIT_BTF_H

#include <linux/bpf.h>
#include <stdint.h>

#include "harness/base/error.h"

/* main(ctx), callback(index, ctx), filter(input, never), in this order. */
#define JIT_BTF_FUNCTIONS 3

/* @starts: of each, in instructions. *ret_fd is to be closed when the program is loaded. */
int jit_btf_open(const uint32_t starts[JIT_BTF_FUNCTIONS],
		 struct bpf_func_info ret_functions[JIT_BTF_FUNCTIONS], int *ret_fd,
		 struct sg_err *err);

#endif
