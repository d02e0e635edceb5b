/* SPDX-License-Identifier: MIT */
/* The interpreter against the vector table, and tracing against running. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "filters/cbpf/interp.h"
#include "filters/cbpf/tests/random_prog.h"
#include "filters/cbpf/vectors.h"

static struct cbpf_prog prog_of(const struct cbpf_vector *vector)
{
	return (struct cbpf_prog){(struct sock_filter *)vector->insns, vector->len, 0};
}

static void test_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < cbpf_vector_count; i++) {
		const struct cbpf_vector *vector = &cbpf_vectors[i];
		struct cbpf_prog prog = prog_of(vector);
		struct sg_err err = {0};

		if (cbpf_verify(&prog, &err) != 0)
			fail_msg("%s: %s", vector->name, err.msg);
		struct cbpf_result result = cbpf_run(&prog, vector->tuple);

		if (result.ret != vector->ret || result.insns != vector->executed)
			fail_msg("%s: returned 0x%x after %u instructions, not 0x%x after %u",
				 vector->name, result.ret, result.insns, vector->ret,
				 vector->executed);
	}
}

static void test_vector_names_are_unique(void **state)
{
	(void)state;
	for (size_t i = 0; i < cbpf_vector_count; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(cbpf_vectors[i].name, cbpf_vectors[j].name);
}

struct coverage {
	const struct sock_filter *insns;
	size_t runs_of_opcode[0x100];
	size_t branches[0x100][2]; /* not taken, taken */
	const struct sock_filter *last;
};

static void cover(void *ctx, const struct cbpf_step *step)
{
	struct coverage *coverage = ctx;
	const struct sock_filter *insn = &coverage->insns[step->pc], *last = coverage->last;

	coverage->runs_of_opcode[insn->code]++;
	if (last && last->jt != last->jf)
		coverage->branches[last->code][insn == last + 1 + last->jt]++;
	coverage->last = insn;
}

/* In a program where nothing else can be wrong with it. */
static bool is_legal(uint16_t code)
{
	struct sock_filter insns[8] = {BPF_STMT(BPF_ST, 4), {.code = code, .k = 4}};
	struct cbpf_prog prog = {insns, SG_COUNT(insns), 0};

	for (size_t pc = 2; pc < SG_COUNT(insns); pc++)
		insns[pc] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
	return cbpf_verify(&prog, NULL) == 0;
}

/* The table cannot silently lack an opcode, or one side of a branch. */
static void test_vectors_execute_every_opcode(void **state)
{
	static struct coverage coverage;
	size_t legal = 0;

	(void)state;
	for (size_t i = 0; i < cbpf_vector_count; i++) {
		struct cbpf_prog prog = prog_of(&cbpf_vectors[i]);

		coverage.insns = prog.insns;
		coverage.last = NULL;
		cbpf_trace(&prog, cbpf_vectors[i].tuple, cover, &coverage);
	}
	for (uint16_t code = 0; code < 0x100; code++) {
		bool branch = BPF_CLASS(code) == BPF_JMP && BPF_OP(code) != BPF_JA;

		if (!is_legal(code))
			continue;
		legal++;
		if (coverage.runs_of_opcode[code] == 0)
			fail_msg("no vector executes opcode 0x%02x", code);
		if (branch && !(coverage.branches[code][0] && coverage.branches[code][1]))
			fail_msg("no vector takes both sides of opcode 0x%02x", code);
	}
	assert_int_equal(legal, 41);
}

/* All 16 slots are stored to and loaded from, by A and by X. */
static void test_vectors_use_every_scratch_slot(void **state)
{
	static const uint16_t codes[] = {BPF_ST, BPF_STX, BPF_LD | BPF_MEM, BPF_LDX | BPF_MEM};
	uint32_t slots[SG_COUNT(codes)] = {0};

	(void)state;
	for (size_t i = 0; i < cbpf_vector_count; i++)
		for (size_t pc = 0; pc < cbpf_vectors[i].len; pc++)
			for (size_t c = 0; c < SG_COUNT(codes); c++)
				if (cbpf_vectors[i].insns[pc].code == codes[c])
					slots[c] |= 1u << cbpf_vectors[i].insns[pc].k;
	for (size_t c = 0; c < SG_COUNT(codes); c++)
		assert_int_equal(slots[c], 0xffff);
}

static void test_loads_see_every_word(void **state)
{
	uint32_t words[ABI_DATA_WORDS];

	(void)state;
	for (uint32_t i = 0; i < ABI_DATA_WORDS; i++)
		words[i] = 0x01010101u * i + 7;
	for (uint32_t i = 0; i < ABI_DATA_WORDS; i++) {
		const struct sock_filter insns[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4 * i),
						    BPF_STMT(BPF_RET | BPF_A, 0)};

		assert_int_equal(cbpf_run_words(insns, words).ret, words[i]);
	}
}

/* ---- tracing */

struct steps {
	struct cbpf_step items[8];
	size_t len;
};

static void record(void *ctx, const struct cbpf_step *step)
{
	struct steps *steps = ctx;

	assert_true(steps->len < SG_COUNT(steps->items));
	steps->items[steps->len++] = *step;
}

static void test_trace_shows_registers_after_each_instruction(void **state)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),        BPF_STMT(BPF_LDX | BPF_IMM, 3),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_X, 0, 1, 0), BPF_STMT(BPF_RET | BPF_K, 9),
		BPF_STMT(BPF_ALU | BPF_SUB | BPF_X, 0),       BPF_STMT(BPF_RET | BPF_A, 0),
	};
	const struct cbpf_step want[] = {{0, 5, 0}, {1, 5, 3}, {2, 5, 3}, {4, 2, 3}, {5, 2, 3}};
	struct cbpf_prog prog = {insns, SG_COUNT(insns), 0};
	struct steps steps = {.len = 0};
	struct cbpf_result result = cbpf_trace(&prog, &(struct abi_tuple){.nr = 5}, record, &steps);

	(void)state;
	assert_int_equal(result.ret, 2);
	assert_int_equal(result.insns, SG_COUNT(want));
	assert_int_equal(steps.len, SG_COUNT(want));
	assert_memory_equal(steps.items, want, sizeof(want));
}

static void test_trace_reports_the_division_that_ends_the_run(void **state)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_IMM, 5),
		BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0),
		BPF_STMT(BPF_RET | BPF_K, 9),
	};
	struct cbpf_prog prog = {insns, SG_COUNT(insns), 0};
	struct steps steps = {.len = 0};
	struct cbpf_result result = cbpf_trace(&prog, &(struct abi_tuple){0}, record, &steps);

	(void)state;
	assert_int_equal(result.ret, 0);
	assert_int_equal(result.insns, 2);
	assert_int_equal(steps.len, 2);
	assert_int_equal(steps.items[1].pc, 1);
}

static void count_steps(void *ctx, const struct cbpf_step *step)
{
	(void)step;
	++*(uint32_t *)ctx;
}

static void test_trace_agrees_with_run(void **state)
{
	struct cbpf_prog prog = {0};
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 7);
	for (int round = 0; round < 3000; round++) {
		uint32_t words[ABI_DATA_WORDS], steps = 0;

		do {
			random_prog(&rng, 60, &prog);
		} while (cbpf_verify(&prog, NULL) != 0);
		for (size_t i = 0; i < ABI_DATA_WORDS; i++)
			words[i] = random_k(&rng);
		struct cbpf_result run = cbpf_run_words(prog.insns, words);
		struct cbpf_result trace = cbpf_trace_words(prog.insns, words, count_steps, &steps);

		assert_int_equal(run.ret, trace.ret);
		assert_int_equal(run.insns, trace.insns);
		assert_int_equal(run.insns, steps);
	}
	cbpf_release(&prog);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_vector_names_are_unique),
		cmocka_unit_test(test_vectors_execute_every_opcode),
		cmocka_unit_test(test_vectors_use_every_scratch_slot),
		cmocka_unit_test(test_loads_see_every_word),
		cmocka_unit_test(test_trace_shows_registers_after_each_instruction),
		cmocka_unit_test(test_trace_reports_the_division_that_ends_the_run),
		cmocka_unit_test(test_trace_agrees_with_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
