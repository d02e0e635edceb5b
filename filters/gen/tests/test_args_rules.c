/* SPDX-License-Identifier: MIT */
/* Passes over the rules of a call: how many are left, and that they say what they said. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "filters/gen/args_rules.h"
#include "filters/gen/tests/args_tables.h"

struct named {
	const char *name;
	struct table_rule rules[TABLE_RULES];
	size_t made;    /* rules that are left once conditions are intersected */
	size_t merged;  /* by args_merge() */
	size_t grouped; /* by args_group() after that */
	enum abi_arch_id arch;
};

static const struct named cases[] = {
	/* ---- one rule: conditions of one argument */
	{"intersected", {IF(A, GE(0, 3), LE(0, 5))}, 1, 1, 1, 0},
	{"implied", {IF(A, EQ(0, 1), NE(0, 2), EQ(1, 4))}, 1, 1, 1, 0},
	{"impossible", {IF(A, EQ(0, 1), GT(0, 2)), IF(B, EQ(0, 1))}, 1, 1, 1, 0},
	{"impossible_under_masks", {IF(A, MASK(0, 3, 1), MASK(0, 6, 2))}, 0, 0, 0, 0},
	{"always", {IF(A, GE(0, 0)), IF(B, EQ(0, 1))}, 0, 0, 0, 0},
	{"never", {IF(A, LT(0, 0)), IF(A, GT(0, UINT64_MAX))}, 0, 0, 0, 0},
	/* ---- what never decides */
	{"says_the_default", {IF(A, EQ(0, 1)), IF(REST, EQ(0, 2))}, 1, 1, 1, 0},
	{"exception_before_a_rule", {IF(REST, EQ(0, 1)), IF(A, LT(0, 5))}, 2, 2, 2, 0},
	{"twice", {IF(A, NE(0, 9)), IF(A, NE(1, 16)), IF(A, NE(0, 9))}, 3, 2, 2, 0},
	{"behind_a_wider_one", {IF(A, LT(0, 9)), IF(B, EQ(0, 3), EQ(1, 4))}, 2, 1, 1, 0},
	{"before_a_wider_one", {IF(A, EQ(0, 3), EQ(1, 4)), IF(A, LT(0, 9))}, 2, 1, 1, 0},
	{"before_a_wider_one_but_for_a_third",
	 {IF(A, EQ(0, 3)), IF(B, LT(0, 4)), IF(A, LT(0, 9))},
	 3,
	 3,
	 3,
	 0},
	/* ---- ranges */
	{"range_with_the_value_behind_it", {IF(A, LT(0, 38)), IF(A, EQ(0, 38))}, 2, 1, 1, 0},
	{"ranges_on_both_sides",
	 {IF(A, LT(0, 38)), IF(A, EQ(0, 39)), IF(A, GT(0, 40))},
	 3,
	 2,
	 2,
	 0},
	{"all_of_it", {IF(A, LT(0, 38)), IF(A, GE(0, 30)), IF(B, EQ(1, 1))}, 3, 0, 0, 0},
	{"ranges_that_do_not_meet", {IF(A, LT(0, 38)), IF(A, EQ(0, 40))}, 2, 2, 2, 0},
	{"same_otherwise", {IF(A, LT(0, 4), EQ(1, 7)), IF(A, EQ(0, 4), EQ(1, 7))}, 2, 1, 1, 0},
	{"not_the_same_otherwise",
	 {IF(A, LT(0, 4), EQ(1, 7)), IF(A, EQ(0, 4), EQ(1, 8))},
	 2,
	 2,
	 2,
	 0},
	/* ---- what stands between */
	{"past_the_same_action", {IF(A, LT(0, 4)), IF(A, EQ(1, 1)), IF(A, EQ(0, 4))}, 3, 2, 2, 0},
	{"past_what_cannot_meet", {IF(A, LT(0, 4)), IF(B, EQ(0, 9)), IF(A, EQ(0, 4))}, 3, 2, 2, 0},
	{"not_past_what_may_meet", {IF(A, LT(0, 4)), IF(B, EQ(1, 9)), IF(A, EQ(0, 4))}, 3, 3, 3, 0},
	{"down_where_up_is_barred",
	 {IF(A, EQ(0, 7)), IF(B, GE(0, 8), LT(1, 5)), IF(A, GE(0, 8))},
	 3,
	 2,
	 2,
	 0},
	/* ---- masks */
	{"any_of_two_bits",
	 {IF(A, MASK(1, 04000, 04000)), IF(A, MASK(1, 02000, 02000))},
	 2,
	 1,
	 1,
	 0},
	{"masked_values_one_bit_apart",
	 {IF(A, MASK(0, 0xf0, 0x10)), IF(A, MASK(0, 0xf0, 0x30))},
	 2,
	 1,
	 1,
	 0},
	{"personality",
	 {IF(A, EQ(0, 0)), IF(A, EQ(0, 8)), IF(A, EQ(0, 0x20000)), IF(A, EQ(0, 0x20008)),
	  IF(A, EQ(0, 0xffffffff))},
	 5,
	 5,
	 2,
	 0},
	{"two_values_that_a_mask_does_not_help", {IF(A, EQ(0, 2)), IF(A, EQ(0, 10))}, 2, 2, 2, 0},
	{"zero_and_a_bit", {IF(A, EQ(0, 0)), IF(A, EQ(0, 8))}, 2, 2, 1, 0},
	{"four_under_two_jsets",
	 {IF(A, EQ(0, 1)), IF(A, EQ(0, 3)), IF(A, EQ(0, 5)), IF(A, EQ(0, 7))},
	 4,
	 4,
	 1,
	 0},
	{"a_run_of_values",
	 {IF(A, EQ(0, 11)), IF(A, EQ(0, 9)), IF(A, EQ(0, 10)), IF(A, EQ(0, 12)), IF(A, EQ(0, 20))},
	 5,
	 5,
	 2,
	 0},
	{"a_run_from_zero", {IF(A, EQ(0, 2)), IF(A, EQ(0, 0)), IF(A, EQ(0, 1))}, 3, 3, 1, 0},
	/* Two of {0, 1}, {0, 2}, {0, 4} and the values left cost as much as one and three values.
	 */
	{"masks_that_overlap",
	 {IF(A, EQ(0, 0)), IF(A, EQ(0, 1)), IF(A, EQ(0, 2)), IF(A, EQ(0, 4))},
	 4,
	 4,
	 2,
	 0},
	{"low_halves_alone",
	 {IF(A, MASK(0, 0xffffffff, 0)), IF(A, MASK(0, 0xffffffff, 8))},
	 2,
	 2,
	 1,
	 0},
	{"low_halves_under_different_masks",
	 {IF(A, MASK(0, 0xffffffff, 0)), IF(A, EQ(0, 0x100000008))},
	 2,
	 2,
	 2,
	 0},
	/* What is above them does not count, so there is no range of the argument. */
	{"a_run_of_low_halves",
	 {IF(A, MASK(0, 0xffffffff, 9)), IF(A, MASK(0, 0xffffffff, 10)),
	  IF(A, MASK(0, 0xffffffff, 11))},
	 3,
	 3,
	 3,
	 0},
	{"different_high_halves", {IF(A, EQ(0, 0)), IF(A, EQ(0, 0x100000000))}, 2, 2, 2, 0},
	{"second_argument", {IF(A, EQ(0, 5), EQ(1, 0)), IF(A, EQ(0, 5), EQ(1, 8))}, 2, 2, 1, 0},
	{"group_not_past_what_may_meet",
	 {IF(A, EQ(0, 0)), IF(B, EQ(1, 1)), IF(A, EQ(0, 8))},
	 3,
	 3,
	 3,
	 0},
	{"group_past_what_cannot_meet",
	 {IF(A, EQ(0, 0)), IF(B, EQ(0, 1)), IF(A, EQ(0, 8))},
	 3,
	 3,
	 2,
	 0},
	/* ---- constants above 32 bits where there are none */
	{"wide_constants",
	 {IF(A, EQ(0, 0x100000001)), IF(A, LT(0, 0x100000000)), IF(B, EQ(0, 1))},
	 0,
	 0,
	 0,
	 ABI_I386},
	{"wide_masks",
	 {IF(A, MASK(0, 0xffffffff00000001, 1)), IF(B, MASK(0, 0x100000002, 0x100000002))},
	 1,
	 1,
	 1,
	 ABI_I386},
};

static uint32_t action_of(const struct args_rules *rules, const uint64_t args[6])
{
	size_t found = args_rules_find(rules, args);

	return found < rules->count ? rules->items[found].action : rules->otherwise;
}

static void assert_same(const char *name, const struct args_rules *before,
			const struct args_rules *after)
{
	static const uint64_t values[] = {0,           1,           2,     3,          4,
					  5,           6,           7,     8,          9,
					  10,          11,          12,    13,         16,
					  20,          30,          37,    38,         39,
					  40,          41,          02000, 04000,      06000,
					  0x10,        0x30,        0x50,  0x20000,    0x20008,
					  0xffffffff,  0x100000000, ~0ull, 0x80000000, 0x10000000,
					  0x100000008, 0x10000000a};
	uint64_t args[6] = {0};
	size_t i, j;

	for (i = 0; i < SG_COUNT(values); i++) {
		for (j = 0; j < SG_COUNT(values); j++) {
			args[0] = values[i];
			args[1] = values[j];
			if (action_of(before, args) != action_of(after, args))
				fail_msg("%s: a0 0x%lx a1 0x%lx", name, args[0], args[1]);
		}
	}
}

static void assert_count(const char *name, const char *pass, const struct args_rules *rules,
			 size_t want)
{
	if (rules->count != want)
		fail_msg("%s: %s leaves %zu rules, not %zu", name, pass, rules->count, want);
}

static void passes_leave_so_many_rules(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < SG_COUNT(cases); i++) {
		struct args_rule from[TABLE_RULES];
		size_t count = read_table(cases[i].rules, from);
		struct args_rules made, rules;

		args_rules_make(&made, abi_arch(cases[i].arch), from, count, REST);
		args_rules_copy(&rules, &made);
		assert_count(cases[i].name, "making", &rules, cases[i].made);
		args_merge(&rules);
		assert_count(cases[i].name, "merging", &rules, cases[i].merged);
		assert_same(cases[i].name, &made, &rules);
		args_group(&rules);
		assert_count(cases[i].name, "grouping", &rules, cases[i].grouped);
		assert_same(cases[i].name, &made, &rules);
		args_rules_release(&made);
		args_rules_release(&rules);
	}
}

/* ---- order */

static const struct named ordered = {
	"order", {IF(A, EQ(0, 1)), IF(B, EQ(0, 2), EQ(1, 5)), IF(A, EQ(0, 3)), IF(B, EQ(1, 6))},
	4,       4,
	4,       ABI_X86_64,
};

/* a0 == 3 may pass both rules before it; a1 == 6 passes one of its own action, but not a0 == 1,
 * which it can meet. */
static void heavy_rules_come_first(void **state)
{
	const struct args_sample samples[] = {table_sample(ABI_X86_64, (uint64_t[]){3, 0, 0}, 1),
					      table_sample(ABI_X86_64, (uint64_t[]){9, 6, 0}, 5)};
	struct args_rule from[TABLE_RULES];
	struct args_samples given;
	struct args_rules rules;
	size_t count = read_table(ordered.rules, from);

	(void)state;
	args_samples_make(&given, samples, 2);
	args_rules_make(&rules, abi_arch(ABI_X86_64), from, count, REST);
	args_order(&rules, &given, false);
	assert_int_equal(rules.items[0].sets[0].low, 3);
	assert_int_equal(rules.items[1].sets[0].low, 1);
	assert_int_equal(rules.items[2].sets[0].low, 6);
	assert_int_equal(rules.items[3].count, 2);
	args_rules_release(&rules);
}

/* a0 == 2 fails on no sample, a1 == 5 on all. */
static void failing_conditions_come_first(void **state)
{
	const struct args_sample sample = table_sample(ABI_X86_64, (uint64_t[]){2, 0, 0}, 1);
	struct args_rule from[TABLE_RULES];
	struct args_samples given;
	struct args_rules rules;
	size_t count = read_table(ordered.rules, from);

	(void)state;
	args_samples_make(&given, &sample, 1);
	args_rules_make(&rules, abi_arch(ABI_X86_64), from, count, REST);
	args_order(&rules, &given, false);
	assert_int_equal(rules.items[1].sets[0].arg, 1);
	assert_int_equal(rules.items[1].sets[1].arg, 0);
	args_rules_release(&rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passes_leave_so_many_rules),
		cmocka_unit_test(heavy_rules_come_first),
		cmocka_unit_test(failing_conditions_come_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
