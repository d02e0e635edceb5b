/* SPDX-License-Identifier: MIT */
/*
 * A filter in the kernel's own JIT, for volume: thousands of verdicts a system call.
 *
 * Inputs and verdicts lie in a map that is shared with the kernel (BPF_F_MMAPABLE); a program goes
 * through it with bpf_loop() (Linux 5.17) and calls the filter as a function of its own, framed as
 * under the microscope (jit_frame.h), so that the JIT gets the instructions of a real filter. Any
 * input can be judged: no system call is made with it.
 *
 * The loop runs with soft interrupts off: a batch of the longest filter takes about a twentieth of
 * a second.
 */
#ifndef SG_KERNEL_JIT_BATCH_H
#define SG_KERNEL_JIT_BATCH_H

#include "filters/abi/abi.h"
#include "filters/cbpf/prog.h"

#define JIT_BATCH_INPUTS 8192

/* Shared with the kernel. */
struct jit_batch_memory {
	uint32_t words[JIT_BATCH_INPUTS][ABI_DATA_WORDS]; /* to be filled: abi_tuple_words() */
	uint32_t verdicts[JIT_BATCH_INPUTS];
	uint32_t count; /* of inputs */
	uint32_t never; /* stays 0 */
};

/* Owned; used by one thread at a time. */
struct jit_batch {
	int map, prog;
	struct jit_batch_memory *memory;
};

/* @prog has passed cbpf_verify() and need not outlive it. Errors as of microscope_run(). */
int jit_batch_open(const struct cbpf_prog *prog, struct jit_batch *ret, struct sg_err *err);
/* Judges the first @count inputs. */
int jit_batch_run(struct jit_batch *batch, size_t count, struct sg_err *err);
void jit_batch_close(struct jit_batch *batch);

#endif
