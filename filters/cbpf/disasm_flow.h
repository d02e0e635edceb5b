/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: what is known in front of each instruction, on every path to it: which word
 * of the input A, X and the scratch slots hold, and which architectures the path has left. Since
 * jumps go forward only, one pass over the program tells. Known too little is always right.
 */
#ifndef SG_CBPF_DISASM_FLOW_H
#define SG_CBPF_DISASM_FLOW_H

#include "filters/abi/abi.h"
#include "filters/cbpf/prog.h"

/* A word of struct seccomp_data, AND a mask. */
struct flow_value {
	bool known;
	uint8_t word; /* offset / 4 */
	uint32_t mask;
};

/*
 * Architectures that the tests of seccomp_data.arch have left: bit 1 << id of the first one with
 * that audit value (x86_64 stands for x32 too), and FLOW_FOREIGN for all that we have no name for.
 */
typedef uint64_t flow_archs;
#define FLOW_FOREIGN ((flow_archs)1 << ABI_ARCH_COUNT)

struct flow_state {
	bool reached; /* by some path */
	flow_archs archs;
	struct flow_value a, x, scratch[BPF_MEMWORDS];
};

flow_archs flow_arch_bit(uint32_t audit);

/* The state in front of each instruction; to be freed. The program must be verified. */
struct flow_state *flow_run(const struct cbpf_prog *prog);

#endif
