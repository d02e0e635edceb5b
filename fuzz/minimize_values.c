/* SPDX-License-Identifier: MIT */
/*
 * Smaller in numbers. A tuple goes wrong because of how its words stand to the constants, so the
 * values of one argument (its word of the tuple and all constants held against it) are first made
 * smaller together, by changes that keep their order and their bits apart, and then one by one.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/minimize.h"

/* Values: enough for any policy that can be read; beyond that, one by one must do. */
#define MAX_COLUMN 256
#define LOW_HALF   0xffffffffull
#define HIGH_HALF  0xffffffff00000000ull

uint64_t minimize_weight(uint64_t value)
{
	return 65 * (uint64_t)__builtin_popcountll(value) +
	       (value ? 64 - (uint64_t)__builtin_clzll(value) : 0);
}

static void add_guess(uint64_t value, uint64_t guess, uint64_t *guesses, size_t *count)
{
	if (minimize_weight(guess) < minimize_weight(value))
		guesses[(*count)++] = guess;
}

size_t minimize_guesses(uint64_t value, uint64_t guesses[MINIMIZE_GUESSES])
{
	const uint64_t few[] = {0, 1, 2, 4, 8, value & LOW_HALF, value & HIGH_HALF, value & -value};
	size_t count = 0;

	for (size_t i = 0; i < SG_COUNT(few); i++)
		add_guess(value, few[i], guesses, &count);
	for (int bit = 63; bit >= 0; bit--)
		if (value & 1ull << bit)
			add_guess(value, value & ~(1ull << bit), guesses, &count);
	return count;
}

/* ---- columns */

struct column {
	uint64_t *values[MAX_COLUMN]; /* into the candidate and its tuple */
	size_t count;
};

struct candidate {
	struct policy policy;
	struct abi_tuple tuple;
};

static struct candidate candidate_of(const struct minimizer *minimizer)
{
	struct candidate candidate = {.tuple = minimizer->tuple};

	policy_copy(&candidate.policy, &minimizer->policy);
	return candidate;
}

static void add_value(struct column *column, uint64_t *value)
{
	if (column->count < MAX_COLUMN)
		column->values[column->count++] = value;
}

static struct column column_of(struct candidate *candidate, unsigned arg)
{
	struct column column = {0};

	add_value(&column, &candidate->tuple.args[arg]);
	for (size_t r = 0; r < candidate->policy.rule_count; r++) {
		struct policy_rule *rule = &candidate->policy.rules[r];

		for (size_t c = 0; c < rule->cond_count; c++) {
			if (rule->conds[c].arg != arg)
				continue;
			add_value(&column, &rule->conds[c].value);
			if (rule->conds[c].op == POLICY_MASKED_EQ)
				add_value(&column, &rule->conds[c].value_two);
		}
	}
	return column;
}

static uint64_t column_weight(const struct column *column)
{
	uint64_t weight = 0;

	for (size_t i = 0; i < column->count; i++)
		weight += minimize_weight(*column->values[i]);
	return weight;
}

static uint64_t column_bits(const struct column *column)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < column->count; i++)
		bits |= *column->values[i];
	return bits;
}

/* How a column changes: @arg is a bit or a half, as the change takes it. */
typedef void (*column_change)(struct column *column, uint64_t arg);

static void clear_bits(struct column *column, uint64_t bits)
{
	for (size_t i = 0; i < column->count; i++)
		*column->values[i] &= ~bits;
}

/* Bits that no value has go: the others of the half move together, in their order. */
static void close_gaps(struct column *column, uint64_t half)
{
	const uint64_t used = column_bits(column) & half;
	const int bottom = half & 1 ? 0 : 32;

	for (size_t i = 0; i < column->count; i++) {
		uint64_t value = *column->values[i], closed = value & ~half;
		int to = bottom;

		for (int from = bottom; from < bottom + 32; from++) {
			if (!(used & 1ull << from))
				continue;
			closed |= (value >> from & 1) << to++;
		}
		*column->values[i] = closed;
	}
}

static int compare_values(const void *a, const void *b)
{
	const uint64_t one = *(const uint64_t *)a, two = *(const uint64_t *)b;

	return (one > two) - (one < two);
}

/* Each value's half becomes its place among the different ones: the order stays. */
static void rank_half(struct column *column, uint64_t half)
{
	uint64_t sorted[MAX_COLUMN] = {0}, ranked[MAX_COLUMN];
	const uint64_t unit = half & -half;

	for (size_t i = 0; i < column->count; i++)
		sorted[i] = *column->values[i] & half;
	qsort(sorted, column->count, sizeof(*sorted), compare_values);
	for (size_t i = 0; i < column->count; i++) {
		uint64_t rank = sorted[0] ? 1 : 0; /* 0 stays what it is */

		for (size_t s = 1; s < column->count && sorted[s] <= (*column->values[i] & half);
		     s++)
			rank += sorted[s] != sorted[s - 1];
		ranked[i] = (*column->values[i] & ~half) | rank * unit;
	}
	for (size_t i = 0; i < column->count; i++)
		*column->values[i] = ranked[i];
}

static bool try_change(struct minimizer *minimizer, unsigned arg, column_change change,
		       uint64_t change_arg)
{
	struct candidate candidate = candidate_of(minimizer);
	struct column column = column_of(&candidate, arg);
	const uint64_t weight = column_weight(&column);

	change(&column, change_arg);
	if (column_weight(&column) < weight)
		return minimize_try(minimizer, &candidate.policy, &candidate.tuple);
	policy_release(&candidate.policy);
	return false;
}

bool minimize_columns(struct minimizer *minimizer)
{
	static const uint64_t halves[] = {HIGH_HALF, LOW_HALF};
	bool smaller = false;

	for (unsigned arg = 0; arg < 6 && !minimize_over(minimizer); arg++) {
		smaller |= try_change(minimizer, arg, clear_bits, UINT64_MAX);
		for (int half = 0; half < 2; half++) {
			smaller |= try_change(minimizer, arg, clear_bits, halves[half]);
			smaller |= try_change(minimizer, arg, close_gaps, halves[half]);
			smaller |= try_change(minimizer, arg, rank_half, halves[half]);
		}
		for (int bit = 63; bit >= 0; bit--)
			smaller |= try_change(minimizer, arg, clear_bits, 1ull << bit);
	}
	return smaller;
}

/* ---- one constant */

static uint64_t *constant_of(struct policy *policy, size_t rule, size_t cond, bool second)
{
	struct policy_cond *at = &policy->rules[rule].conds[cond];

	return second ? &at->value_two : &at->value;
}

static bool lighter_constant(struct minimizer *minimizer, size_t rule, size_t cond, bool second)
{
	const uint64_t value = *constant_of(&minimizer->policy, rule, cond, second);
	uint64_t guesses[MINIMIZE_GUESSES];
	const size_t count = minimize_guesses(value, guesses);

	for (size_t i = 0; i < count && !minimize_over(minimizer); i++) {
		struct candidate candidate = candidate_of(minimizer);

		*constant_of(&candidate.policy, rule, cond, second) = guesses[i];
		if (minimize_try(minimizer, &candidate.policy, &candidate.tuple))
			return true;
	}
	return false;
}

/* Both numbers of one condition; the second counts for MASKED_EQ alone. */
static bool lighter_cond(struct minimizer *minimizer, size_t rule, size_t cond)
{
	bool smaller = lighter_constant(minimizer, rule, cond, false);

	/* A success may have changed what stands there: the reader drops rules. */
	if (rule < minimizer->policy.rule_count &&
	    cond < minimizer->policy.rules[rule].cond_count &&
	    minimizer->policy.rules[rule].conds[cond].op == POLICY_MASKED_EQ)
		smaller |= lighter_constant(minimizer, rule, cond, true);
	return smaller;
}

bool minimize_constants(struct minimizer *minimizer)
{
	bool smaller = false;

	for (size_t rule = 0; rule < minimizer->policy.rule_count; rule++)
		for (size_t cond = 0; rule < minimizer->policy.rule_count &&
				      cond < minimizer->policy.rules[rule].cond_count;
		     cond++)
			smaller |= lighter_cond(minimizer, rule, cond);
	return smaller;
}

/* ---- the tuple */

static bool try_tuple(struct minimizer *minimizer, const struct abi_tuple *tuple)
{
	struct candidate candidate = candidate_of(minimizer);

	return minimize_try(minimizer, &candidate.policy, tuple);
}

static bool lighter_arg(struct minimizer *minimizer, int arg)
{
	uint64_t guesses[MINIMIZE_GUESSES];
	const size_t count = minimize_guesses(minimizer->tuple.args[arg], guesses);

	for (size_t i = 0; i < count && !minimize_over(minimizer); i++) {
		struct abi_tuple tuple = minimizer->tuple;

		tuple.args[arg] = guesses[i];
		if (try_tuple(minimizer, &tuple))
			return true;
	}
	return false;
}

static bool without_ip(struct minimizer *minimizer)
{
	struct abi_tuple tuple = minimizer->tuple;

	tuple.ip = 0;
	return tuple.ip != minimizer->tuple.ip && try_tuple(minimizer, &tuple);
}

static bool is_named(const struct minimizer *minimizer)
{
	const char *called = minimize_called(minimizer);

	for (size_t i = 0; called && i < minimizer->policy.rule_count; i++)
		if (!strcmp(minimizer->policy.rules[i].name, called))
			return true;
	return false;
}

/* A number that no rule names may as well be a smaller one. */
static bool lighter_number(struct minimizer *minimizer)
{
	const struct abi_arch *arch = gen_call_arch(&minimizer->tuple);
	const uint32_t offset = arch ? arch->nr_offset : 0;
	uint64_t guesses[MINIMIZE_GUESSES];
	size_t count;

	if (is_named(minimizer))
		return false;
	count = minimize_guesses(minimizer->tuple.nr - offset, guesses);
	for (size_t i = 0; i < count && !minimize_over(minimizer); i++) {
		struct abi_tuple tuple = minimizer->tuple;

		tuple.nr = guesses[i] + offset;
		if (try_tuple(minimizer, &tuple))
			return true;
	}
	return false;
}

bool minimize_tuple(struct minimizer *minimizer)
{
	bool smaller = false;

	if (!fuzz_kind_has_tuple(minimizer->finding->kind))
		return false;
	smaller = without_ip(minimizer);
	for (int arg = 0; arg < 6; arg++)
		smaller |= lighter_arg(minimizer, arg);
	return lighter_number(minimizer) || smaller;
}
