/* SPDX-License-Identifier: MIT */
/*
 * Random policies, a naive filter for each, and the filter with one instruction changed: prover and
 * random search never contradict each other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "filters/prove/prove.h"
#include "filters/prove/tests/effect.h"
#include "filters/prove/tests/policies.h"
#include "filters/prove/tests/linear.h"

#define POLICIES          150
#define MUTANTS_BY_POLICY 8
#define TUPLES_FOR_FILTER 1000
#define TUPLES_FOR_MUTANT 400

static const struct prove_options by_diagrams = {.no_smt = true};

/* ---- mutants */

static void mutate_branch(struct sg_rng *rng, struct sock_filter *insn)
{
	static const uint16_t ops[] = {BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET};
	const uint8_t jt = insn->jt;

	switch (sg_rng_below(rng, 5)) {
	case 0:
		insn->jt = insn->jf;
		insn->jf = jt;
		break;
	case 1: insn->jt++; break;
	case 2: insn->jf++; break;
	case 3: insn->code = (uint16_t)(BPF_JMP | BPF_K | POLICIES_PICK(rng, ops)); break;
	default: insn->k += sg_rng_below(rng, 2) ? 1 : UINT32_MAX; break;
	}
}

static void mutate_insn(struct sg_rng *rng, struct sock_filter *insn)
{
	switch (insn->code) {
	case BPF_RET | BPF_K: insn->k = policies_action(rng); break;
	case BPF_LD | BPF_W | BPF_ABS: insn->k = 4 * (uint32_t)sg_rng_below(rng, 16); break;
	case BPF_JMP | BPF_JA: insn->k++; break;
	case BPF_LD | BPF_IMM: insn->k ^= 1u << sg_rng_below(rng, 32); break;
	case BPF_ALU | BPF_AND | BPF_K: insn->k ^= 1u << sg_rng_below(rng, 32); break;
	default: mutate_branch(rng, insn); break;
	}
}

/* A program that the kernel accepts, and that has one other instruction. */
static void mutate(struct sg_rng *rng, const struct cbpf_prog *prog, struct cbpf_prog *mutant)
{
	do {
		cbpf_copy(mutant, prog);
		mutate_insn(rng, &mutant->insns[sg_rng_below(rng, mutant->len)]);
	} while (cbpf_verify(mutant, NULL) ||
		 !memcmp(mutant->insns, prog->insns, prog->len * sizeof(*prog->insns)));
}

/* ---- searching and proving */

struct fixture {
	const struct policy *policy;
	struct policy_oracle *oracle;
	struct prover *prover;
	struct sg_rng *rng;
	size_t equal, different, found, unspecified;
};

/* Does a specified tuple show that the filter is not the policy? */
static bool shows(const struct fixture *fixture, const struct cbpf_prog *prog,
		  const struct abi_tuple *tuple)
{
	const struct policy_verdict verdict = policy_eval(fixture->oracle, tuple);

	return verdict.class == POLICY_SPECIFIED &&
	       effect_at(prog, tuple) != abi_verdict_effect(verdict.ret);
}

static bool search(const struct fixture *fixture, const struct cbpf_prog *prog, size_t tuples)
{
	for (size_t i = 0; i < tuples; i++) {
		const struct abi_tuple tuple = policies_tuple(fixture->rng, fixture->policy);

		if (shows(fixture, prog, &tuple))
			return true;
	}
	return false;
}

static struct prove_answer check(const struct fixture *fixture, const struct cbpf_prog *prog)
{
	struct prove_answer answer = {0};
	struct sg_err err = {0};

	if (prover_check(fixture->prover, prog, NULL, &answer, &err))
		fail_msg("%s", err.msg);
	assert_int_not_equal(answer.result, PROVE_UNKNOWN);
	if (answer.result == PROVE_DIFFERENT) {
		assert_true(shows(fixture, prog, &answer.tuple));
		assert_int_equal(answer.b, effect_at(prog, &answer.tuple));
	}
	return answer;
}

static struct prove_answer compare(const struct fixture *fixture, const struct cbpf_prog *a,
				   const struct cbpf_prog *b)
{
	struct prove_answer answer = {0};
	struct sg_err err = {0};

	if (prover_compare(fixture->prover, a, b, &answer, &err))
		fail_msg("%s", err.msg);
	return answer;
}

static enum prove_result everywhere(const struct cbpf_prog *a, const struct cbpf_prog *b)
{
	struct prove_answer answer = {0};
	struct sg_err err = {0};

	if (prove_filters(a, b, NULL, NULL, &by_diagrams, &answer, &err))
		fail_msg("%s", err.msg);
	const enum prove_result result = answer.result;
	if (result == PROVE_DIFFERENT)
		assert_int_not_equal(effect_at(a, &answer.tuple), effect_at(b, &answer.tuple));
	prove_answer_release(&answer);
	return result;
}

/* @prog is the policy, everywhere it is specified. */
static void try_mutant(struct fixture *fixture, const struct cbpf_prog *prog,
		       const struct cbpf_prog *mutant)
{
	struct prove_answer checked = check(fixture, mutant);
	struct prove_answer compared = compare(fixture, prog, mutant);
	const bool different = checked.result == PROVE_DIFFERENT;
	const bool found = search(fixture, mutant, TUPLES_FOR_MUTANT);

	assert_true(different || !found);
	/* Another way to ask the same. */
	assert_int_equal(compared.result, checked.result);
	assert_memory_equal(&compared.tuple, &checked.tuple, sizeof(checked.tuple));
	assert_true(compared.inputs == checked.inputs);
	assert_int_equal(compared.region_count, checked.region_count);
	const bool anywhere = everywhere(prog, mutant) == PROVE_DIFFERENT;
	assert_true(anywhere || !different);
	fixture->equal += !anywhere;
	fixture->unspecified += anywhere && !different;
	fixture->different += different;
	fixture->found += found;
	prove_answer_release(&checked);
	prove_answer_release(&compared);
}

static void try_policy(struct fixture *fixture)
{
	struct cbpf_prog prog = {0}, mutant = {0};
	struct sg_err err = {0};

	linear_emit(fixture->policy, &prog);
	if (cbpf_verify(&prog, &err))
		fail_msg("%s", err.msg);
	struct prove_answer answer = check(fixture, &prog);
	assert_int_equal(answer.result, PROVE_EQUAL);
	assert_false(search(fixture, &prog, TUPLES_FOR_FILTER));
	prove_answer_release(&answer);
	for (int i = 0; i < MUTANTS_BY_POLICY; i++) {
		mutate(fixture->rng, &prog, &mutant);
		try_mutant(fixture, &prog, &mutant);
	}
	cbpf_release(&mutant);
	cbpf_release(&prog);
}

static void search_and_proof_agree(void **state)
{
	struct fixture fixture = {0};
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 5);
	fixture.rng = &rng;
	for (int i = 0; i < POLICIES; i++) {
		struct random_policy random;

		policies_make(&rng, &random);
		fixture.policy = &random.policy;
		fixture.oracle = policy_oracle_new(&random.policy);
		fixture.prover = prover_new(&random.policy, &by_diagrams);
		try_policy(&fixture);
		prover_free(fixture.prover);
		policy_oracle_free(fixture.oracle);
	}
	print_message("%zu mutants equal, %zu where nothing is specified, %zu different, of which "
		      "a search found %zu\n",
		      fixture.equal, fixture.unspecified, fixture.different, fixture.found);
	assert_true(fixture.equal > 20 && fixture.unspecified > 20);
	assert_true(fixture.found > 200 && fixture.different > fixture.found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(search_and_proof_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
