/* SPDX-License-Identifier: MIT */
/*
 * The numbers of each audit value, with what the policy says of them (ruling.h), stand under a
 * tree over the number's bits, these trees under one over the audit value's bits. Both are built
 * from the leaves up, once for each class and once for each bit of the verdict; most bits are the
 * same function as another one.
 */
#include <stdlib.h>
#include <string.h>

#include "filters/prove/conds.h"
#include "filters/prove/meaning.h"
#include "filters/prove/ruling.h"

#define NR_SKIPPED 0xffffffffu /* -1: how a tracer skips a call, seccomp(2) */

/* ---- what the numbers of one audit value mean */

struct call {
	uint32_t nr;
	struct ruling ruling; /* owned */
};

/* All numbers of an audit value, or x86_64's below or from ABI_X32_BIT up. */
struct area {
	struct call *calls; /* ascending by number; owned */
	size_t count, cap;
	struct ruling other; /* of every other number; owned */
};

static void area_release(struct area *area)
{
	for (size_t i = 0; i < area->count; i++)
		ruling_release(&area->calls[i].ruling);
	free(area->calls);
	ruling_release(&area->other);
}

static void add_call(struct area *area, uint32_t nr, struct ruling ruling)
{
	SG_GROW(area->calls, area->count, area->cap);
	area->calls[area->count++] = (struct call){nr, ruling};
}

/* ---- rules by number */

#define CARRIED SIZE_MAX /* in place of a rule: the number multiplexes a call that a rule names */

struct placed {
	uint32_t nr;
	size_t rule;
};

static int compare_placed(const void *a, const void *b)
{
	const struct placed *one = a, *two = b;

	if (one->nr != two->nr)
		return one->nr > two->nr ? 1 : -1;
	return (one->rule > two->rule) - (one->rule < two->rule);
}

/* The policy's rules by number, then in profile order; *ret_count of them. The caller frees. */
static struct placed *place(const struct policy *policy, const struct abi_arch *arch,
			    size_t *ret_count)
{
	struct placed *placed = sg_calloc(2 * policy->rule_count + 1, sizeof(*placed));
	size_t count = 0;

	for (size_t i = 0; i < policy->rule_count; i++) {
		const char *name = policy->rules[i].name;
		const char *multiplexer = abi_multiplexer(arch, name);
		const int nr = abi_nr(arch, name);

		if (nr != ABI_NR_NONE)
			placed[count++] = (struct placed){nr, i};
		if (multiplexer)
			placed[count++] = (struct placed){abi_nr(arch, multiplexer), CARRIED};
	}
	qsort(placed, count, sizeof(*placed), compare_placed);
	*ret_count = count;
	return placed;
}

/* What the rules on one number say. */
static struct ruling ruling_of_run(struct bdd_pool *pool, const struct policy *policy,
				   size_t arch_index, const struct placed *run, size_t len)
{
	struct ruling_rules rules = {
		.policy = policy,
		.arch_index = arch_index,
		.rules = sg_calloc(len, sizeof(const struct policy_rule *)),
	};

	for (size_t i = 0; i < len; i++) {
		if (run[i].rule == CARRIED)
			rules.carries = true;
		else
			rules.rules[rules.count++] = &policy->rules[run[i].rule];
	}
	const struct ruling ruling = ruling_of_rules(pool, &rules);
	free(rules.rules);
	return ruling;
}

static struct area listed_area(struct bdd_pool *pool, const struct policy *policy,
			       size_t arch_index)
{
	struct area area = {
		.other =
			ruling_always(policy_action_on(policy, NULL, arch_index), POLICY_SPECIFIED),
	};
	size_t count;
	struct placed *placed = place(policy, policy->arches[arch_index], &count);

	for (size_t start = 0, end; start < count; start = end) {
		for (end = start; end < count && placed[end].nr == placed[start].nr; end++)
			;
		add_call(&area, placed[start].nr,
			 ruling_of_run(pool, policy, arch_index, placed + start, end - start));
	}
	free(placed);
	return area;
}

/* ---- audit values */

#define NOT_LISTED SIZE_MAX

/* One audit value that the policy lists. */
struct space {
	uint32_t audit;
	bool split; /* x86_64's and x32's: @high has the numbers from ABI_X32_BIT up */
	struct area low, high;
};

static size_t first_listed(const struct policy *policy, uint32_t audit, bool x32)
{
	for (size_t i = 0; i < policy->arch_count; i++)
		if (policy->arches[i]->audit == audit && (policy->arches[i]->id == ABI_X32) == x32)
			return i;
	return NOT_LISTED;
}

/* x32's numbers where only x86_64 is listed. */
static struct area x32_hole(const struct policy *policy, size_t x86_64)
{
	const uint32_t skipped = policy_action_on(policy, NULL, x86_64);
	struct area area = {.other = ruling_always(policy->foreign_action, POLICY_X32)};

	add_call(&area, NR_SKIPPED, ruling_always(skipped, POLICY_X32));
	return area;
}

static struct space make_space(struct bdd_pool *pool, const struct policy *policy, uint32_t audit)
{
	const size_t plain = first_listed(policy, audit, false);
	const size_t x32 = first_listed(policy, audit, true);
	struct space space = {.audit = audit, .split = audit == abi_arch(ABI_X32)->audit};

	if (plain != NOT_LISTED)
		space.low = listed_area(pool, policy, plain);
	else
		space.low.other = ruling_always(policy->foreign_action, POLICY_FOREIGN_ARCH);
	if (x32 != NOT_LISTED)
		space.high = listed_area(pool, policy, x32);
	else if (space.split)
		space.high = x32_hole(policy, plain);
	return space;
}

static int compare_values(const void *a, const void *b)
{
	const uint32_t one = *(const uint32_t *)a, two = *(const uint32_t *)b;

	return (one > two) - (one < two);
}

/* Ascending, each once; returns how many. */
static size_t sort_unique(uint32_t *values, size_t count)
{
	size_t kept = 0;

	qsort(values, count, sizeof(*values), compare_values);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || values[kept - 1] != values[i])
			values[kept++] = values[i];
	return kept;
}

/* ---- trees */

struct leaf {
	uint32_t key;
	bdd value;
};

/*
 * A function of the low @bits bits of a word: a leaf's value at its key, elsewhere @other. The keys
 * ascend, and are alike above those bits.
 */
static bdd tree(struct bdd_pool *pool, unsigned word, unsigned bits, const struct leaf *leaves,
		size_t count, bdd other)
{
	size_t zeros = 0;

	if (count == 0)
		return other;
	if (bits == 0)
		return leaves->value;
	bits--;
	while (zeros < count && !(leaves[zeros].key & 1u << bits))
		zeros++;
	const bdd low = tree(pool, word, bits, leaves, zeros, other);
	const bdd high = tree(pool, word, bits, leaves + zeros, count - zeros, other);
	return low == high ? low : bdd_ite(pool, cond_word_bit(pool, word, bits), high, low);
}

/* What a pass over the policy collects: the inputs of a class, or whose verdict has a bit. */
struct wanted {
	bool class;
	unsigned index; /* of the class, of the bit */
};

static bdd ruling_when(struct bdd_pool *pool, const struct ruling *ruling, struct wanted wanted)
{
	return wanted.class ? ruling->class[wanted.index] : ruling_bit(pool, ruling, wanted.index);
}

static bdd area_when(struct bdd_pool *pool, const struct area *area, struct wanted wanted)
{
	struct leaf *leaves = sg_calloc(area->count + 1, sizeof(*leaves));

	for (size_t i = 0; i < area->count; i++) {
		leaves[i].key = area->calls[i].nr;
		leaves[i].value = ruling_when(pool, &area->calls[i].ruling, wanted);
	}
	const bdd all = tree(pool, ABI_OFF_NR / 4, 32, leaves, area->count,
			     ruling_when(pool, &area->other, wanted));
	free(leaves);
	return all;
}

static bdd space_when(struct bdd_pool *pool, const struct space *space, struct wanted wanted)
{
	const bdd low = area_when(pool, &space->low, wanted);

	if (!space->split)
		return low;
	return bdd_ite(pool, cond_word_above(pool, ABI_OFF_NR / 4, ABI_X32_BIT - 1),
		       area_when(pool, &space->high, wanted), low);
}

/* ---- the policy */

struct whole {
	struct space spaces[ABI_ARCH_COUNT]; /* ascending by audit value */
	size_t count;
	struct ruling foreign;
};

static void read_policy(struct bdd_pool *pool, const struct policy *policy, struct whole *ret)
{
	uint32_t *audits = sg_calloc(policy->arch_count, sizeof(*audits));

	for (size_t i = 0; i < policy->arch_count; i++)
		audits[i] = policy->arches[i]->audit;
	ret->count = sort_unique(audits, policy->arch_count);
	for (size_t i = 0; i < ret->count; i++)
		ret->spaces[i] = make_space(pool, policy, audits[i]);
	ret->foreign = ruling_always(policy->foreign_action, POLICY_FOREIGN_ARCH);
	free(audits);
}

static void whole_release(struct whole *whole)
{
	for (size_t i = 0; i < whole->count; i++) {
		area_release(&whole->spaces[i].low);
		area_release(&whole->spaces[i].high);
	}
	ruling_release(&whole->foreign);
}

static bdd when(struct bdd_pool *pool, const struct whole *whole, struct wanted wanted)
{
	struct leaf leaves[ABI_ARCH_COUNT];

	for (size_t i = 0; i < whole->count; i++) {
		leaves[i].key = whole->spaces[i].audit;
		leaves[i].value = space_when(pool, &whole->spaces[i], wanted);
	}
	return tree(pool, ABI_OFF_ARCH / 4, 32, leaves, whole->count,
		    ruling_when(pool, &whole->foreign, wanted));
}

/* ---- bits of the verdict */

/* Every verdict of the policy, as an effect, ascending; *ret_count of them. The caller frees. */
static uint32_t *list_verdicts(const struct policy *policy, size_t *ret_count)
{
	const size_t most = policy->arch_count * (policy->rule_count + 1) + 1;
	uint32_t *verdicts = sg_calloc(most, sizeof(*verdicts));
	size_t count = 0;

	verdicts[count++] = abi_verdict_effect(policy->foreign_action);
	for (size_t arch = 0; arch < policy->arch_count; arch++) {
		verdicts[count++] = abi_verdict_effect(policy_action_on(policy, NULL, arch));
		for (size_t i = 0; i < policy->rule_count; i++)
			verdicts[count++] = abi_verdict_effect(
				policy_action_on(policy, &policy->rules[i], arch));
	}
	*ret_count = sort_unique(verdicts, count);
	return verdicts;
}

/* The lowest bit that every verdict has exactly where it has @bit. */
static unsigned twin_of(unsigned bit, const uint32_t *verdicts, size_t count)
{
	for (unsigned twin = 0; twin < bit; twin++) {
		uint32_t differ = 0;

		for (size_t i = 0; i < count; i++)
			differ |= (verdicts[i] >> bit ^ verdicts[i] >> twin) & 1;
		if (!differ)
			return twin;
	}
	return bit;
}

static struct sym verdict_bits(struct bdd_pool *pool, const struct policy *policy,
			       const struct whole *whole)
{
	struct sym verdict = sym_const(0);
	size_t count;
	uint32_t *verdicts = list_verdicts(policy, &count);

	for (unsigned bit = 0; bit < 32; bit++) {
		const unsigned twin = twin_of(bit, verdicts, count);

		verdict.bits[bit] = twin < bit ? verdict.bits[twin]
					       : when(pool, whole, (struct wanted){false, bit});
	}
	free(verdicts);
	return verdict;
}

struct prove_meaning prove_meaning(struct bdd_pool *pool, const struct policy *policy)
{
	struct prove_meaning meaning = {.verdict = sym_const(ABI_RET_ALLOW)};
	struct whole whole = {.count = 0};

	if (policy->no_filter) {
		meaning.class[POLICY_SPECIFIED] = BDD_TRUE;
		return meaning;
	}
	read_policy(pool, policy, &whole);
	meaning.verdict = verdict_bits(pool, policy, &whole);
	for (unsigned class = 0; class < POLICY_CLASS_COUNT; class ++)
		meaning.class[class] = when(pool, &whole, (struct wanted){true, class});
	whole_release(&whole);
	return meaning;
}

/* ---- calls that a generator does not know */

/* The call that "ARCH:NAME" names; false for one that nobody knows. */
static bool parse_call(const char *text, uint32_t *ret_audit, uint32_t *ret_nr)
{
	const char *colon = strchr(text, ':');
	char *name = sg_strndup(text, colon ? (size_t)(colon - text) : 0);
	const struct abi_arch *arch = abi_arch_by_name(name);
	const int nr = arch ? abi_nr(arch, colon + 1) : ABI_NR_NONE;

	free(name);
	if (nr == ABI_NR_NONE)
		return false;
	*ret_audit = arch->audit;
	*ret_nr = (uint32_t)nr;
	return true;
}

bdd prove_unknown_calls(struct bdd_pool *pool, const struct sg_strv *calls)
{
	bdd all = BDD_FALSE;
	uint32_t audit, nr;

	for (size_t i = 0; i < calls->len; i++)
		if (parse_call(calls->items[i], &audit, &nr))
			all = bdd_or(pool, all, cond_call(pool, audit, nr));
	return all;
}
