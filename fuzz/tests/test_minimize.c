/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/mman.h>

#include "fuzz/finding.h"
#include "fuzz/tests/planted.h"
#include "fuzz/tests/source_support.h"
#include "fuzz/tuples.h"

#define ENOUGH_S 600.0 /* a bound that no test reaches */

/* ---- findings to start from */

static struct gen_filter build_with(const struct gen *gen, const struct policy *policy)
{
	struct mix mix = {0};
	struct gen_request request = {.policy = policy, .mix = &mix};
	struct gen_filter filter = {0};
	struct sg_err err = {0};

	if (mix_load(NULL, &mix, &err) || gen_build(gen, &request, &filter, &err))
		fail_msg("%s", err.msg);
	mix_release(&mix);
	return filter;
}

/* The first tuple that shows a mismatch; false: none of so many. */
static bool find_mismatch(const struct policy *policy, const struct gen_filter *filter,
			  uint64_t seed, struct fuzz_finding *finding)
{
	struct policy_oracle *oracle = policy_oracle_new(policy);
	struct fuzz_tuples *source = fuzz_tuples_new(policy, NULL, 0);
	struct sg_rng rng;
	bool found = false;

	sg_rng_seed(&rng, seed);
	for (int i = 0; i < 20000 && !found; i++) {
		fuzz_tuples_fill(source, &rng, &finding->tuple, 1);

		const struct policy_verdict wanted = policy_eval(oracle, &finding->tuple);

		finding->wanted = wanted.ret;
		finding->got = cbpf_run(&filter->prog, &finding->tuple).ret;
		found = wanted.class == POLICY_SPECIFIED &&
			abi_verdict_effect(finding->wanted) != abi_verdict_effect(finding->got);
	}
	fuzz_tuples_free(source);
	policy_oracle_free(oracle);
	return found;
}

static bool mismatch_of(const struct gen *gen, const char *profile, uint64_t seed,
			struct fuzz_finding *ret)
{
	struct policy policy = read_policy(profile, NULL);
	struct gen_filter filter = build_with(gen, &policy);

	*ret = (struct fuzz_finding){.gen = gen,
				     .profile = sg_strdup(profile),
				     .profile_len = strlen(profile),
				     .seed = seed};
	const bool found = find_mismatch(&policy, &filter, seed, ret);

	gen_filter_release(&filter);
	policy_release(&policy);
	return found;
}

static void minimize(struct fuzz_finding *finding)
{
	struct sg_err err = {0};

	if (fuzz_minimize(finding, ENOUGH_S, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(fuzz_finding_check(finding, NULL, &err), 1);
}

/* Many calls with rules of their own around the one that matters. */
static char *among_others(const char *rule)
{
	const struct abi_call *calls;
	struct sg_buf text = {0};
	size_t count;

	calls = abi_calls(abi_arch(ABI_X86_64), &count);
	sg_buf_adds(&text, "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [");
	for (size_t i = 0; i < 300; i++)
		if (strcmp(calls[i].name, "fcntl"))
			sg_buf_addf(&text,
				    "{\"names\": [\"%s\"], \"action\": \"SCMP_ACT_ALLOW\"}%s",
				    calls[i].name, i == 150 ? "," : ",\n");
	sg_buf_addf(&text, "%s]}", rule);
	return text.data;
}

/* ---- what comes out */

static void hundreds_of_rules_become_one(void **state)
{
	char *profile = among_others(
		"{\"names\": [\"fcntl\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": ["
		"{\"index\": 3, \"op\": \"SCMP_CMP_NE\", \"value\": 77},"
		"{\"index\": 1, \"op\": \"SCMP_CMP_EQ\", \"value\": 16045690984833335023}]}");
	struct fuzz_finding finding;
	struct policy policy;

	(void)state;
	assert_true(mismatch_of(&planted_low_half_only, profile, 1, &finding));
	minimize(&finding);
	policy = read_policy(finding.profile, NULL);
	assert_int_equal(policy.rule_count, 1);
	assert_string_equal(policy.rules[0].name, "read");
	assert_int_equal(policy.rules[0].cond_count, 1);
	assert_int_equal(policy.rules[0].conds[0].arg, 0);
	assert_int_equal(policy.rules[0].conds[0].op, POLICY_EQ);
	assert_int_equal(policy.rules[0].conds[0].value, 0);
	assert_int_equal(policy.default_action, ABI_RET_ERRNO | 1);
	/* The one bit that the filter does not look at, as low as it can be. */
	assert_int_equal(finding.tuple.nr, 0);
	assert_int_equal(__builtin_popcountll(finding.tuple.args[0]), 1);
	assert_true(finding.tuple.args[0] >> 32);
	for (int i = 1; i < 6; i++)
		assert_int_equal(finding.tuple.args[i], 0);
	assert_int_equal(finding.wanted, ABI_RET_ERRNO | 1);
	assert_int_equal(finding.got, ABI_RET_ALLOW);
	policy_release(&policy);
	fuzz_finding_release(&finding);
	free(profile);
}

static void the_same_way_each_time(void **state)
{
	struct fuzz_finding one, two;
	const char *profile =
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": ["
		"{\"names\": [\"read\", \"ioctl\"], \"action\": \"SCMP_ACT_LOG\", \"args\": ["
		"{\"index\": 2, \"op\": \"SCMP_CMP_EQ\", \"value\": 9223372036854775809},"
		"{\"index\": 5, \"op\": \"SCMP_CMP_GE\", \"value\": 3}]}]}";

	(void)state;
	assert_true(mismatch_of(&planted_conditions_ored, profile, 7, &one));
	assert_true(mismatch_of(&planted_conditions_ored, profile, 7, &two));
	minimize(&one);
	minimize(&two);
	assert_string_equal(one.profile, two.profile);
	assert_string_equal(one.signature, two.signature);
	assert_memory_equal(&one.tuple, &two.tuple, sizeof(one.tuple));
	fuzz_finding_release(&one);
	fuzz_finding_release(&two);
}

/* ---- signatures */

/* Random rules on one call, of which some condition is a test for equality or a mask. */
static void random_instance(struct sg_rng *rng, const char *kind, struct sg_buf *out)
{
	static const char *const names[] = {"ioctl", "fcntl", "clone", "prctl", "socket"};
	const unsigned arg = sg_rng_below(rng, 5);

	sg_buf_addf(out,
		    "{\"defaultAction\": \"SCMP_ACT_%s\", \"syscalls\": [{\"names\": [\"%s\", "
		    "\"getpid\"], \"action\": \"SCMP_ACT_%s\", \"args\": [",
		    sg_rng_below(rng, 2) ? "ERRNO" : "KILL_PROCESS", names[sg_rng_below(rng, 5)],
		    sg_rng_below(rng, 2) ? "ALLOW" : "LOG");
	if (strcmp(kind, "EQ") == 0)
		sg_buf_addf(out, "{\"index\": %u, \"op\": \"SCMP_CMP_EQ\", \"value\": %lu}", arg,
			    sg_rng_u64(rng) >> sg_rng_below(rng, 64));
	else if (strcmp(kind, "MASKED_EQ") == 0)
		sg_buf_addf(out,
			    "{\"index\": %u, \"op\": \"SCMP_CMP_MASKED_EQ\", \"value\": %lu, "
			    "\"valueTwo\": 0}",
			    arg, sg_rng_u64(rng) | 0x02000000);
	else
		sg_buf_addf(out,
			    "{\"index\": %u, \"op\": \"SCMP_CMP_EQ\", \"value\": %lu}, {\"index\": "
			    "%u, \"op\": \"SCMP_CMP_EQ\", \"value\": %lu}",
			    arg, sg_rng_below(rng, 1000), arg + 1, sg_rng_below(rng, 1000));
	sg_buf_adds(out,
		    "]}, {\"names\": [\"write\", \"close\"], \"action\": \"SCMP_ACT_ALLOW\"}]}");
}

static char *signature_of(const struct gen *gen, const char *kind, uint64_t seed)
{
	struct fuzz_finding finding;
	struct sg_buf text = {0};
	struct sg_rng rng;
	char *signature;

	sg_rng_seed(&rng, seed);
	random_instance(&rng, kind, &text);
	if (!mismatch_of(gen, text.data, seed, &finding))
		fail_msg("nothing found: %s", text.data);
	minimize(&finding);
	signature = sg_strdup(finding.signature);
	fuzz_finding_release(&finding);
	sg_buf_release(&text);
	return signature;
}

static void one_defect_has_one_signature(void **state)
{
	static const struct {
		const struct gen *gen;
		const char *kind;
	} defects[] = {{&planted_low_half_only, "EQ"},
		       {&planted_mask_lacks_a_bit, "MASKED_EQ"},
		       {&planted_conditions_ored, "two"}};

	(void)state;
	for (size_t d = 0; d < SG_COUNT(defects); d++) {
		char *first = signature_of(defects[d].gen, defects[d].kind, 1);

		for (uint64_t seed = 2; seed < 8; seed++) {
			char *other = signature_of(defects[d].gen, defects[d].kind, seed);

			assert_string_equal(first, other);
			free(other);
		}
		print_message("%s\n", first);
		free(first);
	}
}

/* The shape alone tells them apart, were they one generator's. */
static void different_defects_have_different_signatures(void **state)
{
	char *half = signature_of(&planted_low_half_only, "EQ", 1);
	char *mask = signature_of(&planted_mask_lacks_a_bit, "MASKED_EQ", 1);
	char *ored = signature_of(&planted_conditions_ored, "two", 1);

	(void)state;
	assert_string_not_equal(strrchr(half, '-'), strrchr(mask, '-'));
	assert_string_not_equal(strrchr(half, '-'), strrchr(ored, '-'));
	assert_string_not_equal(strrchr(mask, '-'), strrchr(ored, '-'));
	free(half);
	free(mask);
	free(ored);
}

/* Which way a filter is wrong is part of what the defect is. */
static void the_direction_stays(void **state)
{
	struct fuzz_finding finding;
	const char *profile =
		"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"ioctl\"], "
		"\"action\": \"SCMP_ACT_ERRNO\", \"args\": [{\"index\": 1, \"op\": "
		"\"SCMP_CMP_EQ\", "
		"\"value\": 21505}]}]}";

	(void)state;
	assert_true(mismatch_of(&planted_low_half_only, profile, 1, &finding));
	minimize(&finding);
	assert_true(abi_verdict_allows(finding.wanted));
	assert_false(abi_verdict_allows(finding.got));
	assert_non_null(strstr(finding.signature, "-denies-"));
	fuzz_finding_release(&finding);
}

/* ---- constants */

/* Wrong where a constant has its highest bit: for who prints it as a signed number. */
static void break_signed_constants(struct policy *policy)
{
	for (size_t r = policy->rule_count; r-- > 0;)
		if (policy->rules[r].cond_count && policy->rules[r].conds[0].value >> 63)
			drop_rule(policy, r);
}
PLANTED(signed_constants, "tuned");

static void constants_above_63_bits_stay_exact(void **state)
{
	struct fuzz_finding finding;
	const char *profile =
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": [\"ioctl\"], "
		"\"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 1, \"op\": "
		"\"SCMP_CMP_GE\", "
		"\"value\": 18446744073709551615}]}]}";

	(void)state;
	assert_true(mismatch_of(&planted_signed_constants, profile, 1, &finding));
	minimize(&finding);
	assert_non_null(strstr(finding.profile, "\"value\": 9223372036854775808"));
	assert_int_equal(finding.tuple.args[0], 0x8000000000000000);
	fuzz_finding_release(&finding);
}

/* ---- what is no mismatch */

static bool has_rule(const struct policy *policy, const char *name)
{
	for (size_t i = 0; i < policy->rule_count; i++)
		if (strcmp(policy->rules[i].name, name) == 0)
			return true;
	return false;
}

/* Two reasons to refuse; the worker's parent counts the builds in shared memory. */
static unsigned *build_count;

static int build_refusing(const struct gen_request *request, struct gen_filter *ret,
			  struct sg_err *err)
{
	if (build_count)
		++*build_count;
	if (has_rule(request->policy, "prctl"))
		return sg_err_finding(err, EINVAL, "rule %zu for prctl: not with me",
				      request->policy->rule_count);
	if (request->policy->rule_count)
		return sg_err_finding(err, EINVAL, "no rules, please");
	return gen_build_here(must_find("tuned"), request, ret, err);
}

static const struct gen refusing = {.name = "refusing",
				    .summary = "refuses",
				    .needs_policy = true,
				    .build = build_refusing};

static int build_crashing(const struct gen_request *request, struct gen_filter *ret,
			  struct sg_err *err)
{
	if (has_rule(request->policy, "prctl"))
		abort();
	return gen_build_here(must_find("tuned"), request, ret, err);
}

static const struct gen crashing = {.name = "crashing",
				    .summary = "crashes",
				    .needs_policy = true,
				    .build = build_crashing};

static struct fuzz_finding outcome_of(const struct gen *gen, enum fuzz_kind kind)
{
	char *profile = among_others("{\"names\": [\"fcntl\"], \"action\": \"SCMP_ACT_LOG\"}");

	return (struct fuzz_finding){.kind = kind,
				     .gen = gen,
				     .profile = profile,
				     .profile_len = strlen(profile)};
}

static void assert_only_prctl(const struct fuzz_finding *finding)
{
	struct policy policy = read_policy(finding->profile, NULL);

	assert_int_equal(policy.rule_count, 1);
	assert_string_equal(policy.rules[0].name, "prctl");
	policy_release(&policy);
}

static void a_refusal_keeps_its_reason_in_few_builds(void **state)
{
	struct fuzz_finding finding = outcome_of(&refusing, FUZZ_KIND_REFUSAL);

	(void)state;
	build_count = mmap(NULL, sizeof(*build_count), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(build_count, MAP_FAILED);
	minimize(&finding);
	assert_only_prctl(&finding);
	assert_non_null(strstr(finding.message, "not with me"));
	print_message("%u builds for %d rules\n", *build_count, 300);
	assert_true(*build_count < 200);
	munmap(build_count, sizeof(*build_count));
	build_count = NULL;
	fuzz_finding_release(&finding);
}

static void a_crash_is_made_small(void **state)
{
	struct fuzz_finding finding = outcome_of(&crashing, FUZZ_KIND_CRASH);

	(void)state;
	minimize(&finding);
	assert_only_prctl(&finding);
	assert_non_null(strstr(finding.signature, "crashing-crash-"));
	fuzz_finding_release(&finding);
}

/* ---- bounds */

static void without_time_it_is_still_the_finding(void **state)
{
	struct fuzz_finding finding = outcome_of(&refusing, FUZZ_KIND_REFUSAL);
	struct sg_err err = {0};
	struct policy policy;

	(void)state;
	assert_int_equal(fuzz_minimize(&finding, 0, &err), 0);
	policy = read_policy(finding.profile, NULL);
	assert_int_equal(policy.rule_count, 300);
	assert_int_equal(fuzz_finding_check(&finding, NULL, &err), 1);
	policy_release(&policy);
	fuzz_finding_release(&finding);
}

static void what_does_not_happen_is_left_alone(void **state)
{
	struct fuzz_finding finding = outcome_of(must_find("tuned"), FUZZ_KIND_CRASH);
	char *before = sg_strdup(finding.profile);
	struct sg_err err = {0};

	(void)state;
	assert_true(fuzz_minimize(&finding, ENOUGH_S, &err) < 0);
	assert_int_equal(err.kind, SG_ERR_FINDING);
	assert_string_equal(err.msg, "tuned: the crash does not happen");
	assert_string_equal(finding.profile, before);
	assert_int_equal(fuzz_finding_check(&finding, NULL, &err), 0);
	free(before);
	fuzz_finding_release(&finding);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hundreds_of_rules_become_one),
		cmocka_unit_test(the_same_way_each_time),
		cmocka_unit_test(one_defect_has_one_signature),
		cmocka_unit_test(different_defects_have_different_signatures),
		cmocka_unit_test(the_direction_stays),
		cmocka_unit_test(constants_above_63_bits_stay_exact),
		cmocka_unit_test(a_refusal_keeps_its_reason_in_few_builds),
		cmocka_unit_test(a_crash_is_made_small),
		cmocka_unit_test(without_time_it_is_still_the_finding),
		cmocka_unit_test(what_does_not_happen_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
