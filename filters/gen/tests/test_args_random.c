/* SPDX-License-Identifier: MIT */
/*
 * The rules of one call on random rule sets, held against the policy's oracle: every constant, its
 * neighbours and its halves mixed, in every argument that the rules look at; on both word sizes and
 * byte orders, with every combination of passes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "filters/gen/args_graph.h"
#include "harness/base/rng.h"

#define MAX_RULES  60
#define MAX_VALUES 512
#define ALL_TUPLES 4096 /* so many are all tried, of more as many at random */
#define CALL       "read"

static const char *const arches[] = {"x86_64", "i386", "s390x", "s390", "x32", "mips"};
static const uint32_t actions[] = {ABI_RET_ALLOW, ABI_RET_ERRNO | 1, ABI_RET_ERRNO | 38,
				   ABI_RET_KILL_PROCESS};

/* What rule sets of a case are like. */
struct kind {
	const char *name;
	size_t sets, rules, args, conds; /* rule sets; at most, of each set */
	bool one_action;                 /* beside the default */
	uint64_t spread;                 /* bits in which constants differ */
};

static const struct kind kinds[] = {
	{"values_of_one_argument", 600, 24, 1, 1, true, 0x3f},
	{"few_bits_of_one_argument", 600, 16, 1, 2, false, 0x20007},
	{"both_halves_of_one_argument", 600, 8, 1, 3, false, 0x300000003},
	{"two_arguments", 800, 8, 2, 2, false, 0x7},
	{"two_arguments_one_action", 800, 12, 2, 2, true, 0x100000003},
	{"wide", 400, 6, 2, 3, false, UINT64_MAX},
	{"six_arguments", 60, 12, 6, 6, false, 0x100000003},
	{"many_rules", 8, MAX_RULES, 6, 6, false, 0xf0000000f},
};

struct rule_set {
	struct policy policy;
	const struct abi_arch *arch;
	struct policy_rule rules[MAX_RULES];
	struct args_sample samples[4];
	size_t sample_count;
	/* What to try for each argument: 0 alone where no rule looks at it. */
	uint64_t values[6][MAX_VALUES];
	size_t value_count[6];
};

/* ---- making one */

static uint64_t random_constant(struct sg_rng *rng, const struct kind *kind)
{
	static const uint64_t edges[] = {0,           1,           0x7fffffff, 0x80000000,
					 0xffffffff,  0x100000000, UINT64_MAX, ~7ull,
					 0xfffdfff7u, 0xfffffff0};

	if (sg_rng_below(rng, 8) == 0)
		return edges[sg_rng_below(rng, SG_COUNT(edges))];
	return sg_rng_u64(rng) & kind->spread;
}

static struct policy_cond random_cond(struct sg_rng *rng, const struct kind *kind)
{
	/* Values and masks more often than ranges. */
	static const enum policy_op ops[] = {POLICY_EQ,        POLICY_EQ,        POLICY_EQ,
					     POLICY_EQ,        POLICY_NE,        POLICY_LT,
					     POLICY_LE,        POLICY_GE,        POLICY_GT,
					     POLICY_MASKED_EQ, POLICY_MASKED_EQ, POLICY_MASKED_EQ};
	struct policy_cond cond = {.arg = (uint8_t)sg_rng_below(rng, kind->args),
				   .op = ops[sg_rng_below(rng, SG_COUNT(ops))],
				   .value = random_constant(rng, kind),
				   .value_two = random_constant(rng, kind)};

	if (cond.op == POLICY_MASKED_EQ && sg_rng_below(rng, 3) == 0)
		cond.value = UINT32_MAX;
	return cond;
}

static void add_value(struct rule_set *set, int arg, uint64_t value)
{
	size_t i;

	for (i = 0; i < set->value_count[arg]; i++) {
		if (set->values[arg][i] == value)
			return;
	}
	if (i < MAX_VALUES)
		set->values[arg][set->value_count[arg]++] = value;
}

static void add_values(struct rule_set *set, const struct policy_cond *cond)
{
	const uint64_t constants[] = {cond->value, cond->value_two & cond->value, ~cond->value};
	size_t i;

	for (i = 0; i < SG_COUNT(constants); i++) {
		uint64_t c = constants[i];

		add_value(set, cond->arg, c);
		add_value(set, cond->arg, c - 1);
		add_value(set, cond->arg, c + 1);
		add_value(set, cond->arg, (uint32_t)c);
		add_value(set, cond->arg, c ^ 1ull << 32);
		add_value(set, cond->arg, c << 32 | c >> 32);
	}
}

static uint64_t random_value(struct sg_rng *rng, const struct rule_set *set, int arg)
{
	uint64_t one = set->values[arg][sg_rng_below(rng, set->value_count[arg])];
	uint64_t other = set->values[arg][sg_rng_below(rng, set->value_count[arg])];

	switch (sg_rng_below(rng, 6)) {
	case 0: return one ^ 1ull << sg_rng_below(rng, 64);
	case 1: return (one & UINT32_MAX) | (other & ~(uint64_t)UINT32_MAX);
	default: return one;
	}
}

static void random_tuple(struct sg_rng *rng, const struct rule_set *set, struct abi_tuple *tuple)
{
	int arg;

	for (arg = 0; arg < 6; arg++)
		tuple->args[arg] = random_value(rng, set, arg);
}

static struct abi_tuple empty_tuple(const struct rule_set *set)
{
	return (struct abi_tuple){.nr = (uint32_t)abi_nr(set->arch, CALL),
				  .arch = set->arch->audit};
}

static void random_samples(struct sg_rng *rng, struct rule_set *set)
{
	size_t i;

	set->sample_count = 1 + sg_rng_below(rng, SG_COUNT(set->samples));
	for (i = 0; i < set->sample_count; i++) {
		struct abi_tuple tuple = empty_tuple(set);

		random_tuple(rng, set, &tuple);
		abi_tuple_words(&tuple, set->samples[i].words);
		set->samples[i].weight = (double)sg_rng_below(rng, 3) / 100;
	}
}

static void random_set(struct sg_rng *rng, const struct kind *kind, struct rule_set *set)
{
	uint32_t default_action = actions[sg_rng_below(rng, SG_COUNT(actions))];
	uint32_t action = actions[sg_rng_below(rng, SG_COUNT(actions))];
	size_t i, j;

	memset(set, 0, sizeof(*set));
	set->arch = abi_arch_by_name(arches[sg_rng_below(rng, SG_COUNT(arches))]);
	set->policy = (struct policy){.default_action = default_action,
				      .arches = &set->arch,
				      .arch_count = 1,
				      .rules = set->rules,
				      .rule_count = 1 + sg_rng_below(rng, kind->rules)};
	for (i = 0; i < 6; i++)
		add_value(set, (int)i, 0);
	for (i = 0; i < set->policy.rule_count; i++) {
		struct policy_rule *rule = &set->rules[i];

		rule->name = CALL;
		rule->action =
			kind->one_action ? action : actions[sg_rng_below(rng, SG_COUNT(actions))];
		rule->cond_count = 1 + sg_rng_below(rng, kind->conds);
		for (j = 0; j < rule->cond_count; j++) {
			rule->conds[j] = random_cond(rng, kind);
			add_values(set, &rule->conds[j]);
		}
	}
	random_samples(rng, set);
}

/* ---- trying it */

struct trial {
	struct rule_set *set;
	struct policy_oracle *oracle;
	struct ir ir;
	ir_id root;
	struct sg_buf where; /* for people */
};

static ir_id lower(struct rule_set *set, struct ir *ir, const struct args_passes *passes)
{
	struct args_rule rules[MAX_RULES];
	size_t i;

	for (i = 0; i < set->policy.rule_count; i++)
		rules[i] = (struct args_rule){set->rules[i].conds, set->rules[i].cond_count,
					      set->rules[i].action};
	return args_lower(ir, set->arch, rules, set->policy.rule_count, set->policy.default_action,
			  set->samples, set->sample_count, passes);
}

static void try_tuple(struct trial *trial, const struct abi_tuple *tuple)
{
	uint32_t words[ABI_DATA_WORDS], got;
	uint32_t want = policy_eval(trial->oracle, tuple).ret;

	abi_tuple_words(tuple, words);
	ir_cost(&trial->ir, trial->root, words, &got);
	if (got == want)
		return;
	policy_print(&trial->set->policy, &trial->where);
	fail_msg("%s0x%x instead of 0x%x: args 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx",
		 sg_buf_text(&trial->where), got, want, tuple->args[0], tuple->args[1],
		 tuple->args[2], tuple->args[3], tuple->args[4], tuple->args[5]);
}

/* Every combination of values, as a number with a digit for each argument. */
static void try_all_tuples(struct trial *trial, size_t count)
{
	size_t number;

	for (number = 0; number < count; number++) {
		struct abi_tuple tuple = empty_tuple(trial->set);
		size_t rest = number;
		int arg;

		for (arg = 0; arg < 6; arg++) {
			tuple.args[arg] =
				trial->set->values[arg][rest % trial->set->value_count[arg]];
			rest /= trial->set->value_count[arg];
		}
		try_tuple(trial, &tuple);
	}
}

static void try_set(struct sg_rng *rng, struct rule_set *set, const struct args_passes *passes)
{
	struct trial trial = {.set = set, .oracle = policy_oracle_new(&set->policy)};
	size_t i, count = 1;

	for (i = 0; i < 6; i++)
		count = count <= ALL_TUPLES ? count * set->value_count[i] : count;
	trial.root = lower(set, &trial.ir, passes);
	if (count <= ALL_TUPLES)
		try_all_tuples(&trial, count);
	for (i = 0; i < (count <= ALL_TUPLES ? 256 : ALL_TUPLES); i++) {
		struct abi_tuple tuple = empty_tuple(set);

		random_tuple(rng, set, &tuple);
		try_tuple(&trial, &tuple);
	}
	policy_oracle_free(trial.oracle);
	ir_release(&trial.ir);
	sg_buf_release(&trial.where);
}

static struct args_passes some_passes(uint64_t bits)
{
	return (struct args_passes){.no_merge = bits & 1,
				    .no_group = bits & 2,
				    .no_order = bits & 4,
				    .no_halves = bits & 8,
				    .no_known = bits & 16,
				    .no_search = bits & 32,
				    .shortest = bits & 64};
}

static void graphs_say_what_the_policy_says(void **state)
{
	static struct rule_set set;
	static const struct args_passes all;
	struct sg_rng rng;
	size_t i, j;

	(void)state;
	sg_rng_seed(&rng, 4);
	for (i = 0; i < SG_COUNT(kinds); i++) {
		for (j = 0; j < kinds[i].sets; j++) {
			struct args_passes passes = some_passes(sg_rng_u64(&rng));

			random_set(&rng, &kinds[i], &set);
			try_set(&rng, &set, &all);
			try_set(&rng, &set, &passes);
		}
	}
}

/* ---- what the passes are good for */

static struct args_cost cost_with(struct rule_set *set, const struct args_passes *passes)
{
	struct ir ir = {0};
	struct args_graph graph;
	struct args_samples samples;
	struct args_cost cost;
	ir_id root = lower(set, &ir, passes);

	args_graph_init(&graph, &ir);
	args_samples_make(&samples, set->samples, set->sample_count);
	cost = args_graph_cost(&graph, root, NULL, &samples, (1u << samples.count) - 1);
	args_graph_release(&graph);
	ir_release(&ir);
	return cost;
}

/* Not much longer for a few instructions less; where length decides, not longer at all. */
static void graphs_stay_short(void **state)
{
	static struct rule_set set;
	static const struct args_passes all, no_search = {.no_search = true},
					     shortest = {.shortest = true};
	struct sg_rng rng;
	uint32_t insns, least;
	size_t i, j, longer = 0;

	(void)state;
	sg_rng_seed(&rng, 6);
	for (i = 0; i < SG_COUNT(kinds); i++) {
		for (j = 0; j < kinds[i].sets / 2; j++) {
			random_set(&rng, &kinds[i], &set);
			insns = cost_with(&set, &all).insns;
			least = cost_with(&set, &shortest).insns;
			assert_true(insns <= args_length_limit(least));
			assert_true(least <= insns);
			assert_true(least <= cost_with(&set, &no_search).insns);
			longer += insns > least;
		}
	}
	assert_true(longer > 10);
}

struct comparison {
	const char *pass;
	struct args_passes with, without;
};

/* The search makes its own choice of halves: how the chains choose counts where it stops early. */
static const struct comparison comparisons[] = {
	{"merge", {0}, {.no_merge = true}},
	{"group", {0}, {.no_group = true}},
	{"order", {0}, {.no_order = true}},
	{"halves", {.no_search = true}, {.no_search = true, .no_halves = true}},
	{"known", {0}, {.no_known = true}},
	{"search", {0}, {.no_search = true}},
};

/* On how many of the sets of a kind it costs more to go without a pass, and on how many less: the
 * search, which never sees all there is, may have been lucky. */
static void compare(const struct kind *kind, const struct comparison *comparison, size_t *ret_gains,
		    size_t *ret_losses)
{
	static struct rule_set set;
	struct sg_rng rng;
	size_t i;

	sg_rng_seed(&rng, 5);
	for (i = 0; i < kind->sets / 4; i++) {
		struct args_cost with, without;

		random_set(&rng, kind, &set);
		with = cost_with(&set, &comparison->with);
		without = cost_with(&set, &comparison->without);
		*ret_gains += args_cost_less(&with, &without);
		*ret_losses += args_cost_less(&without, &with);
	}
}

static void each_pass_pays(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < SG_COUNT(comparisons); i++) {
		size_t gains = 0, losses = 0;

		for (j = 0; j < SG_COUNT(kinds); j++)
			compare(&kinds[j], &comparisons[i], &gains, &losses);
		if (gains <= losses)
			fail_msg("%s: %zu gains, %zu losses", comparisons[i].pass, gains, losses);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(graphs_say_what_the_policy_says),
		cmocka_unit_test(graphs_stay_short),
		cmocka_unit_test(each_pass_pays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
