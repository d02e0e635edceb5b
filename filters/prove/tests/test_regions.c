/* SPDX-License-Identifier: MIT */
/*
 * Where inputs differ: by audit value and number, in bounded time; which arguments that hangs on,
 * and the smallest input.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "filters/prove/answer.h"
#include "filters/prove/conds.h"
#include "filters/prove/tests/functions.h"

#define NR      (ABI_OFF_NR / 4)
#define ARCH    (ABI_OFF_ARCH / 4)
#define ARG_LOW 4 /* the low half of the first argument, on a little-endian architecture */

#define ALLOW    ABI_RET_ALLOW
#define KILL     ABI_RET_KILL_PROCESS
#define ERRNO(n) (ABI_RET_ERRNO | (n))

#define NATIVE (abi_arch_native()->audit)
#define BY_NR  0x1p448 /* inputs of a number on an audit value */

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

static bdd nr_between(struct bdd_pool *pool, uint32_t low, uint32_t high)
{
	const bdd above = low == 0 ? BDD_TRUE : cond_word_above(pool, NR, low - 1);

	return bdd_and(pool, above, bdd_not(cond_word_above(pool, NR, high)));
}

/* @otherwise, but @value where @when. */
static struct sym change(struct bdd_pool *pool, bdd when, uint32_t value, struct sym otherwise)
{
	const struct sym constant = sym_const(value);

	return sym_ite(pool, when, &constant, &otherwise);
}

static double total(const struct prove_answer *answer)
{
	double sum = 0;

	for (size_t i = 0; i < answer->region_count; i++)
		sum += answer->regions[i].inputs;
	return sum;
}

/* The regions of those of @where; in order, and all inputs are in them unless there are more. */
static struct prove_answer ask(struct bdd_pool *pool, bdd where, struct sym a, struct sym b)
{
	struct prove_answer answer = {0};

	answer_fill(pool, bdd_and(pool, where, sym_differ(pool, &a, &b)), &a, &b, &answer);
	for (size_t i = 1; i < answer.region_count; i++) {
		const struct prove_region *last = &answer.regions[i - 1], *next = last + 1;

		assert_true(last->audit < next->audit ||
			    (last->audit == next->audit && last->high < next->low));
	}
	if (answer.more_regions)
		assert_true(total(&answer) < answer.inputs);
	else
		assert_true(total(&answer) == answer.inputs);
	return answer;
}

struct row {
	uint32_t audit, low, high, a, b;
	double inputs;
};

static void same_regions(const struct prove_answer *answer, const struct row *expected,
			 size_t count)
{
	assert_int_equal(answer->region_count, count);
	for (size_t i = 0; i < count; i++) {
		const struct prove_region *actual = &answer->regions[i];

		if (actual->audit != expected[i].audit || actual->low != expected[i].low ||
		    actual->high != expected[i].high || actual->a != expected[i].a ||
		    actual->b != expected[i].b || actual->inputs != expected[i].inputs)
			fail_msg("region %zu: 0x%x %u..%u 0x%x 0x%x %g", i, actual->audit,
				 actual->low, actual->high, actual->a, actual->b, actual->inputs);
	}
}

/* ---- numbers */

static void runs_of_numbers(void **state)
{
	struct bdd_pool *pool = *state;
	struct sym a = sym_const(ERRNO(1));

	a = change(pool, nr_between(pool, 2, 9), ALLOW, a);
	/* Half of the inputs of these two. */
	a = change(pool, bdd_and(pool, nr_between(pool, 4, 5), cond_word_bit(pool, ARG_LOW, 3)),
		   ERRNO(1), a);
	a = change(pool, word_is(pool, NR, 7), KILL, a);
	struct prove_answer answer = ask(pool, word_is(pool, ARCH, NATIVE), a, sym_const(ERRNO(1)));
	const struct row expected[] = {
		{NATIVE, 2, 3, ALLOW, ERRNO(1), 2 * BY_NR}, {NATIVE, 4, 5, ALLOW, ERRNO(1), BY_NR},
		{NATIVE, 6, 6, ALLOW, ERRNO(1), BY_NR},     {NATIVE, 7, 7, KILL, ERRNO(1), BY_NR},
		{NATIVE, 8, 9, ALLOW, ERRNO(1), 2 * BY_NR},
	};

	same_regions(&answer, expected, SG_COUNT(expected));
	prove_answer_release(&answer);
}

static void numbers_at_both_ends(void **state)
{
	struct bdd_pool *pool = *state;
	struct sym a = sym_const(ALLOW);

	a = change(pool, word_is(pool, NR, 0), KILL, a);
	a = change(pool, cond_word_above(pool, NR, 0xfffffffd), ERRNO(2), a);
	struct prove_answer answer = ask(pool, word_is(pool, ARCH, NATIVE), a, sym_const(ALLOW));
	const struct row expected[] = {
		{NATIVE, 0, 0, KILL, ALLOW, BY_NR},
		{NATIVE, 0xfffffffe, 0xffffffff, ERRNO(2), ALLOW, 2 * BY_NR},
	};

	same_regions(&answer, expected, SG_COUNT(expected));
	prove_answer_release(&answer);
}

/* Verdicts of one input, the smallest that differs, where they depend on arguments. */
static void verdicts_are_those_of_an_input(void **state)
{
	struct bdd_pool *pool = *state;
	const bdd where = bdd_and(pool, word_is(pool, ARCH, NATIVE), word_is(pool, NR, 5));
	const struct sym a =
		change(pool, cond_word_above(pool, ARG_LOW, 9), ERRNO(1), sym_const(ALLOW));
	const struct sym b =
		change(pool, cond_word_above(pool, ARG_LOW, 6), ERRNO(2), sym_const(ALLOW));
	struct prove_answer answer = ask(pool, where, a, b);

	assert_int_equal(answer.region_count, 1);
	assert_int_equal(answer.regions[0].a, ALLOW);
	assert_int_equal(answer.regions[0].b, ERRNO(2));
	assert_int_equal(answer.tuple.args[0], 7);
	assert_memory_equal(&answer.regions[0].tuple, &answer.tuple, sizeof(answer.tuple));
	prove_answer_release(&answer);
}

#define TABLE 64

/* What runs of equal pairs should be. */
static size_t expected_regions(const uint32_t *a, const uint32_t *b, struct row *ret)
{
	size_t count = 0;

	for (uint32_t nr = 0; nr < TABLE; nr++) {
		struct row *last = count ? &ret[count - 1] : NULL;

		if (a[nr] == b[nr])
			continue;
		if (last && last->high + 1 == nr && last->a == a[nr] && last->b == b[nr]) {
			last->high = nr;
			last->inputs += BY_NR;
		} else {
			ret[count++] = (struct row){NATIVE, nr, nr, a[nr], b[nr], BY_NR};
		}
	}
	return count;
}

static void tables_of_verdicts(void **state)
{
	static const uint32_t verdicts[] = {ALLOW, ERRNO(1), KILL};
	struct bdd_pool *pool = *state;
	struct sg_rng rng;

	sg_rng_seed(&rng, 4);
	for (int i = 0; i < 100; i++) {
		struct sym a = sym_const(ALLOW), b = a;
		uint32_t one[TABLE], two[TABLE];
		struct row expected[TABLE] = {0};

		for (uint32_t nr = 0; nr < TABLE; nr++) {
			one[nr] = verdicts[sg_rng_below(&rng, SG_COUNT(verdicts))];
			two[nr] = sg_rng_below(&rng, 3) ? one[nr] : verdicts[i % 3];
			a = change(pool, word_is(pool, NR, nr), one[nr], a);
			b = change(pool, word_is(pool, NR, nr), two[nr], b);
		}
		struct prove_answer answer = ask(pool, word_is(pool, ARCH, NATIVE), a, b);
		same_regions(&answer, expected, expected_regions(one, two, expected));
		prove_answer_release(&answer);
	}
}

/* ---- what of an input they hang on */

static bdd native_call(struct bdd_pool *pool, uint32_t nr)
{
	return bdd_and(pool, word_is(pool, ARCH, NATIVE), word_is(pool, NR, nr));
}

static unsigned arg_of_word(unsigned word)
{
	return word < ARG_LOW ? PROVE_BY_IP : 1u << (word - ARG_LOW) / 2;
}

/* By trying all inputs: what the function hangs on, and the most words that can be zero. */
static unsigned hangs_on(const struct bdd_pool *pool, bdd f, const unsigned vars[VARS],
			 unsigned *ret_most_zeros)
{
	bool holds[1u << VARS];
	unsigned args = 0;

	*ret_most_zeros = 0;
	for (unsigned bits = 0; bits < 1u << VARS; bits++) {
		uint32_t words[ABI_DATA_WORDS] = {[ARCH] = NATIVE, [NR] = 5};

		set_vars(vars, bits, words);
		holds[bits] = evaluate(pool, f, words);
		if (holds[bits] && zeros_of(words) > *ret_most_zeros)
			*ret_most_zeros = zeros_of(words);
	}
	for (unsigned bits = 0; bits < 1u << VARS; bits++)
		for (unsigned i = 0; i < VARS; i++)
			if (holds[bits] != holds[bits ^ 1u << i])
				args |= arg_of_word(word_of_rank(vars[i] / 32));
	return args;
}

static void every_argument_that_matters(void **state)
{
	struct bdd_pool *pool = *state;
	struct sg_rng rng;

	sg_rng_seed(&rng, 5);
	for (int i = 0; i < 100; i++) {
		uint32_t words[ABI_DATA_WORDS];
		unsigned vars[VARS], zeros;

		pick_vars(&rng, 2, vars);
		const bdd f =
			bdd_and(pool, native_call(pool, 5), random_function(&rng, pool, vars));
		if (f == BDD_FALSE)
			continue;
		struct prove_answer answer = ask(pool, f, sym_const(ALLOW), sym_const(KILL));
		assert_int_equal(answer.region_count, 1);
		assert_int_equal(answer.regions[0].args, hangs_on(pool, f, vars, &zeros));
		abi_tuple_words(&answer.regions[0].tuple, words);
		assert_true(evaluate(pool, f, words));
		assert_int_equal(zeros_of(words), zeros);
		prove_answer_release(&answer);
	}
}

static void no_argument_where_all_inputs_differ(void **state)
{
	struct bdd_pool *pool = *state;
	struct prove_answer answer =
		ask(pool, native_call(pool, 5), sym_const(ALLOW), sym_const(KILL));
	const struct abi_tuple expected = {.arch = NATIVE, .nr = 5};

	assert_int_equal(answer.region_count, 1);
	assert_int_equal(answer.regions[0].args, 0);
	assert_memory_equal(&answer.regions[0].tuple, &expected, sizeof(expected));
	prove_answer_release(&answer);
}

/* As many inputs of both numbers differ, by different words. */
static void numbers_that_hang_on_different_arguments(void **state)
{
	struct bdd_pool *pool = *state;
	const bdd four = bdd_and(pool, native_call(pool, 4), cond_word_bit(pool, ARG_LOW, 1));
	const bdd five = bdd_and(pool, native_call(pool, 5), cond_word_bit(pool, 2, 1));
	struct prove_answer answer =
		ask(pool, bdd_or(pool, four, five), sym_const(ALLOW), sym_const(KILL));

	assert_int_equal(answer.region_count, 2);
	assert_int_equal(answer.regions[0].args, 1);
	assert_int_equal(answer.regions[0].tuple.args[0], 2);
	assert_int_equal(answer.regions[1].args, PROVE_BY_IP);
	assert_int_equal(answer.regions[1].tuple.ip, 2);
	prove_answer_release(&answer);
}

/* Numbers that make one region, the second with the input that has more zeros. */
static void the_smallest_input_of_all_numbers(void **state)
{
	struct bdd_pool *pool = *state;
	const bdd bit = cond_word_bit(pool, ARG_LOW, 1);
	const bdd where = bdd_or(pool, bdd_and(pool, native_call(pool, 4), bit),
				 bdd_and(pool, native_call(pool, 5), bdd_not(bit)));
	struct prove_answer answer = ask(pool, where, sym_const(ALLOW), sym_const(KILL));
	const struct abi_tuple expected = {.arch = NATIVE, .nr = 5};

	assert_int_equal(answer.region_count, 1);
	assert_int_equal(answer.regions[0].low, 4);
	assert_int_equal(answer.regions[0].high, 5);
	assert_int_equal(answer.regions[0].args, 1);
	assert_memory_equal(&answer.regions[0].tuple, &expected, sizeof(expected));
	prove_answer_release(&answer);
}

/* ---- too many of them */

static void a_list_that_is_full(void **state)
{
	struct bdd_pool *pool = *state;
	const bdd odd = bdd_and(pool, cond_word_bit(pool, NR, 0), nr_between(pool, 0, 4095));
	struct prove_answer answer = ask(pool, bdd_and(pool, word_is(pool, ARCH, NATIVE), odd),
					 sym_const(ALLOW), sym_const(KILL));

	assert_int_equal(answer.region_count, PROVE_REGIONS_MAX);
	assert_true(answer.more_regions);
	assert_int_equal(answer.regions[PROVE_REGIONS_MAX - 1].low, 2 * PROVE_REGIONS_MAX - 1);
	prove_answer_release(&answer);
}

static void a_list_that_is_just_full(void **state)
{
	struct bdd_pool *pool = *state;
	const bdd odd = bdd_and(pool, cond_word_bit(pool, NR, 0),
				nr_between(pool, 0, 2 * PROVE_REGIONS_MAX - 1));
	struct prove_answer answer = ask(pool, bdd_and(pool, word_is(pool, ARCH, NATIVE), odd),
					 sym_const(ALLOW), sym_const(KILL));

	assert_int_equal(answer.region_count, PROVE_REGIONS_MAX);
	assert_false(answer.more_regions);
	prove_answer_release(&answer);
}

/* Billions of runs that are one region as far as one looks. */
static void runs_without_end(void **state)
{
	struct bdd_pool *pool = *state;
	const bdd where = bdd_ite(pool, cond_word_bit(pool, NR, 0), cond_word_bit(pool, ARG_LOW, 1),
				  cond_word_bit(pool, ARG_LOW, 2));
	struct prove_answer answer = ask(pool, bdd_and(pool, word_is(pool, ARCH, NATIVE), where),
					 sym_const(ALLOW), sym_const(KILL));

	assert_int_equal(answer.region_count, 1);
	assert_true(answer.more_regions);
	assert_int_equal(answer.regions[0].low, 0);
	assert_true(answer.regions[0].high > 1000);
	assert_true(answer.regions[0].inputs == BY_NR / 2 * (answer.regions[0].high + 1.0));
	prove_answer_release(&answer);
}

/* ---- audit values */

static size_t known_audits(void)
{
	size_t count = 0;

	for (unsigned id = 0; id < ABI_ARCH_COUNT; id++)
		count += abi_arch_by_audit(abi_arch(id)->audit) == abi_arch(id);
	return count;
}

static void every_audit_value(void **state)
{
	struct prove_answer answer = ask(*state, BDD_TRUE, sym_const(ALLOW), sym_const(KILL));

	assert_int_equal(answer.region_count, known_audits() + 1);
	assert_true(answer.more_regions);
	assert_int_equal(answer.regions[0].audit, 0);
	for (size_t i = 0; i < answer.region_count; i++) {
		assert_int_equal(answer.regions[i].low, 0);
		assert_int_equal(answer.regions[i].high, UINT32_MAX);
		assert_true(i == 0 || abi_arch_by_audit(answer.regions[i].audit));
	}
	prove_answer_release(&answer);
}

static void audit_values_that_nobody_has(void **state)
{
	struct bdd_pool *pool = *state;
	const bdd one = word_is(pool, ARCH, 0x12345678);
	const bdd two = bdd_or(pool, one, word_is(pool, ARCH, 0x12345679));
	const struct row expected = {0x12345678, 0, UINT32_MAX, ALLOW, KILL, 0x1p480};
	struct prove_answer answer = ask(pool, one, sym_const(ALLOW), sym_const(KILL));

	same_regions(&answer, &expected, 1);
	assert_false(answer.more_regions);
	prove_answer_release(&answer);
	answer = ask(pool, two, sym_const(ALLOW), sym_const(KILL));
	same_regions(&answer, &expected, 1);
	assert_true(answer.more_regions);
	prove_answer_release(&answer);
}

/* Every other audit value, each with every other number. */
static void audit_values_without_end(void **state)
{
	struct bdd_pool *pool = *state;
	const bdd where = bdd_xor(pool, cond_word_bit(pool, ARCH, 0), cond_word_bit(pool, NR, 0));
	struct prove_answer answer = ask(pool, where, sym_const(ALLOW), sym_const(KILL));

	assert_int_equal(answer.region_count, PROVE_REGIONS_MAX);
	assert_true(answer.more_regions);
	assert_int_equal(answer.regions[0].audit, NATIVE);
	prove_answer_release(&answer);
}

/* The native one's regions come in before room ends, wherever its audit value stands in order. */
static void the_native_architecture_is_not_left_out(void **state)
{
	struct bdd_pool *pool = *state;
	const uint32_t low = abi_arch(ABI_M68K)->audit;
	const bdd many = bdd_and(pool, word_is(pool, ARCH, low), cond_word_bit(pool, NR, 0));
	const bdd one = bdd_and(pool, word_is(pool, ARCH, NATIVE), word_is(pool, NR, 3));
	struct prove_answer answer =
		ask(pool, bdd_or(pool, many, one), sym_const(ALLOW), sym_const(KILL));

	assert_int_equal(answer.region_count, PROVE_REGIONS_MAX);
	assert_int_equal(answer.regions[PROVE_REGIONS_MAX - 1].audit, NATIVE);
	assert_int_equal(answer.regions[PROVE_REGIONS_MAX - 1].low, 3);
	assert_int_equal(answer.regions[0].audit, low);
	prove_answer_release(&answer);
}

int main(void)
{
#define WITH_POOL(test) cmocka_unit_test_setup_teardown(test, new_pool, free_pool)
	const struct CMUnitTest tests[] = {
		WITH_POOL(runs_of_numbers),
		WITH_POOL(numbers_at_both_ends),
		WITH_POOL(verdicts_are_those_of_an_input),
		WITH_POOL(tables_of_verdicts),
		WITH_POOL(every_argument_that_matters),
		WITH_POOL(no_argument_where_all_inputs_differ),
		WITH_POOL(numbers_that_hang_on_different_arguments),
		WITH_POOL(the_smallest_input_of_all_numbers),
		WITH_POOL(a_list_that_is_full),
		WITH_POOL(a_list_that_is_just_full),
		WITH_POOL(runs_without_end),
		WITH_POOL(every_audit_value),
		WITH_POOL(audit_values_that_nobody_has),
		WITH_POOL(audit_values_without_end),
		WITH_POOL(the_native_architecture_is_not_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
