/* SPDX-License-Identifier: MIT */
/* Filters that are others than before, though their profile is not; profiles that are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/gate/tests/sides.h"

extern const struct gate_part gate_part_verdicts;

#define ERRNO(n) (ABI_RET_ERRNO | (n))

static struct sides *plain_sides(void)
{
	return sides_new(&side_text_plain, &side_text_plain);
}

static const struct gate_check *check_of(struct sides *sides, const char *name)
{
	sides_run(sides, &gate_part_verdicts);
	return sides_check(sides, name);
}

static void passes_as(const struct gate_check *check, const char *message)
{
	assert_string_equal(check->message, message);
	assert_int_equal(check->result, GATE_PASS);
	assert_true(check->baseline == 0 && check->value == 0);
	assert_int_equal(check->finding_count, 0);
}

/* A second filter of other instructions takes its place: `bst` for `tuned`. */
static void swap_filters(struct side *side)
{
	const struct gen_filter bst = side->filters[1].filter;

	side->filters[1].filter = side->filters[2].filter;
	side->filters[2].filter = bst;
}

static void the_same_instructions(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	passes_as(check_of(sides, "profile/linear"), "the same instructions");
	assert_int_equal(sides->report.check_count, SIDE_FILTERS);
	sides_free(sides);
}

static void a_verdict_that_is_specified(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	side_spoil(&sides->is, "tuned", ERRNO(38), ERRNO(39));
	const struct gate_check *check = check_of(sides, "profile/tuned");
	assert_int_equal(check->result, GATE_FAIL);
	assert_true(check->value == 1);
	assert_int_equal(check->finding_count, 1);
	assert_string_equal(check->findings[0].text,
			    "x86_64 openat2 (437): ERRNO(39), was ERRNO(38)");
	assert_string_equal(check->message, "another verdict for 1 call");
	passes_as(sides_check(sides, "profile/linear"), "the same instructions");
	sides_free(sides);
}

static void a_verdict_that_became_right(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	side_spoil(&sides->was, "tuned", ERRNO(38), ERRNO(39));
	const struct gate_check *check = check_of(sides, "profile/tuned");
	assert_int_equal(check->result, GATE_PASS);
	assert_true(check->better);
	assert_true(check->baseline == 1 && check->value == 0);
	assert_string_equal(check->message,
			    "what its profile says now, which it was not for 1 call");
	assert_string_equal(check->findings[0].text,
			    "x86_64 openat2 (437): ERRNO(38), was ERRNO(39)");
	sides_free(sides);
}

/* A repair does not hide what else has changed. */
static void a_repair_that_lets_through(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	side_spoil(&sides->was, "tuned", ERRNO(38), ERRNO(39));
	side_spoil(&sides->is, "tuned", ABI_RET_KILL_PROCESS, ABI_RET_ALLOW);
	const struct gate_check *check = check_of(sides, "profile/tuned");
	assert_int_equal(check->result, GATE_FAIL);
	assert_int_equal(check->findings[0].is, ABI_RET_ALLOW);
	assert_ptr_equal(strstr(check->message, "what its profile says now, which it was not; "),
			 check->message);
	gate_report_release(&sides->report);
	side_spoil(&sides->is, "tuned", ABI_RET_ALLOW, ABI_RET_KILL_THREAD);
	assert_int_equal(check_of(sides, "profile/tuned")->result, GATE_INCONCLUSIVE);
	sides_free(sides);
}

/* Repaired in one place, and not in another: that is a change of what is still wrong. */
static void a_verdict_that_is_wrong_in_another_way(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	side_spoil(&sides->was, "tuned", ERRNO(38), ERRNO(39));
	side_spoil(&sides->is, "tuned", ERRNO(38), ERRNO(40));
	assert_int_equal(check_of(sides, "profile/tuned")->result, GATE_FAIL);
	sides_free(sides);
}

/* Where the profile leaves the verdict open, the last RET of ours is for foreign architectures. */
static void an_open_verdict_of_another_kind(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	side_spoil(&sides->is, "tuned", ABI_RET_KILL_PROCESS, ABI_RET_KILL_THREAD);
	const struct gate_check *check = check_of(sides, "profile/tuned");
	assert_int_equal(check->result, GATE_INCONCLUSIVE);
	assert_true(check->value > 0);
	assert_true(check->finding_count > 0);
	assert_ptr_equal(strstr(check->message, "as before where its profile says what it is; "
						"where it does not, another verdict for at least "),
			 check->message);
	sides_free(sides);
}

static void an_open_verdict_that_lets_through(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	side_spoil(&sides->is, "tuned", ABI_RET_KILL_PROCESS, ABI_RET_ALLOW);
	const struct gate_check *check = check_of(sides, "profile/tuned");
	assert_int_equal(check->result, GATE_FAIL);
	assert_int_equal(check->findings[0].is, ABI_RET_ALLOW);
	sides_free(sides);
}

static void an_open_verdict_that_is_allowed(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	sides->request.allow[GATE_VERDICTS].all = true;
	side_spoil(&sides->is, "tuned", ABI_RET_KILL_PROCESS, ABI_RET_ALLOW);
	const struct gate_check *check = check_of(sides, "profile/tuned");
	assert_int_equal(check->result, GATE_PASS);
	assert_non_null(strstr(check->message, ", which is allowed"));
	sides_free(sides);
}

static void other_instructions_for_the_same(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	swap_filters(&sides->is);
	side_spoil(&sides->was, "bst", ABI_RET_KILL_THREAD, ABI_RET_KILL_PROCESS);
	side_spoil(&sides->is, "tuned", ABI_RET_KILL_THREAD, ABI_RET_KILL_PROCESS);
	passes_as(check_of(sides, "profile/tuned"),
		  "other instructions, the same verdict for every input");
	sides_free(sides);
}

/* ---- calls that a generator's table lacks */

static void a_call_that_was_learned(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	side_spoil(&sides->was, "linear", ERRNO(38), ERRNO(1));
	sg_strv_add(&sides->was.filters[0].filter.unknown_calls, "x86_64:openat2");
	const struct gate_check *check = check_of(sides, "profile/linear");
	assert_int_equal(check->result, GATE_INCONCLUSIVE);
	assert_string_equal(check->findings[0].text,
			    "x86_64 openat2 (437): ERRNO(38), was ERRNO(1)");
	sides_free(sides);
}

static void a_call_that_was_forgotten(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	side_spoil(&sides->is, "linear", ERRNO(38), ERRNO(1));
	sg_strv_add(&sides->is.filters[0].filter.unknown_calls, "x86_64:openat2");
	assert_int_equal(check_of(sides, "profile/linear")->result, GATE_FAIL);
	sides_free(sides);
}

/* What both lack does not make the filter wrong that is right elsewhere. */
static void a_repair_beside_a_call_that_neither_knows(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct side *side = i ? &sides->is : &sides->was;

		side_spoil(side, "linear", ERRNO(38), ERRNO(1));
		sg_strv_add(&side->filters[0].filter.unknown_calls, "x86_64:openat2");
	}
	side_spoil(&sides->was, "linear", ABI_RET_ALLOW, ABI_RET_LOG);
	const struct gate_check *check = check_of(sides, "profile/linear");
	assert_int_equal(check->result, GATE_PASS);
	assert_true(check->better);
	sides_free(sides);
}

/* ---- profiles */

/* Another text of the same meaning is a policy that both share. */
static void a_profile_written_in_another_way(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	side_rename_policy(&sides->is);
	side_spoil(&sides->is, "tuned", ABI_RET_KILL_PROCESS, ABI_RET_KILL_THREAD);
	assert_int_equal(check_of(sides, "profile/tuned")->result, GATE_INCONCLUSIVE);
	sides_free(sides);
}

static void a_profile_that_changed(void **state)
{
	struct side_text text = side_text_plain;

	(void)state;
	text.personality = "";
	struct sides *sides = sides_new(&side_text_plain, &text);
	const struct gate_check *check = check_of(sides, "profile/tuned");
	assert_int_equal(check->result, GATE_FAIL);
	assert_string_equal(check->message, "its profile changed; another verdict for 1 call");
	sides_free(sides);
}

/* Without rules, or a policy, nobody knows what is left open: all inputs count. */
static void no_rules_to_hold_them_against(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	sides->was.policy.rules = sides->is.policy.rules = NULL;
	side_spoil(&sides->is, "tuned", ABI_RET_KILL_PROCESS, ABI_RET_KILL_THREAD);
	const struct gate_check *check = check_of(sides, "profile/tuned");
	assert_int_equal(check->result, GATE_FAIL);
	assert_ptr_equal(strstr(check->message, "another verdict for at least "), check->message);
	sides_free(sides);
}

static void the_rules_of_one_file_serve_for_both(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	sides->was.policy.rules = NULL;
	side_spoil(&sides->is, "tuned", ABI_RET_KILL_PROCESS, ABI_RET_KILL_THREAD);
	assert_int_equal(check_of(sides, "profile/tuned")->result, GATE_INCONCLUSIVE);
	sides_free(sides);
}

static void filters_without_a_policy(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	sides->was.filters[2].policy = sides->is.filters[2].policy = NULL;
	side_spoil(&sides->is, "tuned", ERRNO(38), ERRNO(39));
	assert_int_equal(check_of(sides, "profile/tuned")->result, GATE_FAIL);
	assert_int_equal(sides_check(sides, "profile/tuned")->finding_count, 1);
	sides_free(sides);
}

static void no_filter_at_all(void **state)
{
	struct sides *sides = plain_sides();
	struct gen_filter *filter = &sides->is.filters[2].filter;

	(void)state;
	gen_filter_release(filter);
	filter->none = true;
	const struct gate_check *check = check_of(sides, "profile/tuned");
	assert_int_equal(check->result, GATE_FAIL);
	assert_int_equal(check->findings[0].is, ABI_RET_ALLOW);
	sides_free(sides);
}

static void one_side_alone_is_not_compared(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	sides->is.filters[0].unsupported = (char *)"refused";
	sides->is.result.filter_count--;
	sides_run(sides, &gate_part_verdicts);
	assert_int_equal(sides->report.check_count, 1);
	sides_free(sides);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_instructions),
		cmocka_unit_test(a_verdict_that_is_specified),
		cmocka_unit_test(a_verdict_that_became_right),
		cmocka_unit_test(a_repair_that_lets_through),
		cmocka_unit_test(a_verdict_that_is_wrong_in_another_way),
		cmocka_unit_test(an_open_verdict_of_another_kind),
		cmocka_unit_test(an_open_verdict_that_lets_through),
		cmocka_unit_test(an_open_verdict_that_is_allowed),
		cmocka_unit_test(other_instructions_for_the_same),
		cmocka_unit_test(a_call_that_was_learned),
		cmocka_unit_test(a_call_that_was_forgotten),
		cmocka_unit_test(a_repair_beside_a_call_that_neither_knows),
		cmocka_unit_test(a_profile_written_in_another_way),
		cmocka_unit_test(a_profile_that_changed),
		cmocka_unit_test(no_rules_to_hold_them_against),
		cmocka_unit_test(the_rules_of_one_file_serve_for_both),
		cmocka_unit_test(filters_without_a_policy),
		cmocka_unit_test(no_filter_at_all),
		cmocka_unit_test(one_side_alone_is_not_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
