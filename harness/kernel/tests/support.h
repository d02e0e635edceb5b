/* SPDX-License-Identifier: MIT */
/* What the tests of this room share. Include after cmocka's own headers. */
#ifndef SG_KERNEL_TESTS_SUPPORT_H
#define SG_KERNEL_TESTS_SUPPORT_H

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "filters/cbpf/interp.h"
#include "filters/cbpf/prog.h"
#include "filters/cbpf/vectors.h"
#include "harness/kernel/jit_packet.h"
#include "harness/kernel/microscope.h"

#define STMT(code, k)         ((struct sock_filter)BPF_STMT((code), (k)))
#define JUMP(code, k, jt, jf) ((struct sock_filter)BPF_JUMP((code), (k), (jt), (jf)))

#define LD(word)   STMT(BPF_LD | BPF_W | BPF_ABS, 4 * (word))
#define RET(value) STMT(BPF_RET | BPF_K, (value))
#define RET_A      STMT(BPF_RET | BPF_A, 0)

/* Borrows an array; not to be released. */
#define PROG(...)                                                                \
	((struct cbpf_prog){.insns = (struct sock_filter[]){__VA_ARGS__},        \
			    .len = sizeof((struct sock_filter[]){__VA_ARGS__}) / \
				   sizeof(struct sock_filter)})

/* Prints the reason for a skip where not. */
static inline bool can_use_bpf(void)
{
	struct sg_err err = {0};

	if (!microscope_usable(&err))
		return true;
	printf("SKIP: bpf: %s\n", err.msg);
	return false;
}

static inline void print_code(const struct jit_code *code)
{
	for (size_t i = 0; i < code->len; i++)
		print_error("%zu: code 0x%02x dst %u src %u off %d imm 0x%x\n", i,
			    code->insns[i].code, code->insns[i].dst_reg, code->insns[i].src_reg,
			    code->insns[i].off, (unsigned)code->insns[i].imm);
}

/* Loads a filter in its frame; the test fails where the kernel refuses or changes it. */
static inline int load_filter(const struct cbpf_prog *prog, size_t entries, uint32_t *ret_bytes)
{
	struct jit_code code = {0};
	struct sg_err err = {0};
	int fd;

	if (cbpf_verify(prog, &err))
		fail_msg("%s", err.msg);
	jit_packet_program(prog, entries, &code);
	fd = jit_packet_load(&code, ret_bytes, &err);
	jit_code_release(&code);
	if (fd < 0)
		fail_msg("%zu instructions: %s", prog->len, err.msg);
	return fd;
}

static inline uint32_t run_words(int fd, const uint32_t words[ABI_DATA_WORDS])
{
	struct jit_packet packet = {0};
	struct sg_err err = {0};
	uint32_t verdict;
	uint64_t ns;

	for (size_t i = 0; i < ABI_DATA_WORDS; i++)
		packet.words[i] = words[i];
	if (jit_packet_run(fd, &packet, 1, &verdict, &ns, &err))
		fail_msg("%s", err.msg);
	return verdict;
}

#endif
