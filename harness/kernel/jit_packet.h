/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/kernel: a filter in the kernel's JIT, run over one input many times by
 * BPF_PROG_TEST_RUN. The input is a packet: struct seccomp_data as the filter loads it, and behind
 * it the word that is never anything but 0.
 */
#ifndef SG_KERNEL_JIT_PACKET_H
#define SG_KERNEL_JIT_PACKET_H

#include "filters/abi/abi.h"
#include "harness/kernel/jit_frame.h"
#include "harness/kernel/jit_load.h"

struct jit_packet {
	uint32_t words[ABI_DATA_WORDS];
	uint32_t never;
};

/* The whole program; @entries as of jit_frame(), and so is what is returned. */
size_t jit_packet_program(const struct cbpf_prog *prog, size_t entries, struct jit_code *code);

/* Loads a program of jit_packet_program() and checks that it came back unchanged. As jit_load(). */
int jit_packet_load(const struct jit_code *code, uint32_t *ret_bytes, struct sg_err *err);

/*
 * Runs it @repeat times in one call; *ret_verdict is the last one's. The whole call took *ret_ns,
 * by our clock: the kernel's own figure is whole nanoseconds a run. -EINTR when a signal came.
 */
int jit_packet_run(int fd, const struct jit_packet *packet, uint32_t repeat, uint32_t *ret_verdict,
		   uint64_t *ret_ns, struct sg_err *err);

#endif
