/* SPDX-License-Identifier: MIT */
/*
 * The reference interpreter: what a filter returns for one input, and how many instructions it
 * executed (the RET counts). Semantics of the kernel after translation: division by X = 0 returns
 * 0 (KILL_THREAD), shifts by X use its low five bits, scratch and registers start at 0.
 * The program must have passed cbpf_verify().
 */
#ifndef SG_CBPF_INTERP_H
#define SG_CBPF_INTERP_H

#include <stdint.h>

#include "filters/abi/abi.h"
#include "filters/cbpf/prog.h"

struct cbpf_result {
	uint32_t ret;   /* the raw value returned */
	uint32_t insns; /* executed */
};

struct cbpf_result cbpf_run(const struct cbpf_prog *prog, const struct abi_tuple *tuple);
/* The same on the 16 words a filter can load (abi_tuple_words()): the inner loop of everything. */
struct cbpf_result cbpf_run_words(const struct sock_filter *insns,
				  const uint32_t words[ABI_DATA_WORDS]);

/* One executed instruction, after its effect. */
struct cbpf_step {
	uint32_t pc;
	uint32_t a, x;
};
typedef void (*cbpf_step_fn)(void *ctx, const struct cbpf_step *step);
/* Calls @fn after each instruction, the one that ends the run included. */
struct cbpf_result cbpf_trace(const struct cbpf_prog *prog, const struct abi_tuple *tuple,
			      cbpf_step_fn fn, void *ctx);
struct cbpf_result cbpf_trace_words(const struct sock_filter *insns,
				    const uint32_t words[ABI_DATA_WORDS], cbpf_step_fn fn,
				    void *ctx);

/*
 * Would the kernel's bitmap serve this call, so that the filter is not run? The rule of
 * seccomp_is_const_allow() (kernel/seccomp.c, Linux 5.11): emulate with only nr and arch known,
 * and follow nothing but LD|W|ABS of these two, RET|K, JA, JEQ/JGE/JGT/JSET with K and
 * ALU|AND|K; the value must be exactly ALLOW. A number outside the table of @arch, all of x32 and
 * every architecture but those with a bitmap (abi_nr_limit() 0) is never served. Newer kernels let
 * uretprobe and uprobe of x86_64 pass whatever a filter says; that is no property of the filter
 * and not in this answer.
 */
bool cbpf_const_allow(const struct cbpf_prog *prog, const struct abi_arch *arch, uint32_t nr);

/* How many of the named calls of @arch the bitmap serves. */
size_t cbpf_bitmap_served(const struct cbpf_prog *prog, const struct abi_arch *arch);

/*
 * The longest path that some input takes, in executed instructions. Exact where *ret_exact: an
 * input was found that takes it. Paths are followed with what is known of each input word, also
 * after AND with constants; other arithmetic is known for constants alone. Where that, or the
 * budget of about 0.1 s, does not settle the matter, the value is an upper bound.
 */
uint32_t cbpf_longest_path(const struct cbpf_prog *prog, bool *ret_exact);

#endif
