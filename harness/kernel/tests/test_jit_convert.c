/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness/kernel/tests/support.h"

/* What bpf_convert_filter() makes of it, read off its text; A = r0, X = r7, tmp = r2, input r6. */
static const struct translation {
	const char *name;
	struct sock_filter insns[3];
	size_t len;
	struct bpf_insn expected[8]; /* behind the two that set A and X */
	size_t expected_len;
} translations[] = {
	{"load and return", {LD(5), RET_A}, 2, {JIT_LOAD(BPF_W, 0, 6, 20), JIT_EXIT()}, 2},
	{"return of a constant", {RET(0x80000000)}, 1, {JIT_MOV_K(0, 0x80000000), JIT_EXIT()}, 2},
	{"length",
	 {STMT(BPF_LDX | BPF_W | BPF_LEN, 7), RET_A},
	 2,
	 {JIT_MOV_K(7, 64), JIT_EXIT()},
	 2},
	{"scratch",
	 {STMT(BPF_STX, 15), STMT(BPF_LD | BPF_MEM, 15), RET_A},
	 3,
	 {JIT_STORE(10, -64, 7), JIT_LOAD(BPF_W, 0, 10, -64), JIT_EXIT()},
	 3},
	{"moves between the registers",
	 {STMT(BPF_MISC | BPF_TAX, 0), STMT(BPF_MISC | BPF_TXA, 0), RET_A},
	 3,
	 {JIT_MOV64(7, 0), JIT_MOV64(0, 7), JIT_EXIT()},
	 3},
	{"arithmetic with a constant",
	 {STMT(BPF_ALU | BPF_AND | BPF_K, 0xfffffff0), RET_A},
	 2,
	 {JIT_INSN(BPF_ALU | BPF_AND | BPF_K, 0, 0, 0, 0xfffffff0), JIT_EXIT()},
	 2},
	{"negation has no operand",
	 {STMT(BPF_ALU | BPF_NEG, 9), RET_A},
	 2,
	 {JIT_INSN(BPF_ALU | BPF_NEG, 0, 0, 0, 0), JIT_EXIT()},
	 2},
	{"division by X",
	 {STMT(BPF_ALU | BPF_DIV | BPF_X, 9), RET_A},
	 2,
	 {JIT_INSN(BPF_ALU | BPF_MOV | BPF_X, 7, 7, 0, 0), JIT_BRANCH_K(BPF_JNE, 7, 0, 2),
	  JIT_INSN(BPF_ALU | BPF_XOR | BPF_X, 0, 0, 0, 0), JIT_EXIT(),
	  JIT_INSN(BPF_ALU | BPF_DIV | BPF_X, 0, 7, 0, 0), JIT_EXIT()},
	 6},
	{"a branch that falls through on false",
	 {JUMP(BPF_JMP | BPF_JGT | BPF_K, 7, 1, 0), RET_A, RET_A},
	 3,
	 {JIT_BRANCH_K(BPF_JGT, 0, 7, 1), JIT_EXIT(), JIT_EXIT()},
	 3},
	{"a branch that falls through on true is inverted",
	 {JUMP(BPF_JMP | BPF_JGE | BPF_X, 7, 0, 1), RET_A, RET_A},
	 3,
	 {JIT_BRANCH(BPF_JLT, 0, 7, 1), JIT_EXIT(), JIT_EXIT()},
	 3},
	{"of JSET there is no inverse",
	 {JUMP(BPF_JMP | BPF_JSET | BPF_K, 7, 0, 1), RET_A, RET_A},
	 3,
	 {JIT_BRANCH_K(BPF_JSET, 0, 7, 1), JIT_JUMP(1), JIT_EXIT(), JIT_EXIT()},
	 4},
	{"a constant with the sign bit goes through a register",
	 {JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xc000003e, 0, 1), RET_A, RET(1)},
	 3,
	 {JIT_MOV_K(2, 0xc000003e), JIT_BRANCH(BPF_JNE, 0, 2, 1), JIT_EXIT(), JIT_MOV_K(0, 1),
	  JIT_EXIT()},
	 5},
	{"a jump to the next instruction is none",
	 {STMT(BPF_JMP | BPF_JA, 0), JUMP(BPF_JMP | BPF_JSET | BPF_K, 7, 0, 0), RET_A},
	 3,
	 {JIT_BRANCH_K(BPF_JSET, 0, 7, 0), JIT_EXIT()},
	 2},
	{"nor where that comes of leaving one out",
	 {JUMP(BPF_JMP | BPF_JSET | BPF_K, 7, 0, 1), STMT(BPF_JMP | BPF_JA, 0), RET_A},
	 3,
	 {JIT_BRANCH_K(BPF_JSET, 0, 7, 0), JIT_EXIT()},
	 2},
};

static void check_translation(const struct translation *translation)
{
	const struct cbpf_prog prog = {.insns = (struct sock_filter *)translation->insns,
				       .len = translation->len};
	struct jit_code code = {0};

	assert_int_equal(cbpf_verify(&prog, NULL), 0);
	jit_convert(&prog, &code);
	if (code.len != translation->expected_len + 2 ||
	    memcmp(code.insns + 2, translation->expected,
		   translation->expected_len * sizeof(*code.insns))) {
		print_code(&code);
		fail_msg("%s", translation->name);
	}
	jit_code_release(&code);
}

static void instructions_become_what_the_kernel_makes_of_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < SG_COUNT(translations); i++)
		check_translation(&translations[i]);
}

static size_t jumps_over_nothing(const struct cbpf_prog *prog)
{
	size_t count = 0;

	for (size_t pc = 0; pc < prog->len; pc++)
		count += prog->insns[pc].code == (BPF_JMP | BPF_JA) && prog->insns[pc].k == 0;
	return count;
}

/* cbpf_kernel_insns() is checked against the kernel's limits; it counts one more in front, for the
 * input, and jumps to the next instruction. */
static void filters_become_as_long_as_in_the_kernel(void **state)
{
	(void)state;
	for (size_t i = 0; i < cbpf_vector_count; i++) {
		const struct cbpf_prog prog = {.insns = (struct sock_filter *)cbpf_vectors[i].insns,
					       .len = cbpf_vectors[i].len};
		struct jit_code code = {0};

		jit_convert(&prog, &code);
		if (code.len + 1 + jumps_over_nothing(&prog) != cbpf_kernel_insns(&prog))
			fail_msg("%s: %zu of %zu", cbpf_vectors[i].name, code.len,
				 cbpf_kernel_insns(&prog));
		jit_code_release(&code);
	}
}

/* Jumps across a division, to it, and back, as the part behind a filter has them. */
static void divisions_get_a_test_in_front(void **state)
{
	struct bpf_insn insns[] = {
		JIT_JUMP(2),
		JIT_JUMP(0),
		JIT_INSN(BPF_ALU | BPF_DIV | BPF_X, 0, 7, 0, 0),
		JIT_BRANCH_K(BPF_JEQ, 5, 0, -2),
		JIT_JUMP(-4),
		JIT_EXIT(),
	};
	const struct bpf_insn expected[] = {
		JIT_JUMP(5),
		JIT_JUMP(0),
		JIT_INSN(BPF_JMP32 | BPF_JNE | BPF_K, 7, 0, 2, 0),
		JIT_INSN(BPF_ALU | BPF_XOR | BPF_X, 0, 0, 0, 0),
		JIT_JUMP(1),
		JIT_INSN(BPF_ALU | BPF_DIV | BPF_X, 0, 7, 0, 0),
		JIT_BRANCH_K(BPF_JEQ, 5, 0, -5),
		JIT_JUMP(-7),
		JIT_EXIT(),
	};
	const struct jit_code code = {insns, SG_COUNT(insns), 0};
	struct jit_code got = {0};

	(void)state;
	jit_expect(&code, &got);
	assert_int_equal(got.len, SG_COUNT(expected));
	assert_memory_equal(got.insns, expected, sizeof(expected));
	jit_code_release(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instructions_become_what_the_kernel_makes_of_them),
		cmocka_unit_test(filters_become_as_long_as_in_the_kernel),
		cmocka_unit_test(divisions_get_a_test_in_front),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
