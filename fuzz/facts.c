/* SPDX-License-Identifier: MIT */
/* What a path tells of the input words, and whether it contradicts itself. */
#include <stdlib.h>

#include "fuzz/walk.h"
#include "harness/base/alloc.h"

void fuzz_facts_release(struct fuzz_facts *facts)
{
	free(facts->items);
	*facts = (struct fuzz_facts){0};
}

static bool meets(const struct fuzz_fact *fact, uint32_t word)
{
	const uint32_t value = word & fact->mask;

	return fact->excluded ? value != fact->low : value >= fact->low && value <= fact->high;
}

struct range {
	uint32_t low, high;
	bool empty;
};

/* Takes excluded values off the ends of the range; true where it became smaller. */
static bool trim(struct range *range, uint32_t excluded)
{
	if (range->empty || (excluded != range->low && excluded != range->high))
		return false;
	if (range->low == range->high)
		range->empty = true;
	else if (excluded == range->low)
		range->low++;
	else
		range->high--;
	return true;
}

static void narrow(struct range *range, const struct fuzz_fact *fact)
{
	if (fact->low > range->low)
		range->low = fact->low;
	if (fact->high < range->high)
		range->high = fact->high;
	range->empty |= range->low > range->high;
}

static bool is_about(const struct fuzz_fact *fact, uint32_t word, uint32_t mask)
{
	return fact->word == word && fact->mask == mask;
}

/* Makes the range as small as the facts about (word & mask) allow. */
static void apply(struct fuzz_facts *facts, uint32_t word, uint32_t mask, struct range *range)
{
	bool again = true;

	for (size_t i = 0; i < facts->len; i++)
		if (is_about(&facts->items[i], word, mask) && !facts->items[i].excluded)
			narrow(range, &facts->items[i]);
	while (again && !range->empty) {
		again = false;
		for (size_t i = 0; i < facts->len; i++)
			if (is_about(&facts->items[i], word, mask) && facts->items[i].excluded)
				again |= trim(range, facts->items[i].low);
		facts->looks += facts->len;
	}
}

/* What a range of the word says of the word under a mask: the bits in front of the first in which
 * its ends differ are known. */
static struct range under_mask(const struct range *whole, uint32_t mask)
{
	const uint32_t differ = whole->low ^ whole->high;
	const uint32_t open = differ ? UINT32_MAX >> __builtin_clz(differ) : 0;
	const uint32_t low = whole->low & mask & ~open;

	return (struct range){low, low | (mask & open), whole->empty};
}

/* Where the word itself is known, everything else that is said of it must fit. */
static bool fits(struct fuzz_facts *facts, uint32_t word, uint32_t value)
{
	for (size_t i = 0; i < facts->len; i++)
		if (facts->items[i].word == word && !meets(&facts->items[i], value))
			return false;
	facts->looks += facts->len;
	return true;
}

bool fuzz_facts_assume(struct fuzz_facts *facts, const struct fuzz_fact *fact)
{
	SG_GROW(facts->items, facts->len, facts->cap);
	facts->items[facts->len++] = *fact;
	struct range whole = {0, UINT32_MAX, false};
	apply(facts, fact->word, UINT32_MAX, &whole);
	struct range masked = under_mask(&whole, fact->mask);
	if (fact->mask != UINT32_MAX)
		apply(facts, fact->word, fact->mask, &masked);
	if (masked.low == masked.high && masked.low & ~fact->mask)
		masked.empty = true;
	if (!whole.empty && !masked.empty &&
	    (whole.low != whole.high || fits(facts, fact->word, whole.low)))
		return true;
	facts->len--;
	return false;
}
