/* SPDX-License-Identifier: MIT */
/* What version 2 of the result file brought: rules, unknown calls, proofs, figures of any row. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "harness/run/tests/saved_support.h"

#define PROFILE     "wide.json"
#define WIDE_SHA256 "d74964b7512d6bc95aefc77cc76a77105c4801aaafe35d7f90f456ad57185937"

static struct saved_result load(void)
{
	return saved_accepted(saved_document_of(SAVED_FILE_2));
}

static void a_policy_has_its_rules(void **state)
{
	struct saved_result result = load();
	const struct saved_policy *policy = &result.policies[0];
	struct sg_buf text = {0};

	(void)state;
	assert_int_equal(result.schema_version, 2);
	assert_non_null(policy->rules);
	policy_print(policy->rules, &text);
	assert_string_equal(sg_buf_text(&text), policy->text);
	assert_string_equal(policy->rules->sha256, WIDE_SHA256);
	assert_int_equal(policy->rules->arch_count, policy->arch_count);
	assert_int_equal(policy->rules->rule_count, 4);
	assert_true(policy->rules->rules[3].conds[0].value == UINT64_MAX);
	sg_buf_release(&text);
	saved_release(&result);
}

/* So that the gate can ask the oracle, and hold the filter against it, from the file alone. */
static void the_rules_are_what_the_filter_does(void **state)
{
	struct saved_result result = load();
	const struct saved_filter *linear = saved_filter_find(&result, PROFILE, "linear");
	struct policy_oracle *oracle = policy_oracle_new(linear->policy->rules);
	const struct abi_tuple calls[] = {
		{.nr = 0, .arch = abi_arch(ABI_X86_64)->audit},
		{.nr = 110, .arch = abi_arch(ABI_X86_64)->audit},
		{.nr = 135, .arch = abi_arch(ABI_X86_64)->audit, .args = {UINT32_MAX}},
		{.nr = 135, .arch = abi_arch(ABI_X86_64)->audit, .args = {UINT64_MAX}},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(calls); i++) {
		uint32_t wanted, got;

		assert_false(gen_is_mismatch(&linear->filter, oracle, &calls[i], &wanted, &got));
		assert_int_equal(got, i == 0 || i == 2 ? ABI_RET_ALLOW : (ABI_RET_ERRNO | 38));
	}
	policy_oracle_free(oracle);
	saved_release(&result);
}

static void a_filter_says_what_it_lacks_and_what_its_proof_was(void **state)
{
	struct saved_result result = load();
	const struct gen_filter *linear = &saved_filter_find(&result, PROFILE, "linear")->filter;
	const struct gen_filter *tuned = &saved_filter_find(&result, PROFILE, "tuned")->filter;

	(void)state;
	assert_int_equal(linear->verify, GEN_UNVERIFIED);
	assert_int_equal(linear->unknown_calls.len, 1);
	assert_string_equal(linear->unknown_calls.items[0], "x32:map_shadow_stack");
	assert_int_equal(tuned->verify, GEN_EQUAL);
	assert_int_equal(tuned->unknown_calls.len, 0);
	saved_release(&result);
}

static void a_row_without_times_has_its_exact_figures(void **state)
{
	struct saved_result result = load();
	const struct saved_row *denied = saved_row_find(&result, "null/wide.json/linear");
	const struct saved_row *hand = saved_row_find(&result, "null/wide.json/hand");

	(void)state;
	assert_int_equal(denied->status, RUN_DENIED);
	assert_number(denied->calls_per_op, 1);
	assert_number(denied->bpf_insns, 11);
	assert_number(denied->bpf_insns_full, 11);
	assert_number(denied->bitmap_share, 0);
	assert_number(denied->ns_per_op.estimate, 0);
	/* There is no filter. */
	assert_int_equal(hand->status, RUN_UNSUPPORTED);
	assert_number(hand->calls_per_op, 1);
	assert_true(isnan(hand->bpf_insns) && isnan(hand->bpf_insns_full));
	assert_true(isnan(hand->bitmap_share));
	saved_release(&result);
}

static void a_row_may_have_been_left_untimed(void **state)
{
	json_t *root = saved_document_of(SAVED_FILE_2);

	(void)state;
	saved_edit(root, "skipped.0.status", "\"untimed\"");
	saved_edit(root, "skipped.0.reason", "\"--no-time\"");
	struct saved_result result = saved_accepted(root);
	const struct saved_row *row = saved_row_find(&result, "null/wide.json/linear");

	assert_int_equal(row->status, RUN_UNTIMED);
	assert_string_equal(row->reason, "--no-time");
	assert_number(row->bpf_insns, 11);
	saved_release(&result);
}

/* Version 1 with what only version 2 has: passed over, however wrong it is. */
static void an_older_version_is_read_as_such(void **state)
{
	json_t *root = saved_document_of(SAVED_FILE_2);

	(void)state;
	saved_edit(root, "context.schema_version", "1");
	saved_edit(root, "context.policies.0.rules", "17");
	saved_edit(root, "context.filters.0.verify", "17");
	saved_edit(root, "context.filters.1.unknown_calls", NULL);
	struct saved_result result = saved_accepted(root);

	assert_null(result.policies[0].rules);
	assert_int_equal(result.filters[0].filter.unknown_calls.len, 0);
	saved_release(&result);
}

#define RULES  "context.policies.0.rules"
#define AT     "context.policies[0].rules"
#define VERIFY "expected \"equal\", \"skipped\" or \"unknown\""
#define CALL   "expected a call such as \"x86_64:read\""

static void wrong_rules_are_refused(void **state)
{
	static const struct saved_change changes[] = {
		{RULES, NULL, AT ": expected an object"},
		{RULES, "[]", AT ": expected an object"},
		{RULES ".syscalls", "{}", AT ".syscalls: expected an array"},
		{RULES ".syscalls.0.action", "\"SCMP_ACT_ALLO\"",
		 AT ".syscalls[0].action: expected an action such as SCMP_ACT_ERRNO, not "
		    "\"SCMP_ACT_ALLO\" (did you mean SCMP_ACT_ALLOW?)"},
		{RULES ".syscalls.1.args.0.value", "\"1\"",
		 AT ".syscalls[1].args[0].value: expected an unsigned integer of at most 64 bits"},
		{RULES ".syscalls.1.args.0.index", "6",
		 AT ".syscalls[1].args[0].index: expected an argument index of 0 to 5"},
	};

	(void)state;
	saved_refuse_each(SAVED_FILE_2, changes, SG_COUNT(changes));
}

/* Whatever the other rules are, their hash is another one. */
static void rules_of_another_policy_are_refused(void **state)
{
	static const struct {
		const char *path, *value;
	} changes[] = {
		{RULES, "{}"},
		{RULES ".defaultErrnoRet", "1"},
		{RULES ".syscalls.1.args.0.valueTwo", "4294967294"},
		{RULES ".syscalls.0.names.1", NULL},
		{RULES ".flags", "[]"},
	};
	static const char wanted[] =
		"r.json: $." AT ": expected the policy whose SHA-256 is " WIDE_SHA256 ", not ";

	(void)state;
	for (size_t i = 0; i < SG_COUNT(changes); i++) {
		json_t *root = saved_document_of(SAVED_FILE_2);
		struct saved_result result;
		struct sg_err err = {0};

		saved_edit(root, changes[i].path, changes[i].value);
		assert_int_not_equal(saved_of(root, &result, &err), 0);
		assert_int_equal(strncmp(err.msg, wanted, strlen(wanted)), 0);
		assert_int_equal(strlen(err.msg), strlen(wanted) + SG_SHA256_HEX_BYTES - 1);
		assert_int_equal(err.kind, SG_ERR_INPUT);
	}
}

static void wrong_words_of_a_filter_are_refused(void **state)
{
	static const struct saved_change changes[] = {
		{"context.filters.0.verify", NULL, "context.filters[0].verify: " VERIFY},
		{"context.filters.0.verify", "\"different\"", "context.filters[0].verify: " VERIFY},
		{"context.filters.0.verify", "true", "context.filters[0].verify: " VERIFY},
		{"context.filters.0.unknown_calls", NULL,
		 "context.filters[0].unknown_calls: expected an array"},
		{"context.filters.0.unknown_calls", "\"x32:read\"",
		 "context.filters[0].unknown_calls: expected an array"},
		{"context.filters.0.unknown_calls.0", "7",
		 "context.filters[0].unknown_calls[0]: expected a string"},
		{"context.filters.0.unknown_calls.0", "\"read\"",
		 "context.filters[0].unknown_calls[0]: " CALL},
		{"context.filters.0.unknown_calls.0", "\"pdp11:read\"",
		 "context.filters[0].unknown_calls[0]: " CALL},
		{"context.filters.0.unknown_calls.0", "\"x32:\"",
		 "context.filters[0].unknown_calls[0]: " CALL},
		{"context.filters.0.unknown_calls.0", "\"x32:re\\nad\"",
		 "context.filters[0].unknown_calls[0]: expected text without line breaks and "
		 "control characters"},
	};

	(void)state;
	saved_refuse_each(SAVED_FILE_2, changes, SG_COUNT(changes));
}

static void wrong_figures_of_a_skipped_row_are_refused(void **state)
{
	static const char amount[] = "skipped[0].bpf_insns: expected a number from 0 to 1e+15";
	static const struct saved_change changes[] = {
		{"skipped.0.bpf_insns", "-1", amount},
		{"skipped.0.bpf_insns", "\"11\"", amount},
		{"skipped.0.bpf_insns", "1e300", amount},
		{"skipped.0.bitmap_share", "1.5",
		 "skipped[0].bitmap_share: expected a number from 0 to 1"},
		{"skipped.0.calls_per_op", "[]",
		 "skipped[0].calls_per_op: expected a number from 0 to 1e+15"},
		{"skipped.0.bpf_insns_without_bitmap", "true",
		 "skipped[0].bpf_insns_without_bitmap: expected a number from 0 to 1e+15"},
		{"skipped.0.status", "\"untime\"",
		 "skipped[0].status: expected the status of a row that was not measured"},
	};

	(void)state;
	saved_refuse_each(SAVED_FILE_2, changes, SG_COUNT(changes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_policy_has_its_rules),
		cmocka_unit_test(the_rules_are_what_the_filter_does),
		cmocka_unit_test(a_filter_says_what_it_lacks_and_what_its_proof_was),
		cmocka_unit_test(a_row_without_times_has_its_exact_figures),
		cmocka_unit_test(a_row_may_have_been_left_untimed),
		cmocka_unit_test(an_older_version_is_read_as_such),
		cmocka_unit_test(wrong_rules_are_refused),
		cmocka_unit_test(rules_of_another_policy_are_refused),
		cmocka_unit_test(wrong_words_of_a_filter_are_refused),
		cmocka_unit_test(wrong_figures_of_a_skipped_row_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
