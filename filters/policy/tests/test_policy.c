/* SPDX-License-Identifier: MIT */
/* The policy as an object: copies, hashes, actions by architecture, names of classes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "filters/policy/tests/support.h"

#define ERRNO(n) (ABI_RET_ERRNO | (n))

static const char profile[] =
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrno\": \"ENOSYS\","
	" \"syscalls\": [{\"names\": [\"read\", \"nonesuch\"], \"action\": \"SCMP_ACT_ALLOW\"},"
	" {\"names\": [\"write\"], \"action\": \"SCMP_ACT_TRACE\", \"errno\": \"ELOOP\","
	" \"args\": [{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"},"
	" {\"index\": 0, \"value\": 2, \"op\": \"SCMP_CMP_EQ\"}]}]}";

static void a_copy_outlives_its_original(void **state)
{
	struct policy policy = parse_ok(profile, "x86_64,mips"), copy = {0};
	struct sg_buf before = {0}, after = {0};

	(void)state;
	policy_print(&policy, &before);
	policy_copy(&copy, &policy);
	policy_release(&policy);
	policy_print(&copy, &after);
	assert_string_equal(sg_buf_text(&before), sg_buf_text(&after));
	assert_string_equal(copy.name, "test.json");
	assert_int_equal(copy.warnings.len, 1);
	assert_int_equal(copy.unknown_names.len, 1);
	assert_int_equal(copy.flag_names.len, 1);
	sg_buf_release(&before);
	sg_buf_release(&after);
	policy_release(&copy);
}

static void errno_names_are_numbered_by_architecture(void **state)
{
	struct policy policy = parse_ok(profile, "x86_64,mips");
	const struct policy_rule *trace = &policy.rules[2];

	(void)state;
	assert_int_equal(policy_action_on(&policy, NULL, 0), ERRNO(38));
	assert_int_equal(policy_action_on(&policy, NULL, 1), ERRNO(89));
	assert_string_equal(trace->name, "write");
	assert_int_equal(policy_action_on(&policy, trace, 0), ABI_RET_TRACE | 40);
	assert_int_equal(policy_action_on(&policy, trace, 1), ABI_RET_TRACE | 90);
	assert_int_equal(policy_action_on(&policy, &policy.rules[0], 1), ABI_RET_ALLOW);
	policy_release(&policy);
}

static void the_hash_follows_the_meaning(void **state)
{
	struct policy policy = parse_ok(profile, "x86_64");
	struct policy same = parse_ok(profile, "x86_64");
	struct policy other_arch = parse_ok(profile, "x86_64,i386");
	struct policy other_rule = parse_ok("{\"defaultAction\": \"SCMP_ACT_ERRNO\"}", "x86_64");

	(void)state;
	assert_int_equal(strlen(policy.sha256), 64);
	assert_string_equal(policy.sha256, same.sha256);
	assert_string_not_equal(policy.sha256, other_arch.sha256);
	assert_string_not_equal(policy.sha256, other_rule.sha256);
	policy_release(&policy);
	policy_release(&same);
	policy_release(&other_arch);
	policy_release(&other_rule);
}

/* crun's cache of filters lacked a field of the profile in its key: none may be lacking here. */
static void every_field_is_part_of_the_hash(void **state)
{
	static const char *const profiles[] = {
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\"}",
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 2}",
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"flags\": []}",
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"flags\": "
		"[\"SECCOMP_FILTER_FLAG_LOG\"]}",
		"{\"defaultAction\": \"SCMP_ACT_TRACE\"}",
#define RULE(keys)                                                                                 \
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": [\"read\"], " keys "}" \
	"]"                                                                                        \
	"}"
#define ARG(keys) RULE("\"action\": \"SCMP_ACT_LOG\", \"args\": [{" keys "}]")
		RULE("\"action\": \"SCMP_ACT_LOG\""),
		RULE("\"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 3"),
		RULE("\"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 4"),
		ARG("\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\""),
		ARG("\"index\": 1, \"value\": 1, \"op\": \"SCMP_CMP_EQ\""),
		ARG("\"index\": 0, \"value\": 2, \"op\": \"SCMP_CMP_EQ\""),
		ARG("\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_NE\""),
		ARG("\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_MASKED_EQ\""),
		ARG("\"index\": 0, \"value\": 1, \"valueTwo\": 1, \"op\": \"SCMP_CMP_MASKED_EQ\""),
	};
	char seen[SG_COUNT(profiles)][SG_SHA256_HEX_BYTES];

	(void)state;
	for (size_t i = 0; i < SG_COUNT(profiles); i++) {
		struct policy policy = parse_ok(profiles[i], "x86_64");

		memcpy(seen[i], policy.sha256, sizeof(seen[i]));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(seen[i], seen[j]);
		policy_release(&policy);
	}
}

static void classes_have_names(void **state)
{
	(void)state;
	for (int class = 0; class < POLICY_CLASS_COUNT; class ++)
		assert_true(strlen(policy_class_name(class)) > 2);
	assert_string_equal(policy_class_name(POLICY_WIDE_CONSTANT), "wide-constant");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_outlives_its_original),
		cmocka_unit_test(errno_names_are_numbered_by_architecture),
		cmocka_unit_test(the_hash_follows_the_meaning),
		cmocka_unit_test(every_field_is_part_of_the_hash),
		cmocka_unit_test(classes_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
