/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "harness/base/rng.h"

/* The published sequence of xoshiro256** from the state 1, 2, 3, 4. */
static void the_generator_is_xoshiro256_star_star(void **state)
{
	static const uint64_t want[] = {11520,
					0,
					1509978240,
					1215971899390074240,
					1216172134540287360,
					607988272756665600,
					16172922978634559625u,
					8476171486693032832,
					10595114339597558777u,
					2904607092377533576};
	struct sg_rng rng = {{1, 2, 3, 4}};

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_true(sg_rng_u64(&rng) == want[i]);
}

/* The published sequence of splitmix64 from 1234567. */
static void the_seed_goes_through_splitmix64(void **state)
{
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 1234567);
	assert_true(rng.s[0] == 6457827717110365317);
	assert_true(rng.s[1] == 3203168211198807973);
	assert_true(rng.s[2] == 9817491932198370423u);
	assert_true(rng.s[3] == 4593380528125082431);
}

static void numbers_stay_below_their_bound(void **state)
{
	static const uint64_t bounds[] = {1, 2, 3, 7, 1u << 20, (1ull << 63) + 1, UINT64_MAX};
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 1);
	for (size_t b = 0; b < sizeof(bounds) / sizeof(bounds[0]); b++)
		for (int i = 0; i < 1000; i++)
			assert_true(sg_rng_below(&rng, bounds[b]) < bounds[b]);
}

/*
 * With a bound of 3 * 2^62 a generator without rejection hits one third of the numbers twice as
 * often as the others.
 */
static void no_number_is_favoured(void **state)
{
	uint64_t third = 1ull << 62;
	int seen[3] = {0};
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 2);
	for (int i = 0; i < 30000; i++)
		seen[sg_rng_below(&rng, 3 * third) / third]++;
	for (int i = 0; i < 3; i++)
		assert_in_range(seen[i], 9600, 10400);
}

static void every_permutation_comes_as_often(void **state)
{
	int seen[27] = {0};
	struct sg_rng rng;
	size_t order[3];

	(void)state;
	sg_rng_seed(&rng, 3);
	for (int i = 0; i < 6000; i++) {
		sg_rng_permutation(&rng, order, 3);
		seen[order[0] * 9 + order[1] * 3 + order[2]]++;
	}
	for (size_t i = 0; i < 27; i++) {
		size_t a = i / 9, b = i / 3 % 3, c = i % 3;

		if (a != b && b != c && a != c)
			assert_in_range(seen[i], 850, 1150);
		else
			assert_int_equal(seen[i], 0);
	}
}

static void streams_repeat_and_differ_by_seed(void **state)
{
	struct sg_rng a, b, c;

	(void)state;
	sg_rng_seed(&a, 42);
	sg_rng_seed(&b, 42);
	sg_rng_seed(&c, 43);
	for (int i = 0; i < 100; i++) {
		uint64_t x = sg_rng_u64(&a);

		assert_true(x == sg_rng_u64(&b));
		assert_true(x != sg_rng_u64(&c));
	}
	assert_true(sg_rng_fresh_seed() != sg_rng_fresh_seed());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_generator_is_xoshiro256_star_star),
		cmocka_unit_test(the_seed_goes_through_splitmix64),
		cmocka_unit_test(numbers_stay_below_their_bound),
		cmocka_unit_test(no_number_is_favoured),
		cmocka_unit_test(every_permutation_comes_as_often),
		cmocka_unit_test(streams_repeat_and_differ_by_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
