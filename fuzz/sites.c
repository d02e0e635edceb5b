/* SPDX-License-Identifier: MIT */
/*
 * Sites: which numbers are tried on which architectures.
 */
#include <stdlib.h>

#include "fuzz/tuples_private.h"

#define GAP_MAX 256u /* numbers between two calls are all tried up to so many */
#define LISTINGS_MAX                                                                             \
	16u              /* a call with many rules is drawn so much more often than one with one \
			  */
#define FOREIGN_CALLS 4u /* numbers tried on each foreign architecture */
#define NR_NONE       0xffffffffu

static void add_site(struct fuzz_sites *sites, uint32_t arch, uint32_t nr, struct fuzz_plans plans)
{
	SG_GROW(sites->items, sites->len, sites->cap);
	sites->items[sites->len++] = (struct fuzz_site){arch, nr, plans};
}

static void add_idle_sites(struct fuzz_sites *sites, uint32_t arch, const struct fuzz_values *nrs)
{
	for (size_t i = 0; i < nrs->len; i++)
		add_site(sites, arch, nrs->items[i], fuzz_plans_idle());
}

/* ---- calls with conditions */

struct placed {
	uint32_t nr;
	const struct policy_rule *rule;
};

static int compare_placed(const void *a, const void *b)
{
	const struct placed *one = a, *two = b;

	if (one->nr != two->nr)
		return one->nr > two->nr ? 1 : -1;
	return (one->rule > two->rule) - (one->rule < two->rule);
}

/* The rules that have conditions, by number. */
static size_t place_rules(const struct policy *policy, const struct abi_arch *arch,
			  struct placed *placed)
{
	size_t count = 0;

	for (size_t i = 0; i < policy->rule_count; i++) {
		const struct policy_rule *rule = &policy->rules[i];
		const int nr = rule->cond_count ? abi_nr(arch, rule->name) : ABI_NR_NONE;

		if (nr != ABI_NR_NONE)
			placed[count++] = (struct placed){nr, rule};
	}
	qsort(placed, count, sizeof(*placed), compare_placed);
	return count;
}

static enum fuzz_width width_of(const struct abi_arch *arch)
{
	if (arch->word_bits == 64)
		return FUZZ_WIDE;
	return arch->id == ABI_X32 ? FUZZ_NARROW_X32 : FUZZ_NARROW;
}

/* Its neighbours have the same arguments: a tree that is off by one takes them for the call. */
static void add_conditional(struct fuzz_sites *sites, const struct abi_arch *arch, uint32_t nr,
			    const struct fuzz_rules *rules, struct fuzz_planner *planner)
{
	const struct fuzz_plans plans = fuzz_plans_of(planner, rules, width_of(arch));

	add_site(sites, arch->audit, nr - 1, plans);
	add_site(sites, arch->audit, nr + 1, plans);
	for (size_t i = 0; i <= rules->len && i < LISTINGS_MAX; i++)
		add_site(sites, arch->audit, nr, plans);
}

/* Adds the sites, and their numbers to @ret_nrs. */
static void conditional_sites(struct fuzz_sites *sites, const struct policy *policy,
			      const struct abi_arch *arch, struct fuzz_planner *planner,
			      struct fuzz_values *ret_nrs)
{
	struct placed *placed = sg_calloc(policy->rule_count + 1, sizeof(*placed));
	const struct policy_rule **rules = sg_calloc(policy->rule_count + 1, sizeof(*rules));
	const size_t count = place_rules(policy, arch, placed);

	for (size_t start = 0, end; start < count; start = end) {
		for (end = start; end < count && placed[end].nr == placed[start].nr; end++)
			rules[end - start] = placed[end].rule;
		add_conditional(sites, arch, placed[start].nr,
				&(struct fuzz_rules){rules, end - start}, planner);
		fuzz_values_add(ret_nrs, placed[start].nr);
	}
	free(rules);
	free(placed);
}

/* ---- numbers without conditions */

/* The calls of @arch, the numbers between them, and two at each end. */
static void table_numbers(const struct abi_arch *arch, struct fuzz_values *ret)
{
	size_t count;
	const struct abi_call *calls = abi_calls(arch, &count);

	for (size_t i = 0; i < count; i++) {
		const uint32_t nr = calls[i].nr;
		const uint32_t next = i + 1 < count ? calls[i + 1].nr : NR_NONE;

		fuzz_values_add(ret, (uint32_t)(nr - 2));
		fuzz_values_add(ret, (uint32_t)(nr - 1));
		for (uint32_t n = nr; n < next && n - nr < (next - nr <= GAP_MAX ? GAP_MAX : 3);
		     n++)
			fuzz_values_add(ret, n);
	}
	fuzz_values_unique(ret);
}

/* @from without the numbers in @without, which is short. */
static void plain_sites(struct fuzz_sites *sites, uint32_t arch, const struct fuzz_values *from,
			const struct fuzz_values *without)
{
	for (size_t i = 0; i < from->len; i++) {
		bool skip = false;

		for (size_t n = 0; n < without->len; n++)
			skip |= without->items[n] == from->items[i];
		if (!skip)
			add_site(sites, arch, from->items[i], fuzz_plans_idle());
	}
}

/* ---- edges */

static bool lists(const struct policy *policy, enum abi_arch_id id)
{
	for (size_t i = 0; i < policy->arch_count; i++)
		if (policy->arches[i]->id == id)
			return true;
	return false;
}

/* Bit 30 over each call. Where x32 is listed these are its own calls, and tried as such. */
static void bit_30_numbers(const struct policy *policy, const struct abi_arch *arch,
			   struct fuzz_values *ret)
{
	size_t count;
	const struct abi_call *calls = abi_calls(arch, &count);

	if (arch->audit == abi_arch(ABI_X32)->audit && lists(policy, ABI_X32))
		return;
	for (size_t i = 0; i < count; i++)
		fuzz_values_add(ret, calls[i].nr | ABI_X32_BIT);
}

static void edge_numbers(const struct abi_arch *arch, const struct fuzz_constants *constants,
			 struct fuzz_values *ret)
{
	static const uint32_t edges[] = {0,          1,          0xffff,     0x10000,    0x3fffffff,
					 0x40000000, 0x40000001, 0x7fffffff, 0x80000000, 0x80000001,
					 0xbfffffff, 0xc0000000, 0xfffffffe, 0xffffffff};

	for (size_t i = 0; i < SG_COUNT(edges); i++)
		fuzz_values_add(ret, edges[i]);
	fuzz_values_add(ret, arch->nr_offset + 1023);
	fuzz_values_add(ret, arch->nr_offset + 1024);
	for (size_t i = 0; i < constants->nrs.len; i++)
		for (int step = -1; step <= 1; step++)
			fuzz_values_add(ret, (uint32_t)(constants->nrs.items[i] + step));
	fuzz_values_unique(ret);
}

static void arch_sites(struct fuzz_tuples *tuples, const struct policy *policy,
		       const struct abi_arch *arch, const struct fuzz_constants *constants,
		       struct fuzz_planner *planner)
{
	struct fuzz_values conditional = {0}, table = {0}, edges = {0};

	conditional_sites(&tuples->sites[FUZZ_CONDITIONAL], policy, arch, planner, &conditional);
	table_numbers(arch, &table);
	plain_sites(&tuples->sites[FUZZ_PLAIN], arch->audit, &table, &conditional);
	bit_30_numbers(policy, arch, &edges);
	edge_numbers(arch, constants, &edges);
	add_idle_sites(&tuples->sites[FUZZ_EDGES], arch->audit, &edges);
	fuzz_values_release(&conditional);
	fuzz_values_release(&table);
	fuzz_values_release(&edges);
}

/* ---- foreign architectures */

/* Every audit value we know, those of the policy with one bit changed or bytes swapped, and the
 * neighbours of what the filters compare with. */
static void foreign_audits(const struct policy *policy, const struct fuzz_constants *constants,
			   struct fuzz_values *ret)
{
	for (int id = 0; id < ABI_ARCH_COUNT; id++)
		fuzz_values_add(ret, abi_arch(id)->audit);
	for (size_t i = 0; i < policy->arch_count; i++) {
		const uint32_t audit = policy->arches[i]->audit;

		fuzz_values_add(ret, __builtin_bswap32(audit));
		for (int bit = 0; bit < 32; bit++)
			fuzz_values_add(ret, audit ^ 1u << bit);
	}
	for (size_t i = 0; i < constants->arches.len; i++)
		for (int step = -1; step <= 1; step++)
			fuzz_values_add(ret, (uint32_t)(constants->arches.items[i] + step));
	fuzz_values_add(ret, 0);
	fuzz_values_add(ret, UINT32_MAX);
	fuzz_values_unique(ret);
}

static bool lists_audit(const struct policy *policy, uint32_t audit)
{
	for (size_t i = 0; i < policy->arch_count; i++)
		if (policy->arches[i]->audit == audit)
			return true;
	return false;
}

/* A few numbers that mean something where the architecture is taken for one that is listed. */
static void foreign_sites(struct fuzz_tuples *tuples, const struct policy *policy,
			  const struct fuzz_constants *constants)
{
	struct fuzz_values audits = {0};
	size_t count, drawn = 0;
	const struct abi_call *calls = abi_calls(policy->arches[0], &count);

	foreign_audits(policy, constants, &audits);
	for (size_t i = 0; i < audits.len; i++) {
		if (lists_audit(policy, audits.items[i]))
			continue;
		for (size_t n = 0; n < FOREIGN_CALLS; n++, drawn += 7)
			add_site(&tuples->sites[FUZZ_FOREIGN], audits.items[i],
				 calls[drawn % count].nr, fuzz_plans_idle());
		add_site(&tuples->sites[FUZZ_FOREIGN], audits.items[i], NR_NONE, fuzz_plans_idle());
	}
	fuzz_values_release(&audits);
}

/* ---- shares */

static void add_draws(struct fuzz_tuples *tuples, size_t *at, enum fuzz_site_kind kind,
		      size_t draws)
{
	const bool empty = kind < FUZZ_SITE_KINDS && !tuples->sites[kind].len;

	while (draws-- > 0)
		tuples->kinds[(*at)++] = empty ? FUZZ_PLAIN : kind;
}

/* Calls with conditions have the most to get wrong, the other numbers are the most. */
static void set_shares(struct fuzz_tuples *tuples)
{
	size_t at = 0;

	add_draws(tuples, &at, FUZZ_CONDITIONAL, 26);
	add_draws(tuples, &at, FUZZ_PLAIN, 24);
	add_draws(tuples, &at, FUZZ_EDGES, 6);
	add_draws(tuples, &at, FUZZ_FOREIGN, 5);
	add_draws(tuples, &at, FUZZ_SITE_KINDS, FUZZ_DRAWS - at);
}

void fuzz_sites_make(struct fuzz_tuples *tuples, const struct policy *policy,
		     const struct fuzz_constants *constants, struct fuzz_planner *planner)
{
	for (size_t i = 0; i < policy->arch_count; i++)
		arch_sites(tuples, policy, policy->arches[i], constants, planner);
	foreign_sites(tuples, policy, constants);
	set_shares(tuples);
}
