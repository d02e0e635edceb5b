/* SPDX-License-Identifier: MIT */
/*
 * Tuples at the edges of a policy: every number that any architecture has and those beside it,
 * x32's, negative ones, foreign architectures; and for each rule its constants, their neighbours,
 * halves moved, masked and flipped, one argument at a time and many at once. Include after
 * support.h.
 */
#ifndef SG_GEN_TESTS_EDGES_H
#define SG_GEN_TESTS_EDGES_H

#include "harness/base/rng.h"

typedef void (*edge_fn)(void *ctx, const struct abi_tuple *tuple);

#define EDGE_VALUES 32
#define EDGE_RANDOM 64 /* tuples of many arguments at once, for each rule */

struct edges {
	const struct policy *policy;
	struct sg_rng rng;
	edge_fn fn;
	void *ctx;
};

/* ---- arguments */

static inline size_t edge_values(const struct policy_cond *cond, uint64_t *values)
{
	const uint64_t constants[] = {cond->value, cond->value_two, cond->value_two & cond->value,
				      ~cond->value};
	size_t i, count = 0;

	for (i = 0; i < SG_COUNT(constants); i++) {
		uint64_t c = constants[i];
		const uint64_t around[] = {c,
					   c - 1,
					   c + 1,
					   c ^ 1ull << 32,
					   c << 32 | c >> 32,
					   c | 0xffffffff00000000,
					   (uint32_t)c};

		memcpy(values + count, around, sizeof(around));
		count += SG_COUNT(around);
	}
	values[count++] = 0;
	values[count++] = UINT64_MAX;
	values[count++] = 0x80000000;
	return count;
}

static inline uint64_t edge_value(struct edges *edges, const struct policy_cond *cond)
{
	uint64_t values[EDGE_VALUES];
	size_t count = edge_values(cond, values);
	uint64_t value = values[sg_rng_below(&edges->rng, count)];

	if (sg_rng_below(&edges->rng, 4) == 0)
		value ^= 1ull << sg_rng_below(&edges->rng, 64);
	return value;
}

/* Values that meet the conditions, each by itself. */
static inline void edge_meet(const struct policy_rule *rule, struct abi_tuple *tuple)
{
	for (size_t i = 0; i < rule->cond_count; i++) {
		const struct policy_cond *cond = &rule->conds[i];
		uint64_t value = cond->value;

		if (cond->op == POLICY_MASKED_EQ)
			value = cond->value_two & cond->value;
		else if (cond->op == POLICY_GT || cond->op == POLICY_NE)
			value++;
		else if (cond->op == POLICY_LT)
			value--;
		tuple->args[cond->arg] = value;
	}
}

static inline void edges_of_rule(struct edges *edges, const struct abi_arch *arch,
				 const struct policy_rule *rule)
{
	struct abi_tuple met = {.nr = (uint32_t)abi_nr(arch, rule->name), .arch = arch->audit};
	uint64_t values[EDGE_VALUES];

	edge_meet(rule, &met);
	edges->fn(edges->ctx, &met);
	for (size_t i = 0; i < rule->cond_count; i++) {
		size_t count = edge_values(&rule->conds[i], values);

		for (size_t j = 0; j < count; j++) {
			struct abi_tuple tuple = met;

			tuple.args[rule->conds[i].arg] = values[j];
			edges->fn(edges->ctx, &tuple);
		}
	}
}

/* Arguments from the conditions of any rule of the call. */
static inline void edges_at_random(struct edges *edges, const struct abi_arch *arch,
				   const struct policy_rule *rule)
{
	struct abi_tuple tuple = {.nr = (uint32_t)abi_nr(arch, rule->name), .arch = arch->audit};

	for (size_t i = 0; i < edges->policy->rule_count; i++) {
		const struct policy_rule *other = &edges->policy->rules[i];

		if (strcmp(other->name, rule->name) != 0)
			continue;
		for (size_t j = 0; j < other->cond_count; j++) {
			if (sg_rng_below(&edges->rng, 2))
				tuple.args[other->conds[j].arg] =
					edge_value(edges, &other->conds[j]);
		}
	}
	edges->fn(edges->ctx, &tuple);
}

/* ---- numbers */

static inline void edges_of_numbers(struct edges *edges, uint32_t audit, uint32_t from, uint32_t to)
{
	for (uint64_t nr = from; nr <= to; nr++) {
		struct abi_tuple tuple = {.nr = (uint32_t)nr, .arch = audit};

		edges->fn(edges->ctx, &tuple);
	}
}

static inline void edges_of_arch(struct edges *edges, const struct abi_arch *arch)
{
	static const struct {
		uint32_t from, to;
	} ranges[] = {{0, 1023},
		      {3999, 7000},
		      {0xefff0, 0xf0010},
		      {0x3ffffffe, 0x40000400},
		      {0x7fffffff, 0x80000001},
		      {0xfffffffe, 0xffffffff}};

	for (size_t i = 0; i < SG_COUNT(ranges); i++)
		edges_of_numbers(edges, arch->audit, ranges[i].from, ranges[i].to);
	for (size_t i = 0; i < edges->policy->rule_count; i++) {
		const struct policy_rule *rule = &edges->policy->rules[i];

		if (rule->cond_count == 0 || abi_nr(arch, rule->name) == ABI_NR_NONE)
			continue;
		edges_of_rule(edges, arch, rule);
		for (size_t j = 0; j < EDGE_RANDOM; j++)
			edges_at_random(edges, arch, rule);
	}
}

/* Calls @fn for each tuple; the same ones for the same policy and @seed. */
static inline void each_edge(const struct policy *policy, uint64_t seed, edge_fn fn, void *ctx)
{
	struct edges edges = {.policy = policy, .fn = fn, .ctx = ctx};

	sg_rng_seed(&edges.rng, seed);
	for (size_t i = 0; i < policy->arch_count; i++)
		edges_of_arch(&edges, policy->arches[i]);
	for (int id = 0; id < ABI_ARCH_COUNT; id++)
		edges_of_numbers(&edges, abi_arch((enum abi_arch_id)id)->audit, 0, 8);
	edges_of_numbers(&edges, 0, 0, 8);
	edges_of_numbers(&edges, 0xc000003f, 0, 8);
}

#endif
