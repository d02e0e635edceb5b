/* SPDX-License-Identifier: MIT */
/* A filter on all inputs at once against the interpreter on one, step by step. Needs cmocka.h
 * before it. */
#ifndef SG_PROVE_TESTS_CHECK_RUN_H
#define SG_PROVE_TESTS_CHECK_RUN_H

#include "filters/cbpf/interp.h"
#include "filters/prove/run.h"
#include "filters/prove/tests/evaluate.h"

/* Which instructions and edges the interpreter goes over. */
struct walk {
	const struct bdd_pool *pool;
	const struct cbpf_prog *prog;
	const struct prove_reach *reach;
	const uint32_t *words;
	uint32_t last;
	size_t steps;
};

static inline bool is_branch(const struct sock_filter *insn)
{
	return BPF_CLASS(insn->code) == BPF_JMP && BPF_OP(insn->code) != BPF_JA;
}

static inline void check_edge(const struct walk *walk, uint32_t to)
{
	const struct sock_filter *insn = &walk->prog->insns[walk->last];
	const struct prove_reach *reach = walk->reach;
	bool by_jt = to == walk->last + 1 + insn->jt, by_jf = to == walk->last + 1 + insn->jf;

	assert_int_equal(evaluate(walk->pool, reach->taken[walk->last], walk->words), by_jt);
	assert_int_equal(evaluate(walk->pool, reach->fell[walk->last], walk->words), by_jf);
}

static inline void check_step(void *ctx, const struct cbpf_step *step)
{
	struct walk *walk = ctx;

	assert_true(evaluate(walk->pool, walk->reach->here[step->pc], walk->words));
	if (walk->steps++ > 0 && is_branch(&walk->prog->insns[walk->last]))
		check_edge(walk, step->pc);
	walk->last = step->pc;
}

static inline void check_input(const struct bdd_pool *pool, const struct cbpf_prog *prog,
			       const struct prove_reach *reach, const struct sym *verdict,
			       const uint32_t words[ABI_DATA_WORDS])
{
	struct walk walk = {pool, prog, reach, words, 0, 0};
	uint32_t ret = cbpf_trace_words(prog->insns, words, check_step, &walk).ret;
	uint32_t got = evaluate_sym(pool, verdict, words);
	size_t places = 0;

	if (got != abi_verdict_effect(ret))
		fail_msg("0x%x, not the effect of 0x%x", got, ret);
	for (size_t pc = 0; pc < prog->len; pc++)
		places += evaluate(pool, reach->here[pc], words);
	assert_int_equal(places, walk.steps);
}

#endif
