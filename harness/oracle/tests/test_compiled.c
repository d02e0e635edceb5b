/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "filters/cbpf/interp.h"
#include "filters/cbpf/vectors.h"
#include "harness/oracle/compiled.h"
#include "harness/oracle/dispatch.h"
#include "harness/oracle/tests/random.h"
#include "harness/oracle/translate.h"

static struct compiled compile(const struct cbpf_prog *prog)
{
	struct compiled code = {0};
	struct sg_err err = {0};

	if (compiled_new(prog, &code, &err))
		fail_msg("%s", err.msg);
	return code;
}

static bool can_compile(void)
{
	const struct sock_filter allow = STMT(BPF_RET | BPF_K, ABI_RET_ALLOW);
	const struct cbpf_prog prog = {.insns = (struct sock_filter *)&allow, .len = 1};
	struct compiled code = {0};
	struct sg_err err = {0};
	int r = compiled_new(&prog, &code, &err);

	compiled_release(&code);
	if (r)
		printf("SKIP: compiled: %s\n", err.msg);
	return r == 0;
}

static void print_prog(const struct cbpf_prog *prog)
{
	for (size_t pc = 0; pc < prog->len; pc++)
		print_error("%zu: {0x%02x, %u, %u, 0x%08x}\n", pc, prog->insns[pc].code,
			    prog->insns[pc].jt, prog->insns[pc].jf, prog->insns[pc].k);
}

static void assert_same(const struct cbpf_prog *prog, const struct compiled *code,
			const struct abi_tuple *tuple)
{
	uint32_t expected = cbpf_run(prog, tuple).ret, got = compiled_run(code, tuple);

	if (expected == got)
		return;
	print_prog(prog);
	fail_msg("nr 0x%x arch 0x%x: 0x%08x, not 0x%08x", tuple->nr, tuple->arch, got, expected);
}

static void vectors_have_their_verdicts(void **state)
{
	(void)state;
	if (!can_compile())
		skip();
	for (size_t i = 0; i < cbpf_vector_count; i++) {
		const struct cbpf_vector *vector = &cbpf_vectors[i];
		const struct cbpf_prog prog = {.insns = (struct sock_filter *)vector->insns,
					       .len = vector->len};
		struct compiled code = compile(&prog);

		if (compiled_run(&code, vector->tuple) != vector->ret)
			fail_msg("%s: 0x%08x, not 0x%08x", vector->name,
				 compiled_run(&code, vector->tuple), vector->ret);
		compiled_release(&code);
	}
}

static void check_random(uint64_t seed, size_t programs, size_t tuples,
			 const struct random_shape *shape)
{
	struct cbpf_prog prog = {0};
	struct sg_rng rng;

	sg_rng_seed(&rng, seed);
	for (size_t i = 0; i < programs; i++) {
		random_prog(&rng, shape, &prog);

		struct compiled code = compile(&prog);

		for (size_t j = 0; j < tuples; j++) {
			const struct abi_tuple tuple = random_tuple(&rng, &prog);

			assert_same(&prog, &code, &tuple);
		}
		compiled_release(&code);
	}
	cbpf_release(&prog);
}

static void random_programs_agree_with_the_interpreter(void **state)
{
	const struct random_shape small = {12, true, true, true, 6};
	const struct random_shape large = {900, true, true, true, 6};

	(void)state;
	if (!can_compile())
		skip();
	check_random(1, 6000, 40, &small);
	check_random(2, 1000, 200, &large);
}

/* Appends a comparison whose true target is a return of its own, near the end. */
static void add_test(struct cbpf_prog *prog, uint16_t op, uint32_t k, uint32_t value)
{
	cbpf_add(prog, JUMP(BPF_JMP | op | BPF_K, k, 0, 1));
	cbpf_add(prog, STMT(BPF_RET | BPF_K, value));
}

static void check_all_values(const struct cbpf_prog *prog, uint32_t first, size_t count)
{
	struct compiled code = compile(prog);

	for (size_t i = 0; i < count; i++) {
		const struct abi_tuple tuple = {.nr = first + (uint32_t)i, .arch = 0xc000003e};

		assert_same(prog, &code, &tuple);
	}
	compiled_release(&code);
}

/* Windows at both ends of the number space, a duplicate (the first counts), all kinds of tests. */
static void long_runs_of_tests_keep_their_meaning(void **state)
{
	struct cbpf_prog prog = {0};

	(void)state;
	if (!can_compile())
		skip();
	cbpf_add(&prog, STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_NR));
	for (uint32_t i = 0; i < 300; i++) {
		add_test(&prog, BPF_JEQ, i * 2, i);
		add_test(&prog, BPF_JEQ, 0x40000000 + i * 3, 1000 + i);
		add_test(&prog, BPF_JEQ, UINT32_MAX - i * 3, 2000 + i);
		add_test(&prog, BPF_JEQ, i * 2, 7777);
	}
	add_test(&prog, BPF_JGT, 0xfffffff0, 4001);
	add_test(&prog, BPF_JSET, 0x100, 4002);
	add_test(&prog, BPF_JGE, 0x40000010, 4003);
	add_test(&prog, BPF_JGT, UINT32_MAX, 4004);
	add_test(&prog, BPF_JGE, 0, 4005);
	cbpf_add(&prog, STMT(BPF_RET | BPF_K, 4006));
	assert_int_equal(cbpf_verify(&prog, NULL), 0);
	check_all_values(&prog, 0, 2000);
	check_all_values(&prog, 0x40000000 - 1000, 3000);
	check_all_values(&prog, 0x80000000 - 10, 20);
	check_all_values(&prog, UINT32_MAX - 2000, 2001);
	cbpf_release(&prog);
}

static size_t tables_of(const struct cbpf_prog *prog)
{
	size_t places[CBPF_MAX_INSNS], len;
	struct code code;

	code_init(&code, 1 << 20, (size_t)DISPATCH_MAX_TABLES * DISPATCH_WINDOW);
	translate(prog, places, &code);
	len = code.table_len;
	code_release(&code);
	return len / DISPATCH_WINDOW;
}

/* Else it would be right all the same, and slow. */
static void a_run_of_tests_becomes_a_table(void **state)
{
	struct cbpf_prog prog = {0};

	(void)state;
	cbpf_add(&prog, STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_NR));
	for (uint32_t i = 0; i < 3; i++)
		add_test(&prog, BPF_JEQ, i, i);
	cbpf_add(&prog, STMT(BPF_RET | BPF_K, 1));
	assert_int_equal(tables_of(&prog), 0);
	prog.len--;
	for (uint32_t i = 3; i < 50; i++)
		add_test(&prog, BPF_JEQ, i, i);
	for (uint32_t i = 0; i < 50; i++)
		add_test(&prog, BPF_JEQ, 0x40000000 + i, i);
	cbpf_add(&prog, STMT(BPF_RET | BPF_K, 1));
	assert_int_equal(tables_of(&prog), 2);
	cbpf_release(&prog);
}

/* A balanced tree over the numbers, each leaf of its own, built on the way down. */
static size_t add_tree(struct cbpf_prog *prog, uint32_t low, uint32_t high)
{
	size_t at = prog->len;

	if (high - low == 1) {
		cbpf_add(prog, STMT(BPF_RET | BPF_K, low));
		return 1;
	}
	cbpf_add(prog, JUMP(BPF_JMP | BPF_JGE | BPF_K, (low + high) / 2, 0, 0));

	size_t left = add_tree(prog, low, (low + high) / 2);

	prog->insns[at].jt = (uint8_t)left;
	return 1 + left + add_tree(prog, (low + high) / 2, high);
}

static void trees_keep_their_meaning(void **state)
{
	struct cbpf_prog prog = {0};

	(void)state;
	if (!can_compile())
		skip();
	cbpf_add(&prog, STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_NR));
	add_tree(&prog, 400, 640);
	assert_int_equal(cbpf_verify(&prog, NULL), 0);
	check_all_values(&prog, 0, 2000);
	check_all_values(&prog, UINT32_MAX - 10, 20);
	cbpf_release(&prog);
}

/* The distance is in bytes of machine code, so the edge of the short form is on the way. */
static void jumps_of_all_lengths_arrive(void **state)
{
	(void)state;
	if (!can_compile())
		skip();
	for (uint32_t over = 0; over < CBPF_MAX_INSNS - 4; over += over < 300 ? 1 : 97) {
		struct cbpf_prog prog = {0};

		cbpf_add(&prog, STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_NR));
		if (over < 256)
			cbpf_add(&prog, JUMP(BPF_JMP | BPF_JGT | BPF_K, 5, (uint8_t)over, 0));
		else
			cbpf_add(&prog, STMT(BPF_JMP | BPF_JA, over));
		for (uint32_t i = 0; i < over; i++)
			cbpf_add(&prog, STMT(BPF_ALU | BPF_NEG, 0));
		cbpf_add(&prog, STMT(BPF_RET | BPF_A, 0));
		check_all_values(&prog, 4, 4);
		cbpf_release(&prog);
	}
}

static void add_odd_insn(struct cbpf_prog *prog, uint32_t i)
{
	switch (i % 4) {
	case 0: cbpf_add(prog, JUMP(BPF_JMP | BPF_JGT | BPF_K, i, 1, 2)); break;
	case 1: cbpf_add(prog, STMT(BPF_ALU | BPF_DIV | BPF_K, i)); break;
	case 2: cbpf_add(prog, STMT(BPF_ALU | BPF_ADD | BPF_K, 0x12345678 + i)); break;
	default: cbpf_add(prog, STMT(BPF_ALU | BPF_XOR | BPF_X, 0)); break;
	}
}

static void the_longest_program_is_translated(void **state)
{
	struct cbpf_prog prog = {0};
	struct sg_rng rng;

	(void)state;
	if (!can_compile())
		skip();
	cbpf_add(&prog, STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_ARG(0)));
	while (prog.len < CBPF_MAX_INSNS - 4)
		add_odd_insn(&prog, (uint32_t)prog.len);
	while (prog.len < CBPF_MAX_INSNS)
		cbpf_add(&prog, STMT(BPF_RET | BPF_A, 0));
	assert_int_equal(cbpf_verify(&prog, NULL), 0);
	sg_rng_seed(&rng, 4);

	struct compiled code = compile(&prog);

	for (int i = 0; i < 2000; i++) {
		const struct abi_tuple tuple = random_tuple(&rng, &prog);

		assert_same(&prog, &code, &tuple);
	}
	compiled_release(&code);
	cbpf_release(&prog);
}

/* Every instruction after a load begins a run of tests: more regions than there are tables. */
static void more_regions_than_tables(void **state)
{
	struct cbpf_prog prog = {0};

	(void)state;
	if (!can_compile())
		skip();
	for (uint32_t i = 0; i < 2 * DISPATCH_MAX_TABLES; i++) {
		cbpf_add(&prog, STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_NR));
		for (uint32_t j = 0; j < 10; j++)
			add_test(&prog, BPF_JEQ, i * 20 + j, i * 100 + j);
	}
	cbpf_add(&prog, STMT(BPF_RET | BPF_K, 1));
	assert_int_equal(cbpf_verify(&prog, NULL), 0);
	check_all_values(&prog, 0, 3000);
	cbpf_release(&prog);
}

/* A program that would not fit is refused: no byte is written outside of what there is. */
static void code_that_does_not_fit_is_refused(void **state)
{
	enum { GUARD = 64 };
	struct cbpf_prog prog = {0};
	size_t places[400];
	struct sg_err err = {0};
	void *memory, *entry;
	size_t bytes;

	(void)state;
	while (prog.len < 399)
		add_odd_insn(&prog, (uint32_t)prog.len);
	cbpf_add(&prog, STMT(BPF_RET | BPF_A, 0));
	for (size_t cap = 0; cap < 2000; cap += 37) {
		struct code code;

		code_init(&code, cap + GUARD, 0);
		memset(code.bytes, 0xa5, cap + GUARD);
		code.bytes += GUARD;
		code.cap = cap;
		translate(&prog, places, &code);
		assert_true(code.full);
		assert_true(code.used <= cap);
		code.bytes -= GUARD;
		for (size_t i = 0; i < GUARD; i++)
			assert_int_equal(code.bytes[i], 0xa5);
		assert_int_equal(code_finish(&code, &memory, &bytes, &entry, &err), -ENOSPC);
		code_release(&code);
	}
	cbpf_release(&prog);
}

/* What compiled.c sets aside for an instruction is enough for each. */
static void no_instruction_is_longer_than_its_share(void **state)
{
	const struct random_shape shape = {600, true, true, true, 6};
	struct cbpf_prog prog = {0};
	struct sg_rng rng;
	size_t places[600];

	(void)state;
	sg_rng_seed(&rng, 5);
	for (int i = 0; i < 300; i++) {
		struct code code;

		random_prog(&rng, &shape, &prog);
		code_init(&code, 1 << 20, 0);
		translate(&prog, places, &code);
		assert_false(code.full);
		for (size_t pc = 0; pc + 1 < prog.len; pc++)
			assert_in_range(places[pc] - places[pc + 1], 0, TRANSLATE_INSN_BYTES);
		code_release(&code);
	}
	cbpf_release(&prog);
}

/* The mapping that holds the code can be read and executed, not written. */
static void code_is_not_writable(void **state)
{
	const struct sock_filter allow = STMT(BPF_RET | BPF_K, ABI_RET_ALLOW);
	const struct cbpf_prog prog = {.insns = (struct sock_filter *)&allow, .len = 1};
	char line[512], wanted[32], access[8] = "";

	(void)state;
	if (!can_compile())
		skip();

	struct compiled code = compile(&prog);
	FILE *maps = fopen("/proc/self/maps", "re");

	assert_non_null(maps);
	snprintf(wanted, sizeof(wanted), "%lx-", (unsigned long)code.memory);
	while (fgets(line, sizeof(line), maps))
		if (!strncmp(line, wanted, strlen(wanted)))
			sscanf(line, "%*s %7s", access);
	fclose(maps);
	assert_string_equal(access, "r-xp");
	compiled_release(&code);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_have_their_verdicts),
		cmocka_unit_test(random_programs_agree_with_the_interpreter),
		cmocka_unit_test(long_runs_of_tests_keep_their_meaning),
		cmocka_unit_test(a_run_of_tests_becomes_a_table),
		cmocka_unit_test(trees_keep_their_meaning),
		cmocka_unit_test(jumps_of_all_lengths_arrive),
		cmocka_unit_test(the_longest_program_is_translated),
		cmocka_unit_test(more_regions_than_tables),
		cmocka_unit_test(code_that_does_not_fit_is_refused),
		cmocka_unit_test(no_instruction_is_longer_than_its_share),
		cmocka_unit_test(code_is_not_writable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
