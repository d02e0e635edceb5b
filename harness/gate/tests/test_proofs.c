/* SPDX-License-Identifier: MIT */
/* Filters that are not what their own profile says, then and now; proved, and found by tuples. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "harness/gate/findings.h"
#include "harness/gate/tests/sides.h"

extern const struct gate_part gate_part_proofs, gate_part_mismatches;

#define ERRNO(n) (ABI_RET_ERRNO | (n))

static struct sides *plain_sides(void)
{
	return sides_new(&side_text_plain, &side_text_plain);
}

/* openat2's ERRNO(38), which one RET alone gives. */
static void spoil(struct side *side)
{
	side_spoil(side, "tuned", ERRNO(38), ERRNO(39));
}

static const struct gate_check *proof_of(struct sides *sides)
{
	sides_run(sides, &gate_part_proofs);
	return sides_check(sides, "profile/tuned");
}

static const struct gate_check *mismatches_of(struct sides *sides)
{
	sides_run(sides, &gate_part_mismatches);
	return sides_check(sides, "profile/tuned");
}

/* ---- both see the same */

static void names_openat2(const struct gate_check *check)
{
	const struct gate_finding *finding = &check->findings[0];

	assert_int_equal(check->finding_count, 1);
	assert_int_equal(finding->tuple.nr, 437);
	assert_int_equal(finding->was, ERRNO(38));
	assert_int_equal(finding->is, ERRNO(39));
	assert_true(finding->against_policy);
	assert_ptr_equal(strstr(finding->text, "x86_64 openat2 (437)"), finding->text);
	assert_non_null(strstr(finding->text, ": ERRNO(39), its profile says ERRNO(38)"));
}

static void a_filter_that_became_wrong(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	spoil(&sides->is);
	const struct gate_check *check = proof_of(sides);
	assert_int_equal(check->result, GATE_FAIL);
	assert_true(check->baseline == 0 && check->value == 1);
	assert_string_equal(check->message, "not what its profile says for 1 call");
	names_openat2(check);
	assert_int_equal(sides_check(sides, "profile/bst")->result, GATE_PASS);
	gate_report_release(&sides->report);

	check = mismatches_of(sides);
	assert_int_equal(check->result, GATE_FAIL);
	assert_true(check->baseline == 0 && check->value > 10);
	names_openat2(check);
	assert_true(sides_check(sides, "profile/bst")->value == 0);
	sides_free(sides);
}

static void a_filter_that_is_as_wrong_as_before(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	spoil(&sides->was);
	spoil(&sides->is);
	const struct gate_check *check = proof_of(sides);
	assert_int_equal(check->result, GATE_PASS);
	assert_true(check->baseline == 1 && check->value == 1);
	assert_string_equal(check->message, "not what its profile says for 1 call, as before");
	names_openat2(check);
	gate_report_release(&sides->report);

	check = mismatches_of(sides);
	assert_int_equal(check->result, GATE_PASS);
	assert_true(check->baseline == check->value && check->value > 10);
	sides_free(sides);
}

/* Two filters and two proofs that come to the same. */
static void as_wrong_in_other_instructions(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	spoil(&sides->was);
	spoil(&sides->is);
	side_spoil(&sides->is, "tuned", ABI_RET_KILL_PROCESS, ABI_RET_KILL_THREAD);
	const struct gate_check *check = proof_of(sides);
	assert_int_equal(check->result, GATE_PASS);
	assert_string_equal(check->message, "not what its profile says for 1 call, as before");
	sides_free(sides);
}

/* The result's file carries the rules of the same profile. */
static void a_baseline_without_rules(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	sides->was.policy.rules = NULL;
	spoil(&sides->was);
	spoil(&sides->is);
	side_spoil(&sides->is, "tuned", ABI_RET_KILL_PROCESS, ABI_RET_KILL_THREAD);
	const struct gate_check *check = proof_of(sides);
	assert_int_equal(check->result, GATE_PASS);
	assert_true(check->baseline == 1 && check->value == 1);
	sides_free(sides);
}

static void a_filter_that_became_right(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	spoil(&sides->was);
	const struct gate_check *check = proof_of(sides);
	assert_int_equal(check->result, GATE_PASS);
	assert_true(check->better);
	assert_true(check->baseline == 1 && check->value == 0);
	assert_string_equal(check->message, "proved to be what its profile says, which it was not");
	gate_report_release(&sides->report);

	check = mismatches_of(sides);
	assert_int_equal(check->result, GATE_PASS);
	assert_true(check->better);
	assert_true(check->baseline > 10 && check->value == 0);
	assert_int_equal(check->finding_count, 0);
	sides_free(sides);
}

/* As many wrong calls as before, but another one. */
static void wrong_in_another_place(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	side_spoil(&sides->was, "tuned", ERRNO(38), ERRNO(40));
	spoil(&sides->is);
	const struct gate_check *check = proof_of(sides);
	assert_int_equal(check->result, GATE_FAIL);
	assert_true(check->baseline == 1 && check->value == 1);
	assert_string_equal(check->message, "not what its profile says for 1 call");
	gate_report_release(&sides->report);
	sides->request.allow[GATE_PROOF].amount = 1;
	check = proof_of(sides);
	assert_int_equal(check->result, GATE_PASS);
	assert_string_equal(check->message,
			    "not what its profile says for 1 call, which is allowed");
	sides_free(sides);
}

/* Where the profile says nothing, nothing is wrong. */
static void what_is_left_open_does_not_count(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	side_spoil(&sides->is, "tuned", ABI_RET_KILL_PROCESS, ABI_RET_ALLOW);
	sg_strv_add(&sides->is.filters[0].filter.unknown_calls, "x86_64:openat2");
	side_spoil(&sides->is, "linear", ERRNO(38), ERRNO(39));
	assert_int_equal(proof_of(sides)->result, GATE_PASS);
	assert_int_equal(sides_check(sides, "profile/linear")->result, GATE_PASS);
	gate_report_release(&sides->report);
	assert_true(mismatches_of(sides)->value == 0);
	assert_true(sides_check(sides, "profile/linear")->value == 0);
	sides_free(sides);
}

/* Nothing to be worse than: held to what the profile says. */
static void a_filter_that_the_baseline_lacks(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	sides->was.result.filter_count = 2;
	const struct gate_check *check = proof_of(sides);
	assert_int_equal(check->result, GATE_PASS);
	assert_true(isnan(check->baseline));
	gate_report_release(&sides->report);
	spoil(&sides->is);
	check = proof_of(sides);
	assert_int_equal(check->result, GATE_FAIL);
	assert_true(isnan(check->baseline) && check->value == 1);
	gate_report_release(&sides->report);
	check = mismatches_of(sides);
	assert_int_equal(check->result, GATE_FAIL);
	assert_true(isnan(check->baseline) && check->value > 10);
	assert_non_null(strstr(check->message, " tuples, held to its profile alone"));
	assert_null(strstr(check->message, "was"));
	gate_report_release(&sides->report);
	sides->request.allow[GATE_MISMATCHES].all = true;
	check = mismatches_of(sides);
	assert_int_equal(check->result, GATE_PASS);
	assert_non_null(strstr(check->message, "alone, which is allowed"));
	sides_free(sides);
}

static void nothing_is_proved_without_rules(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	sides->was.policy.rules = sides->is.policy.rules = NULL;
	side_rename_policy(&sides->is);
	const struct gate_check *check = proof_of(sides);
	assert_int_equal(check->result, GATE_INCONCLUSIVE);
	assert_true(isnan(check->value));
	assert_string_equal(check->message, "not proved: no file carries the rules of its profile");
	gate_report_release(&sides->report);
	sides_run(sides, &gate_part_mismatches);
	assert_int_equal(sides->report.check_count, 0);
	sides_free(sides);
}

/* The same filter of the same profile: nothing can have changed. */
static void what_was_not_proved_and_is_the_same(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	sides->was.policy.rules = sides->is.policy.rules = NULL;
	const struct gate_check *check = proof_of(sides);
	assert_int_equal(check->result, GATE_PASS);
	assert_string_equal(check->message, "as before; not proved: no file carries the rules of "
					    "its profile");
	sides_free(sides);
}

static void filters_without_a_policy_have_no_proof(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	for (size_t i = 0; i < SIDE_FILTERS; i++)
		sides->was.filters[i].policy = sides->is.filters[i].policy = NULL;
	sides_run(sides, &gate_part_proofs);
	sides_run(sides, &gate_part_mismatches);
	assert_int_equal(sides->report.check_count, 0);
	sides_free(sides);
}

/* The null filter is what no profile says, and need not be. */
static void nor_has_allow(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct side *side = i ? &sides->is : &sides->was;

		side->filters[2].name = (char *)"allow";
		side->filters[2].filter.none = true;
	}
	sides_run(sides, &gate_part_proofs);
	sides_run(sides, &gate_part_mismatches);
	assert_int_equal(sides->report.check_count, 2 * (SIDE_FILTERS - 1));
	sides_free(sides);
}

/* ---- tuples */

static void the_seed_decides(void **state)
{
	struct sides *sides = plain_sides();
	double counts[3];

	(void)state;
	spoil(&sides->is);
	for (int i = 0; i < 3; i++) {
		sides->request.seed = i == 2;
		counts[i] = mismatches_of(sides)->value;
		gate_report_release(&sides->report);
	}
	assert_true(counts[0] == counts[1]);
	assert_false(counts[0] == counts[2]);
	sides_free(sides);
}

static void more_tuples_find_more(void **state)
{
	struct sides *sides = plain_sides();

	(void)state;
	spoil(&sides->is);
	sides->request.tuples = 10001; /* no whole number of batches */
	const double few = mismatches_of(sides)->value;
	gate_report_release(&sides->report);
	sides->request.tuples = 0;
	const double many = mismatches_of(sides)->value;
	assert_true(few > 0);
	assert_true(many > 10 * few);
	sides_free(sides);
}

/* The tuples take place, and what came of them is dropped. */
static void interrupt(void *ctx, const char *what, double done, double total)
{
	(void)what;
	(void)done;
	(void)total;
	*(volatile int *)ctx = 1;
}

static void an_interruption_ends_it(void **state)
{
	volatile int interrupted = 0;
	struct sides *sides = plain_sides();

	(void)state;
	sides->request.interrupted = &interrupted;
	sides->request.progress = interrupt;
	sides->request.progress_ctx = (void *)&interrupted;
	sides_run(sides, &gate_part_mismatches);
	assert_int_equal(sides->report.check_count, 0);
	interrupted = 0;
	sides_run(sides, &gate_part_proofs);
	assert_int_equal(sides->report.check_count, 1);
	sides_free(sides);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_filter_that_became_wrong),
		cmocka_unit_test(a_filter_that_is_as_wrong_as_before),
		cmocka_unit_test(as_wrong_in_other_instructions),
		cmocka_unit_test(a_baseline_without_rules),
		cmocka_unit_test(a_filter_that_became_right),
		cmocka_unit_test(wrong_in_another_place),
		cmocka_unit_test(what_is_left_open_does_not_count),
		cmocka_unit_test(a_filter_that_the_baseline_lacks),
		cmocka_unit_test(nothing_is_proved_without_rules),
		cmocka_unit_test(what_was_not_proved_and_is_the_same),
		cmocka_unit_test(filters_without_a_policy_have_no_proof),
		cmocka_unit_test(nor_has_allow),
		cmocka_unit_test(the_seed_decides),
		cmocka_unit_test(more_tuples_find_more),
		cmocka_unit_test(an_interruption_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
