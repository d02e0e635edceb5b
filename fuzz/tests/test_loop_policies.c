/* SPDX-License-Identifier: MIT */
/* Random policies: which failures count, what is left out, which policies there are. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>

#include "fuzz/tests/loop_support.h"

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

static const struct gen refusing = {.name = "refusing",
				    .needs_policy = true,
				    .build = build_refusing};
static const struct gen crashing = {.name = "crashing",
				    .needs_policy = true,
				    .build = build_crashing};
static const struct gen hanging = {.name = "hanging", .needs_policy = true, .build = build_hanging};
static const struct gen logged = {.name = "logged", .needs_policy = true, .build = build_logged};

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refusal_counts_where_a_peer_fits),
		cmocka_unit_test(a_crash_counts_always),
		cmocka_unit_test(a_slow_generator_is_left_out),
		cmocka_unit_test(neighbouring_seeds_have_policies_of_their_own),
		cmocka_unit_test(hand_alone_does_no_policies),
		cmocka_unit_test(the_same_seed_finds_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
