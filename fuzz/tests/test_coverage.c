/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fuzz/strength.h"
#include "fuzz/tests/source_support.h"

static void expect_missed(const struct fuzz_coverage *coverage, const char *wanted)
{
	struct sg_buf missed = {0};

	fuzz_coverage_missed(coverage, &missed);
	assert_string_equal(sg_buf_text(&missed), wanted);
	sg_buf_release(&missed);
}

static void add_nr(struct fuzz_coverage *coverage, uint32_t nr)
{
	fuzz_coverage_add(coverage, &(struct abi_tuple){.nr = nr}, 1);
}

static void edges_are_counted_one_by_one(void **state)
{
	struct cbpf_prog prog = assemble("ld nr\n jeq #1, +0, +1\n ret ALLOW\n"
					 "jgt #5, +0, +1\n ret LOG\n ret ERRNO(1)\n");
	struct fuzz_coverage coverage;

	(void)state;
	fuzz_coverage_init(&coverage, &prog);
	assert_true(fuzz_coverage_insns(&coverage) == 0);
	assert_true(fuzz_coverage_edges(&coverage) == 0);
	add_nr(&coverage, 1);
	assert_true(fuzz_coverage_insns(&coverage) == 3.0 / 6);
	assert_true(fuzz_coverage_edges(&coverage) == 1.0 / 4);
	expect_missed(&coverage, "1: jne #1, +1: never goes to 3\n"
				 "3: jle #5, +1: never goes to 4\n"
				 "3: jle #5, +1: never goes to 5\n");
	add_nr(&coverage, 5);
	add_nr(&coverage, 5);
	assert_true(fuzz_coverage_insns(&coverage) == 5.0 / 6);
	assert_true(fuzz_coverage_edges(&coverage) == 3.0 / 4);
	expect_missed(&coverage, "3: jle #5, +1: never goes to 4\n");
	assert_true(coverage.hits[0] == 3 && coverage.hits[2] == 1 && coverage.hits[5] == 2);
	add_nr(&coverage, 6);
	assert_true(fuzz_coverage_insns(&coverage) == 1 && fuzz_coverage_edges(&coverage) == 1);
	expect_missed(&coverage, "");
	fuzz_coverage_release(&coverage);
	cbpf_release(&prog);
}

/* Numbers below 5 cannot be 7, and nothing jumps behind a RET. What cannot be is not in the shares.
 */
static void what_no_input_reaches_is_said_so(void **state)
{
	struct cbpf_prog prog = assemble("ld nr\n jge #5, +3, +0\n jeq #7, +1, +0\n ret ALLOW\n"
					 "ret LOG\n jmp +1\n ret TRAP\n ret ERRNO(1)\n");
	struct fuzz_coverage coverage;

	(void)state;
	fuzz_coverage_init(&coverage, &prog);
	add_nr(&coverage, 1);
	add_nr(&coverage, 6);
	expect_missed(&coverage, "2: jeq #7, +1: never goes to 4, nor does any input\n"
				 "4: ret LOG: nothing leads to it\n"
				 "6: ret TRAP: nothing leads to it\n");
	assert_true(fuzz_coverage_insns(&coverage) == 1);
	assert_true(fuzz_coverage_edges(&coverage) == 1);
	assert_int_equal(fuzz_coverage_contradictions(&coverage), 0);
	fuzz_coverage_release(&coverage);
	cbpf_release(&prog);
}

/* A mask leaves bits that no comparison finds; another word is another matter. */
static void masks_and_halves_are_followed(void **state)
{
	struct cbpf_prog prog =
		assemble("ld args[0].lo\n and #0xf0\n jeq #0x11, +3, +0\n jeq #0x10, +0, +2\n"
			 "ld args[0].hi\n jeq #0x11, +1, +0\n ret ALLOW\n ret LOG\n");
	struct fuzz_coverage coverage;
	const uint32_t arch = abi_arch(ABI_X86_64)->audit;
	const struct abi_tuple tuples[] = {{.arch = arch, .args = {0x1f}},
					   {.arch = arch, .args = {0x20}}};

	(void)state;
	fuzz_coverage_init(&coverage, &prog);
	fuzz_coverage_add(&coverage, tuples, SG_COUNT(tuples));
	expect_missed(&coverage, "2: jeq #17, +3: never goes to 6, nor does any input\n"
				 "5: jeq #17, +1: never goes to 7\n");
	fuzz_coverage_release(&coverage);
	cbpf_release(&prog);
}

static void a_branch_with_one_target_has_both_edges_at_once(void **state)
{
	struct cbpf_prog prog = assemble("ld nr\n jeq #1, +0, +0\n ret ALLOW\n");
	struct fuzz_coverage coverage;

	(void)state;
	fuzz_coverage_init(&coverage, &prog);
	expect_missed(&coverage, "1: jeq #1, +0: never goes to 2\n");
	add_nr(&coverage, 2);
	assert_true(fuzz_coverage_edges(&coverage) == 1);
	expect_missed(&coverage, "");
	fuzz_coverage_release(&coverage);
	cbpf_release(&prog);
}

static void a_filter_without_branches_is_covered_by_one_tuple(void **state)
{
	struct cbpf_prog prog = assemble("ret ALLOW\n");
	struct fuzz_coverage coverage;

	(void)state;
	fuzz_coverage_init(&coverage, &prog);
	assert_true(fuzz_coverage_edges(&coverage) == 1);
	add_nr(&coverage, 0);
	assert_true(fuzz_coverage_insns(&coverage) == 1);
	fuzz_coverage_release(&coverage);
	cbpf_release(&prog);
}

/* X is 0 from the start, so that this division ends every run. */
static void a_division_that_ends_every_run(void **state)
{
	struct cbpf_prog prog = assemble("ld nr\n div x\n jeq #1, +0, +1\n ret ALLOW\n ret LOG\n");
	struct fuzz_coverage coverage;

	(void)state;
	fuzz_coverage_init(&coverage, &prog);
	add_nr(&coverage, 1);
	expect_missed(&coverage, "2: jne #1, +1: nothing leads to it\n"
				 "3: ret ALLOW: nothing leads to it\n"
				 "4: ret LOG: nothing leads to it\n");
	assert_true(fuzz_coverage_insns(&coverage) == 1);
	fuzz_coverage_release(&coverage);
	cbpf_release(&prog);
}

/* Sixty branches have 2^60 paths, which the prover does not walk one by one. */
static void very_many_paths_are_no_matter(void **state)
{
	struct sg_buf text = {0};
	struct fuzz_coverage coverage;

	(void)state;
	sg_buf_adds(&text, "ld nr\n add #1\n");
	for (int i = 0; i < 60; i++)
		sg_buf_addf(&text, "jset #%d, +0, +1\n add #1\n", i + 1);
	sg_buf_adds(&text, "ld nr\n jge #0, +0, +1\n ret ALLOW\n ret LOG\n");
	struct cbpf_prog prog = assemble(sg_buf_text(&text));
	fuzz_coverage_init(&coverage, &prog);
	for (int nr = 0; nr < 4; nr++)
		add_nr(&coverage, 0xffffff00 + nr);
	sg_buf_clear(&text);
	fuzz_coverage_missed(&coverage, &text);
	assert_non_null(strstr(sg_buf_text(&text),
			       "123: jlt #0, +1: never goes to 125, nor does any input\n"));
	sg_buf_release(&text);
	fuzz_coverage_release(&coverage);
	cbpf_release(&prog);
}

/* Words that meet: the prover gives up, and then nothing is called impossible. */
static void what_is_not_known_is_not_called_impossible(void **state)
{
	struct cbpf_prog prog =
		assemble("ld args[0].lo\n tax\n ld args[1].lo\n mul x\n jeq #0x1234567, +0, +3\n"
			 "ld args[2].lo\n jge #0, +0, +1\n ret ALLOW\n ret LOG\n");
	struct fuzz_coverage coverage;

	(void)state;
	fuzz_coverage_init(&coverage, &prog);
	assert_false(coverage.dead.known);
	add_nr(&coverage, 1);
	expect_missed(&coverage, "4: jne #0x1234567, +3: never goes to 5\n"
				 "6: jlt #0, +1: never goes to 7\n"
				 "6: jlt #0, +1: never goes to 8\n");
	assert_true(fuzz_coverage_edges(&coverage) == 1.0 / 4);
	fuzz_coverage_release(&coverage);
	cbpf_release(&prog);
}

/* The prover is watched, too: here it is told to be wrong. */
static void what_is_reached_is_not_dead(void **state)
{
	struct cbpf_prog prog = assemble("ld nr\n jeq #1, +0, +1\n ret ALLOW\n ret LOG\n");
	struct fuzz_coverage coverage;

	(void)state;
	fuzz_coverage_init(&coverage, &prog);
	add_nr(&coverage, 1);
	assert_int_equal(fuzz_coverage_contradictions(&coverage), 0);
	coverage.dead.taken[1] = coverage.dead.insn[2] = true;
	assert_int_equal(fuzz_coverage_contradictions(&coverage), 2);
	fuzz_coverage_release(&coverage);
	cbpf_release(&prog);
}

/* Each line that is left says why it must be. */
static void expect_all_that_can_be(const char *profile, const char *arch, const char *generator)
{
	struct policy policy = read_policy(profile, arch);
	struct gen_filter filter = build_filter(&policy, generator);
	struct fuzz_tuples *source = fuzz_tuples_new(&policy, NULL, 0);
	struct abi_tuple *tuples = fill(source, 1, 200000);
	struct fuzz_coverage coverage;
	struct sg_buf missed = {0};

	fuzz_coverage_init(&coverage, &filter.prog);
	fuzz_coverage_add(&coverage, tuples, 200000);
	fuzz_coverage_missed(&coverage, &missed);
	for (char *rest = missed.data, *line; (line = strsep(&rest, "\n"));)
		if (*line && !strstr(line, "nor does any input") &&
		    !strstr(line, "nothing leads to it"))
			fail_msg("%s@%s: %s", profile, generator, line);
	assert_true(fuzz_coverage_edges(&coverage) == 1);
	assert_true(fuzz_coverage_insns(&coverage) == 1);
	assert_int_equal(fuzz_coverage_contradictions(&coverage), 0);
	sg_buf_release(&missed);
	fuzz_coverage_release(&coverage);
	free(tuples);
	fuzz_tuples_free(source);
	gen_filter_release(&filter);
	policy_release(&policy);
}

static void the_source_reaches_all_that_can_be_reached(void **state)
{
	(void)state;
	expect_all_that_can_be("container-default", "x86_64", "hand");
	expect_all_that_can_be("container-default", NULL, "tuned");
	expect_all_that_can_be("small-blocklist", NULL, "bst");
	expect_all_that_can_be("podman-default", NULL, "tuned");
	expect_all_that_can_be("podman-default", NULL, "bst");
	expect_all_that_can_be("podman-default", NULL, "linear");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edges_are_counted_one_by_one),
		cmocka_unit_test(what_no_input_reaches_is_said_so),
		cmocka_unit_test(masks_and_halves_are_followed),
		cmocka_unit_test(a_branch_with_one_target_has_both_edges_at_once),
		cmocka_unit_test(a_filter_without_branches_is_covered_by_one_tuple),
		cmocka_unit_test(a_division_that_ends_every_run),
		cmocka_unit_test(very_many_paths_are_no_matter),
		cmocka_unit_test(what_is_not_known_is_not_called_impossible),
		cmocka_unit_test(what_is_reached_is_not_dead),
		cmocka_unit_test(the_source_reaches_all_that_can_be_reached),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
