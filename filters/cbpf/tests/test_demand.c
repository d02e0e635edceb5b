/* SPDX-License-Identifier: MIT */
/* Demands on one word: small masks and constants against all values that can matter. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>

#include "filters/cbpf/demand.h"
#include "harness/base/alloc.h"
#include "harness/base/rng.h"

static bool holds(const struct cbpf_demand *demand, uint32_t word)
{
	uint32_t seen = word & demand->mask;

	switch (demand->relation) {
	case CBPF_EQ: return seen == demand->k;
	case CBPF_NE: return seen != demand->k;
	case CBPF_GT: return seen > demand->k;
	case CBPF_LE: return seen <= demand->k;
	}
	return false;
}

static bool all_hold(const struct cbpf_demand *demands, size_t count, uint32_t word)
{
	for (size_t i = 0; i < count; i++)
		if (!holds(&demands[i], word))
			return false;
	return true;
}

/* Asks, and checks the word that comes back. */
static enum cbpf_answer meet(const struct cbpf_demand *demands, size_t count)
{
	struct cbpf_demand copy[64];
	uint64_t budget = 1000000;
	uint32_t word;

	assert_true(count <= SG_COUNT(copy));
	for (size_t i = 0; i < count; i++)
		copy[i] = demands[i];
	enum cbpf_answer answer = cbpf_demands_meet(copy, count, &budget, &word);

	if (answer == CBPF_MET)
		assert_true(all_hold(demands, count, word));
	return answer;
}

static void test_nothing_demanded(void **state)
{
	(void)state;
	assert_int_equal(meet(NULL, 0), CBPF_MET);
}

static void test_edges(void **state)
{
	static const struct {
		struct cbpf_demand demands[3];
		enum cbpf_answer answer;
	} rows[] = {
		{{{CBPF_EQ, ~0u, 5}, {CBPF_EQ, ~0u, 5}, {CBPF_LE, ~0u, 5}}, CBPF_MET},
		{{{CBPF_EQ, ~0u, 5}, {CBPF_EQ, ~0u, 6}, {CBPF_LE, ~0u, 9}}, CBPF_UNMEETABLE},
		{{{CBPF_EQ, ~0u, 5}, {CBPF_NE, ~0u, 5}, {CBPF_LE, ~0u, 9}}, CBPF_UNMEETABLE},
		{{{CBPF_GT, ~0u, 0xfffffffe}, {CBPF_NE, ~0u, 0}, {CBPF_GT, 1, 0}}, CBPF_MET},
		{{{CBPF_GT, ~0u, 0xffffffff}, {CBPF_NE, ~0u, 0}, {CBPF_GT, 1, 0}}, CBPF_UNMEETABLE},
		{{{CBPF_LE, ~0u, 0}, {CBPF_NE, ~0u, 0}, {CBPF_LE, ~0u, 7}}, CBPF_UNMEETABLE},
		{{{CBPF_GT, ~0u, 4}, {CBPF_LE, ~0u, 5}, {CBPF_NE, ~0u, 5}}, CBPF_UNMEETABLE},
		{{{CBPF_GT, ~0u, 4}, {CBPF_LE, ~0u, 6}, {CBPF_NE, ~0u, 5}}, CBPF_MET},
		/* constants outside the mask */
		{{{CBPF_EQ, 0xf0, 0x01}, {CBPF_LE, ~0u, ~0u}, {CBPF_LE, ~0u, ~0u}},
		 CBPF_UNMEETABLE},
		{{{CBPF_NE, 0xf0, 0x01}, {CBPF_EQ, ~0u, 0}, {CBPF_LE, ~0u, ~0u}}, CBPF_MET},
		{{{CBPF_GT, 0xf0, 0xf0}, {CBPF_LE, ~0u, ~0u}, {CBPF_LE, ~0u, ~0u}},
		 CBPF_UNMEETABLE},
		{{{CBPF_GT, 0xf0, 0xe1}, {CBPF_NE, 0x80, 0}, {CBPF_LE, ~0u, 0xf0}}, CBPF_MET},
		{{{CBPF_LE, 0, 0}, {CBPF_EQ, 0, 0}, {CBPF_EQ, ~0u, 0x12345678}}, CBPF_MET},
		{{{CBPF_GT, 0, 0}, {CBPF_EQ, 0, 0}, {CBPF_EQ, ~0u, 0x12345678}}, CBPF_UNMEETABLE},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++)
		if (meet(rows[i].demands, 3) != rows[i].answer)
			fail_msg("row %zu", i);
}

static void test_negation(void **state)
{
	(void)state;
	for (int relation = CBPF_EQ; relation <= CBPF_LE; relation++) {
		struct cbpf_demand demand = {relation, 0x6, 0x4}, negated = cbpf_demand_not(demand);

		for (uint32_t word = 0; word < 16; word++)
			assert_int_equal(holds(&demand, word), !holds(&negated, word));
	}
}

/*
 * With masks and constants below 8, at any shift, values below 16 show all there is to see: what
 * is above bit 2 matters only in that a whole word may exceed every constant.
 */
static void test_random_demands(void **state)
{
	size_t met = 0, rounds = 100000;
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 1);
	for (size_t round = 0; round < rounds; round++) {
		struct cbpf_demand demands[8];
		size_t count = 1 + sg_rng_below(&rng, SG_COUNT(demands));
		int shift = sg_rng_below(&rng, 29);
		bool meetable = false;

		for (size_t i = 0; i < count; i++) {
			uint32_t mask = sg_rng_below(&rng, 2) ? 15 : sg_rng_below(&rng, 8);

			demands[i].relation =
				sg_rng_below(&rng, 2) ? CBPF_NE : sg_rng_below(&rng, 4);
			demands[i].mask = mask << shift;
			demands[i].k = (uint32_t)sg_rng_below(&rng, 8) << shift;
		}
		for (uint32_t word = 0; word < 16; word++)
			meetable |= all_hold(demands, count, word << shift);
		assert_int_equal(meet(demands, count), meetable ? CBPF_MET : CBPF_UNMEETABLE);
		met += meetable;
	}
	assert_in_range(met, rounds / 4, rounds / 4 * 3);
}

static void test_gives_up_when_the_budget_is_used(void **state)
{
	struct cbpf_demand demands[] = {{CBPF_NE, 0xff, 1},
					{CBPF_NE, 0xff, 2},
					{CBPF_GT, 0xffff, 0x1234}};
	uint64_t budget = 4;
	uint32_t word = 77;

	(void)state;
	assert_int_equal(cbpf_demands_meet(demands, 3, &budget, &word), CBPF_GAVE_UP);
	assert_int_equal(word, 77);
	assert_true(budget <= 4);
}

/* A chain of 4,000 inequalities costs a walk, not a search. */
static void test_many_inequalities_are_cheap(void **state)
{
	const size_t count = 4000, budget_at_start = 40 * count;
	struct cbpf_demand *demands = sg_calloc(count + 1, sizeof(*demands));
	uint64_t budget = budget_at_start;
	uint32_t word = 0;

	(void)state;
	for (size_t i = 0; i < count; i++)
		demands[i] = (struct cbpf_demand){CBPF_NE, ~0u, i};
	demands[count] = (struct cbpf_demand){CBPF_LE, ~0u, count};
	assert_int_equal(cbpf_demands_meet(demands, count + 1, &budget, &word), CBPF_MET);
	assert_int_equal(word, count);

	budget = budget_at_start;
	for (size_t i = 0; i < count; i++)
		demands[i] = (struct cbpf_demand){CBPF_NE, ~0u, i};
	demands[count] = (struct cbpf_demand){CBPF_LE, ~0u, count - 1};
	assert_int_equal(cbpf_demands_meet(demands, count + 1, &budget, &word), CBPF_UNMEETABLE);
	free(demands);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_demanded),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_negation),
		cmocka_unit_test(test_random_demands),
		cmocka_unit_test(test_gives_up_when_the_budget_is_used),
		cmocka_unit_test(test_many_inequalities_are_cheap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
