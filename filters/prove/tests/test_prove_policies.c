/* SPDX-License-Identifier: MIT */
/* A policy against another one: pairs whose answer is known, and random ones against the oracle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "filters/prove/tests/policies.h"
#include "filters/prove/tests/questions.h"

#define PAIRS           300
#define TUPLES_PER_PAIR 2000
#define FEW_NODES       20 /* so that Z3 is asked */

static struct prove_answer ask(const struct policy *a, const struct policy *b, size_t node_limit)
{
	const struct prove_options options = {.node_limit = node_limit, .no_smt = !node_limit};
	struct prove_answer answer = {0};
	struct sg_err err = {0};

	if (prove_policies(a, b, &options, &answer, &err))
		fail_msg("%s", err.msg);
	assert_true(answer.seconds > 0);
	for (unsigned class = 0; class < POLICY_CLASS_COUNT; class ++)
		assert_true(answer.excluded[class] == 0);
	return answer;
}

/* ---- random pairs */

struct pair {
	struct random_policy a, b;
	struct policy_oracle *oracles[2];
};

/* b is what a is but for one thing. */
static void change_one_thing(struct sg_rng *rng, struct policy *policy)
{
	struct policy_rule *rule =
		policy->rule_count ? &policy->rules[sg_rng_below(rng, policy->rule_count)] : NULL;

	switch (sg_rng_below(rng, 6)) {
	case 0: policy->default_action = policies_action(rng); break;
	case 1: policy->foreign_action = policies_action(rng); break;
	case 2: policy->arch_count = 1 + sg_rng_below(rng, policy->arch_count); break;
	case 3:
		if (rule)
			*rule = policy->rules[--policy->rule_count];
		break;
	case 4:
		if (rule)
			rule->action = policies_action(rng);
		break;
	default:
		if (rule && rule->cond_count)
			rule->conds[sg_rng_below(rng, rule->cond_count)].value ^=
				1ull << sg_rng_below(rng, 64);
	}
}

static void make_pair(uint64_t seed, struct pair *pair)
{
	struct sg_rng one, two;

	sg_rng_seed(&one, seed);
	policies_make(&one, &pair->a);
	sg_rng_seed(&two, seed % 4 ? seed : ~seed);
	policies_make(&two, &pair->b);
	if (seed % 4)
		change_one_thing(&two, &pair->b.policy);
	pair->oracles[0] = policy_oracle_new(&pair->a.policy);
	pair->oracles[1] = policy_oracle_new(&pair->b.policy);
}

static void pair_release(struct pair *pair)
{
	policy_oracle_free(pair->oracles[0]);
	policy_oracle_free(pair->oracles[1]);
}

static uint32_t effect_of(const struct policy_oracle *oracle, const struct abi_tuple *tuple)
{
	return abi_verdict_effect(policy_eval(oracle, tuple).ret);
}

static bool differ(const struct pair *pair, const struct abi_tuple *tuple)
{
	return effect_of(pair->oracles[0], tuple) != effect_of(pair->oracles[1], tuple);
}

static void check_input(const struct pair *pair, const struct abi_tuple *tuple, uint32_t a,
			uint32_t b)
{
	assert_int_not_equal(a, b);
	assert_int_equal(effect_of(pair->oracles[0], tuple), a);
	assert_int_equal(effect_of(pair->oracles[1], tuple), b);
}

static const struct prove_region *region_of(const struct prove_answer *answer,
					    const struct abi_tuple *tuple)
{
	for (size_t i = 0; i < answer->region_count; i++) {
		const struct prove_region *region = &answer->regions[i];

		if (region->audit == tuple->arch && region->low <= tuple->nr &&
		    tuple->nr <= region->high)
			return region;
	}
	return NULL;
}

/* Whatever the words that a region does not hang on, an input of it differs or does not. */
static void other_words_do_not_matter(struct sg_rng *rng, const struct pair *pair,
				      const struct prove_region *region, struct abi_tuple tuple)
{
	const bool differs = differ(pair, &tuple);

	for (int i = 0; i < 6; i++)
		if (!(region->args & 1u << i))
			tuple.args[i] = policies_value(rng);
	if (!(region->args & PROVE_BY_IP))
		tuple.ip = sg_rng_u64(rng);
	assert_int_equal(differ(pair, &tuple), differs);
	if (region->args == 0)
		assert_true(differs);
}

static void check_tuple(struct sg_rng *rng, const struct pair *pair,
			const struct prove_answer *answer, const struct abi_tuple *tuple)
{
	const struct prove_region *region = region_of(answer, tuple);

	if (region)
		other_words_do_not_matter(rng, pair, region, *tuple);
	else if (!answer->more_regions)
		assert_false(differ(pair, tuple));
}

static void check_regions(const struct pair *pair, const struct prove_answer *answer)
{
	check_input(pair, &answer->tuple, answer->a, answer->b);
	assert_true(answer->region_count > 0);
	for (size_t i = 0; i < answer->region_count; i++) {
		const struct prove_region *region = &answer->regions[i];

		assert_int_equal(region->args & PROVE_BY_IP, 0); /* no policy looks at it */
		assert_ptr_equal(region_of(answer, &region->tuple), region);
		check_input(pair, &region->tuple, region->a, region->b);
	}
}

static enum prove_result try_pair(uint64_t seed)
{
	struct pair pair;
	struct sg_rng rng;

	make_pair(seed, &pair);
	sg_rng_seed(&rng, seed);
	struct prove_answer answer = ask(&pair.a.policy, &pair.b.policy, 0);
	const enum prove_result result = answer.result;
	assert_int_not_equal(result, PROVE_UNKNOWN);
	if (result == PROVE_DIFFERENT)
		check_regions(&pair, &answer);
	for (int i = 0; i < TUPLES_PER_PAIR; i++) {
		const struct abi_tuple tuple =
			policies_tuple(&rng, i % 2 ? &pair.a.policy : &pair.b.policy);

		check_tuple(&rng, &pair, &answer, &tuple);
	}
	prove_answer_release(&answer);
	pair_release(&pair);
	return result;
}

static void random_pairs_against_the_oracle(void **state)
{
	size_t seen[3] = {0};

	(void)state;
	for (uint64_t seed = 0; seed < PAIRS; seed++)
		seen[try_pair(seed)]++;
	assert_true(seen[PROVE_EQUAL] > PAIRS / 10);
	assert_true(seen[PROVE_DIFFERENT] > PAIRS / 3);
}

/* ---- known ones */

static struct policy_rule personality = {
	.name = (char *)"personality",
	.action = ABI_RET_ALLOW,
	.conds = {{.arg = 0, .op = POLICY_EQ, .value = 8}},
	.cond_count = 1,
};
static const struct abi_arch *arches[2];

/* A default, and @count rules on as many architectures as @arch_count says. */
static struct policy policy_of(struct policy_rule *rules, size_t count, size_t arch_count)
{
	arches[0] = abi_arch(ABI_X86_64);
	arches[1] = abi_arch(ABI_S390X);
	return (struct policy){
		.default_action = ABI_RET_ERRNO | 1,
		.foreign_action = ABI_RET_KILL_PROCESS,
		.arches = arches,
		.arch_count = arch_count,
		.rules = rules,
		.rule_count = count,
	};
}

static void one_rule_less(void **state)
{
	const struct policy a = policy_of(&personality, 1, 1), b = policy_of(NULL, 0, 1);
	struct prove_answer answer = ask(&a, &b, 0);

	(void)state;
	assert_int_equal(answer.region_count, 1);
	const struct prove_region *region = &answer.regions[0];
	assert_int_equal(region->low, 135);
	assert_int_equal(region->high, 135);
	assert_int_equal(region->a, ABI_RET_ALLOW);
	assert_int_equal(region->b, ABI_RET_ERRNO | 1);
	assert_int_equal(region->args, 1);
	assert_int_equal(region->tuple.args[0], 8);
	assert_true(answer.inputs == 0x1p384);
	prove_answer_release(&answer);
}

/* Only one of them lists the architecture: the other one's foreign action is what it says. */
static void one_architecture_more(void **state)
{
	const struct policy a = policy_of(NULL, 0, 1), b = policy_of(NULL, 0, 2);
	struct prove_answer answer = ask(&a, &b, 0);

	(void)state;
	assert_int_equal(answer.region_count, 1);
	assert_int_equal(answer.regions[0].audit, abi_arch(ABI_S390X)->audit);
	assert_int_equal(answer.regions[0].low, 0);
	assert_int_equal(answer.regions[0].high, UINT32_MAX);
	assert_int_equal(answer.regions[0].a, ABI_RET_KILL_PROCESS);
	assert_int_equal(answer.regions[0].b, ABI_RET_ERRNO | 1);
	assert_true(answer.inputs == 0x1p480);
	prove_answer_release(&answer);
}

/* x32's numbers are unspecified where only x86_64 is listed, and count all the same. */
static void another_foreign_action(void **state)
{
	const struct policy a = policy_of(NULL, 0, 1);
	struct policy b = a;

	(void)state;
	b.foreign_action = ABI_RET_TRAP;
	struct prove_answer answer = ask(&a, &b, 0);
	assert_int_equal(answer.result, PROVE_DIFFERENT);
	/* All audit values but one, and of that one x32's numbers but for -1. */
	assert_true(answer.inputs == 0x1p512 - 0x1p480 + 0x1p480 - 0x1p478 - 0x1p448);
	prove_answer_release(&answer);
}

static void no_filter_is_a_policy(void **state)
{
	struct policy a = policy_of(NULL, 0, 1), b = a;

	(void)state;
	a.no_filter = true;
	b.default_action = b.foreign_action = ABI_RET_ALLOW;
	struct prove_answer answer = ask(&a, &b, 0);
	assert_int_equal(answer.result, PROVE_EQUAL);
	prove_answer_release(&answer);
	b.default_action = ABI_RET_LOG;
	answer = ask(&a, &b, 0);
	assert_int_equal(answer.result, PROVE_DIFFERENT);
	assert_int_equal(answer.a, ABI_RET_ALLOW);
	prove_answer_release(&answer);
}

static void z3_says_the_same(void **state)
{
	(void)state;
	need_z3();
	for (uint64_t seed = 0; seed < 12; seed++) {
		struct pair pair;

		make_pair(seed, &pair);
		struct prove_answer exact = ask(&pair.a.policy, &pair.b.policy, 0);
		struct prove_answer answer = ask(&pair.a.policy, &pair.b.policy, FEW_NODES);
		if (answer.result == PROVE_UNKNOWN)
			fail_msg("%s", answer.reason);
		assert_int_equal(answer.result, exact.result);
		if (answer.result == PROVE_DIFFERENT)
			check_input(&pair, &answer.tuple, answer.a, answer.b);
		prove_answer_release(&exact);
		prove_answer_release(&answer);
		pair_release(&pair);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_pairs_against_the_oracle),
		cmocka_unit_test(one_rule_less),
		cmocka_unit_test(one_architecture_more),
		cmocka_unit_test(another_foreign_action),
		cmocka_unit_test(no_filter_is_a_policy),
		cmocka_unit_test(z3_says_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
