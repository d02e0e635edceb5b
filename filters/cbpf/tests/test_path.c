/* SPDX-License-Identifier: MIT */
/* The longest feasible path: against all inputs that matter, and on the shapes generators emit. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/audit.h>

#include "filters/cbpf/interp.h"
#include "filters/cbpf/tests/random_prog.h"

#define LD(offset)       BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define J(op, k, jt, jf) BPF_JUMP(BPF_JMP | (op) | BPF_K, k, jt, jf)
#define JA(over)         BPF_STMT(BPF_JMP | BPF_JA, over)
#define ALU(op, k)       BPF_STMT(BPF_ALU | (op), k)
#define RET(k)           BPF_STMT(BPF_RET | BPF_K, k)

static void add(struct cbpf_prog *prog, struct sock_filter insn)
{
	cbpf_add(prog, insn);
}
#define ADD(prog, ...) add(prog, (struct sock_filter)__VA_ARGS__)

static uint32_t longest(const struct cbpf_prog *prog, bool exact)
{
	struct sg_err err = {0};
	bool found_exact;

	if (cbpf_verify(prog, &err) != 0)
		fail_msg("%s", err.msg);
	uint32_t insns = cbpf_longest_path(prog, &found_exact);

	if (found_exact != exact)
		fail_msg("%s, %u instructions", found_exact ? "exact" : "not exact", insns);
	return insns;
}

#define ASSERT_LONGEST(insns, exact, ...)                            \
	do {                                                         \
		struct sock_filter array[] = {__VA_ARGS__};          \
		struct cbpf_prog prog = {array, SG_COUNT(array), 0}; \
		assert_int_equal(longest(&prog, exact), insns);      \
	} while (0)

static void test_straight_lines(void **state)
{
	(void)state;
	ASSERT_LONGEST(1, true, RET(0));
	ASSERT_LONGEST(3, true, LD(0), LD(4), RET(0));
	ASSERT_LONGEST(2, true, JA(2), LD(4), LD(4), RET(0));
	/* both sides to one place is no branch */
	ASSERT_LONGEST(3, true, LD(0), J(BPF_JEQ, 1, 1, 1), LD(4), RET(0));
}

static void test_contradictions_are_seen(void **state)
{
	(void)state;
	/* nr == 5, then nr == 6: the long side of the second is never taken */
	ASSERT_LONGEST(5, true, LD(0), J(BPF_JEQ, 5, 0, 4), J(BPF_JEQ, 6, 0, 2), LD(4), LD(8),
		       LD(0), RET(0));
	/* the same of two different words is no contradiction */
	ASSERT_LONGEST(8, true, LD(0), J(BPF_JEQ, 5, 0, 5), LD(16), J(BPF_JEQ, 6, 0, 2), LD(4),
		       LD(8), LD(0), RET(0));
	/* 5 < nr < 7, nr != 6 */
	ASSERT_LONGEST(5, true, LD(0), J(BPF_JGT, 5, 0, 4), J(BPF_JGE, 7, 3, 0),
		       J(BPF_JEQ, 6, 2, 0), LD(4), LD(4), RET(0));
	/* the mask leaves room for one more bit */
	ASSERT_LONGEST(8, true, LD(16), ALU(BPF_AND, 0x0e), J(BPF_JEQ, 0x04, 0, 3), LD(16),
		       J(BPF_JSET, 1, 0, 1), LD(16), LD(16), RET(0));
	/* and here it does not */
	ASSERT_LONGEST(7, true, LD(16), ALU(BPF_AND, 0x0f), J(BPF_JEQ, 0x04, 0, 3), LD(16),
		       J(BPF_JSET, 1, 0, 1), LD(16), LD(16), RET(0));
}

static void test_constants_decide(void **state)
{
	(void)state;
	ASSERT_LONGEST(3, true, BPF_STMT(BPF_LD | BPF_IMM, 3), J(BPF_JEQ, 3, 2, 0), LD(0), LD(0),
		       RET(0));
	/* A starts as 0 */
	ASSERT_LONGEST(2, true, J(BPF_JEQ, 0, 2, 0), LD(0), LD(0), RET(0));
	/* through arithmetic, X and scratch */
	ASSERT_LONGEST(8, true, BPF_STMT(BPF_LDX | BPF_IMM, 3),
		       BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), ALU(BPF_ADD | BPF_X, 0),
		       ALU(BPF_NEG, 0), BPF_STMT(BPF_ST, 2), BPF_STMT(BPF_LD | BPF_MEM, 2),
		       J(BPF_JEQ, (uint32_t)-67, 2, 0), LD(0), LD(0), RET(0));
}

static void test_words_are_followed_through_registers_and_scratch(void **state)
{
	(void)state;
	/* nr goes by way of scratch and X; it cannot be 5 and 6 */
	ASSERT_LONGEST(9, true, LD(0), J(BPF_JEQ, 5, 0, 8), BPF_STMT(BPF_ST, 1), LD(4),
		       BPF_STMT(BPF_LDX | BPF_MEM, 1), BPF_STMT(BPF_MISC | BPF_TXA, 0),
		       J(BPF_JEQ, 6, 0, 2), LD(4), LD(4), LD(4), RET(0));
	/* and the other way round, by X into scratch and back to A */
	ASSERT_LONGEST(8, true, LD(0), J(BPF_JEQ, 5, 0, 8), BPF_STMT(BPF_MISC | BPF_TAX, 0),
		       BPF_STMT(BPF_STX, 1), LD(4), BPF_STMT(BPF_LD | BPF_MEM, 1),
		       J(BPF_JEQ, 6, 0, 3), LD(4), LD(4), LD(4), RET(0));
	/* a branch on X as a constant */
	ASSERT_LONGEST(4, true, LD(0), BPF_STMT(BPF_LDX | BPF_IMM, 5),
		       BPF_JUMP(BPF_JMP | BPF_JGT | BPF_X, 0, 0, 0), RET(0));
	/* AND with X as a constant */
	ASSERT_LONGEST(5, true, LD(0), BPF_STMT(BPF_LDX | BPF_IMM, 6), ALU(BPF_AND | BPF_X, 0),
		       J(BPF_JEQ, 1, 0, 2), LD(0), LD(0), RET(0));
}

/* Where a value is unknown, the bound is right and says that it is one. */
static void test_unknown_values_give_a_bound(void **state)
{
	(void)state;
	/* nr + 1 == 1 holds for nr 0, where the first run goes; the other side is shorter */
	ASSERT_LONGEST(6, true, LD(0), ALU(BPF_ADD, 1), J(BPF_JEQ, 1, 0, 2), LD(4), LD(4), RET(0));
	/* nr + 1 == 2 is feasible too, but nobody knows */
	ASSERT_LONGEST(6, false, LD(0), ALU(BPF_ADD, 1), J(BPF_JEQ, 2, 0, 2), LD(4), LD(4), RET(0));
	/* nr | 1 == 2 is not */
	ASSERT_LONGEST(6, false, LD(0), ALU(BPF_OR, 1), J(BPF_JEQ, 2, 0, 2), LD(4), LD(4), RET(0));
	/* two words compared */
	ASSERT_LONGEST(7, false, LD(0), BPF_STMT(BPF_MISC | BPF_TAX, 0), LD(16),
		       BPF_JUMP(BPF_JMP | BPF_JGT | BPF_X, 0, 0, 2), LD(4), LD(4), RET(0));
	/* nr + 1 == 1 was seen with nr 0, nr == 7 would go on: 7 goes astray, and short */
	ASSERT_LONGEST(9, false, LD(0), ALU(BPF_ADD, 1), J(BPF_JEQ, 1, 0, 5), LD(0),
		       J(BPF_JEQ, 7, 0, 3), LD(4), LD(4), LD(4), RET(0));
	/* and passes as many branches as it should have */
	ASSERT_LONGEST(10, false, LD(0), ALU(BPF_ADD, 1), J(BPF_JEQ, 1, 0, 7), LD(0),
		       J(BPF_JEQ, 7, 0, 4), LD(4), LD(4), LD(4), LD(4), RET(0), LD(4),
		       J(BPF_JEQ, 5, 0, 1), RET(0), J(BPF_JEQ, 6, 0, 1), RET(0), RET(0));
}

static void test_division_by_zero_ends_a_path(void **state)
{
	(void)state;
	ASSERT_LONGEST(1, true, ALU(BPF_DIV | BPF_X, 0), LD(0), RET(0));
	ASSERT_LONGEST(5, true, BPF_STMT(BPF_LDX | BPF_IMM, 2), LD(0), ALU(BPF_DIV | BPF_X, 0),
		       LD(0), RET(0));
	/* X is a word, 0 in the first run: it may go on */
	ASSERT_LONGEST(5, false, LD(0), BPF_STMT(BPF_MISC | BPF_TAX, 0), ALU(BPF_DIV | BPF_X, 0),
		       LD(0), RET(0));
}

/* ---- shapes of generators */

/* ld nr, and a JEQ for each number: libseccomp's linear filter of one architecture. */
static void add_chain(struct cbpf_prog *prog, uint32_t count)
{
	ADD(prog, LD(0));
	for (uint32_t nr = 0; nr < count; nr++) {
		ADD(prog, J(BPF_JEQ, nr, 0, 1));
		ADD(prog, RET(ABI_RET_ALLOW));
	}
	ADD(prog, RET(ABI_RET_ERRNO | 1));
}

static void test_linear_filters_for_three_architectures(void **state)
{
	const uint32_t audits[] = {AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64};
	const uint32_t per_arch = 380, section = 2 * per_arch + 2;
	struct cbpf_prog prog = {0};

	(void)state;
	ADD(&prog, LD(4));
	for (size_t i = 0; i < SG_COUNT(audits); i++) {
		ADD(&prog, J(BPF_JEQ, audits[i], 1, 0));
		ADD(&prog, JA(section));
		add_chain(&prog, per_arch);
	}
	ADD(&prog, RET(ABI_RET_KILL_PROCESS));
	/* ld arch, two misses with their jumps, the third hit, ld nr, every JEQ, RET */
	assert_int_equal(longest(&prog, true), 1 + 2 * 2 + 1 + 1 + per_arch + 1);
	cbpf_release(&prog);
}

static void test_longest_chain(void **state)
{
	struct cbpf_prog prog = {0};

	(void)state;
	add_chain(&prog, (CBPF_MAX_INSNS - 2) / 2);
	assert_int_equal(longest(&prog, true), 1 + (CBPF_MAX_INSNS - 2) / 2 + 1);
	cbpf_release(&prog);
}

/*
 * Behind the test of each number an argument of its call, and then the rest of the chain: no input
 * goes through two of the blocks, though the structure has a way through all.
 */
static void test_blocks_that_exclude_each_other(void **state)
{
	const uint32_t blocks = 60, block_insns = 5;
	struct cbpf_prog prog = {0};

	(void)state;
	for (uint32_t nr = 0; nr < blocks; nr++) {
		ADD(&prog, LD(0));
		ADD(&prog, J(BPF_JEQ, nr, 0, block_insns));
		for (uint32_t half = 0; half < 2; half++) {
			ADD(&prog, LD(16 + 4 * half));
			ADD(&prog, J(BPF_JEQ, 100 + nr, 0, block_insns - 2 - 2 * half));
		}
		ADD(&prog, RET(ABI_RET_ALLOW));
	}
	ADD(&prog, RET(ABI_RET_ERRNO | 1));
	assert_int_equal(longest(&prog, true), 2 * blocks + 4 + 1);
	cbpf_release(&prog);
}

/* A balanced tree of JGE over [low, high), and JEQ at the leaves. Returns its instructions. */
static void add_tree(struct cbpf_prog *prog, uint32_t low, uint32_t high)
{
	uint32_t middle = (low + high) / 2;
	size_t at = prog->len;

	if (high - low == 1) {
		ADD(prog, J(BPF_JEQ, 3 * low, 0, 1));
		ADD(prog, RET(ABI_RET_ALLOW));
		ADD(prog, RET(ABI_RET_ERRNO | 1));
		return;
	}
	ADD(prog, J(BPF_JGE, 3 * middle, 0, 1));
	ADD(prog, JA(0));
	add_tree(prog, low, middle);
	prog->insns[at + 1].k = prog->len - at - 2;
	add_tree(prog, middle, high);
}

static uint32_t longest_over_numbers(const struct cbpf_prog *prog, uint32_t numbers)
{
	uint32_t insns = 0;

	for (uint32_t nr = 0; nr < numbers; nr++) {
		uint32_t words[ABI_DATA_WORDS] = {nr};
		struct cbpf_result result = cbpf_run_words(prog->insns, words);

		insns = result.insns > insns ? result.insns : insns;
	}
	return insns;
}

static void test_tree_filters(void **state)
{
	const uint32_t sizes[] = {1, 2, 3, 43, 255, 311, 600};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(sizes); i++) {
		struct cbpf_prog prog = {0};

		ADD(&prog, LD(0));
		add_tree(&prog, 0, sizes[i]);
		assert_int_equal(longest(&prog, true),
				 longest_over_numbers(&prog, 3 * sizes[i] + 1));
		cbpf_release(&prog);
	}
}

/*
 * Too many ways to try: each bit of an argument is tested twice, and the second test costs more
 * on the side that the first has ruled out. What comes back is a bound, and says so.
 */
static void test_budget(void **state)
{
	struct cbpf_prog prog = {0};
	bool exact;

	(void)state;
	for (uint32_t word = 0; word < 12; word++) {
		for (uint32_t bit = 0; bit < 32; bit++) {
			ADD(&prog, LD(16 + 4 * word));
			ADD(&prog, J(BPF_JSET, 1u << bit, 0, 1));
			ADD(&prog, LD(0));
		}
	}
	for (uint32_t word = 0; word < 12; word++) {
		for (uint32_t bit = 0; bit < 32; bit++) {
			ADD(&prog, LD(16 + 4 * word));
			ADD(&prog, J(BPF_JSET, 1u << bit, 1, 0));
			ADD(&prog, LD(0));
		}
	}
	ADD(&prog, RET(0));
	assert_int_equal(cbpf_verify(&prog, NULL), 0);
	uint32_t bound = cbpf_longest_path(&prog, &exact);

	assert_false(exact);
	assert_in_range(bound, 12 * 32 * 5 + 1, 12 * 32 * 6 + 1);
	cbpf_release(&prog);
}

/* ---- against all inputs that matter: three words, constants and masks below 8 */

static struct sock_filter small_insn(struct sg_rng *rng, size_t behind, bool arithmetic)
{
	static const uint16_t jumps[] = {BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET};
	uint32_t k = sg_rng_below(rng, 8);

	if (arithmetic && sg_rng_below(rng, 8) == 0)
		return random_alu(rng);
	if (arithmetic && sg_rng_below(rng, 8) == 0)
		return random_move(rng);
	switch (sg_rng_below(rng, 8)) {
	case 0: return (struct sock_filter)ALU(BPF_AND, k);
	case 1:
	case 2: return (struct sock_filter)LD(4 * sg_rng_below(rng, 3));
	default:
		return (struct sock_filter)J(jumps[sg_rng_below(rng, 4)], k,
					     random_over(rng, behind, 256),
					     random_over(rng, behind, 256));
	}
}

static uint32_t longest_of_all(const struct cbpf_prog *prog)
{
	uint32_t words[ABI_DATA_WORDS] = {0}, insns = 0;

	for (uint32_t i = 0; i < 16 * 16 * 16; i++) {
		words[0] = i % 16;
		words[1] = i / 16 % 16;
		words[2] = i / 256;
		struct cbpf_result result = cbpf_run_words(prog->insns, words);

		insns = result.insns > insns ? result.insns : insns;
	}
	return insns;
}

static void small_prog(struct sg_rng *rng, bool arithmetic, struct cbpf_prog *prog)
{
	size_t len = 2 + sg_rng_below(rng, 40);

	cbpf_release(prog);
	for (size_t pc = 0; pc + 1 < len; pc++)
		cbpf_add(prog, small_insn(rng, len - pc - 1, arithmetic));
	ADD(prog, RET(0));
}

static void test_random_programs_of_words_and_masks(void **state)
{
	struct cbpf_prog prog = {0};
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 9);
	for (int i = 0; i < 1000; i++) {
		small_prog(&rng, false, &prog);
		assert_int_equal(longest(&prog, true), longest_of_all(&prog));
	}
	cbpf_release(&prog);
}

/* With arithmetic the answer is never too small. */
static void test_random_programs_with_arithmetic(void **state)
{
	struct cbpf_prog prog = {0};
	size_t exact_answers = 0, rounds = 1000;
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 10);
	for (size_t i = 0; i < rounds; i++) {
		bool exact;

		do {
			small_prog(&rng, true, &prog);
		} while (cbpf_verify(&prog, NULL) != 0);
		assert_true(cbpf_longest_path(&prog, &exact) >= longest_of_all(&prog));
		exact_answers += exact;
	}
	assert_in_range(exact_answers, rounds / 4, rounds - rounds / 20);
	cbpf_release(&prog);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_straight_lines),
		cmocka_unit_test(test_contradictions_are_seen),
		cmocka_unit_test(test_constants_decide),
		cmocka_unit_test(test_words_are_followed_through_registers_and_scratch),
		cmocka_unit_test(test_unknown_values_give_a_bound),
		cmocka_unit_test(test_division_by_zero_ends_a_path),
		cmocka_unit_test(test_linear_filters_for_three_architectures),
		cmocka_unit_test(test_longest_chain),
		cmocka_unit_test(test_blocks_that_exclude_each_other),
		cmocka_unit_test(test_tree_filters),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_random_programs_of_words_and_masks),
		cmocka_unit_test(test_random_programs_with_arithmetic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
