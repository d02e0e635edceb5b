/* SPDX-License-Identifier: MIT */
/*
 * The word is chosen bit by bit from the top, since that is how comparisons are decided: the first
 * bit in which (v & mask) and k differ settles a demand, either way. A demand is open until then.
 * Choosing a bit that breaks a demand is undone; demands met drop out, so that a step looks only
 * at the open ones, and many inequalities cost about as much as a walk down the tree of their
 * constants. (Demands with arbitrary masks can encode satisfiability, hence the budget.)
 */
#include <stdbool.h>

#include "filters/cbpf/demand.h"

enum fate { OPEN, MET, BROKEN };

struct search {
	struct cbpf_demand *demands; /* the open ones first */
	uint64_t budget;
	uint32_t word;
};

struct cbpf_demand cbpf_demand_not(struct cbpf_demand demand)
{
	static const enum cbpf_relation negated[] = {
		[CBPF_EQ] = CBPF_NE, [CBPF_NE] = CBPF_EQ, [CBPF_GT] = CBPF_LE, [CBPF_LE] = CBPF_GT};

	demand.relation = negated[demand.relation];
	return demand;
}

/* Of a demand whose higher bits are all equal, when bit @bit of the word becomes @value. */
static enum fate fate_at(const struct cbpf_demand *demand, int bit, bool value)
{
	/* As numbers: gcc 12.2 -O2 gets "bool seen = value && mask >> bit & 1" wrong here. */
	uint32_t seen = (value ? demand->mask : 0) >> bit & 1, wanted = demand->k >> bit & 1;

	if (seen == wanted)
		return OPEN;
	switch (demand->relation) {
	case CBPF_EQ: return BROKEN;
	case CBPF_NE: return MET;
	case CBPF_GT: return seen ? MET : BROKEN;
	case CBPF_LE: return seen ? BROKEN : MET;
	}
	return BROKEN;
}

/* Moves the demands that stay open to the front. False where one is broken. */
static bool choose(struct search *search, size_t count, int bit, bool value, size_t *ret_open)
{
	size_t open = 0;

	for (size_t i = 0; i < count; i++) {
		struct cbpf_demand demand = search->demands[i];
		enum fate fate = fate_at(&demand, bit, value);

		if (fate == BROKEN)
			return false;
		if (fate == MET)
			continue;
		search->demands[i] = search->demands[open];
		search->demands[open++] = demand;
	}
	*ret_open = open;
	return true;
}

/* Which value of the bit meets more inequalities at once; and does the bit matter to anyone? */
static bool better_value(const struct search *search, size_t count, int bit, bool *ret_matters)
{
	size_t met_by_one = 0, met_by_zero = 0;

	*ret_matters = false;
	for (size_t i = 0; i < count; i++) {
		const struct cbpf_demand *demand = &search->demands[i];

		if (!(demand->mask >> bit & 1))
			continue;
		*ret_matters = true;
		if (demand->relation == CBPF_NE)
			*(demand->k >> bit & 1 ? &met_by_zero : &met_by_one) += 1;
	}
	return met_by_one > met_by_zero;
}

/* With every bit chosen and every difference settled, (v & mask) == k for what is still open. */
static enum cbpf_answer answer_at_end(const struct search *search, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (search->demands[i].relation == CBPF_NE ||
		    search->demands[i].relation == CBPF_GT)
			return CBPF_UNMEETABLE;
	return CBPF_MET;
}

static enum cbpf_answer descend(struct search *search, size_t count, int bit)
{
	bool matters, value;

	if (bit < 0 || count == 0)
		return answer_at_end(search, count);
	if (search->budget < count)
		return CBPF_GAVE_UP;
	search->budget -= count;

	value = better_value(search, count, bit, &matters);
	for (int attempt = 0; attempt < (matters ? 2 : 1); attempt++, value = !value) {
		size_t open;

		if (!choose(search, count, bit, value, &open))
			continue;
		search->word &= ~(1u << bit);
		search->word |= (uint32_t)value << bit;
		enum cbpf_answer answer = descend(search, open, bit - 1);

		if (answer != CBPF_UNMEETABLE)
			return answer;
	}
	return CBPF_UNMEETABLE;
}

enum cbpf_answer cbpf_demands_meet(struct cbpf_demand *demands, size_t count, uint64_t *budget,
				   uint32_t *ret_word)
{
	struct search search = {.demands = demands, .budget = *budget};
	enum cbpf_answer answer = descend(&search, count, 31);

	*budget = search.budget;
	if (answer == CBPF_MET)
		*ret_word = search.word;
	return answer;
}
