/* SPDX-License-Identifier: MIT */
/* The loops: what is counted, what becomes a finding, how a run ends. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuzz/tests/loop_support.h"
#include "harness/base/file.h"

/* ---- one profile */

static void right_filters_have_no_mismatch(void **state)
{
	struct run run;

	(void)state;
	start(&run);
	run.request.profile = "container-default";
	run.request.tuples = 100001;
	add_gen(&run, gen_find("linear", NULL));
	add_gen(&run, gen_find("bst", NULL));
	add_gen(&run, gen_find("tuned", NULL));
	add_gen(&run, gen_find("hand", NULL));
	go(&run);
	assert_int_equal(run.result.tuples, 100001);
	assert_int_equal(run.result.mismatches, 0);
	assert_int_equal(run.result.finding_count, 0);
	assert_int_equal(run.result.disagreements, 0);
	/* libseccomp kills the thread, we the process; and hand has no i386. */
	assert_true(run.result.divergences[POLICY_FOREIGN_ARCH] > 100);
	assert_true(run.result.divergences[POLICY_FOREIGN_ARCH] < run.result.tuples);
	assert_true(run.result.interp_tuples >= 2000);
	assert_true(run.result.interp_tuples <= 2000 + 2 * 1024);
	assert_true(run.result.kernel_tuples <= run.result.interp_tuples);
	if (!run.result.kernel_tuples)
		assert_true(warned(&run, "without the witness kernel"));
	if (run.result.jit_tuples)
		assert_int_equal(run.result.jit_tuples, run.result.interp_tuples);
	else
		assert_true(warned(&run, "without the witness jit"));
	finish(&run);
}

static void every_tuple_goes_to_the_witnesses_on_demand(void **state)
{
	struct run run;

	(void)state;
	start(&run);
	run.request.profile = "strict-2005";
	run.request.tuples = 5000;
	run.request.witness_all = true;
	add_gen(&run, gen_find("tuned", NULL));
	go(&run);
	assert_int_equal(run.result.interp_tuples, 5000);
	assert_int_equal(run.result.disagreements, 0);
	finish(&run);
}

static void hand_is_held_against_x86_64_alone(void **state)
{
	struct run run;

	(void)state;
	start(&run);
	run.request.profile = "container-default";
	run.request.tuples = 20000;
	add_gen(&run, gen_find("hand", NULL));
	go(&run);
	assert_int_equal(run.result.tuples, 20000);
	assert_int_equal(run.result.mismatches, 0);
	finish(&run);
}

static void a_profile_without_a_filter_is_an_error(void **state)
{
	struct run run;

	(void)state;
	start(&run);
	run.request.profile = "strict-2005";
	run.request.tuples = 1000;
	add_gen(&run, gen_find("hand", NULL));
	assert_int_equal(fuzz_run(&run.request, &run.result, &run.err), -ENOTSUP);
	assert_int_equal(run.err.kind, SG_ERR_ENV);
	finish(&run);
}

/* Thousands of wrong verdicts of one kind are one finding; it is small, and it is counted. */
static void a_thousand_of_one_kind_are_one(void **state)
{
	struct run run;
	const struct fuzz_counted *found;
	struct policy policy = {0};
	const struct policy_options options = {0};

	(void)state;
	start(&run);
	run.request.profile = "small-blocklist";
	run.request.tuples = 50000;
	add_gen(&run, &lax);
	go(&run);
	found = finding_of(&run, "lax", FUZZ_MISMATCH);
	assert_non_null(found);
	assert_true(run.result.mismatches > 1000);
	assert_true(run.result.finding_count <= 8);
	assert_false(abi_verdict_allows(found->finding.wanted));
	assert_true(abi_verdict_allows(found->finding.got));
	assert_null(found->finding.directory);
	assert_int_equal(policy_parse(found->finding.profile, found->finding.profile_len, "finding",
				      &options, &policy, &run.err),
			 0);
	assert_true(policy.rule_count <= 2);
	policy_release(&policy);
	finish(&run);
}

static uint64_t all_counts(const struct run *run)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < run->result.finding_count; i++)
		sum += run->result.findings[i].count;
	return sum;
}

static void every_mismatch_is_counted_at_some_finding(void **state)
{
	struct run run;

	(void)state;
	start(&run);
	run.request.profile = "small-blocklist";
	run.request.tuples = 20000;
	run.request.policies = 20;
	add_gen(&run, &lax);
	go(&run);
	assert_true(run.result.mismatches > 0);
	assert_int_equal(all_counts(&run), run.result.mismatches);
	finish(&run);
}

/* A filter that allows everything, from a file. */
static void somebody_elses_filter_is_judged_too(void **state)
{
	struct run run;
	struct cbpf_prog prog = {0};
	const struct fuzz_counted *found;
	char *dir;

	(void)state;
	start(&run);
	assert_int_equal(sg_tempdir_create(&dir, &run.err), 0);
	char *path = sg_asprintf("%s/allow.bpf", dir);
	cbpf_add(&prog, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, ABI_RET_ALLOW));
	assert_int_equal(cbpf_save(path, &prog, &run.err), 0);
	run.request.profile = "container-default";
	run.request.raw_file = path;
	run.request.tuples = 3000;
	go(&run);
	found = finding_of(&run, "raw", FUZZ_MISMATCH);
	assert_non_null(found);
	assert_string_equal(found->finding.raw_file, path);
	assert_true(abi_verdict_allows(found->finding.got));
	cbpf_release(&prog);
	free(path);
	sg_tempdir_remove(dir);
	finish(&run);
}

static void strength_is_measured(void **state)
{
	struct run run;
	const struct fuzz_filter_strength *strength;
	size_t lines = 0;

	(void)state;
	start(&run);
	run.request.profile = "strict-2005";
	run.request.tuples = 20000;
	run.request.coverage = true;
	run.request.mutant_tuples = 20000;
	add_gen(&run, gen_find("tuned", NULL));
	go(&run);
	assert_int_equal(run.result.strength_count, 1);
	strength = &run.result.strengths[0];
	assert_string_equal(strength->name, "tuned");
	assert_true(strength->insns > 0.9 && strength->insns <= 1);
	assert_true(strength->edges > 0.9 && strength->edges <= 1);
	assert_true(strength->killed > 0);
	for (const char *at = strength->survivors; at && *at; at++)
		lines += *at == '\n';
	assert_int_equal(lines, strength->mutants - strength->killed - strength->equivalent);
	assert_int_equal(strength->mutant_tuples, 20000);
	assert_false(strength->partial);
	finish(&run);
}

static volatile int flag;

static void raise_at_mutants(void *ctx, const char *what, double done, double total)
{
	(void)ctx, (void)done, (void)total;
	if (!strcmp(what, "mutants"))
		flag = 1;
}

static void interrupted_mutants_are_partial(void **state)
{
	struct run run;
	const struct fuzz_filter_strength *strength;

	(void)state;
	flag = 0;
	start(&run);
	run.request.profile = "container-default";
	run.request.tuples = 2000;
	run.request.mutant_tuples = UINT64_MAX / 2;
	run.request.interrupted = &flag;
	run.request.progress = raise_at_mutants;
	add_gen(&run, gen_find("tuned", NULL));
	add_gen(&run, gen_find("linear", NULL));
	go(&run);
	assert_true(run.result.interrupted);
	assert_int_equal(run.result.strength_count, 2);
	strength = &run.result.strengths[0];
	assert_true(strength->mutants > 0 && strength->partial);
	assert_int_equal(strength->equivalent, 0);
	assert_int_equal(run.result.strengths[1].mutants, 0); /* not begun */
	finish(&run);
}

/* ---- findings on disk */

static void findings_are_written(void **state)
{
	struct run run;
	const struct fuzz_counted *found;
	char *dir;

	(void)state;
	start(&run);
	assert_int_equal(sg_tempdir_create(&dir, &run.err), 0);
	char *below = sg_asprintf("%s/findings", dir);
	run.request.dir = below;
	run.request.profile = "small-blocklist";
	run.request.tuples = 2000;
	add_gen(&run, gen_find("tuned", NULL));
	go(&run);
	assert_int_not_equal(access(below, F_OK), 0); /* no finding, no folder */
	fuzz_result_release(&run.result);
	add_gen(&run, &lax);
	go(&run);
	found = finding_of(&run, "lax", FUZZ_MISMATCH);
	assert_non_null(found);
	assert_non_null(found->finding.directory);
	char *json = sg_asprintf("%s/finding.json", found->finding.directory);
	assert_int_equal(access(json, R_OK), 0);
	free(json);
	free(below);
	sg_tempdir_remove(dir);
	finish(&run);
}

/* Not even root can make a folder below a file. */
static void a_finding_that_cannot_be_written_is_kept(void **state)
{
	struct run run;
	const struct fuzz_counted *found;

	(void)state;
	start(&run);
	run.request.dir = "/dev/null/findings";
	run.request.profile = "small-blocklist";
	run.request.tuples = 2000;
	add_gen(&run, &lax);
	go(&run);
	found = finding_of(&run, "lax", FUZZ_MISMATCH);
	assert_non_null(found);
	assert_null(found->finding.directory);
	assert_non_null(found->finding.profile);
	assert_true(warned(&run, "could not be written"));
	finish(&run);
}

/* ---- ends */

static void raise_flag(void *ctx, const char *what, double done, double total)
{
	(void)what, (void)done, (void)total;
	++*(int *)ctx;
	flag = 1;
}

static void an_interrupted_run_keeps_what_it_has(void **state)
{
	struct run run;
	int shown = 0;

	(void)state;
	flag = 0;
	start(&run);
	run.request.profile = "small-blocklist";
	run.request.tuples = 10000000;
	run.request.policies = 1000;
	run.request.interrupted = &flag;
	run.request.progress = raise_flag;
	run.request.progress_ctx = &shown;
	add_gen(&run, &lax);
	go(&run);
	assert_true(run.result.interrupted);
	assert_true(shown >= 1);
	assert_true(run.result.tuples >= 1024 && run.result.tuples < 10000000);
	assert_int_equal(run.result.policies, 0);
	assert_non_null(finding_of(&run, "lax", FUZZ_MISMATCH));
	finish(&run);
}

static void time_ends_both_loops(void **state)
{
	struct run run;

	(void)state;
	start(&run);
	run.request.profile = "strict-2005";
	run.request.tuples = UINT64_MAX;
	run.request.policies = UINT64_MAX;
	run.request.seconds = 0.5;
	add_gen(&run, gen_find("tuned", NULL));
	go(&run);
	assert_false(run.result.interrupted);
	assert_true(run.result.tuples > 0);
	assert_true(run.result.policies > 0);
	finish(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_filters_have_no_mismatch),
		cmocka_unit_test(every_tuple_goes_to_the_witnesses_on_demand),
		cmocka_unit_test(hand_is_held_against_x86_64_alone),
		cmocka_unit_test(a_profile_without_a_filter_is_an_error),
		cmocka_unit_test(a_thousand_of_one_kind_are_one),
		cmocka_unit_test(every_mismatch_is_counted_at_some_finding),
		cmocka_unit_test(somebody_elses_filter_is_judged_too),
		cmocka_unit_test(strength_is_measured),
		cmocka_unit_test(interrupted_mutants_are_partial),
		cmocka_unit_test(findings_are_written),
		cmocka_unit_test(a_finding_that_cannot_be_written_is_kept),
		cmocka_unit_test(an_interrupted_run_keeps_what_it_has),
		cmocka_unit_test(time_ends_both_loops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
