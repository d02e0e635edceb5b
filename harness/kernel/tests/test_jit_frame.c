/* SPDX-License-Identifier: MIT */
/* That the verifier takes filters in their frame, and leaves them as they are. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "harness/kernel/tests/support.h"

static void assert_verdict(const char *name, const struct cbpf_prog *prog,
			   const uint32_t words[ABI_DATA_WORDS], uint32_t expected)
{
	uint32_t bytes, verdict;
	int fd = load_filter(prog, 0, &bytes);

	verdict = run_words(fd, words);
	close(fd);
	if (verdict != expected)
		fail_msg("%s: 0x%08x, not 0x%08x", name, verdict, expected);
}

static void vectors_have_their_verdicts(void **state)
{
	(void)state;
	if (!can_use_bpf())
		skip();
	for (size_t i = 0; i < cbpf_vector_count; i++) {
		const struct cbpf_vector *vector = &cbpf_vectors[i];
		const struct cbpf_prog prog = {.insns = (struct sock_filter *)vector->insns,
					       .len = vector->len};
		uint32_t words[ABI_DATA_WORDS];

		abi_tuple_words(vector->tuple, words);
		assert_verdict(vector->name, &prog, words, vector->ret);
	}
}

/* Each as long as filters get: one kind of instruction over and over. @i counts from 0, @left is
 * how many follow before the return. */
static struct sock_filter jeq_next(uint32_t i, uint32_t left)
{
	(void)left;
	return JUMP(BPF_JMP | BPF_JEQ | BPF_K, i, 0, 0);
}
static struct sock_filter jeq_far(uint32_t i, uint32_t left)
{
	return JUMP(BPF_JMP | BPF_JEQ | BPF_K, i, left > 255 ? 255 : left, 0);
}
static struct sock_filter jeq_two_ways(uint32_t i, uint32_t left)
{
	return JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x80000001 + i, left > 2 ? 2 : left,
		    left > 1 ? 1 : left);
}
static struct sock_filter jset_two_ways(uint32_t i, uint32_t left)
{
	return JUMP(BPF_JMP | BPF_JSET | BPF_K, 1u << i % 32, left > 3 ? 3 : left,
		    left > 1 ? 1 : left);
}
static struct sock_filter compare_x(uint32_t i, uint32_t left)
{
	return JUMP(BPF_JMP | (i % 2 ? BPF_JGT : BPF_JGE) | BPF_X, 0, left > 9 ? 9 : left,
		    left > 4 ? 4 : left);
}
static struct sock_filter always(uint32_t i, uint32_t left)
{
	(void)i;
	return JUMP(BPF_JMP | BPF_JGE | BPF_K, 0, left > 2 ? 2 : left, left > 1 ? 1 : left);
}
static struct sock_filter never(uint32_t i, uint32_t left)
{
	return JUMP(BPF_JMP | (i % 2 ? BPF_JGT : BPF_JSET) | BPF_K, i % 2 ? UINT32_MAX : 0,
		    left > 2 ? 2 : left, 0);
}
static struct sock_filter return_at_once(uint32_t i, uint32_t left)
{
	(void)left;
	return RET(i);
}
static struct sock_filter jump_over_one(uint32_t i, uint32_t left)
{
	(void)i;
	return STMT(BPF_JMP | BPF_JA, left ? 1 : 0);
}
static struct sock_filter scratch(uint32_t i, uint32_t left)
{
	(void)left;
	return i < BPF_MEMWORDS ? STMT(BPF_ST, i)
				: STMT(i % 2 ? BPF_STX : BPF_LD | BPF_MEM, i % BPF_MEMWORDS);
}
/* Every other is a division that may end the program. */
static struct sock_filter divide(uint32_t i, uint32_t left)
{
	(void)left;
	return i % 2 ? STMT(BPF_ALU | BPF_DIV | BPF_X, 0) : STMT(BPF_MISC | BPF_TAX, 0);
}
static struct sock_filter mixed(uint32_t i, uint32_t left)
{
	switch (i % 4) {
	case 0: return LD(i / 4 % ABI_DATA_WORDS);
	case 1: return STMT(BPF_ALU | BPF_MUL | BPF_K, 0x9e3779b1);
	case 2: return JUMP(BPF_JMP | BPF_JGT | BPF_K, 0x1000 * i, left > 40 ? 40 : left, 0);
	default: return STMT(BPF_MISC | BPF_TAX, 0);
	}
}

static const struct {
	const char *name;
	struct sock_filter (*insn)(uint32_t i, uint32_t left);
} longest[] = {
	{"jeq_next", jeq_next},
	{"jeq_far", jeq_far},
	{"jeq_two_ways", jeq_two_ways},
	{"jset_two_ways", jset_two_ways},
	{"compare_x", compare_x},
	{"always", always},
	{"never", never},
	{"return_at_once", return_at_once},
	{"jump_over_one", jump_over_one},
	{"scratch", scratch},
	{"divide", divide},
	{"mixed", mixed},
};

static void the_longest_filters_are_taken_and_agree_with_the_interpreter(void **state)
{
	(void)state;
	if (!can_use_bpf())
		skip();
	for (size_t i = 0; i < SG_COUNT(longest); i++) {
		struct cbpf_prog prog = {0};
		uint32_t words[ABI_DATA_WORDS];

		for (uint32_t pc = 0; pc < CBPF_MAX_INSNS - 1; pc++)
			cbpf_add(&prog, longest[i].insn(pc, CBPF_MAX_INSNS - 2 - pc));
		cbpf_add(&prog, RET_A);
		for (uint32_t word = 0; word < ABI_DATA_WORDS; word++)
			words[word] = 0x01010101 * word + 3;
		assert_verdict(longest[i].name, &prog, words,
			       cbpf_run_words(prog.insns, words).ret);
		cbpf_release(&prog);
	}
}

/* It patches every division; 16 bits are then too few for the jumps. */
static void what_the_verifier_refuses_is_said(void **state)
{
	struct cbpf_prog prog = {0};
	struct jit_code code = {0};
	struct sg_err err = {0};
	uint32_t bytes;

	(void)state;
	if (!can_use_bpf())
		skip();
	for (size_t i = 0; i < CBPF_MAX_INSNS - 1; i++)
		cbpf_add(&prog, STMT(BPF_ALU | BPF_DIV | BPF_X, 0));
	cbpf_add(&prog, RET_A);
	assert_int_equal(cbpf_verify(&prog, NULL), 0);
	jit_packet_program(&prog, 0, &code);
	assert_true(jit_packet_load(&code, &bytes, &err) < 0);
	assert_int_equal(err.kind, SG_ERR_ENV);
	assert_non_null(strstr(err.msg, "the kernel refuses the program ("));
	jit_code_release(&code);
	cbpf_release(&prog);
}

/* ---- that it is the frame that does it, and that a change would be noticed */

/* A filter as it is, on registers that are set: no second way in. */
static void without_frame(const struct cbpf_prog *prog, struct jit_code *code)
{
	jit_add(code, JIT_MOV64(JIT_INPUT, BPF_REG_1));
	jit_add(code, JIT_MOV64(JIT_NEVER, BPF_REG_1));
	jit_convert(prog, code);
}

static int load_without_frame(const struct cbpf_prog *prog, struct sg_err *err)
{
	struct jit_code code = {0};
	uint32_t bytes;
	int fd;

	without_frame(prog, &code);
	fd = jit_packet_load(&code, &bytes, err);
	jit_code_release(&code);
	return fd;
}

static const struct {
	const char *name;
	struct sock_filter insns[4];
} foldable[] = {
	{"decided by a constant",
	 {STMT(BPF_LD | BPF_IMM, 5), JUMP(BPF_JMP | BPF_JEQ | BPF_K, 5, 1, 0), RET(1), RET(2)}},
	{"decided by the first test",
	 {STMT(BPF_LD | BPF_IMM, 5), JUMP(BPF_JMP | BPF_JGE | BPF_K, 0, 1, 0), RET(1), RET(2)}},
	{"both operands known",
	 {STMT(BPF_LDX | BPF_IMM, 5), JUMP(BPF_JMP | BPF_JSET | BPF_X, 0, 1, 0), RET(1), RET(2)}},
};

static void without_the_frame_branches_are_folded_and_that_is_noticed(void **state)
{
	(void)state;
	if (!can_use_bpf())
		skip();
	for (size_t i = 0; i < SG_COUNT(foldable); i++) {
		const struct cbpf_prog prog = {.insns = (struct sock_filter *)foldable[i].insns,
					       .len = 4};
		struct sg_err err = {0};
		uint32_t bytes;

		if (load_without_frame(&prog, &err) != -ENOTSUP)
			fail_msg("%s: came back as it was", foldable[i].name);
		assert_non_null(strstr(err.msg, "the verifier "));
		close(load_filter(&prog, 0, &bytes));
	}
}

static void without_the_frame_dead_code_is_refused(void **state)
{
	const struct cbpf_prog prog = PROG(RET(1), RET(2));
	struct sg_err err = {0};
	uint32_t bytes;

	(void)state;
	if (!can_use_bpf())
		skip();
	assert_int_equal(load_without_frame(&prog, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "unreachable insn"));
	close(load_filter(&prog, 0, &bytes));
}

/* A right that is missing looks the same but for the log. */
static void what_the_verifier_calls_denied_is_no_missing_right(void **state)
{
	struct bpf_insn unset[] = {JIT_MOV64(BPF_REG_0, BPF_REG_3), JIT_EXIT()};
	const struct jit_code code = {unset, SG_COUNT(unset), 0};
	struct sg_err err = {0};
	uint32_t bytes;

	(void)state;
	if (!can_use_bpf())
		skip();
	assert_int_equal(jit_load(&code, NULL, &bytes, &err), -EACCES);
	assert_string_equal(err.msg,
			    "the kernel refuses the program (Permission denied): R3 !read_ok");
}

static bool writes_slot(const struct jit_code *code, uint32_t slot)
{
	const struct bpf_insn store = JIT_STORE(JIT_STACK, jit_slot_offset(slot), JIT_TMP);

	for (size_t i = 0; i < code->len; i++)
		if (!memcmp(&code->insns[i], &store, sizeof(store)))
			return true;
	return false;
}

/* seccomp(2) takes that; older verifiers refuse it, and so does a new one without CAP_PERFMON. */
static void dead_code_reads_no_slot_that_nothing_wrote(void **state)
{
	const struct cbpf_prog prog = PROG(STMT(BPF_JMP | BPF_JA, 2), STMT(BPF_LD | BPF_MEM, 3),
					   STMT(BPF_LDX | BPF_MEM, 15), RET(ABI_RET_ALLOW));
	struct jit_code code = {0};

	(void)state;
	assert_int_equal(cbpf_verify(&prog, NULL), 0);
	jit_frame(&prog, 0, &code);
	assert_true(writes_slot(&code, 3));
	assert_true(writes_slot(&code, 15));
	assert_false(writes_slot(&code, 4));
	jit_code_release(&code);
}

/* ---- machine code */

static uint32_t code_bytes(struct cbpf_prog prog)
{
	const struct cbpf_prog nothing = PROG(RET(ABI_RET_ALLOW));
	struct jit_code code = {0};
	size_t entries = jit_packet_program(&prog, 0, &code);
	uint32_t bytes, empty_bytes;

	jit_code_release(&code);
	close(load_filter(&prog, entries, &bytes));
	close(load_filter(&nothing, entries, &empty_bytes));
	return bytes - empty_bytes;
}

/* What x86-64's JIT writes: a load 8b 43 disp8; mov 5 bytes; cmp with 8 and 32 bits 4 and 7, with a
 * register 3, and a short jump 2; a store 3, and 7 for a stack to be there; behind the first EXIT a
 * RET is mov and a jump to it. */
static void the_bytes_of_a_filter_are_its_own(void **state)
{
	(void)state;
	if (!can_use_bpf())
		skip();
#ifndef __x86_64__
	printf("SKIP: x86-64: the encoding is that of x86-64\n");
	skip();
#endif
	assert_int_equal(code_bytes(PROG(RET(ABI_RET_ALLOW))), 0);
	assert_int_equal(code_bytes(PROG(LD(0), RET(ABI_RET_ALLOW))), 3);
	assert_int_equal(code_bytes(PROG(LD(0), LD(1), LD(2), RET(ABI_RET_ALLOW))), 9);
	assert_int_equal(code_bytes(PROG(LD(0), JUMP(BPF_JMP | BPF_JEQ | BPF_K, 5, 0, 0),
					 RET(ABI_RET_ALLOW))),
			 3 + 4 + 2);
	assert_int_equal(code_bytes(PROG(LD(0), JUMP(BPF_JMP | BPF_JEQ | BPF_K, 500, 0, 0),
					 JUMP(BPF_JMP | BPF_JEQ | BPF_K, 501, 0, 0),
					 RET(ABI_RET_ALLOW))),
			 3 + 2 * (7 + 2));
	assert_int_equal(code_bytes(PROG(LD(0), STMT(BPF_ST, 0), RET(ABI_RET_ALLOW))), 3 + 7 + 3);
	assert_int_equal(code_bytes(PROG(LD(1), JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xc000003e, 1, 0),
					 RET(ABI_RET_TRAP), RET(ABI_RET_ALLOW))),
			 3 + (5 + 3 + 2) + (5 + 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_have_their_verdicts),
		cmocka_unit_test(the_longest_filters_are_taken_and_agree_with_the_interpreter),
		cmocka_unit_test(what_the_verifier_refuses_is_said),
		cmocka_unit_test(without_the_frame_branches_are_folded_and_that_is_noticed),
		cmocka_unit_test(without_the_frame_dead_code_is_refused),
		cmocka_unit_test(what_the_verifier_calls_denied_is_no_missing_right),
		cmocka_unit_test(dead_code_reads_no_slot_that_nothing_wrote),
		cmocka_unit_test(the_bytes_of_a_filter_are_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
