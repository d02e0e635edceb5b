/* SPDX-License-Identifier: MIT */
/* What is known of a word: it never contradicts the word, and it sees what it should. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "filters/gen/known_word.h"
#include "harness/base/alloc.h"
#include "harness/base/rng.h"

#define EQ(k)                           \
	{                               \
		0, IR_EQ, IR_NO_MASK, k \
	}
#define MASKED(m, k)           \
	{                      \
		0, IR_EQ, m, k \
	}
#define GE(k)                           \
	{                               \
		0, IR_GE, IR_NO_MASK, k \
	}
#define SET(k)                           \
	{                                \
		0, IR_SET, IR_NO_MASK, k \
	}

/* ---- named cases: what some answers say of a further test */

struct named {
	const char *name;
	struct {
		struct ir_test test;
		bool yes;
	} learned[4]; /* ends with a test of no bits */
	struct ir_test asked;
	enum known_answer answer;
};

static const struct named cases[] = {
	{"value_decides_masks", {{EQ(10), true}}, SET(2), KNOWN_YES},
	{"value_decides_ranges", {{EQ(10), true}}, GE(11), KNOWN_NO},
	{"no_bits_no_value", {{SET(0xf0), false}}, EQ(0x11), KNOWN_NO},
	{"no_bits_no_masked_value", {{SET(0xf0), false}}, MASKED(0x1f, 0x11), KNOWN_NO},
	{"no_bits_may_be_less", {{SET(0xf0), false}}, EQ(0x101), KNOWN_OPEN},
	{"small_has_no_high_bits", {{GE(8), false}}, SET(0xfffffff8), KNOWN_NO},
	{"range_shares_bits", {{GE(16), true}, {GE(20), false}}, MASKED(0xf0, 0x10), KNOWN_YES},
	{"bits_bound_the_range", {{MASKED(0xfffffff1, 0x10), true}}, GE(16), KNOWN_YES},
	{"bits_bound_the_range_above", {{MASKED(0xfffffff1, 0x10), true}}, GE(31), KNOWN_NO},
	{"ends_fit_the_bits", {{SET(7), false}, {GE(17), true}}, GE(24), KNOWN_YES},
	{"some_bit_of_more", {{SET(6), true}}, SET(7), KNOWN_YES},
	{"some_bit_excludes_zero", {{SET(6), true}}, EQ(0), KNOWN_NO},
	{"some_bit_says_not_which", {{SET(6), true}}, SET(2), KNOWN_OPEN},
	{"the_other_bit", {{SET(6), true}, {SET(2), false}}, SET(4), KNOWN_YES},
	{"ruled_out_value", {{EQ(10), false}}, EQ(10), KNOWN_NO},
	{"ruled_out_by_mask", {{MASKED(0xf, 5), false}}, EQ(0x25), KNOWN_NO},
	{"other_under_the_mask", {{MASKED(0xf, 5), false}}, EQ(0x26), KNOWN_OPEN},
	{"ruled_out_end", {{GE(8), false}, {EQ(7), false}}, GE(7), KNOWN_NO},
	{"last_value_left", {{GE(2), false}, {EQ(0), false}}, EQ(1), KNOWN_YES},
};

static void answers_say_what_they_should(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < SG_COUNT(cases); i++) {
		struct known_word word;

		known_word_init(&word);
		for (j = 0; j < 4 && cases[i].learned[j].test.mask; j++)
			assert_true(known_word_learn(&word, &cases[i].learned[j].test,
						     cases[i].learned[j].yes));
		if (known_word_ask(&word, &cases[i].asked) != cases[i].answer)
			fail_msg("%s", cases[i].name);
	}
}

/* The tests below leave no value: the last answer cannot come. */
static void impossible_answers_are_seen(void **state)
{
	static const struct {
		struct ir_test first, second;
		bool first_yes, second_yes;
	} pairs[] = {
		{EQ(3), EQ(4), true, true},
		{GE(8), SET(UINT32_MAX - 7), false, true},
		{SET(1), EQ(1), false, true},
		{SET(3), EQ(0), true, true},
		{GE(5), GE(5), true, false},
		{MASKED(6, 2), MASKED(7, 3), false, true},
		{GE(UINT32_MAX), SET(1), true, false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < SG_COUNT(pairs); i++) {
		struct known_word word;

		known_word_init(&word);
		assert_true(known_word_learn(&word, &pairs[i].first, pairs[i].first_yes));
		assert_false(known_word_learn(&word, &pairs[i].second, pairs[i].second_yes));
	}
}

/* ---- random ones: a word, the answers that it gives, and others that it must give */

static struct ir_test random_test(struct sg_rng *rng, uint32_t near)
{
	uint32_t bits = (uint32_t)sg_rng_u64(rng), k = near;

	if (sg_rng_below(rng, 2))
		k = near + (uint32_t)sg_rng_below(rng, 5) - 2;
	else if (sg_rng_below(rng, 2))
		k ^= 1u << sg_rng_below(rng, 32);
	switch (sg_rng_below(rng, 5)) {
	case 0: return (struct ir_test)GE(k);
	case 1: return (struct ir_test)SET(k & bits);
	case 2: return (struct ir_test)SET(3u << sg_rng_below(rng, 31));
	case 3: return (struct ir_test)MASKED(bits & 0xff, k & bits & 0xff);
	default: return (struct ir_test)EQ(k);
	}
}

static uint32_t random_word(struct sg_rng *rng)
{
	return (uint32_t)(sg_rng_u64(rng) >> (32 + sg_rng_below(rng, 32)));
}

static void answers_never_contradict_the_word(void **state)
{
	struct sg_rng rng;
	size_t i, j, decided = 0;

	(void)state;
	sg_rng_seed(&rng, 11);
	for (i = 0; i < 20000; i++) {
		uint32_t secret = random_word(&rng);
		struct known_word word;

		known_word_init(&word);
		for (j = 0; j < 16; j++) {
			struct ir_test test = random_test(&rng, secret);
			enum known_answer answer = known_word_ask(&word, &test);
			bool holds = ir_holds(&test, &secret);

			decided += answer != KNOWN_OPEN;
			if (answer == (holds ? KNOWN_NO : KNOWN_YES))
				fail_msg("word %zu of 0x%x, test %zu", i, secret, j);
			if (!known_word_learn(&word, &test, holds))
				fail_msg("word %zu of 0x%x, test %zu: impossible", i, secret, j);
		}
	}
	assert_true(decided > 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_say_what_they_should),
		cmocka_unit_test(impossible_answers_are_seen),
		cmocka_unit_test(answers_never_contradict_the_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
