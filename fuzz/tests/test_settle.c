/* SPDX-License-Identifier: MIT */
/* Which survivors are as good as the original, and how many of the others tuples kill. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fuzz/tests/mutants_support.h"

/* What the score says of the mutant of @kind at @pc. */
static const char *fate(const struct fixture *fixture, const struct fuzz_score *score,
			enum fuzz_mutation kind, size_t pc, size_t nth)
{
	for (size_t i = 0; i < fixture->mutants.len; i++) {
		const struct fuzz_mutant *mutant = &fixture->mutants.items[i];

		if (mutant->kind != kind || mutant->pc != pc || nth-- > 0)
			continue;
		if (score->killed_at[i])
			return "killed";
		if (score->settled[i].result == PROVE_EQUAL)
			return "equivalent";
		return score->settled[i].result == PROVE_UNKNOWN ? "unknown" : "survived";
	}
	fail_msg("no such mutant");
	return NULL;
}

static void survivors_are_settled(void **state)
{
	/* At 3 nothing is left but numbers up to 5; at 7 the architecture is foreign; at 8 all that
	 * is known of the argument is a mask, and the other half says nothing. */
	struct cbpf_prog prog =
		assemble("ld arch\n jeq #arch.x86_64, +1, +0\n ret KILL_PROCESS\n"
			 "ld nr\n jgt #5, +4, +0\n jeq #5, +0, +2\n jeq #5, +2, +0\n"
			 "ret TRAP\n ret ALLOW\n ret ERRNO(1)\n");
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[]}", "x86_64",
		     &prog);
	struct fuzz_score score = try_them(&fixture, 1, 100000);
	assert_int_equal(score.equivalent, 0);
	settle(&fixture, &score);
	assert_string_equal(fate(&fixture, &score, FUZZ_ACTION, 2, 0), "equivalent");
	assert_string_equal(fate(&fixture, &score, FUZZ_COMPARISON, 1, 0), "equivalent");
	assert_string_equal(fate(&fixture, &score, FUZZ_COMPARISON, 5, 0), "equivalent");
	assert_string_equal(fate(&fixture, &score, FUZZ_SWAP_BRANCHES, 4, 0), "killed");
	assert_string_equal(fate(&fixture, &score, FUZZ_ACTION, 7, 0), "equivalent");
	assert_string_equal(fate(&fixture, &score, FUZZ_ACTION, 8, 0), "killed");
	assert_string_equal(fate(&fixture, &score, FUZZ_ACTION_DATA, 9, 0), "killed");
	assert_true(score.equivalent > 0 && score.killed + score.equivalent <= score.mutants);
	fuzz_score_release(&score);
	close_fixture(&fixture);
	cbpf_release(&prog);
}

/* A mutant for which no tuple was tried is no equivalent one for that: the tuple is named. */
static void a_survivor_comes_with_the_tuple_that_was_missing(void **state)
{
	struct cbpf_prog prog =
		assemble("ld args[3].lo\n jeq #0x12345, +0, +1\n ret ERRNO(1)\n ret ALLOW\n");
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[]}", "x86_64",
		     &prog);
	struct fuzz_score score = try_them(&fixture, 1, 1000);
	assert_string_equal(fate(&fixture, &score, FUZZ_ACTION, 2, 0), "unknown");
	settle(&fixture, &score);
	assert_string_equal(fate(&fixture, &score, FUZZ_CONSTANT_UP, 1, 0), "survived");
	assert_string_equal(fate(&fixture, &score, FUZZ_ACTION, 2, 0), "survived");
	for (size_t i = 0; i < score.mutants; i++) {
		const struct fuzz_settled *settled = &score.settled[i];

		if (score.killed_at[i])
			continue;
		assert_int_equal(settled->result, PROVE_DIFFERENT);
		assert_int_equal(settled->tuple.arch, abi_arch(ABI_X86_64)->audit);
		assert_int_equal(settled->tuple.args[3] & ~1ull, 0x12344); /* or plus, minus one */
		assert_int_equal(abi_verdict_effect(cbpf_run(&prog, &settled->tuple).ret),
				 settled->original);
		assert_int_not_equal(settled->original, settled->mutant);
	}
	assert_int_equal(score.equivalent, 0);
	assert_int_equal(score.unknown, 0);
	fuzz_score_release(&score);
	close_fixture(&fixture);
	cbpf_release(&prog);
}

/* Whatever tuples can tell from the original, the prover calls different, and nothing is open. */
static void expect_exact(const char *profile, const char *generator)
{
	struct fixture fixture;

	generate(&fixture, profile, NULL, generator);
	struct fuzz_score score = try_them(&fixture, 3, 20000);
	struct fuzz_score untold = try_them(&fixture, 3, 0);
	settle(&fixture, &untold);
	assert_int_equal(untold.killed, 0);
	assert_int_equal(untold.unknown, 0);
	for (size_t i = 0; i < score.mutants; i++)
		if (score.killed_at[i])
			assert_int_equal(untold.settled[i].result, PROVE_DIFFERENT);
	assert_true(untold.equivalent > 0);
	fuzz_score_release(&untold);
	fuzz_score_release(&score);
	close_fixture(&fixture);
}

static void no_killed_mutant_is_called_equivalent(void **state)
{
	(void)state;
	expect_exact("container-default", "tuned");
	expect_exact("small-blocklist", "linear");
	expect_exact("io-server", "bst");
}

/* (a + b) * c is a * c + b * c: too much for diagrams, and for Z3 in the time there is. */
static void what_cannot_be_proved_is_counted(void **state)
{
	struct cbpf_prog prog = assemble("ld args[2].lo\n tax\n ld args[0].lo\n mul x\n st M[0]\n"
					 "ld args[1].lo\n mul x\n ldx M[0]\n add x\n st M[0]\n"
					 "ld args[1].lo\n tax\n ld args[0].lo\n add x\n st M[1]\n"
					 "ld args[2].lo\n tax\n ld M[1]\n mul x\n ldx M[0]\n"
					 "jeq x, +0, +1\n ret ALLOW\n ret ERRNO(1)\n");
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[]}", "x86_64",
		     &prog);
	const size_t kept = fixture.mutants.len - 1; /* of the last RET */
	fixture.mutants.items[0] = fixture.mutants.items[kept];
	fixture.mutants.len = 1;
	struct fuzz_score score = try_them(&fixture, 1, 100);
	settle(&fixture, &score);
	assert_int_equal(fixture.mutants.items[0].pc, prog.len - 1);
	assert_int_equal(score.killed, 0);
	assert_int_equal(score.equivalent, 0);
	assert_int_equal(score.unknown, 1);
	assert_non_null(strstr(score.settled[0].reason, "nodes"));
	fuzz_score_release(&score);
	close_fixture(&fixture);
	cbpf_release(&prog);
}

/* ---- Ctrl-C */

static void an_interrupted_score_is_partial(void **state)
{
	const volatile int raised = 1;
	struct fixture fixture;
	struct fuzz_score score;
	struct sg_err err = {0};

	(void)state;
	generate(&fixture, "container-default", NULL, "tuned");
	assert_int_equal(fuzz_mutants_try(&fixture.mutants, &fixture.prog, &fixture.policy,
					  fixture.source, 1, UINT64_MAX, &raised, &score, &err),
			 0);
	assert_true(score.partial);
	assert_int_equal(score.tuples, 0);
	assert_int_equal(score.killed, 0);
	assert_int_equal(fuzz_score_settle(&score, &fixture.mutants, &fixture.prog, &fixture.policy,
					   NULL, &err),
			 0);
	assert_true(score.partial);
	assert_int_equal(score.equivalent, 0);
	fuzz_score_release(&score);

	score = try_them(&fixture, 1, 1000); /* and between two proofs */
	assert_false(score.partial);
	assert_int_equal(score.tuples, 1000);
	assert_int_equal(fuzz_score_settle(&score, &fixture.mutants, &fixture.prog, &fixture.policy,
					   &raised, &err),
			 0);
	assert_true(score.partial);
	assert_int_equal(score.equivalent, 0);
	fuzz_score_release(&score);
	close_fixture(&fixture);
}

/* ---- the score of the source */

/* Issue: at least 99% of those that are not equivalent, within a million tuples each. */
static void expect_strong(const char *profile, const char *arch, const char *generator,
			  uint64_t seeds)
{
	struct fixture fixture;

	generate(&fixture, profile, arch, generator);
	for (uint64_t seed = 1; seed <= seeds; seed++) {
		struct fuzz_score score = try_them(&fixture, seed, 200000);

		settle(&fixture, &score);
		if (score.killed < 0.99 * (score.mutants - score.equivalent))
			fail_msg("%s@%s: %zu of %zu killed, %zu equivalent", profile, generator,
				 score.killed, score.mutants, score.equivalent);
		fuzz_score_release(&score);
	}
	close_fixture(&fixture);
}

static void a_fifth_of_a_million_tuples_kills_99_percent(void **state)
{
	(void)state;
	expect_strong("container-default", "x86_64", "hand", 3);
	expect_strong("container-default", NULL, "tuned", 3);
	expect_strong("podman-default", NULL, "tuned", 3);
	expect_strong("podman-default", NULL, "linear", 1);
	expect_strong("container-default", NULL, "bst", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(survivors_are_settled),
		cmocka_unit_test(a_survivor_comes_with_the_tuple_that_was_missing),
		cmocka_unit_test(no_killed_mutant_is_called_equivalent),
		cmocka_unit_test(what_cannot_be_proved_is_counted),
		cmocka_unit_test(an_interrupted_score_is_partial),
		cmocka_unit_test(a_fifth_of_a_million_tuples_kills_99_percent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
