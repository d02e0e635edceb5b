/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: beside a run of the interpreter, where the values of A, X and scratch come
 * from: a constant, an input word (perhaps after AND with constants), or something unknown.
 */
#ifndef SG_CBPF_SHADOW_H
#define SG_CBPF_SHADOW_H

#include <linux/filter.h>
#include <stdint.h>

#include "filters/cbpf/demand.h"
#include "filters/cbpf/interp.h"

enum cbpf_origin { CBPF_CONSTANT, CBPF_WORD, CBPF_UNKNOWN };

struct cbpf_source {
	enum cbpf_origin origin;
	uint8_t word; /* of CBPF_WORD: its value is (words[word] & mask) */
	uint32_t mask;
};

/* Valid when zeroed: A and X start as the constant 0. */
struct cbpf_shadow {
	struct cbpf_source a, x, scratch[BPF_MEMWORDS];
};

/* Follows one executed instruction; @step is what the interpreter reported of it. */
void cbpf_shadow_step(struct cbpf_shadow *shadow, const struct sock_filter *insn,
		      const struct cbpf_step *step);

/*
 * What a conditional jump hangs on: CBPF_CONSTANT, no input changes it; CBPF_WORD, it goes by jt
 * exactly when *ret_demand holds for input word *ret_word; CBPF_UNKNOWN.
 */
enum cbpf_origin cbpf_shadow_branch(const struct cbpf_shadow *shadow,
				    const struct sock_filter *insn, uint32_t x, uint8_t *ret_word,
				    struct cbpf_demand *ret_demand);

#endif
