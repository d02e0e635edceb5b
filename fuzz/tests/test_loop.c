/* SPDX-License-Identifier: MIT */
/*
 * The loops: what is counted, what becomes a finding, what is left out. Generators that are broken
 * on purpose stand in for somebody else's.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz/loop.h"
#include "harness/base/file.h"

/* ---- generators */

static int build_tuned(const struct gen_request *request, struct gen_filter *ret,
		       struct sg_err *err)
{
	return gen_build(gen_find("tuned", NULL), request, ret, err);
}

/* Allows what the policy answers with an errno. */
static int build_lax(const struct gen_request *request, struct gen_filter *ret, struct sg_err *err)
{
	const int bad = build_tuned(request, ret, err);

	for (size_t i = 0; !bad && i < ret->prog.len; i++) {
		struct sock_filter *insn = &ret->prog.insns[i];

		if (BPF_CLASS(insn->code) == BPF_RET &&
		    (insn->k & ABI_RET_ACTION_FULL) == ABI_RET_ERRNO)
			insn->k = ABI_RET_ALLOW;
	}
	return bad;
}

/* Refuses every second policy, by its hash. */
static int build_refusing(const struct gen_request *request, struct gen_filter *ret,
			  struct sg_err *err)
{
	if (request->policy->sha256[0] & 1)
		return sg_err_finding(err, EINVAL, "not this one: Invalid argument");
	return build_tuned(request, ret, err);
}

static int build_crashing(const struct gen_request *request, struct gen_filter *ret,
			  struct sg_err *err)
{
	(void)request, (void)ret, (void)err;
	raise(SIGKILL);
	return -EFAULT;
}

static int build_hanging(const struct gen_request *request, struct gen_filter *ret,
			 struct sg_err *err)
{
	(void)request, (void)ret, (void)err;
	for (volatile int forever = 1; forever;)
		;
	return 0;
}

/* What policies were built: the workers write, the test reads. */
#define MOST_BUILT 64
struct log {
	size_t len;
	char hashes[MOST_BUILT][SG_SHA256_HEX_BYTES];
};
static struct log *built;

static int build_logged(const struct gen_request *request, struct gen_filter *ret,
			struct sg_err *err)
{
	if (built->len < MOST_BUILT)
		memcpy(built->hashes[built->len++], request->policy->sha256, SG_SHA256_HEX_BYTES);
	return build_tuned(request, ret, err);
}

static const struct gen lax = {.name = "lax", .needs_policy = true, .build = build_lax};
static const struct gen refusing = {.name = "refusing",
				    .needs_policy = true,
				    .build = build_refusing};
static const struct gen crashing = {.name = "crashing",
				    .needs_policy = true,
				    .build = build_crashing};
static const struct gen hanging = {.name = "hanging", .needs_policy = true, .build = build_hanging};
static const struct gen logged = {.name = "logged", .needs_policy = true, .build = build_logged};

/* ---- a run */

struct run {
	struct mix mix;
	const struct gen *gens[4];
	struct fuzz_request request;
	struct fuzz_result result;
	struct sg_err err;
};

static void add_gen(struct run *run, const struct gen *gen)
{
	assert_non_null(gen);
	assert_true(run->request.gen_count < SG_COUNT(run->gens));
	run->gens[run->request.gen_count++] = gen;
	run->request.gens = run->gens;
}

static void start(struct run *run)
{
	*run = (struct run){0};
	assert_int_equal(mix_load(NULL, &run->mix, &run->err), 0);
	run->request.mix = &run->mix;
	run->request.seed = 7;
}

static void go(struct run *run)
{
	if (fuzz_run(&run->request, &run->result, &run->err))
		fail_msg("%s", run->err.msg);
}

static void finish(struct run *run)
{
	fuzz_result_release(&run->result);
	mix_release(&run->mix);
}

static const struct fuzz_counted *finding_of(const struct run *run, const char *generator,
					     enum fuzz_kind kind)
{
	for (size_t i = 0; i < run->result.finding_count; i++) {
		const struct fuzz_finding *finding = &run->result.findings[i].finding;

		if (!strcmp(finding->gen->name, generator) && finding->kind == kind)
			return &run->result.findings[i];
	}
	return NULL;
}

static bool warned(const struct run *run, const char *text)
{
	for (size_t i = 0; i < run->result.warnings.len; i++)
		if (strstr(run->result.warnings.items[i], text))
			return true;
	return false;
}

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
	finish(&run);
}

/* ---- random policies */

static void a_refusal_counts_where_a_peer_fits(void **state)
{
	struct run run;

	(void)state;
	start(&run);
	run.request.policies = 30;
	add_gen(&run, &refusing);
	go(&run);
	assert_int_equal(run.result.policies, 30);
	assert_int_equal(run.result.finding_count, 0);
	finish(&run);

	start(&run);
	run.request.policies = 30;
	add_gen(&run, &refusing);
	add_gen(&run, gen_find("tuned", NULL));
	go(&run);
	assert_non_null(finding_of(&run, "refusing", FUZZ_KIND_REFUSAL));
	assert_null(finding_of(&run, "tuned", FUZZ_KIND_REFUSAL));
	assert_int_equal(run.result.mismatches, 0);
	finish(&run);
}

static void a_crash_counts_always(void **state)
{
	struct run run;
	const struct fuzz_counted *found;

	(void)state;
	start(&run);
	run.request.policies = 5;
	add_gen(&run, &crashing);
	go(&run);
	assert_int_equal(run.result.policies, 5);
	found = finding_of(&run, "crashing", FUZZ_KIND_CRASH);
	assert_non_null(found);
	assert_int_equal(found->count, 5);
	assert_int_equal(run.result.finding_count, 1);
	finish(&run);
}

/* One that hangs on everything is found, then left out; the run goes on without it. */
static void a_slow_generator_is_left_out(void **state)
{
	struct run run;
	const struct fuzz_counted *found;

	(void)state;
	start(&run);
	run.request.policies = 30;
	run.request.gen_cpu_s = 0.05;
	run.request.gen_allowance_s = 0.05;
	add_gen(&run, &hanging);
	go(&run);
	found = finding_of(&run, "hanging", FUZZ_KIND_HANG);
	assert_non_null(found);
	assert_true(found->count >= 1 && found->count < 30);
	assert_int_equal(run.result.policies, 30);
	assert_true(warned(&run, "hanging was left out for"));
	finish(&run);
}

static void log_policies(uint64_t seed, struct log *ret)
{
	struct run run;

	built->len = 0;
	start(&run);
	run.request.policies = 8;
	run.request.seed = seed;
	add_gen(&run, &logged);
	go(&run);
	*ret = *built;
	finish(&run);
}

static bool shares_a_policy(const struct log *a, const struct log *b)
{
	for (size_t i = 0; i < a->len; i++)
		for (size_t j = 0; j < b->len; j++)
			if (!strcmp(a->hashes[i], b->hashes[j]))
				return true;
	return false;
}

/* Seed 2 once had the policies of seed 1, but for the first. */
static void neighbouring_seeds_have_policies_of_their_own(void **state)
{
	struct log one, again, other;

	(void)state;
	built = mmap(NULL, sizeof(*built), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	assert_ptr_not_equal(built, MAP_FAILED);
	log_policies(1, &one);
	log_policies(1, &again);
	log_policies(2, &other);
	assert_true(one.len >= 8);
	assert_memory_equal(&one, &again, sizeof(one));
	assert_false(shares_a_policy(&one, &other));
	munmap(built, sizeof(*built));
}

static void hand_alone_does_no_policies(void **state)
{
	struct run run;

	(void)state;
	start(&run);
	run.request.policies = 1;
	add_gen(&run, gen_find("hand", NULL));
	assert_int_equal(fuzz_run(&run.request, &run.result, &run.err), -EINVAL);
	finish(&run);
}

static void the_same_seed_finds_the_same(void **state)
{
	struct run one, two;

	(void)state;
	start(&one);
	one.request.profile = "io-server";
	one.request.tuples = 5000;
	one.request.policies = 5;
	add_gen(&one, gen_find("tuned", NULL));
	add_gen(&one, gen_find("bst", NULL));
	go(&one);
	start(&two);
	two.request = one.request;
	two.request.mix = &two.mix;
	go(&two);
	assert_int_equal(one.result.tuples, two.result.tuples);
	assert_int_equal(one.result.mismatches, two.result.mismatches);
	assert_memory_equal(one.result.divergences, two.result.divergences,
			    sizeof(one.result.divergences));
	finish(&one);
	finish(&two);
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

static volatile int flag;

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
		cmocka_unit_test(a_refusal_counts_where_a_peer_fits),
		cmocka_unit_test(a_crash_counts_always),
		cmocka_unit_test(a_slow_generator_is_left_out),
		cmocka_unit_test(neighbouring_seeds_have_policies_of_their_own),
		cmocka_unit_test(hand_alone_does_no_policies),
		cmocka_unit_test(the_same_seed_finds_the_same),
		cmocka_unit_test(findings_are_written),
		cmocka_unit_test(a_finding_that_cannot_be_written_is_kept),
		cmocka_unit_test(an_interrupted_run_keeps_what_it_has),
		cmocka_unit_test(time_ends_both_loops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
