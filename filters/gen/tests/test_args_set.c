/* SPDX-License-Identifier: MIT */
/* Sets of argument values, held against what they contain, for every set over five bits. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "filters/gen/args_set.h"

#define TOP      31u
#define EVERY    UINT32_MAX /* all 32 values, as bits */
#define MAX_SETS 2048
#define WIDE     0x100000000u

/* Each set in normal form once, with its values as bits of a word. */
struct all_sets {
	struct args_set sets[MAX_SETS];
	uint32_t values[MAX_SETS];
	size_t count;
};

static uint32_t values_of(const struct args_set *set)
{
	uint32_t values = 0, x;

	for (x = 0; x <= TOP; x++)
		values |= (uint32_t)args_set_has(set, x) << x;
	return values;
}

static void add(struct all_sets *all, const struct args_set *set)
{
	size_t i;

	for (i = 0; i < all->count; i++) {
		if (args_set_equal(&all->sets[i], set))
			return;
	}
	assert_true(all->count < MAX_SETS);
	all->sets[all->count] = *set;
	all->values[all->count++] = values_of(set);
}

static struct all_sets *every_set(void)
{
	struct all_sets *all = calloc(1, sizeof(*all));
	struct args_set set, rest;
	uint64_t a, b;

	assert_non_null(all);
	for (a = 0; a <= TOP; a++) {
		for (b = 0; b <= TOP; b++) {
			if (a <= b && args_set_range(0, a, b, TOP, &set) == ARGS_SOME) {
				rest = args_set_complement(&set, TOP);
				add(all, &set);
				add(all, &rest);
			}
			if (!(b & ~a) && args_set_bits(0, a, b, TOP, &set) == ARGS_SOME) {
				rest = args_set_complement(&set, TOP);
				add(all, &set);
				add(all, &rest);
			}
		}
	}
	return all;
}

/* Never empty or everything; one form for one meaning, but where a mask says a circular range. */
static void sets_are_in_normal_form(void **state)
{
	struct all_sets *all = every_set();
	size_t i;

	(void)state;
	assert_true(all->count > 900);
	for (i = 0; i < all->count; i++) {
		struct args_set rest = args_set_complement(&all->sets[i], TOP);
		struct args_set again = args_set_complement(&rest, TOP);

		assert_true(all->values[i] != 0 && all->values[i] != EVERY);
		assert_int_equal(values_of(&rest), (uint32_t)~all->values[i]);
		assert_true(args_set_equal(&again, &all->sets[i]));
	}
	free(all);
}

static bool both_ranges(const struct args_set *a, const struct args_set *b)
{
	return a->shape == ARGS_RANGE && b->shape == ARGS_RANGE;
}

static bool no_range(const struct args_set *a, const struct args_set *b)
{
	return a->shape != ARGS_RANGE && b->shape != ARGS_RANGE;
}

struct pair {
	const struct args_set *a, *b;
	uint32_t a_values, b_values;
};

static void for_each_pair(void (*check)(const struct pair *pair))
{
	struct all_sets *all = every_set();
	size_t i, j;

	for (i = 0; i < all->count; i++) {
		for (j = 0; j < all->count; j++)
			check(&(struct pair){&all->sets[i], &all->sets[j], all->values[i],
					     all->values[j]});
	}
	free(all);
}

static void fail_pair(const struct pair *pair, const char *what)
{
	fail_msg("0x%x and 0x%x: %s", pair->a_values, pair->b_values, what);
}

/* What is said is so; and for two ranges and for two masks all that is so is said. */
static void check_order(const struct pair *pair)
{
	bool within = (pair->a_values & ~pair->b_values) == 0;
	bool disjoint = (pair->a_values & pair->b_values) == 0;
	bool exact = both_ranges(pair->a, pair->b) || no_range(pair->a, pair->b);

	if (args_set_within(pair->a, pair->b, TOP) ? !within : within && exact)
		fail_pair(pair, "within");
	if (args_set_disjoint(pair->a, pair->b, TOP) ? !disjoint : disjoint && exact)
		fail_pair(pair, "disjoint");
}

static void within_and_disjoint(void **state)
{
	(void)state;
	for_each_pair(check_order);
}

/* The values of some range, whichever way round? */
static bool is_range(uint32_t values)
{
	uint32_t starts = values & ~(values << 1 | values >> 31);

	return (starts & (starts - 1)) == 0;
}

/* What came out is so; and two ranges that make one are seen. */
static void check_result(const struct pair *pair, enum args_is is, const struct args_set *set,
			 uint32_t want)
{
	if (is == ARGS_NONE)
		assert_int_equal(want, 0);
	else if (is == ARGS_ALL)
		assert_int_equal(want, EVERY);
	else if (is == ARGS_SOME)
		assert_int_equal(values_of(set), want);
	else if (both_ranges(pair->a, pair->b) && is_range(want))
		fail_pair(pair, "unknown");
}

static void check_union(const struct pair *pair)
{
	struct args_set set;
	enum args_is is = args_set_either(pair->a, pair->b, TOP, &set);

	check_result(pair, is, &set, pair->a_values | pair->b_values);
	is = args_set_both(pair->a, pair->b, TOP, &set);
	check_result(pair, is, &set, pair->a_values & pair->b_values);
}

static void either_and_both(void **state)
{
	(void)state;
	for_each_pair(check_union);
}

/* ---- conditions */

static bool holds(const struct policy_cond *cond, uint64_t x)
{
	switch (cond->op) {
	case POLICY_NE: return x != cond->value;
	case POLICY_LT: return x < cond->value;
	case POLICY_LE: return x <= cond->value;
	case POLICY_EQ: return x == cond->value;
	case POLICY_GE: return x >= cond->value;
	case POLICY_GT: return x > cond->value;
	default: return (x & cond->value) == (cond->value_two & cond->value);
	}
}

static void check_cond(const struct policy_cond *cond, uint64_t top)
{
	static const uint64_t values[] = {0,    1,          2,          7,          8,
					  9,    0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
					  WIDE, WIDE + 8,   WIDE << 31, UINT64_MAX, ~7ull};
	struct args_set set;
	enum args_is is = args_set_of(cond, top, &set);
	size_t i;

	assert_int_not_equal(is, ARGS_UNKNOWN);
	for (i = 0; i < SG_COUNT(values); i++) {
		if (values[i] > top)
			continue;
		assert_int_equal(is == ARGS_SOME ? args_set_has(&set, values[i]) : is == ARGS_ALL,
				 holds(cond, values[i]));
	}
}

/* On 32 bits a wide constant compares arithmetically. */
static void conditions_become_sets(void **state)
{
	static const uint64_t constants[] = {0,    1,        8,          0xfffffff8, 0xffffffff,
					     WIDE, WIDE + 8, UINT64_MAX, ~7ull,      WIDE << 31};
	size_t i, j;
	int op;

	(void)state;
	for (op = POLICY_NE; op <= POLICY_MASKED_EQ; op++) {
		for (i = 0; i < SG_COUNT(constants); i++) {
			for (j = 0; j < SG_COUNT(constants); j++) {
				struct policy_cond cond = {0, (enum policy_op)op, constants[i],
							   constants[j]};

				check_cond(&cond, UINT64_MAX);
				check_cond(&cond, UINT32_MAX);
			}
		}
	}
}

/* ---- named cases over 64 bits: either of two conditions, as one */

struct named {
	const char *name;
	struct policy_cond a, b;
	enum args_is is;
	uint8_t shape;
	uint64_t first, second; /* low and high, or mask and value */
};

static const struct named cases[] = {
	{"adjacent", {0, POLICY_LT, 38, 0}, {0, POLICY_EQ, 38, 0}, ARGS_SOME, ARGS_RANGE, 0, 38},
	{"around", {0, POLICY_LT, 38, 0}, {0, POLICY_GT, 40, 0}, ARGS_SOME, ARGS_RANGE, 41, 37},
	{"hole", {0, POLICY_NE, 16, 0}, {0, POLICY_EQ, 16, 0}, ARGS_ALL, 0, 0, 0},
	{"overlap", {0, POLICY_LE, 40, 0}, {0, POLICY_GE, 38, 0}, ARGS_ALL, 0, 0, 0},
	{"any_bit",
	 {0, POLICY_MASKED_EQ, 04000, 04000},
	 {0, POLICY_MASKED_EQ, 02000, 02000},
	 ARGS_SOME,
	 ARGS_NOT_BITS,
	 06000,
	 0},
	{"one_bit_apart",
	 {0, POLICY_MASKED_EQ, 0xf0, 0x10},
	 {0, POLICY_MASKED_EQ, 0xf0, 0x30},
	 ARGS_SOME,
	 ARGS_BITS,
	 0xd0,
	 0x10},
	{"two_points", {0, POLICY_EQ, 0, 0}, {0, POLICY_EQ, 8, 0}, ARGS_UNKNOWN, ARGS_RANGE, 0, 0},
};

static void named_unions(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < SG_COUNT(cases); i++) {
		struct args_set a, b, set = {0};

		assert_int_equal(args_set_of(&cases[i].a, UINT64_MAX, &a), ARGS_SOME);
		assert_int_equal(args_set_of(&cases[i].b, UINT64_MAX, &b), ARGS_SOME);
		if (args_set_either(&a, &b, UINT64_MAX, &set) != cases[i].is)
			fail_msg("%s", cases[i].name);
		if (cases[i].is == ARGS_SOME &&
		    (set.shape != cases[i].shape || set.low != cases[i].first ||
		     set.high != cases[i].second))
			fail_msg("%s: shape %d 0x%lx 0x%lx", cases[i].name, set.shape, set.low,
				 set.high);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_are_in_normal_form),
		cmocka_unit_test(within_and_disjoint),
		cmocka_unit_test(either_and_both),
		cmocka_unit_test(conditions_become_sets),
		cmocka_unit_test(named_unions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
