/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as two programs: those in front of an instruction of eight bytes 0xff and those behind
 * it; or, without one, a program and what some changes make of it. What the prover says of the two
 * holds when both are run, and what it calls dead in the first is not reached.
 */
#include <stdlib.h>
#include <string.h>

#include "filters/cbpf/interp.h"
#include "fuzz/targets/targets.h"

#define INPUTS      64  /* near the constants of each program */
#define MOST_INSNS  128 /* of both */
#define MOST_CHANGE 3
#define ATTEMPTS    8 /* at a change that the verifier accepts */
#define NODE_LIMIT  100000u

static const struct prove_options options = {.node_limit = NODE_LIMIT, .no_smt = true};

/* ---- what must hold */

/*
 * Diagrams may grow where words of the input meet, also as verdicts of the two programs, or are
 * multiplied; else a short program is no matter for any limit.
 */
static bool is_easy(const struct cbpf_prog *prog)
{
	for (size_t pc = 0; pc < prog->len; pc++) {
		const uint16_t code = prog->insns[pc].code;

		switch (BPF_CLASS(code)) {
		case BPF_JMP:
			if (BPF_SRC(code) == BPF_X)
				return false;
			break;
		case BPF_ALU:
			if (BPF_SRC(code) == BPF_X || BPF_OP(code) == BPF_MUL ||
			    BPF_OP(code) == BPF_DIV)
				return false;
			break;
		case BPF_RET:
			if (BPF_RVAL(code) == BPF_A)
				return false;
			break;
		default: break;
		}
	}
	return true;
}

static uint32_t effect_on(const struct cbpf_prog *prog, const struct abi_tuple *tuple)
{
	return abi_verdict_effect(cbpf_run(prog, tuple).ret);
}

static void require_equal(const struct cbpf_prog *a, const struct cbpf_prog *b,
			  const struct cbpf_prog *near, struct sg_rng *rng)
{
	for (int i = 0; i < INPUTS; i++) {
		const struct abi_tuple tuple = fuzz_input_near(near, rng);
		const uint32_t one = effect_on(a, &tuple), other = effect_on(b, &tuple);

		FUZZ_REQUIRE(one == other, "called equal, and number %u on %#x gets %#x and %#x",
			     tuple.nr, tuple.arch, one, other);
	}
}

static void require_different(const struct cbpf_prog *a, const struct cbpf_prog *b,
			      const struct prove_answer *answer)
{
	const uint32_t one = effect_on(a, &answer->tuple), other = effect_on(b, &answer->tuple);

	FUZZ_REQUIRE(one != other, "a counterexample that gets %#x from both", one);
	FUZZ_REQUIRE(one == answer->a && other == answer->b,
		     "a counterexample of %#x and %#x, which gets %#x and %#x", answer->a,
		     answer->b, one, other);
	FUZZ_REQUIRE(answer->inputs >= 1 && answer->region_count + answer->more_regions,
		     "a difference of %g inputs in %zu regions", answer->inputs,
		     answer->region_count);
}

void fuzz_require_proof(const struct cbpf_prog *a, const struct cbpf_prog *b,
			const struct prove_answer *answer, struct sg_rng *rng)
{
	switch (answer->result) {
	case PROVE_EQUAL:
		require_equal(a, b, a, rng);
		require_equal(a, b, b, rng);
		break;
	case PROVE_DIFFERENT: require_different(a, b, answer); break;
	case PROVE_UNKNOWN:
		FUZZ_REQUIRE(!is_easy(a) || !is_easy(b), "%zu and %zu instructions: unknown, %s",
			     a->len, b->len, answer->reason);
		break;
	}
}

struct path {
	const struct cbpf_prog *prog;
	const struct prove_dead *dead;
	const struct sock_filter *from; /* the instruction before, if it is a conditional jump */
	size_t from_pc;
};

static void take_step(void *ctx, const struct cbpf_step *step)
{
	struct path *path = ctx;
	const struct sock_filter *from = path->from, *insn = &path->prog->insns[step->pc];

	FUZZ_REQUIRE(!path->dead->insn[step->pc], "instruction %u is called dead", step->pc);
	if (from && from->jt != from->jf) {
		const bool taken = step->pc == path->from_pc + 1 + from->jt;

		FUZZ_REQUIRE(!(taken ? path->dead->taken : path->dead->fell)[path->from_pc],
			     "the edge from %zu to %u is called dead", path->from_pc, step->pc);
	}
	path->from = cbpf_is_branch(insn) ? insn : NULL;
	path->from_pc = step->pc;
}

void fuzz_require_dead(const struct cbpf_prog *prog, const struct prove_dead *dead,
		       struct sg_rng *rng)
{
	for (int i = 0; dead->known && i < INPUTS; i++) {
		const struct abi_tuple tuple = fuzz_input_near(prog, rng);
		struct path path = {.prog = prog, .dead = dead};

		cbpf_trace(prog, &tuple, take_step, &path);
	}
}

/* ---- two programs */

static size_t find_border(const struct cbpf_prog *prog)
{
	static const uint8_t border[sizeof(struct sock_filter)] = {0xff, 0xff, 0xff, 0xff,
								   0xff, 0xff, 0xff, 0xff};
	size_t at = 0;

	while (at < prog->len && memcmp(&prog->insns[at], border, sizeof(border)))
		at++;
	return at;
}

static void change_once(const struct cbpf_prog *from, struct sg_rng *rng, struct cbpf_prog *ret)
{
	const size_t size = MOST_INSNS * sizeof(*from->insns);
	uint8_t *bytes = sg_calloc(MOST_INSNS, sizeof(*from->insns));
	size_t len = from->len * sizeof(*from->insns);

	memcpy(bytes, from->insns, len);
	for (uint64_t i = 1 + sg_rng_below(rng, MOST_CHANGE); i > 0; i--)
		len = fuzz_mutate_insns(rng, bytes, len, size);
	fuzz_prog_of(bytes, len, ret);
	free(bytes);
}

static void change(const struct cbpf_prog *from, struct sg_rng *rng, struct cbpf_prog *ret)
{
	for (int i = 0; i < ATTEMPTS && cbpf_verify(ret, NULL); i++) {
		cbpf_release(ret);
		change_once(from, rng, ret);
	}
}

static void split(const uint8_t *data, size_t len, struct sg_rng *rng, struct cbpf_prog *ret_a,
		  struct cbpf_prog *ret_b)
{
	struct cbpf_prog all = {0};

	fuzz_prog_of(data, len, &all);
	const size_t border = find_border(&all), insn_bytes = sizeof(*all.insns);
	fuzz_prog_of(data, border * insn_bytes, ret_a);
	if (border < all.len)
		fuzz_prog_of(data + (border + 1) * insn_bytes, len - (border + 1) * insn_bytes,
			     ret_b);
	else if (ret_a->len && ret_a->len <= MOST_INSNS)
		change(ret_a, rng, ret_b);
	cbpf_release(&all);
}

static bool is_fit(const struct cbpf_prog *prog)
{
	return prog->len <= MOST_INSNS && cbpf_verify(prog, NULL) == 0;
}

static void prove_them(const struct cbpf_prog *a, const struct cbpf_prog *b, struct sg_rng *rng)
{
	struct prove_answer answer = {0};
	struct prove_dead dead;
	struct sg_err err = {0};

	FUZZ_REQUIRE(!prove_filters(a, b, NULL, NULL, &options, &answer, &err), "%s", err.msg);
	fuzz_require_proof(a, b, &answer, rng);
	prove_answer_release(&answer);
	prove_dead(a, &options, &dead);
	fuzz_require_dead(a, &dead, rng);
	prove_dead_release(&dead);
}

int fuzz_target_prove(const uint8_t *data, size_t len)
{
	struct sg_rng rng = fuzz_rng_of(data, len);
	struct cbpf_prog a = {0}, b = {0};

	split(data, len, &rng, &a, &b);
	if (is_fit(&a) && is_fit(&b))
		prove_them(&a, &b, &rng);
	cbpf_release(&a);
	cbpf_release(&b);
	return 0;
}
