/* SPDX-License-Identifier: MIT */
/*
 * From the inputs that differ to the answer: the smallest of them, how many there are, where.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "filters/prove/answer.h"
#include "filters/prove/conds.h"
#include "filters/prove/minimal.h"
#include "filters/prove/tests/functions.h"

#define NR      (ABI_OFF_NR / 4)
#define ARCH    (ABI_OFF_ARCH / 4)
#define ARG_LOW 4 /* the low half of the first argument, on a little-endian architecture */

#define NATIVE (abi_arch_native()->audit)
#define X86_64 (abi_arch(ABI_X86_64)->audit)

static int new_pool(void **state)
{
	*state = bdd_pool_new(4000000);
	return 0;
}

static int free_pool(void **state)
{
	bdd_pool_free(*state);
	return 0;
}

static bdd word_is(struct bdd_pool *pool, unsigned word, uint32_t value)
{
	return cond_word_masked(pool, word, UINT32_MAX, value);
}

static bdd not_zero(struct bdd_pool *pool, unsigned word)
{
	return bdd_not(word_is(pool, word, 0));
}

/* The answer where one side allows what the other one kills. */
static struct prove_answer answer_for(struct bdd_pool *pool, bdd differ)
{
	const struct sym a = sym_const(ABI_RET_ALLOW), b = sym_const(ABI_RET_KILL_PROCESS);
	struct prove_answer answer = {0};

	answer_fill(pool, differ, &a, &b, &answer);
	assert_int_equal(answer.result, PROVE_DIFFERENT);
	assert_int_equal(answer.a, ABI_RET_ALLOW);
	assert_int_equal(answer.b, ABI_RET_KILL_PROCESS);
	return answer;
}

static struct abi_tuple smallest(struct bdd_pool *pool, bdd differ)
{
	struct prove_answer answer = answer_for(pool, differ);
	const struct abi_tuple tuple = answer.tuple;

	prove_answer_release(&answer);
	return tuple;
}

/* ---- the fewest words that are not zero */

static unsigned most_zeros(const struct bdd_pool *pool, bdd f, const unsigned vars[VARS])
{
	unsigned most = 0;

	for (unsigned bits = 0; bits < 1u << VARS; bits++) {
		uint32_t words[ABI_DATA_WORDS] = {0};

		set_vars(vars, bits, words);
		if (evaluate(pool, f, words) && zeros_of(words) > most)
			most = zeros_of(words);
	}
	return most;
}

static int zeros_possible(const struct bdd_pool *pool, bdd f)
{
	struct minimal *minimal = minimal_new(pool);
	const int zeros = minimal_zeros(minimal, f, 0);

	minimal_free(minimal);
	return zeros;
}

static void as_many_zero_words_as_there_can_be(void **state)
{
	struct sg_rng rng;
	unsigned asked = 0;

	(void)state;
	sg_rng_seed(&rng, 1);
	for (unsigned i = 0; i < 200; i++) {
		struct bdd_pool *pool = bdd_pool_new(100000);
		unsigned vars[VARS];
		uint32_t words[ABI_DATA_WORDS];

		pick_vars(&rng, 0, vars);
		const bdd f = random_function(&rng, pool, vars);
		if (f != BDD_FALSE) {
			const struct abi_tuple tuple = smallest(pool, f);

			abi_tuple_words(&tuple, words);
			assert_true(evaluate(pool, f, words));
			assert_int_equal(zeros_of(words), most_zeros(pool, f, vars));
			assert_int_equal(zeros_of(words), zeros_possible(pool, f));
			asked++;
		}
		bdd_pool_free(pool);
	}
	assert_true(asked > 100);
}

/* A zero in the first word of two would cost two others. */
static void the_first_zero_is_not_the_best(void **state)
{
	struct bdd_pool *pool = *state;
	const bdd more = bdd_and(pool, not_zero(pool, 7), not_zero(pool, 9));
	const bdd f =
		bdd_and(pool, word_is(pool, ARCH, X86_64),
			bdd_ite(pool, word_is(pool, ARG_LOW, 0), more, word_is(pool, ARG_LOW, 9)));
	const struct abi_tuple tuple = smallest(pool, f);
	const struct abi_tuple expected = {.arch = X86_64, .args = {9}};

	assert_memory_equal(&tuple, &expected, sizeof(tuple));
}

static void values_are_small(void **state)
{
	struct bdd_pool *pool = *state;
	bdd f = word_is(pool, ARCH, X86_64);

	f = bdd_and(pool, f, cond_word_above(pool, ARG_LOW, 5));
	f = bdd_and(pool, f, cond_word_bit(pool, ARG_LOW, 0));
	f = bdd_and(pool, f, cond_word_above(pool, 15, 0xfffffff0));
	const struct abi_tuple tuple = smallest(pool, f);
	const struct abi_tuple expected = {
		.arch = X86_64,
		.args = {[0] = 7, [5] = 0xfffffff100000000},
	};
	assert_memory_equal(&tuple, &expected, sizeof(tuple));
}

/* ---- among equals */

static void everything_is_answered_with_zeros(void **state)
{
	const struct abi_tuple tuple = smallest(*state, BDD_TRUE);
	const struct abi_tuple zeros = {0};

	assert_memory_equal(&tuple, &zeros, sizeof(tuple));
}

static void the_native_architecture_first(void **state)
{
	struct bdd_pool *pool = *state;
	const struct abi_tuple tuple = smallest(pool, not_zero(pool, ARCH));

	assert_int_equal(tuple.arch, NATIVE);
	assert_int_equal(tuple.nr, 0);
}

static void then_a_known_architecture(void **state)
{
	struct bdd_pool *pool = *state;
	const uint32_t s390 = abi_arch(ABI_S390)->audit;
	const bdd some = bdd_or(pool, word_is(pool, ARCH, s390), word_is(pool, ARCH, 1));

	assert_int_equal(smallest(pool, some).arch, s390);
	assert_int_equal(smallest(pool, cond_word_above(pool, ARCH, 0xf0000000)).arch, 0xf0000001);
}

static bdd nr_above(struct bdd_pool *pool, uint32_t nr)
{
	return bdd_and(pool, word_is(pool, ARCH, X86_64), cond_word_above(pool, NR, nr));
}

static void a_call_before_a_number(void **state)
{
	struct bdd_pool *pool = *state;
	const bdd not_424 = bdd_not(word_is(pool, NR, 424));

	/* No call has 340 to 423, and none so many above x32's bit. */
	assert_int_equal(smallest(pool, nr_above(pool, 339)).nr, 424);
	assert_int_equal(smallest(pool, bdd_and(pool, nr_above(pool, 339), not_424)).nr, 425);
	assert_int_equal(smallest(pool, nr_above(pool, ABI_X32_BIT + 339)).nr, ABI_X32_BIT + 424);
	assert_int_equal(smallest(pool, nr_above(pool, ABI_X32_BIT + 999)).nr, ABI_X32_BIT + 1000);
}

/* One word of two may be zero: the number, since read() is the first of the calls. */
static void calls_by_number(void **state)
{
	struct bdd_pool *pool = *state;
	const bdd read_5 = bdd_and(pool, word_is(pool, NR, 0), word_is(pool, ARG_LOW, 5));
	const bdd either = bdd_or(pool, read_5, word_is(pool, NR, 1));
	const struct abi_tuple tuple =
		smallest(pool, bdd_and(pool, word_is(pool, ARCH, X86_64), either));
	const struct abi_tuple expected = {.arch = X86_64, .args = {5}};

	assert_memory_equal(&tuple, &expected, sizeof(tuple));
}

static void halves_stand_where_the_architecture_has_them(void **state)
{
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 3);
	for (unsigned id = 0; id < ABI_ARCH_COUNT; id++) {
		uint32_t words[ABI_DATA_WORDS], back[ABI_DATA_WORDS];

		for (unsigned word = 0; word < ABI_DATA_WORDS; word++)
			words[word] = (uint32_t)sg_rng_u64(&rng);
		words[ARCH] = abi_arch((enum abi_arch_id)id)->audit;
		const struct abi_tuple tuple = answer_tuple(words);
		abi_tuple_words(&tuple, back);
		assert_memory_equal(words, back, sizeof(words));
	}
}

static void inputs_are_counted(void **state)
{
	struct bdd_pool *pool = *state;
	bdd f = bdd_and(pool, word_is(pool, ARCH, NATIVE), word_is(pool, NR, 3));

	struct prove_answer answer = answer_for(pool, f);
	assert_true(answer.inputs == ldexp(1, 448));
	prove_answer_release(&answer);
	answer = answer_for(pool, BDD_TRUE);
	assert_true(answer.inputs == ldexp(1, 512));
	prove_answer_release(&answer);
	for (unsigned word = 2; word < ABI_DATA_WORDS; word++)
		f = bdd_and(pool, f, word_is(pool, word, word));
	answer = answer_for(pool, f);
	assert_true(answer.inputs == 1);
	prove_answer_release(&answer);
}

int main(void)
{
#define WITH_POOL(test) cmocka_unit_test_setup_teardown(test, new_pool, free_pool)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_many_zero_words_as_there_can_be),
		WITH_POOL(the_first_zero_is_not_the_best),
		WITH_POOL(values_are_small),
		WITH_POOL(everything_is_answered_with_zeros),
		WITH_POOL(the_native_architecture_first),
		WITH_POOL(then_a_known_architecture),
		WITH_POOL(a_call_before_a_number),
		WITH_POOL(calls_by_number),
		cmocka_unit_test(halves_stand_where_the_architecture_has_them),
		WITH_POOL(inputs_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
