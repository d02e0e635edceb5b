/* SPDX-License-Identifier: MIT */
/* Policies as the text of a profile. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "fuzz/finding.h"
#include "fuzz/policies.h"
#include "fuzz/tests/source_support.h"

static void assert_text_means(const struct policy *policy, const char *what)
{
	const struct policy_options options = {.arches = policy->arches,
					       .arch_count = policy->arch_count};
	struct sg_buf text = {0}, one = {0}, two = {0};
	struct policy again = {0};
	struct sg_err err = {0};

	fuzz_profile_text(policy, &text);
	if (policy_parse(text.data, text.len, what, &options, &again, &err))
		fail_msg("%s", err.msg);
	policy_print(policy, &one);
	policy_print(&again, &two);
	assert_string_equal(sg_buf_text(&one), sg_buf_text(&two));
	policy_release(&again);
	sg_buf_release(&text);
	sg_buf_release(&one);
	sg_buf_release(&two);
}

static void a_policy_as_text_reads_back(void **state)
{
	static const char *const profiles[] = {
		"{}",
		"{\"defaultAction\": \"SCMP_ACT_ALLOW\"}",
		"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": "
		"[\"no\\\"such\\\\call\", \"read\"], \"action\": \"SCMP_ACT_ERRNO\"}]}",
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrno\": \"ENOSYS\", "
		"\"architectures\": [\"SCMP_ARCH_MIPS\"], \"syscalls\": [{\"names\": [\"read\"], "
		"\"action\": \"SCMP_ACT_TRACE\", \"errno\": \"ELOOP\"}]}",
		"{\"defaultAction\": \"SCMP_ACT_KILL\", \"syscalls\": [{\"names\": [\"read\"], "
		"\"action\": \"SCMP_ACT_NOTIFY\", \"args\": [{\"index\": 0, \"op\": "
		"\"SCMP_CMP_MASKED_EQ\", \"value\": 18446744073709551615, \"valueTwo\": "
		"9223372036854775809}, {\"index\": 4, \"op\": \"SCMP_CMP_NE\", \"value\": 0}]}]}",
	};
	struct policy container = {0};
	struct sg_rng rng;

	(void)state;
	for (size_t i = 0; i < SG_COUNT(profiles); i++) {
		struct policy policy = read_policy(profiles[i], NULL);

		assert_text_means(&policy, profiles[i]);
		policy_release(&policy);
	}
	assert_int_equal(policy_load("container-default", &(struct policy_options){0}, &container,
				     NULL),
			 0);
	assert_text_means(&container, "container-default");
	policy_release(&container);
	sg_rng_seed(&rng, 3);
	for (int i = 0; i < 300; i++) {
		struct sg_buf text = {0};
		struct policy policy;

		fuzz_policy_text(&rng, FUZZ_SMALL, &text);
		policy = read_policy(text.data, NULL);
		assert_text_means(&policy, text.data);
		policy_release(&policy);
		sg_buf_release(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_policy_as_text_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
