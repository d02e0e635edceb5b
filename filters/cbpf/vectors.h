/* SPDX-License-Identifier: MIT */
/*
 * Interpreter vectors: small programs whose verdict and executed instructions were worked out by
 * hand, one for each thing an implementation of the instruction set can get wrong. Whoever runs
 * filters in another way (a translator, the kernel's own JIT, a prover) holds itself against this
 * table; its programs are seeds for a fuzzer too.
 *
 * Every legal opcode occurs and is executed (a test sees to it). All vectors pass cbpf_verify().
 */
#ifndef SG_CBPF_VECTORS_H
#define SG_CBPF_VECTORS_H

#include "filters/abi/abi.h"
#include "filters/cbpf/prog.h"

struct cbpf_vector {
	const char *name; /* what it holds fast */
	const struct sock_filter *insns;
	size_t len;
	const struct abi_tuple *tuple;
	uint32_t ret;      /* raw value returned */
	uint32_t executed; /* instructions, the RET counted */
};

extern const struct cbpf_vector cbpf_vectors[];
extern const size_t cbpf_vector_count;

#endif
