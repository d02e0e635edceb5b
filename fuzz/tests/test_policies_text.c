/* SPDX-License-Identifier: MIT */
/* Random policies, written as profiles, read back (filters/policy/tests/test_profile_text.c). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "fuzz/policies.h"
#include "fuzz/tests/source_support.h"

static void assert_text_means(const struct policy *policy, const char *what)
{
	const struct policy_options options = {.arches = policy->arches,
					       .arch_count = policy->arch_count};
	struct sg_buf text = {0}, one = {0}, two = {0};
	struct policy again = {0};
	struct sg_err err = {0};

	policy_profile_text(policy, &text);
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
	struct sg_rng rng;

	(void)state;
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
