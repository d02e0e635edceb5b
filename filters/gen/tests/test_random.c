/* SPDX-License-Identifier: MIT */
/* The tuned generator on random policies. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "filters/gen/tests/support.h"
#include "filters/gen/tests/compare.h"
#include "filters/gen/tests/random_policy.h"

#define POLICIES 250

static void tuned_equals_random_policies(void **state)
{
	struct sg_rng rng;
	int i;

	(void)state;
	sg_rng_seed(&rng, 42);
	for (i = 0; i < POLICIES; i++) {
		struct sg_buf text = {0};
		struct policy policy;
		struct gen_filter filter = {0};
		struct sg_err err = {0};
		struct comparison comparison;

		random_profile(&rng, &text);
		policy = read_policy(sg_buf_text(&text), random_arch_list(&rng));
		if (try_build("tuned", &policy, (enum gen_objective)(i % 5), &filter, &err) < 0)
			fail_msg("policy %d: %s: %s", i, err.msg, sg_buf_text(&text));
		comparison = compare_filter(&filter, &policy, true, (uint64_t)i);
		if (comparison.mismatches)
			fail_msg("policy %d: %s: %s", i, comparison.first, sg_buf_text(&text));
		gen_filter_release(&filter);
		policy_release(&policy);
		sg_buf_release(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tuned_equals_random_policies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
