/* SPDX-License-Identifier: MIT */
/* Values against plain 32-bit arithmetic. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "filters/prove/tests/evaluate.h"
#include "harness/base/alloc.h"
#include "harness/base/rng.h"

struct arithmetic {
	const char *name;
	struct sym (*on_syms)(struct bdd_pool *pool, const struct sym *a, const struct sym *b);
	uint32_t (*plain)(uint32_t a, uint32_t b);
	bool by_b;  /* has no value where b is 0 */
	bool heavy; /* with a wide operand only for a small constant */
};

struct comparison {
	const char *name;
	bdd (*on_syms)(struct bdd_pool *pool, const struct sym *a, const struct sym *b);
	bool (*plain)(uint32_t a, uint32_t b);
};

#define PLAIN(name, type, expression)                    \
	static type plain_##name(uint32_t a, uint32_t b) \
	{                                                \
		return expression;                       \
	}
PLAIN(add, uint32_t, a + b)
PLAIN(sub, uint32_t, a - b)
PLAIN(mul, uint32_t, a *b)
PLAIN(div, uint32_t, a / b)
PLAIN(and, uint32_t, a &b)
PLAIN(or, uint32_t, a | b)
PLAIN(xor, uint32_t, a ^ b)
PLAIN(lsh, uint32_t, a << (b & 31))
PLAIN(rsh, uint32_t, a >> (b & 31))
PLAIN(eq, bool, a == b)
PLAIN(differ, bool, a != b)
PLAIN(gt, bool, a > b)
PLAIN(ge, bool, a >= b)
PLAIN(meet, bool, (a & b) != 0)

static const struct arithmetic arithmetics[] = {
	{"add", sym_add, plain_add, false, false}, {"sub", sym_sub, plain_sub, false, false},
	{"mul", sym_mul, plain_mul, false, true},  {"div", sym_div, plain_div, true, true},
	{"and", sym_and, plain_and, false, false}, {"or", sym_or, plain_or, false, false},
	{"xor", sym_xor, plain_xor, false, false}, {"lsh", sym_lsh, plain_lsh, false, false},
	{"rsh", sym_rsh, plain_rsh, false, false},
};

static const struct comparison comparisons[] = {
	{"eq", sym_eq, plain_eq}, {"differ", sym_differ, plain_differ}, {"gt", sym_gt, plain_gt},
	{"ge", sym_ge, plain_ge}, {"meet", sym_meet, plain_meet},
};

/* ---- operands */

enum operand_kind { OPERAND_CONST, OPERAND_SMALL_CONST, OPERAND_WIDE, OPERAND_NARROW };

/* A constant, or what is left of a word under a mask, plus a constant. */
struct operand {
	struct sym sym;
	unsigned word;
	uint32_t mask, plus;
};

static uint32_t random_value(struct sg_rng *rng)
{
	static const uint32_t edges[] = {0,  1,    2,          3,          7,          31,
					 32, 4095, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff};

	return sg_rng_below(rng, 3) ? edges[sg_rng_below(rng, SG_COUNT(edges))]
				    : (uint32_t)sg_rng_u64(rng);
}

/* With at most six bits set. */
static uint32_t narrow_mask(struct sg_rng *rng)
{
	uint32_t mask = 0;

	if (sg_rng_below(rng, 2))
		return 0x3fu << sg_rng_below(rng, 27);
	for (int i = 0; i < 6; i++)
		mask |= 1u << sg_rng_below(rng, 32);
	return mask;
}

static struct operand operand(struct bdd_pool *pool, struct sg_rng *rng, enum operand_kind kind)
{
	struct operand ret = {.word = sg_rng_below(rng, ABI_DATA_WORDS)};

	switch (kind) {
	case OPERAND_CONST: ret.plus = random_value(rng); break;
	case OPERAND_SMALL_CONST: ret.plus = 1 + sg_rng_below(rng, 12); break;
	case OPERAND_WIDE: ret.mask = UINT32_MAX; break;
	case OPERAND_NARROW:
		ret.mask = narrow_mask(rng);
		ret.plus = sg_rng_below(rng, 3) ? 0 : random_value(rng);
		break;
	}
	struct sym word = sym_word(pool, ret.word), mask = sym_const(ret.mask);
	struct sym plus = sym_const(ret.plus);

	word = sym_and(pool, &word, &mask);
	ret.sym = sym_add(pool, &word, &plus);
	return ret;
}

static uint32_t value_of(const struct operand *operand, const uint32_t words[ABI_DATA_WORDS])
{
	return (words[operand->word] & operand->mask) + operand->plus;
}

struct pair {
	struct operand a, b;
};

/* Two wide operands make diagrams beyond all limits. */
static struct pair pair(struct bdd_pool *pool, struct sg_rng *rng, bool heavy)
{
	enum operand_kind constant = heavy ? OPERAND_SMALL_CONST : OPERAND_CONST;
	struct operand a = operand(pool, rng, OPERAND_NARROW);

	switch (sg_rng_below(rng, 6)) {
	case 0:
		return (struct pair){operand(pool, rng, OPERAND_WIDE),
				     operand(pool, rng, constant)};
	case 1: return (struct pair){a, operand(pool, rng, OPERAND_CONST)};
	case 2: return (struct pair){operand(pool, rng, OPERAND_CONST), a};
	case 3: return (struct pair){a, a};
	default: return (struct pair){a, operand(pool, rng, OPERAND_NARROW)};
	}
}

static void random_words(struct sg_rng *rng, uint32_t words[ABI_DATA_WORDS])
{
	for (int i = 0; i < ABI_DATA_WORDS; i++)
		words[i] = sg_rng_below(rng, 4) ? (uint32_t)sg_rng_u64(rng) : random_value(rng);
}

/* ---- the tests */

static void check_arithmetic(const struct bdd_pool *pool, struct sg_rng *rng,
			     const struct arithmetic *op, const struct pair *pair,
			     const struct sym *result)
{
	for (int i = 0; i < 100; i++) {
		uint32_t words[ABI_DATA_WORDS];

		random_words(rng, words);
		uint32_t a = value_of(&pair->a, words), b = value_of(&pair->b, words);

		if (op->by_b && b == 0)
			continue;
		uint32_t got = evaluate_sym(pool, result, words);

		if (got != op->plain(a, b))
			fail_msg("0x%x %s 0x%x is 0x%x, not 0x%x", a, op->name, b, op->plain(a, b),
				 got);
	}
}

static void test_arithmetic(void **state)
{
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 1);
	for (size_t i = 0; i < SG_COUNT(arithmetics); i++)
		for (int round = 0; round < 60; round++) {
			const struct arithmetic *op = &arithmetics[i];
			struct bdd_pool *pool = bdd_pool_new(0);
			struct pair operands = pair(pool, &rng, op->heavy);
			struct sym result = op->on_syms(pool, &operands.a.sym, &operands.b.sym);

			assert_false(bdd_exhausted(pool));
			check_arithmetic(pool, &rng, op, &operands, &result);
			bdd_pool_free(pool);
		}
}

static void check_comparison(const struct bdd_pool *pool, struct sg_rng *rng,
			     const struct comparison *op, const struct pair *pair, bdd result)
{
	for (int i = 0; i < 300; i++) {
		uint32_t words[ABI_DATA_WORDS];

		random_words(rng, words);
		uint32_t a = value_of(&pair->a, words), b = value_of(&pair->b, words);

		if (evaluate(pool, result, words) != op->plain(a, b))
			fail_msg("0x%x %s 0x%x is not %d", a, op->name, b, op->plain(a, b));
	}
}

static void test_comparisons(void **state)
{
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 2);
	for (size_t i = 0; i < SG_COUNT(comparisons); i++)
		for (int round = 0; round < 100; round++) {
			struct bdd_pool *pool = bdd_pool_new(0);
			struct pair operands = pair(pool, &rng, false);
			bdd result = comparisons[i].on_syms(pool, &operands.a.sym, &operands.b.sym);

			assert_false(bdd_exhausted(pool));
			check_comparison(pool, &rng, &comparisons[i], &operands, result);
			bdd_pool_free(pool);
		}
}

static void test_negation_and_choice(void **state)
{
	struct bdd_pool *pool = bdd_pool_new(0);
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 3);
	for (int round = 0; round < 100; round++) {
		struct pair operands = pair(pool, &rng, false);
		struct operand other = operand(pool, &rng, OPERAND_NARROW);
		struct sym five = sym_const(5), neg = sym_neg(pool, &operands.a.sym);
		bdd cond = sym_gt(pool, &other.sym, &five);
		struct sym choice = sym_ite(pool, cond, &operands.a.sym, &operands.b.sym);

		for (int i = 0; i < 100; i++) {
			uint32_t words[ABI_DATA_WORDS];

			random_words(&rng, words);
			uint32_t a = value_of(&operands.a, words);
			uint32_t b = value_of(&operands.b, words);
			uint32_t chosen = value_of(&other, words) > 5 ? a : b;

			assert_int_equal(evaluate_sym(pool, &neg, words), -a);
			assert_int_equal(evaluate_sym(pool, &choice, words), chosen);
		}
	}
	bdd_pool_free(pool);
}

/* ---- constants */

/* What hangs on no input is a constant again, and makes no node. */
static void test_constants_stay_constants(void **state)
{
	struct bdd_pool *pool = bdd_pool_new(0);
	struct sg_rng rng;
	uint32_t value;

	(void)state;
	sg_rng_seed(&rng, 4);
	for (int round = 0; round < 3000; round++) {
		uint32_t a = random_value(&rng), b = random_value(&rng);
		struct sym x = sym_const(a), y = sym_const(b), result;

		for (size_t i = 0; i < SG_COUNT(arithmetics); i++) {
			if (arithmetics[i].by_b && b == 0)
				continue;
			result = arithmetics[i].on_syms(pool, &x, &y);
			assert_true(sym_is_const(&result, &value));
			assert_int_equal(value, arithmetics[i].plain(a, b));
		}
		for (size_t i = 0; i < SG_COUNT(comparisons); i++)
			assert_int_equal(comparisons[i].on_syms(pool, &x, &y),
					 comparisons[i].plain(a, b) ? BDD_TRUE : BDD_FALSE);
		result = sym_neg(pool, &x);
		assert_true(sym_is_const(&result, &value) && value == -a);
		result = sym_effect(pool, &x);
		assert_true(sym_is_const(&result, &value) && value == abi_verdict_effect(a));
	}
	assert_int_equal(bdd_node_count(pool), 0);
	bdd_pool_free(pool);
}

static void test_const_and_same(void **state)
{
	struct bdd_pool *pool = bdd_pool_new(0);
	struct sym seven = sym_const(7), eight = sym_const(8), word = sym_word(pool, 3);
	struct sym same = sym_word(pool, 3), part = word;
	uint32_t value;

	(void)state;
	part.bits[0] = BDD_TRUE;
	assert_true(sym_is_const(&seven, &value) && value == 7);
	assert_false(sym_is_const(&word, &value) || sym_is_const(&part, &value));
	assert_true(sym_same(&word, &same) && sym_same(&seven, &seven));
	assert_false(sym_same(&seven, &eight) || sym_same(&word, &part));
	bdd_pool_free(pool);
}

/* ---- variables */

static void test_ranks(void **state)
{
	bool seen[ABI_DATA_WORDS] = {false};

	(void)state;
	assert_int_equal(sym_rank(ABI_OFF_ARCH / 4), 0);
	assert_int_equal(sym_rank(ABI_OFF_NR / 4), 1);
	for (unsigned word = 0; word < ABI_DATA_WORDS; word++) {
		assert_true(sym_rank(word) < ABI_DATA_WORDS);
		assert_false(seen[sym_rank(word)]);
		seen[sym_rank(word)] = true;
	}
}

static void test_word_has_its_highest_bit_first(void **state)
{
	struct bdd_pool *pool = bdd_pool_new(0);

	(void)state;
	for (unsigned word = 0; word < ABI_DATA_WORDS; word++) {
		struct sym value = sym_word(pool, word);

		for (unsigned bit = 0; bit < 32; bit++)
			assert_int_equal(value.bits[bit],
					 bdd_var(pool, 32 * sym_rank(word) + 31 - bit));
	}
	assert_int_equal(bdd_node_count(pool), 512);
	bdd_pool_free(pool);
}

/* The prover's commonest question is cheap: no more nodes than bits. */
static void test_comparison_with_a_constant_makes_a_node_a_bit(void **state)
{
	struct bdd_pool *pool = bdd_pool_new(0);
	struct sym word = sym_word(pool, 5);
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 5);
	for (int round = 0; round < 50; round++)
		for (size_t i = 0; i < SG_COUNT(comparisons); i++) {
			struct sym k = sym_const(random_value(&rng));
			size_t before = bdd_node_count(pool);

			comparisons[i].on_syms(pool, &word, &k);
			assert_true(bdd_node_count(pool) - before < 32);
		}
	bdd_pool_free(pool);
}

/* ---- effects */

static void check_effect(const struct bdd_pool *pool, const struct sym *effect, uint32_t value)
{
	uint32_t words[ABI_DATA_WORDS] = {[7] = value};
	uint32_t got = evaluate_sym(pool, effect, words);

	if (got != abi_verdict_effect(value))
		fail_msg("the effect of 0x%x is 0x%x, not 0x%x", value, abi_verdict_effect(value),
			 got);
}

static void test_effect(void **state)
{
	static const uint32_t data[] = {0, 1, 4094, 4095, 4096, 4097, 0x8000, 0xf000, 0xffff};
	struct bdd_pool *pool = bdd_pool_new(0);
	struct sym word = sym_word(pool, 7), effect = sym_effect(pool, &word);
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 6);
	for (uint32_t high = 0; high <= 0xffff; high++)
		check_effect(pool, &effect, high << 16 | data[high % SG_COUNT(data)]);
	for (uint32_t high = 0; high <= 0xffff; high++) {
		uint32_t value = high << 16;

		if (abi_verdict_effect(value) == ABI_RET_KILL_PROCESS)
			continue;
		for (size_t i = 0; i < SG_COUNT(data); i++)
			check_effect(pool, &effect, value | data[i]);
		for (int i = 0; i < 200; i++)
			check_effect(pool, &effect, value | sg_rng_below(&rng, 0x10000));
	}
	bdd_pool_free(pool);
}

static void test_effect_of_a_choice_of_constants(void **state)
{
	struct bdd_pool *pool = bdd_pool_new(0);
	struct sym a = sym_const(ABI_RET_ERRNO | 5000), b = sym_const(0x12345678);
	bdd cond = bdd_var(pool, 40);
	struct sym either = sym_ite(pool, cond, &a, &b), effect = sym_effect(pool, &either);
	struct sym capped = sym_const(ABI_RET_ERRNO | 4095), kill = sym_const(ABI_RET_KILL_PROCESS);
	struct sym wanted = sym_ite(pool, cond, &capped, &kill);

	(void)state;
	assert_true(sym_same(&effect, &wanted));
	bdd_pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arithmetic),
		cmocka_unit_test(test_comparisons),
		cmocka_unit_test(test_negation_and_choice),
		cmocka_unit_test(test_constants_stay_constants),
		cmocka_unit_test(test_const_and_same),
		cmocka_unit_test(test_ranks),
		cmocka_unit_test(test_word_has_its_highest_bit_first),
		cmocka_unit_test(test_comparison_with_a_constant_makes_a_node_a_bit),
		cmocka_unit_test(test_effect),
		cmocka_unit_test(test_effect_of_a_choice_of_constants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
