/* SPDX-License-Identifier: MIT */
/* Which policies are held against each other, and what is said where that cannot be done. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/gate/tests/sides.h"

extern const struct gate_part gate_part_policies;

static const struct gate_check *the_check(struct sides *sides)
{
	sides_run(sides, &gate_part_policies);
	assert_int_equal(sides->report.check_count, 1);
	return sides_check(sides, "profile");
}

/* Two rules in another order are another text. */
static void another_text_that_means_the_same(void **state)
{
	struct side_text text = side_text_plain;

	(void)state;
	text.allow = SIDES_RULE("\"write\", \"read\", \"exit_group\"", "ALLOW", "");
	struct sides *sides = sides_new(&side_text_plain, &text);
	assert_string_not_equal(sides->was.policy.sha256, sides->is.policy.sha256);
	const struct gate_check *check = the_check(sides);
	assert_int_equal(check->result, GATE_PASS);
	assert_true(check->baseline == 0 && check->value == 0);
	assert_string_equal(check->message,
			    "written in another way, the same verdict for every input");
	sides_free(sides);
}

static void no_rules_in_the_file(void **state)
{
	struct sides *sides = sides_new(&side_text_plain, &side_text_plain);

	(void)state;
	side_rename_policy(&sides->is);
	sides->was.policy.rules = NULL;
	const struct gate_check *check = the_check(sides);
	assert_int_equal(check->result, GATE_INCONCLUSIVE);
	assert_string_equal(check->message,
			    "written in another way, and the baseline does not carry its rules");
	sides_free(sides);
}

static void no_rules_are_needed_for_the_same_text(void **state)
{
	struct sides *sides = sides_new(&side_text_plain, &side_text_plain);

	(void)state;
	sides->was.policy.rules = sides->is.policy.rules = NULL;
	const struct gate_check *check = the_check(sides);
	assert_int_equal(check->result, GATE_PASS);
	assert_true(check->baseline == 0 && check->value == 0);
	assert_string_equal(check->message, "as before");
	sides_free(sides);
}

static void flags_are_no_verdict_and_are_told(void **state)
{
	struct sides *sides = sides_new(&side_text_plain, &side_text_plain);

	(void)state;
	sides->is.rules.seccomp_flags = 2;
	side_rename_policy(&sides->is);
	const struct gate_check *check = the_check(sides);
	assert_int_equal(check->result, GATE_PASS);
	assert_non_null(strstr(check->message, "; flags 0x2, were 0x4"));
	sides_free(sides);
}

static void another_foreign_action(void **state)
{
	struct sides *sides = sides_new(&side_text_plain, &side_text_plain);

	(void)state;
	sides->is.rules.foreign_action = ABI_RET_ALLOW;
	side_rename_policy(&sides->is);
	const struct gate_check *check = the_check(sides);
	assert_int_equal(check->result, GATE_FAIL);
	assert_non_null(strstr(check->message, "another verdict for at least "));
	assert_non_null(
		strstr(check->message, "; for other architectures ALLOW, was KILL_PROCESS"));
	assert_int_equal(check->findings[0].is, ABI_RET_ALLOW);
	sides_free(sides);
}

static const char *const two_arches = "[\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_AARCH64\"]";

static void an_architecture_less(void **state)
{
	struct side_text both = side_text_plain;

	(void)state;
	both.arches = two_arches;
	struct sides *sides = sides_new(&both, &side_text_plain);
	const struct gate_check *check = the_check(sides);
	assert_int_equal(check->result, GATE_FAIL);
	assert_non_null(strstr(check->message, "; aarch64 is gone"));
	sides_free(sides);
}

/* As `hand` has a policy of its own, which both files have; the other filters' is another one. */
static void two_policies_of_a_profile(void **state)
{
	struct side_text both = side_text_plain;

	(void)state;
	both.arches = two_arches;
	struct sides *sides = sides_new(&side_text_plain, &both);
	struct saved_policy mine = sides->was.policy;
	sides->is.filters[0].policy = &mine;
	sides_run(sides, &gate_part_policies);
	assert_int_equal(sides->report.check_count, 2);
	assert_int_equal(sides_check(sides, "profile, x86_64")->result, GATE_PASS);
	assert_int_equal(sides_check(sides, "profile, x86_64+aarch64, was x86_64")->result,
			 GATE_FAIL);
	sides_free(sides);
}

static void filters_without_a_policy_have_none(void **state)
{
	struct sides *sides = sides_new(&side_text_plain, &side_text_plain);

	(void)state;
	for (size_t i = 0; i < SIDE_FILTERS; i++)
		sides->was.filters[i].policy = sides->is.filters[i].policy = NULL;
	sides_run(sides, &gate_part_policies);
	assert_int_equal(sides->report.check_count, 0);
	sides_free(sides);
}

static void an_interruption_ends_it(void **state)
{
	struct sides *sides = sides_new(&side_text_plain, &side_text_plain);
	const volatile int interrupted = 1;

	(void)state;
	sides->request.interrupted = &interrupted;
	sides_run(sides, &gate_part_policies);
	assert_int_equal(sides->report.check_count, 0);
	sides_free(sides);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_text_that_means_the_same),
		cmocka_unit_test(no_rules_in_the_file),
		cmocka_unit_test(no_rules_are_needed_for_the_same_text),
		cmocka_unit_test(flags_are_no_verdict_and_are_told),
		cmocka_unit_test(another_foreign_action),
		cmocka_unit_test(an_architecture_less),
		cmocka_unit_test(two_policies_of_a_profile),
		cmocka_unit_test(filters_without_a_policy_have_none),
		cmocka_unit_test(an_interruption_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
