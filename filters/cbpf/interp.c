/* SPDX-License-Identifier: MIT */
#include "filters/cbpf/interp.h"

/*
 * The semantics, once. Inlined into each caller: where @fn is a constant NULL nothing of the
 * tracing is left.
 */
static inline __attribute__((always_inline)) struct cbpf_result
execute(const struct sock_filter *insns, const uint32_t words[ABI_DATA_WORDS], cbpf_step_fn fn,
	void *ctx)
{
	const struct sock_filter *next = insns;
	uint32_t a = 0, x = 0, ret = 0, count = 0, scratch[BPF_MEMWORDS] = {0};
	bool done = false;

	while (!done) {
		const struct sock_filter *insn = next++;
		uint32_t k = insn->k;

		count++;
		switch (insn->code) {
		case BPF_LD | BPF_W | BPF_ABS: a = words[k / 4]; break;
		case BPF_LD | BPF_W | BPF_LEN: a = ABI_DATA_BYTES; break;
		case BPF_LDX | BPF_W | BPF_LEN: x = ABI_DATA_BYTES; break;
		case BPF_LD | BPF_IMM: a = k; break;
		case BPF_LDX | BPF_IMM: x = k; break;
		case BPF_LD | BPF_MEM: a = scratch[k]; break;
		case BPF_LDX | BPF_MEM: x = scratch[k]; break;
		case BPF_ST: scratch[k] = a; break;
		case BPF_STX: scratch[k] = x; break;
		case BPF_MISC | BPF_TAX: x = a; break;
		case BPF_MISC | BPF_TXA: a = x; break;
		case BPF_ALU | BPF_NEG: a = -a; break;
		case BPF_ALU | BPF_ADD | BPF_K: a += k; break;
		case BPF_ALU | BPF_ADD | BPF_X: a += x; break;
		case BPF_ALU | BPF_SUB | BPF_K: a -= k; break;
		case BPF_ALU | BPF_SUB | BPF_X: a -= x; break;
		case BPF_ALU | BPF_MUL | BPF_K: a *= k; break;
		case BPF_ALU | BPF_MUL | BPF_X: a *= x; break;
		case BPF_ALU | BPF_AND | BPF_K: a &= k; break;
		case BPF_ALU | BPF_AND | BPF_X: a &= x; break;
		case BPF_ALU | BPF_OR | BPF_K: a |= k; break;
		case BPF_ALU | BPF_OR | BPF_X: a |= x; break;
		case BPF_ALU | BPF_XOR | BPF_K: a ^= k; break;
		case BPF_ALU | BPF_XOR | BPF_X: a ^= x; break;
		case BPF_ALU | BPF_LSH | BPF_K: a <<= k; break;
		case BPF_ALU | BPF_LSH | BPF_X: a <<= x & 31; break;
		case BPF_ALU | BPF_RSH | BPF_K: a >>= k; break;
		case BPF_ALU | BPF_RSH | BPF_X: a >>= x & 31; break;
		case BPF_JMP | BPF_JEQ | BPF_K: next += a == k ? insn->jt : insn->jf; break;
		case BPF_JMP | BPF_JEQ | BPF_X: next += a == x ? insn->jt : insn->jf; break;
		case BPF_JMP | BPF_JGT | BPF_K: next += a > k ? insn->jt : insn->jf; break;
		case BPF_JMP | BPF_JGT | BPF_X: next += a > x ? insn->jt : insn->jf; break;
		case BPF_JMP | BPF_JGE | BPF_K: next += a >= k ? insn->jt : insn->jf; break;
		case BPF_JMP | BPF_JGE | BPF_X: next += a >= x ? insn->jt : insn->jf; break;
		case BPF_JMP | BPF_JSET | BPF_K: next += a & k ? insn->jt : insn->jf; break;
		case BPF_JMP | BPF_JSET | BPF_X: next += a & x ? insn->jt : insn->jf; break;
		case BPF_ALU | BPF_DIV | BPF_K: a /= k; break;
		case BPF_ALU | BPF_DIV | BPF_X:
			done = x == 0;
			a = done ? 0 : a / x;
			break;
		case BPF_JMP | BPF_JA: next += k; break;
		case BPF_RET | BPF_K:
			ret = k;
			done = true;
			break;
		case BPF_RET | BPF_A:
			ret = a;
			done = true;
			break;
		default: __builtin_unreachable(); /* cbpf_verify() let nothing else through */
		}
		if (fn)
			fn(ctx, &(struct cbpf_step){.pc = insn - insns, .a = a, .x = x});
	}
	return (struct cbpf_result){.ret = ret, .insns = count};
}

struct cbpf_result cbpf_run_words(const struct sock_filter *insns,
				  const uint32_t words[ABI_DATA_WORDS])
{
	return execute(insns, words, NULL, NULL);
}

struct cbpf_result cbpf_trace_words(const struct sock_filter *insns,
				    const uint32_t words[ABI_DATA_WORDS], cbpf_step_fn fn,
				    void *ctx)
{
	return execute(insns, words, fn, ctx);
}

struct cbpf_result cbpf_run(const struct cbpf_prog *prog, const struct abi_tuple *tuple)
{
	uint32_t words[ABI_DATA_WORDS];

	abi_tuple_words(tuple, words);
	return cbpf_run_words(prog->insns, words);
}

struct cbpf_result cbpf_trace(const struct cbpf_prog *prog, const struct abi_tuple *tuple,
			      cbpf_step_fn fn, void *ctx)
{
	uint32_t words[ABI_DATA_WORDS];

	abi_tuple_words(tuple, words);
	return cbpf_trace_words(prog->insns, words, fn, ctx);
}
