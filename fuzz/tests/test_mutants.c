/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "fuzz/tests/mutants_support.h"

/* ---- making */

static void every_mutant_of_a_small_filter(void **state)
{
	static const char wanted[] =
		"0: a load of an argument's half dropped: ld [20] became jmp +0\n"
		"0: the other half of the argument loaded: ld [20] became ld [16]\n"
		"1: an AND dropped: and #0x3 became jmp +0\n"
		"1: constant plus one: and #0x3 became and #0x4\n"
		"1: constant minus one: and #0x3 became and #0x2\n"
		"2: jump one further or nearer: jne #3, +1 became jeq #3, +0\n"
		"2: jump one further or nearer: jne #3, +1 became jeq #3, +1, +1\n"
		"2: true and false branch swapped: jne #3, +1 became jeq #3, +1\n"
		"2: another comparison: jne #3, +1 became jlt #3, +1\n"
		"2: another comparison: jne #3, +1 became jset #0x3, +0, +1\n"
		"2: constant plus one: jne #3, +1 became jne #4, +1\n"
		"2: constant minus one: jne #3, +1 became jne #2, +1\n"
		"3: another action: ret ALLOW became ret KILL_PROCESS\n"
		"4: errno changed by one: ret ERRNO(4095) became ret ERRNO(4094)\n"
		"4: another action: ret ERRNO(4095) became ret ALLOW\n"
		"4: another action: ret ERRNO(4095) became ret KILL_PROCESS\n";
	struct cbpf_prog prog = assemble("ld args[0].hi\n and #3\n jne #3, +1\n ret ALLOW\n"
					 "ret ERRNO(4095)\n");
	struct fuzz_mutants mutants;
	struct sg_buf text = {0};

	(void)state;
	fuzz_mutants_make(&prog, &mutants);
	for (size_t i = 0; i < mutants.len; i++) {
		fuzz_mutant_text(&prog, &mutants.items[i], &text);
		sg_buf_adds(&text, "\n");
	}
	assert_string_equal(sg_buf_text(&text), wanted);
	sg_buf_release(&text);
	fuzz_mutants_release(&mutants);
	cbpf_release(&prog);
}

static void every_mutant_is_another_good_program(void **state)
{
	bool seen[FUZZ_MUTATION_COUNT] = {false};
	struct fixture fixture;
	struct sg_err err = {0};

	(void)state;
	generate(&fixture, "container-default", NULL, "linear");
	for (size_t i = 0; i < fixture.mutants.len; i++) {
		const struct fuzz_mutant *mutant = &fixture.mutants.items[i];
		struct sock_filter *insn = &fixture.prog.insns[mutant->pc];
		const struct sock_filter original = *insn;

		assert_memory_not_equal(insn, &mutant->insn, sizeof(*insn));
		*insn = mutant->insn;
		if (cbpf_verify(&fixture.prog, &err) < 0)
			fail_msg("%s", err.msg);
		*insn = original;
		assert_true(i == 0 || mutant->pc >= mutant[-1].pc);
		seen[mutant->kind] = true;
	}
	for (int kind = 0; kind < FUZZ_MUTATION_COUNT; kind++)
		if (!seen[kind])
			fail_msg("none is: %s", fuzz_mutation_name(kind));
	close_fixture(&fixture);
}

/* ---- trying */

/* When each mutant would die if all of them were run on all tuples. */
static uint64_t naive_death(const struct fixture *fixture, const struct fuzz_mutant *mutant,
			    const struct policy_oracle *oracle, const struct abi_tuple *tuples,
			    size_t count)
{
	struct cbpf_prog changed = {0};
	uint64_t death = 0;

	cbpf_copy(&changed, &fixture->prog);
	changed.insns[mutant->pc] = mutant->insn;
	for (size_t i = 0; i < count && !death; i++)
		if (policy_eval(oracle, &tuples[i]).class == POLICY_SPECIFIED &&
		    abi_verdict_effect(cbpf_run(&changed, &tuples[i]).ret) !=
			    abi_verdict_effect(cbpf_run(&fixture->prog, &tuples[i]).ret))
			death = i + 1;
	cbpf_release(&changed);
	return death;
}

static void expect_naive_deaths(struct fixture *fixture, size_t count)
{
	struct policy_oracle *oracle = policy_oracle_new(&fixture->policy);
	struct abi_tuple *tuples = fill(fixture->source, 7, count);
	struct fuzz_score score = try_them(fixture, 7, count);
	size_t killed = 0;

	assert_int_equal(score.mutants, fixture->mutants.len);
	for (size_t i = 0; i < fixture->mutants.len; i++) {
		const uint64_t death =
			naive_death(fixture, &fixture->mutants.items[i], oracle, tuples, count);

		assert_int_equal(score.killed_at[i], death);
		killed += death != 0;
	}
	assert_int_equal(score.killed, killed);
	assert_true(killed > 0);
	fuzz_score_release(&score);
	free(tuples);
	policy_oracle_free(oracle);
}

static void shortcuts_change_no_death(void **state)
{
	struct fixture fixture;

	(void)state;
	generate(&fixture, "container-default", "x86_64", "hand");
	expect_naive_deaths(&fixture, 3000);
	close_fixture(&fixture);
	generate(&fixture, "container-default", NULL, "tuned");
	expect_naive_deaths(&fixture, 1000);
	close_fixture(&fixture);
	generate(&fixture, "small-blocklist", NULL, "linear");
	expect_naive_deaths(&fixture, 500);
	close_fixture(&fixture);
}

/* Leads back to the path, but over a store, a load, or a register that was changed. */
static void rejoining_with_another_state_is_no_shortcut(void **state)
{
	static const char *const texts[] = {
		"ld nr\n jeq #0, +0, +1\n st M[0]\n ld nr\n ret ALLOW\n",
		"ld #5\n st M[0]\n ld nr\n jge #0, +0, +1\n st M[0]\n ld M[0]\n"
		"jeq #5, +0, +1\n ret ALLOW\n ret ERRNO(1)\n",
		"ld nr\n jge #0, +0, +1\n ld args[0].lo\n jeq #2, +0, +1\n ret ALLOW\n"
		"ret ERRNO(1)\n",
		"ld nr\n jge #0, +0, +1\n tax\n jeq x, +0, +1\n ret ALLOW\n ret ERRNO(1)\n",
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(texts); i++) {
		struct cbpf_prog prog = assemble(texts[i]);
		struct fixture fixture;

		open_fixture(&fixture, "container-default", "x86_64", &prog);
		expect_naive_deaths(&fixture, 2000);
		close_fixture(&fixture);
		cbpf_release(&prog);
	}
}

static void no_filter_has_no_mutants_to_try(void **state)
{
	struct policy policy = read_policy("strict-2005", "x86_64");
	struct fuzz_tuples *source = fuzz_tuples_new(&policy, NULL, 0);
	const struct cbpf_prog none = {0};
	const struct fuzz_mutants mutants = {0};
	struct fuzz_score score;
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(fuzz_mutants_try(&mutants, &none, &policy, source, 1, 10, NULL, &score,
					  &err),
			 -EINVAL);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	fuzz_tuples_free(source);
	policy_release(&policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mutant_of_a_small_filter),
		cmocka_unit_test(every_mutant_is_another_good_program),
		cmocka_unit_test(shortcuts_change_no_death),
		cmocka_unit_test(rejoining_with_another_state_is_no_shortcut),
		cmocka_unit_test(no_filter_has_no_mutants_to_try),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
