/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "fuzz/values.h"

#define LOW_HALF  0x00000000ffffffffull
#define HIGH_HALF 0xffffffff00000000ull

void fuzz_values_add(struct fuzz_values *values, uint64_t value)
{
	SG_GROW(values->items, values->len, values->cap);
	values->items[values->len++] = value;
}

void fuzz_values_append(struct fuzz_values *values, const struct fuzz_values *more)
{
	for (size_t i = 0; i < more->len; i++)
		fuzz_values_add(values, more->items[i]);
}

void fuzz_values_clear(struct fuzz_values *values)
{
	values->len = 0;
}

void fuzz_values_release(struct fuzz_values *values)
{
	free(values->items);
	*values = (struct fuzz_values){0};
}

static int compare(const void *a, const void *b)
{
	const uint64_t one = *(const uint64_t *)a, two = *(const uint64_t *)b;

	return (one > two) - (one < two);
}

void fuzz_values_unique(struct fuzz_values *values)
{
	size_t kept = 0;

	if (!values->len)
		return;
	qsort(values->items, values->len, sizeof(*values->items), compare);
	for (size_t i = 1; i < values->len; i++)
		if (values->items[i] != values->items[kept])
			values->items[++kept] = values->items[i];
	values->len = kept + 1;
}

void fuzz_values_thin(struct fuzz_values *values, size_t limit)
{
	if (values->len <= limit)
		return;
	for (size_t i = 0; i < limit; i++)
		values->items[i] = values->items[i * values->len / limit];
	values->len = limit;
}

void fuzz_values_generic(struct fuzz_values *values)
{
	static const uint64_t generic[] = {
		0,
		1,
		0x7fffffff,
		0x80000000,
		0xffffffff,
		0x100000000,
		0x100000001,
		0x7fffffffffffffff,
		0x8000000000000000,
		0x8000000080000000,
		0xffffffff00000000,
		0xffffffff80000000,
		0xfffffffffffffffe,
		0xffffffffffffffff,
	};

	for (size_t i = 0; i < SG_COUNT(generic); i++)
		fuzz_values_add(values, generic[i]);
}

void fuzz_values_near(struct fuzz_values *values, uint64_t value)
{
	const uint64_t low = value & LOW_HALF, high = value & HIGH_HALF, step = 1ull << 32;
	const uint64_t near[] = {
		value,
		value + 1,
		value - 1,
		low,
		high,
		value << 32 | value >> 32,
		low | HIGH_HALF,
		high | LOW_HALF,
		value + step,
		value - step,
		high | ((low + 1) & LOW_HALF),
		high | ((low - 1) & LOW_HALF),
		(high + step) | ((low + 1) & LOW_HALF),
		(high + step) | ((low - 1) & LOW_HALF),
		(high - step) | ((low + 1) & LOW_HALF),
		(high - step) | ((low - 1) & LOW_HALF),
		high + step,
		(high - step) | LOW_HALF,
		~value,
		-value,
	};

	for (size_t i = 0; i < SG_COUNT(near); i++)
		fuzz_values_add(values, near[i]);
}

void fuzz_values_bit_flips(struct fuzz_values *values, uint64_t value)
{
	for (int bit = 0; bit < 64; bit++)
		fuzz_values_add(values, value ^ 1ull << bit);
}

void fuzz_values_mix_halves(struct fuzz_values *values, const struct fuzz_values *from)
{
	for (size_t i = 0; i < from->len; i++)
		for (size_t j = 0; j < from->len; j++)
			if (i != j)
				fuzz_values_add(values, (from->items[i] & HIGH_HALF) |
								(from->items[j] & LOW_HALF));
}

void fuzz_cond_constants(const struct policy_cond *cond, struct fuzz_values *values)
{
	const uint64_t datum = cond->value_two & cond->value;

	if (cond->op != POLICY_MASKED_EQ) {
		fuzz_values_add(values, cond->value);
		return;
	}
	fuzz_values_add(values, datum);
	fuzz_values_add(values, datum | ~cond->value);
	fuzz_values_add(values, cond->value);
}

bool fuzz_cond_holds(const struct policy_cond *cond, uint64_t arg)
{
	switch (cond->op) {
	case POLICY_NE: return arg != cond->value;
	case POLICY_LT: return arg < cond->value;
	case POLICY_LE: return arg <= cond->value;
	case POLICY_EQ: return arg == cond->value;
	case POLICY_GE: return arg >= cond->value;
	case POLICY_GT: return arg > cond->value;
	case POLICY_MASKED_EQ: return !((arg ^ cond->value_two) & cond->value);
	}
	return false;
}
