/* SPDX-License-Identifier: MIT */
/* Which policies are held against each other, and what is said where that cannot be done. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/gate/tests/sides.h"

extern const struct gate_part gate_part_policies;

static struct side_text text_is; /* plain, but for what a test changes */
static struct side was, is;
static struct gate_request request;
static struct gate_report report;

static int set_up(void **state)
{
	(void)state;
	text_is = side_text_plain;
	side_make(&side_text_plain, &was);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	gate_report_release(&report);
	side_release(&was);
	side_release(&is);
	return 0;
}

static void make_is(void)
{
	side_make(&text_is, &is);
	request = sides_request(&was, &is);
	report = sides_report(&was, &is);
}

static const struct gate_check *the_check(void)
{
	sides_run(&gate_part_policies, &request, &report);
	assert_int_equal(report.check_count, 1);
	return sides_check(&report, "profile");
}

/* Two rules in another order are another text. */
static void another_text_that_means_the_same(void **state)
{
	(void)state;
	text_is.allow = SIDES_RULE("\"write\", \"read\", \"exit_group\"", "ALLOW", "");
	make_is();
	assert_string_not_equal(was.policy.sha256, is.policy.sha256);
	const struct gate_check *check = the_check();
	assert_int_equal(check->result, GATE_PASS);
	assert_true(check->baseline == 0 && check->value == 0);
	assert_string_equal(check->message,
			    "written in another way, the same verdict for every input");
}

static void no_rules_in_the_file(void **state)
{
	(void)state;
	text_is.personality = "";
	make_is();
	was.policy.rules = NULL;
	const struct gate_check *check = the_check();
	assert_int_equal(check->result, GATE_INCONCLUSIVE);
	assert_string_equal(check->message,
			    "written in another way, and the baseline does not carry its rules");
}

static void no_rules_are_needed_for_the_same_text(void **state)
{
	(void)state;
	make_is();
	was.policy.rules = is.policy.rules = NULL;
	const struct gate_check *check = the_check();
	assert_int_equal(check->result, GATE_PASS);
	assert_true(check->baseline == 0 && check->value == 0);
	assert_string_equal(check->message, "as before");
}

static void flags_are_no_verdict_and_are_told(void **state)
{
	(void)state;
	make_is();
	is.rules.seccomp_flags = 2;
	is.policy.sha256[0] ^= 1;
	const struct gate_check *check = the_check();
	assert_int_equal(check->result, GATE_PASS);
	assert_non_null(strstr(check->message, "; flags 0x2, were 0x4"));
}

static void another_foreign_action(void **state)
{
	(void)state;
	make_is();
	is.rules.foreign_action = ABI_RET_ALLOW;
	is.policy.sha256[0] ^= 1;
	const struct gate_check *check = the_check();
	assert_int_equal(check->result, GATE_FAIL);
	assert_non_null(
		strstr(check->message, "; for other architectures ALLOW, was KILL_PROCESS"));
	assert_non_null(strstr(check->message, "another verdict for at least "));
	assert_int_equal(check->findings[0].is, ABI_RET_ALLOW);
}

static void an_architecture_less(void **state)
{
	struct side_text both = side_text_plain;

	(void)state;
	side_release(&was);
	both.arches = "[\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_AARCH64\"]";
	side_make(&both, &was);
	make_is();
	const struct gate_check *check = the_check();
	assert_int_equal(check->result, GATE_FAIL);
	assert_non_null(strstr(check->message, "; aarch64 is gone"));
}

/* As `hand` has a policy of its own, which both files have; the other filters' is another one. */
static void two_policies_of_a_profile(void **state)
{
	struct saved_policy mine;

	(void)state;
	text_is.arches = "[\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_AARCH64\"]";
	make_is();
	mine = was.policy;
	is.filters[0].policy = &mine;
	sides_run(&gate_part_policies, &request, &report);
	assert_int_equal(report.check_count, 2);
	assert_int_equal(sides_check(&report, "profile, x86_64")->result, GATE_PASS);
	assert_int_equal(sides_check(&report, "profile, x86_64+aarch64, was x86_64")->result,
			 GATE_FAIL);
}

static void filters_without_a_policy_have_none(void **state)
{
	(void)state;
	make_is();
	for (size_t i = 0; i < SIDE_FILTERS; i++)
		was.filters[i].policy = is.filters[i].policy = NULL;
	sides_run(&gate_part_policies, &request, &report);
	assert_int_equal(report.check_count, 0);
}

static void an_interruption_ends_it(void **state)
{
	const volatile int interrupted = 1;

	(void)state;
	make_is();
	request.interrupted = &interrupted;
	sides_run(&gate_part_policies, &request, &report);
	assert_int_equal(report.check_count, 0);
}

int main(void)
{
#define WITH_SIDES(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_SIDES(another_text_that_means_the_same),
		WITH_SIDES(no_rules_in_the_file),
		WITH_SIDES(no_rules_are_needed_for_the_same_text),
		WITH_SIDES(flags_are_no_verdict_and_are_told),
		WITH_SIDES(another_foreign_action),
		WITH_SIDES(an_architecture_less),
		WITH_SIDES(two_policies_of_a_profile),
		WITH_SIDES(filters_without_a_policy_have_none),
		WITH_SIDES(an_interruption_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
