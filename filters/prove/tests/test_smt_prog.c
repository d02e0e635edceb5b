/* SPDX-License-Identifier: MIT */
/* Filters as terms, held against the interpreter; questions about two filters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <unistd.h>

#include "filters/cbpf/vectors.h"
#include "filters/prove/smt_prog.h"
#include "filters/prove/tests/arithmetic.h"
#include "filters/prove/tests/programs.h"
#include "filters/prove/tests/smt_support.h"

#define PROGRAMS         400
#define INPUTS           20
#define EQUAL_PROGRAMS   60
#define SPOILT_PROGRAMS  40
#define SEARCHED         3000
#define MIN_SPOILT_FOUND 20

static void random_words(struct sg_rng *rng, uint32_t words[ABI_DATA_WORDS])
{
	for (int i = 0; i < ABI_DATA_WORDS; i++)
		words[i] = arithmetic_number(rng);
}

static void verify(const struct cbpf_prog *prog)
{
	struct sg_err err = {0};

	if (cbpf_verify(prog, &err))
		fail_msg("%s", err.msg);
}

static uint32_t effect_of_words(const struct cbpf_prog *prog, const uint32_t words[ABI_DATA_WORDS])
{
	return abi_verdict_effect(cbpf_run_words(prog->insns, words).ret);
}

/* ---- terms */

/* Half of them full of arithmetic, half shaped like filters. */
static void make(struct sg_rng *rng, int i, struct cbpf_prog *prog)
{
	if (i % 2)
		random_program(rng, 4 + (size_t)i % 60, prog);
	else
		arithmetic_make(rng, 6 + (size_t)i % 12, prog);
}

static void draw_input(struct sg_rng *rng, int i, const struct cbpf_prog *prog,
		       uint32_t words[ABI_DATA_WORDS])
{
	if (i % 2)
		random_input(rng, prog, words);
	else
		random_words(rng, words);
}

static void hold_against_interpreter(struct evaluator *at, struct sg_buf *wrong)
{
	uint32_t words[ABI_DATA_WORDS];
	struct sg_rng rng;

	sg_rng_seed(&rng, 1);
	for (int i = 0; i < PROGRAMS; i++) {
		struct cbpf_prog prog = {0};

		make(&rng, i, &prog);
		Z3_ast term = smt_prog(&at->terms, &prog);
		for (int j = 0; j < INPUTS; j++) {
			draw_input(&rng, i, &prog, words);
			const uint32_t expected = effect_of_words(&prog, words);
			const uint32_t actual = evaluate_term(at, term, words);

			if (actual != expected)
				sg_buf_addf(wrong, "program %d, input %d: 0x%x, not 0x%x\n", i, j,
					    actual, expected);
		}
		cbpf_release(&prog);
	}
}

static void terms_say_what_the_interpreter_says(void **state)
{
	(void)state;
	run_evaluator(hold_against_interpreter);
}

/* What is made there is legal, and not all of it ends in one way. */
static void the_programs_are_worth_it(void **state)
{
	int divided = 0, traced = 0, allowed = 0;
	uint32_t words[ABI_DATA_WORDS];
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 1);
	for (int i = 0; i < PROGRAMS; i++) {
		struct cbpf_prog prog = {0};

		make(&rng, i, &prog);
		verify(&prog);
		for (int j = 0; j < INPUTS; j++) {
			draw_input(&rng, i, &prog, words);
			const uint32_t effect = effect_of_words(&prog, words);

			divided += effect == ABI_RET_KILL_THREAD && i % 2 == 0;
			traced += (effect & ABI_RET_ACTION_FULL) == ABI_RET_TRACE;
			allowed += effect == ABI_RET_ALLOW;
		}
		cbpf_release(&prog);
	}
	assert_true(divided > 50 && traced > 1000 && allowed > 200);
}

/* ---- vectors: a question whose only input is the vector's */

#define ELSEWHERE (ABI_RET_TRACE | 1)

/* Goes on for this input alone, with A as at the start; else returns ELSEWHERE. */
static void add_only_for(const struct abi_tuple *tuple, struct cbpf_prog *ret)
{
	uint32_t words[ABI_DATA_WORDS];

	abi_tuple_words(tuple, words);
	for (uint8_t i = 0; i < ABI_DATA_WORDS; i++) {
		const uint8_t over = 2 * (ABI_DATA_WORDS - 1 - i) + 1;

		cbpf_add(ret, I(LD(4u * i)));
		cbpf_add(ret, I(J(BPF_JEQ, words[i], 0, over)));
	}
	cbpf_add(ret, I(JA(1)));
	cbpf_add(ret, I(RET(ELSEWHERE)));
	cbpf_add(ret, I(LDI(0)));
}

/* The vector's program, which goes on where it would have returned the vector's value, with A and X
 * as at the start, and returns @bad for another value. */
static void add_judged(const struct cbpf_vector *vector, uint32_t bad, struct cbpf_prog *ret)
{
	for (size_t i = 0; i < vector->len; i++) {
		struct sock_filter insn = vector->insns[i];
		const uint32_t to_compare = (uint32_t)(vector->len - i - 1);

		if (insn.code == (BPF_RET | BPF_A))
			insn = I(JA(to_compare));
		else if (insn.code == (BPF_RET | BPF_K) && insn.k == vector->ret)
			insn = I(JA(to_compare + 2));
		else if (insn.code == (BPF_RET | BPF_K))
			insn.k = bad;
		cbpf_add(ret, insn);
	}
	cbpf_add(ret, I(J(BPF_JEQ, vector->ret, 1, 0)));
	cbpf_add(ret, I(RET(bad)));
	cbpf_add(ret, I(LDI(0)));
	cbpf_add(ret, STMT(BPF_LDX | BPF_IMM, 0));
}

/* What the program returns for the input, by Z3. */
static uint32_t effect_by_z3(const struct cbpf_prog *prog, const struct abi_tuple *tuple)
{
	const struct cbpf_prog elsewhere = PROG(RET(ELSEWHERE));

	const struct prove_answer answer = ask_progs(prog, &elsewhere);
	assert_int_equal(answer.result, PROVE_DIFFERENT);
	assert_memory_equal(&answer.tuple, tuple, sizeof(*tuple));
	return answer.a;
}

/* A division by X = 0 ends the run: no other vector can stand behind. */
static bool divides_by_zero(const struct cbpf_vector *vector)
{
	struct cbpf_prog prog = {0};

	add_judged(vector, ELSEWHERE, &prog);
	cbpf_add(&prog, I(RET(ABI_RET_ALLOW)));
	const uint32_t effect = effect_at(&prog, vector->tuple);
	cbpf_release(&prog);
	return effect == ABI_RET_KILL_THREAD;
}

/* All vectors with the input of the one at @first: longer than the kernel would have it, which is
 * nothing to Z3. */
static void ask_vectors(size_t first)
{
	const struct abi_tuple *tuple = cbpf_vectors[first].tuple;
	struct cbpf_prog prog = {0};

	add_only_for(tuple, &prog);
	for (size_t i = first; i < cbpf_vector_count; i++)
		if (cbpf_vectors[i].tuple == tuple && !divides_by_zero(&cbpf_vectors[i]))
			add_judged(&cbpf_vectors[i], ABI_RET_ERRNO | (uint32_t)i, &prog);
	cbpf_add(&prog, I(RET(ABI_RET_ALLOW)));
	assert_int_equal(effect_at(&prog, tuple), ABI_RET_ALLOW);
	const uint32_t effect = effect_by_z3(&prog, tuple);
	if (effect != ABI_RET_ALLOW)
		fail_msg("%s", cbpf_vectors[effect & ABI_RET_DATA].name);
	cbpf_release(&prog);
}

static bool is_first_of_its_input(size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (cbpf_vectors[i].tuple == cbpf_vectors[at].tuple)
			return false;
	return true;
}

static void vectors_give_what_they_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < cbpf_vector_count; i++)
		if (is_first_of_its_input(i))
			ask_vectors(i);
}

static void vectors_that_divide_by_zero(void **state)
{
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < cbpf_vector_count; i++) {
		const struct cbpf_vector *vector = &cbpf_vectors[i];
		struct cbpf_prog prog = {0};

		if (!divides_by_zero(vector))
			continue;
		add_only_for(vector->tuple, &prog);
		add_judged(vector, ABI_RET_ERRNO | 1, &prog);
		cbpf_add(&prog, I(RET(ABI_RET_ALLOW)));
		assert_int_equal(effect_by_z3(&prog, vector->tuple), ABI_RET_KILL_THREAD);
		cbpf_release(&prog);
		count++;
	}
	assert_int_not_equal(count, 0);
}

/* ---- returned values */

/* For the values of each action with odd data: what the kernel takes them for. */
static void values_have_their_effects(void **state)
{
	static const uint32_t actions[] = {
		ABI_RET_KILL_PROCESS, ABI_RET_KILL_THREAD, ABI_RET_TRAP, ABI_RET_ERRNO,
		ABI_RET_USER_NOTIF,   ABI_RET_TRACE,       ABI_RET_LOG,  ABI_RET_ALLOW,
		0x00010000,           0x7fff8000,          0xffff0000,
	};
	static const uint32_t data[] = {0, 1, 4094, 4095, 4096, 0xffff};
	const struct cbpf_prog as_it_is = PROG(LD(ABI_OFF_NR), RETA);
	struct cbpf_prog by_table = {0};

	(void)state;
	cbpf_add(&by_table, as_it_is.insns[0]);
	for (size_t i = 0; i < SG_COUNT(actions) * SG_COUNT(data); i++) {
		const uint32_t value = actions[i / SG_COUNT(data)] | data[i % SG_COUNT(data)];

		cbpf_add(&by_table, I(J(BPF_JEQ, value, 0, 1)));
		cbpf_add(&by_table, I(RET(value)));
	}
	cbpf_add(&by_table, as_it_is.insns[1]);
	assert_int_equal(ask_progs(&as_it_is, &by_table).result, PROVE_EQUAL);

	struct sock_filter *last = &by_table.insns[by_table.len - 2];
	last->k = ABI_RET_ALLOW;
	const struct prove_answer answer = ask_progs(&as_it_is, &by_table);
	confirm(&answer, &as_it_is, &by_table);
	assert_int_equal(answer.tuple.nr, 0xffffffff);
	cbpf_release(&by_table);
}

/* ---- random programs */

static void written_otherwise_is_equal(void **state)
{
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 2);
	for (int i = 0; i < EQUAL_PROGRAMS; i++) {
		struct cbpf_prog prog = {0}, otherwise = {0};

		arithmetic_make(&rng, 6 + i % 8, &prog);
		arithmetic_otherwise(&rng, &prog, &otherwise);
		verify(&otherwise);
		if (ask_progs(&prog, &otherwise).result != PROVE_EQUAL)
			fail_msg("program %d", i);
		cbpf_release(&prog);
		cbpf_release(&otherwise);
	}
}

static bool differ_somewhere(struct sg_rng *rng, const struct cbpf_prog *a,
			     const struct cbpf_prog *b)
{
	uint32_t words[ABI_DATA_WORDS];

	for (int i = 0; i < SEARCHED; i++) {
		random_words(rng, words);
		if (effect_of_words(a, words) != effect_of_words(b, words))
			return true;
	}
	return false;
}

static void spoilt_is_different(void **state)
{
	struct sg_rng rng;
	int found = 0;

	(void)state;
	sg_rng_seed(&rng, 3);
	for (int i = 0; i < SPOILT_PROGRAMS; i++) {
		struct cbpf_prog prog = {0}, spoilt = {0};

		arithmetic_make(&rng, 6 + i % 8, &prog);
		cbpf_copy(&spoilt, &prog);
		arithmetic_spoil(&rng, &spoilt);
		if (differ_somewhere(&rng, &prog, &spoilt)) {
			const struct prove_answer answer = ask_progs(&prog, &spoilt);

			confirm(&answer, &prog, &spoilt);
			found++;
		}
		cbpf_release(&prog);
		cbpf_release(&spoilt);
	}
	assert_true(found >= MIN_SPOILT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_programs_are_worth_it),
		cmocka_unit_test(terms_say_what_the_interpreter_says),
		cmocka_unit_test(vectors_give_what_they_say),
		cmocka_unit_test(vectors_that_divide_by_zero),
		cmocka_unit_test(values_have_their_effects),
		cmocka_unit_test(written_otherwise_is_equal),
		cmocka_unit_test(spoilt_is_different),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
