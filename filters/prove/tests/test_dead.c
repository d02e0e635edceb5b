/* SPDX-License-Identifier: MIT */
/* Dead instructions and edges: known ones, and none that an input goes over. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "filters/cbpf/interp.h"
#include "filters/prove/prove.h"
#include "filters/prove/tests/insns.h"
#include "filters/prove/tests/programs.h"

static const struct prove_options defaults;

/* "x" where the flag is set, "." elsewhere. */
static void check_flags(const char *what, const bool *flags, const char *wanted)
{
	for (size_t i = 0; wanted[i]; i++)
		if (flags[i] != (wanted[i] == 'x'))
			fail_msg("%s: %zu is %d", what, i, flags[i]);
}

static size_t crosses(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == 'x';
	return count;
}

static void check_dead(struct sock_filter *insns, size_t len, const char *insn, const char *taken,
		       const char *fell)
{
	struct cbpf_prog prog = {insns, len, 0};
	struct sg_err err = {0};
	struct prove_dead dead;

	if (cbpf_verify(&prog, &err) != 0)
		fail_msg("%s", err.msg);
	assert_true(strlen(insn) == len && strlen(taken) == len && strlen(fell) == len);
	prove_dead(&prog, &defaults, &dead);
	assert_true(dead.known);
	check_flags("instruction", dead.insn, insn);
	check_flags("edge by jt", dead.taken, taken);
	check_flags("edge by jf", dead.fell, fell);
	assert_int_equal(dead.insns, crosses(insn));
	assert_int_equal(dead.edges, crosses(taken) + crosses(fell));
	prove_dead_release(&dead);
}

#define DEAD(insn, taken, fell, ...)                                     \
	do {                                                             \
		struct sock_filter insns_[] = {__VA_ARGS__};             \
		check_dead(insns_, SG_COUNT(insns_), insn, taken, fell); \
	} while (0)

static void test_nothing_is_dead(void **state)
{
	(void)state;
	DEAD(".", ".", ".", RET(ALLOW));
	DEAD("....", "....", "....", LD(0), J(BPF_JEQ, 1, 0, 1), RET(ALLOW), RET(KILL));
}

static void test_what_nothing_leads_to(void **state)
{
	(void)state;
	DEAD(".x.", "...", "...", JA(1), RET(KILL), RET(ALLOW));
	/* after a RET; and a jump that is not reached has no dead edges of its own */
	DEAD(".xxx", "....", "....", RET(ALLOW), J(BPF_JEQ, 1, 0, 1), RET(ALLOW), RET(KILL));
}

static void test_contradictions(void **state)
{
	(void)state;
	/* nr is 5, then 6 */
	DEAD("...x..", "..x...", "......", LD(0), J(BPF_JEQ, 5, 0, 3), J(BPF_JEQ, 6, 0, 1),
	     RET(KILL), RET(ALLOW), RET(ALLOW));
	/* nr above 9, then not above 8 */
	DEAD(".....x", "......", "...x..", LD(0), J(BPF_JGT, 9, 1, 0), RET(KILL),
	     J(BPF_JGE, 9, 0, 1), RET(ALLOW), RET(KILL));
	/* another word is no contradiction */
	DEAD("......", "......", "......", LD(0), J(BPF_JEQ, 5, 0, 2), LD(16), J(BPF_JEQ, 6, 0, 1),
	     RET(KILL), RET(ALLOW));
}

static void test_comparisons_that_are_decided(void **state)
{
	(void)state;
	DEAD("...x", "....", ".x..", LDI(3), J(BPF_JEQ, 3, 0, 1), RET(ALLOW), RET(KILL));
	DEAD("...x.", "..x..", ".....", LD(0), ALU(BPF_AND, 7), J(BPF_JGT, 7, 0, 1), RET(KILL),
	     RET(ALLOW));
	DEAD("..x.", ".x..", "....", LD(0), J(BPF_JGT, UINT32_MAX, 0, 1), RET(KILL), RET(ALLOW));
	DEAD("...x", "....", ".x..", LD(0), J(BPF_JGE, 0, 0, 1), RET(ALLOW), RET(KILL));
	DEAD("..x.", ".x..", "....", LD(0), J(BPF_JSET, 0, 0, 1), RET(KILL), RET(ALLOW));
}

/* X is 0 at the start: the division ends every run. */
static void test_behind_a_division_by_zero(void **state)
{
	(void)state;
	DEAD("..x", "...", "...", LD(0), ALUX(BPF_DIV), RET(ALLOW));
}

/* Both edges are one, and every input goes over it. */
static void test_equal_targets_are_not_dead(void **state)
{
	(void)state;
	DEAD("...", "...", "...", LD(0), J(BPF_JEQ, 5, 0, 0), RET(ALLOW));
}

static void test_unknown_says_nothing(void **state)
{
	struct sock_filter insns[] = {
		LD(16), TAX, LD(24), ALUX(BPF_MUL), JX(BPF_JGT, 0, 1), RET(KILL), RET(ALLOW)};
	struct cbpf_prog prog = {insns, SG_COUNT(insns), 0};
	struct prove_dead dead;

	(void)state;
	prove_dead(&prog, &(struct prove_options){.node_limit = 5000}, &dead);
	assert_false(dead.known);
	assert_int_equal(dead.insns + dead.edges, 0);
	check_flags("instruction", dead.insn, ".......");
	prove_dead_release(&dead);
}

/* ---- what an input goes over */

struct walk {
	const struct cbpf_prog *prog;
	const struct prove_dead *dead;
	uint32_t last;
	size_t steps;
};

static void check_step(void *ctx, const struct cbpf_step *step)
{
	struct walk *walk = ctx;
	const struct sock_filter *last = &walk->prog->insns[walk->last];

	assert_false(walk->dead->insn[step->pc]);
	if (walk->steps++ > 0 && BPF_CLASS(last->code) == BPF_JMP && BPF_OP(last->code) != BPF_JA) {
		if (step->pc == walk->last + 1 + last->jt)
			assert_false(walk->dead->taken[walk->last]);
		if (step->pc == walk->last + 1 + last->jf)
			assert_false(walk->dead->fell[walk->last]);
	}
	walk->last = step->pc;
}

static void test_no_input_goes_over_what_is_dead(void **state)
{
	const struct prove_options options = {.node_limit = 100000};
	struct cbpf_prog prog = {0};
	size_t insns = 0, edges = 0;
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 1);
	for (int round = 0; round < 500; round++) {
		struct prove_dead dead;
		uint32_t words[ABI_DATA_WORDS];

		random_program(&rng, 1 + sg_rng_below(&rng, 60), &prog);
		prove_dead(&prog, &options, &dead);
		for (int i = 0; i < 200; i++) {
			struct walk walk = {&prog, &dead, 0, 0};

			random_input(&rng, &prog, words);
			cbpf_trace_words(prog.insns, words, check_step, &walk);
		}
		insns += dead.insns;
		edges += dead.edges;
		prove_dead_release(&dead);
	}
	assert_true(insns > 1000 && edges > 100);
	cbpf_release(&prog);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_dead),
		cmocka_unit_test(test_what_nothing_leads_to),
		cmocka_unit_test(test_contradictions),
		cmocka_unit_test(test_comparisons_that_are_decided),
		cmocka_unit_test(test_behind_a_division_by_zero),
		cmocka_unit_test(test_equal_targets_are_not_dead),
		cmocka_unit_test(test_unknown_says_nothing),
		cmocka_unit_test(test_no_input_goes_over_what_is_dead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
