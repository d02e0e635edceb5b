/* SPDX-License-Identifier: MIT */
/* Whether two rules can match the same call, against trying the values one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "filters/policy/private.h"
#include "filters/policy/tests/holds.h"
#include "harness/base/rng.h"

/* With constants below 32, every value above 63 behaves as one of those from 32 to 63. */
static bool overlap_by_trial(const struct policy_cond *a, const struct policy_cond *b)
{
	for (uint64_t x = 0; x < 64; x++)
		if (holds(a, x) && holds(b, x))
			return true;
	return false;
}

static struct policy_cond random_cond(struct sg_rng *rng)
{
	return (struct policy_cond){
		.op = sg_rng_below(rng, POLICY_MASKED_EQ + 1),
		.value = sg_rng_below(rng, 32),
		.value_two = sg_rng_below(rng, 32),
	};
}

static void like_trying_every_value(void **state)
{
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 1);
	for (int i = 0; i < 200000; i++) {
		const struct policy_rule a = {.conds = {random_cond(&rng)}, .cond_count = 1};
		const struct policy_rule b = {.conds = {random_cond(&rng)}, .cond_count = 1};
		const bool expected = overlap_by_trial(&a.conds[0], &b.conds[0]);

		if (policy_rules_overlap(&a, &b) != expected)
			fail_msg("op %d %d %d, op %d %d %d: expected %d", a.conds[0].op,
				 (int)a.conds[0].value, (int)a.conds[0].value_two, b.conds[0].op,
				 (int)b.conds[0].value, (int)b.conds[0].value_two, expected);
	}
}

#define TOP (1ull << 63)

static const struct {
	struct policy_cond a, b;
	bool overlap;
} wide[] = {
	/* At the ends of the range. */
	{{0, POLICY_LT, 0, 0}, {0, POLICY_GE, 0, 0}, false},
	{{0, POLICY_GT, UINT64_MAX, 0}, {0, POLICY_GE, 0, 0}, false},
	{{0, POLICY_GT, UINT64_MAX - 1, 0}, {0, POLICY_NE, UINT64_MAX, 0}, false},
	{{0, POLICY_GT, UINT64_MAX - 1, 0}, {0, POLICY_EQ, UINT64_MAX, 0}, true},
	{{0, POLICY_LE, 0, 0}, {0, POLICY_NE, 0, 0}, false},
	/* Masks over all 64 bits, with a carry into a free bit and without one. */
	{{0, POLICY_MASKED_EQ, UINT64_MAX, 7}, {0, POLICY_NE, 7, 0}, false},
	{{0, POLICY_MASKED_EQ, TOP, 0}, {0, POLICY_GE, TOP, 0}, false},
	{{0, POLICY_MASKED_EQ, TOP, 0}, {0, POLICY_GE, TOP - 1, 0}, true},
	{{0, POLICY_MASKED_EQ, 1, 0}, {0, POLICY_GE, UINT64_MAX, 0}, false},
	{{0, POLICY_MASKED_EQ, 1, 0}, {0, POLICY_GE, UINT64_MAX - 1, 0}, true},
	{{0, POLICY_MASKED_EQ, 0xf0, 0x10}, {0, POLICY_GE, 0x20, 0}, true},
	{{0, POLICY_MASKED_EQ, ~0xfull, 0x10}, {0, POLICY_GE, 0x20, 0}, false},
	{{0, POLICY_MASKED_EQ, 0xff00000000ull, 0x100000000ull},
	 {0, POLICY_MASKED_EQ, 0x0ff0000000ull, 0x0200000000ull},
	 false},
	{{0, POLICY_MASKED_EQ, 0xff00000000ull, 0x1200000000ull},
	 {0, POLICY_MASKED_EQ, 0x0ff0000000ull, 0x0230000000ull},
	 true},
	/* A mask of nothing holds always; a datum outside the mask does not count. */
	{{0, POLICY_MASKED_EQ, 0, 5}, {0, POLICY_EQ, 9, 0}, true},
	/* Other arguments have nothing to do with each other. */
	{{0, POLICY_EQ, 1, 0}, {1, POLICY_EQ, 2, 0}, true},
	{{0, POLICY_EQ, 1, 0}, {1, POLICY_LT, 0, 0}, false},
};

static void at_the_ends_of_64_bits(void **state)
{
	(void)state;
	for (size_t i = 0; i < SG_COUNT(wide); i++) {
		const struct policy_rule a = {.conds = {wide[i].a}, .cond_count = 1};
		const struct policy_rule b = {.conds = {wide[i].b}, .cond_count = 1};

		if (policy_rules_overlap(&a, &b) != wide[i].overlap ||
		    policy_rules_overlap(&b, &a) != wide[i].overlap)
			fail_msg("row %zu: expected %d", i, wide[i].overlap);
	}
}

static void several_arguments_are_a_conjunction(void **state)
{
	const struct policy_rule a = {
		.conds = {{0, POLICY_EQ, 1, 0}, {2, POLICY_LT, 5, 0}},
		.cond_count = 2,
	};
	const struct policy_rule apart = {
		.conds = {{2, POLICY_GE, 5, 0}, {0, POLICY_EQ, 1, 0}},
		.cond_count = 2,
	};
	const struct policy_rule always = {0};

	(void)state;
	assert_false(policy_rules_overlap(&a, &apart));
	assert_true(policy_rules_overlap(&a, &a));
	assert_true(policy_rules_overlap(&a, &always));
	assert_true(policy_rules_overlap(&always, &always));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(like_trying_every_value),
		cmocka_unit_test(at_the_ends_of_64_bits),
		cmocka_unit_test(several_arguments_are_a_conjunction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
