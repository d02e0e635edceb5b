/* SPDX-License-Identifier: MIT */
/* Random policies: all of them are accepted, and among a few thousand everything occurs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filters/gen/gen.h"
#include "fuzz/policies.h"
#include "harness/base/alloc.h"

#define SMALL_ONES 4000
#define ANY_ONES   1000

static struct policy read_or_fail(const struct sg_buf *text, uint64_t seed)
{
	static const struct policy_options options;
	struct policy policy = {0};
	struct sg_err err = {0};

	if (policy_parse(sg_buf_text(text), text->len, "random", &options, &policy, &err))
		fail_msg("seed %llu: %s\n%s", (unsigned long long)seed, err.msg, sg_buf_text(text));
	return policy;
}

static struct policy random_policy(uint64_t seed, enum fuzz_size size, struct sg_buf *text)
{
	struct sg_rng rng;

	sg_rng_seed(&rng, seed);
	sg_buf_clear(text);
	fuzz_policy_text(&rng, size, text);
	return read_or_fail(text, seed);
}

/* ---- the spread: how many policies, or rules, or conditions have it */

struct spread {
	size_t ops[POLICY_MASKED_EQ + 1];
	size_t cond_counts[7];
	size_t args[6];
	size_t arches[ABI_ARCH_COUNT];
	size_t arch_counts[ABI_ARCH_COUNT + 1];
	size_t defaults[8], actions[8];
	size_t errno_extremes[5], trace_data;
	size_t errno_by_arch, default_errno_by_arch;
	size_t no_filter, no_rules, as_default, split, flags, unknown_names;
	size_t one_call_many_rules, conflicts;
	size_t wide_on_32_bits, narrow_on_32_bits, masks_in_both_halves;
	size_t multiplexed, on_some_arches_only;
	size_t same_low_half, same_high_half, next_to_each_other, overlapping;
};

static const uint32_t all_actions[8] = {
	ABI_RET_KILL_PROCESS, ABI_RET_KILL_THREAD, ABI_RET_TRAP, ABI_RET_ERRNO,
	ABI_RET_USER_NOTIF,   ABI_RET_TRACE,       ABI_RET_LOG,  ABI_RET_ALLOW,
};

static size_t action_index(uint32_t action)
{
	size_t i;

	for (i = 0; i < SG_COUNT(all_actions); i++)
		if (all_actions[i] == (action & ABI_RET_ACTION_FULL))
			return i;
	fail_msg("action 0x%x", action);
	return 0;
}

static void count_data(struct spread *spread, uint32_t action)
{
	static const uint32_t extremes[5] = {0, 1, 4095, 4096, 65535};
	size_t i;

	if ((action & ABI_RET_ACTION_FULL) == ABI_RET_TRACE)
		spread->trace_data += (action & ABI_RET_DATA) > 1;
	for (i = 0; i < SG_COUNT(extremes); i++)
		spread->errno_extremes[i] += action == (ABI_RET_ERRNO | extremes[i]);
}

static void count_cond(struct spread *spread, const struct policy *policy,
		       const struct policy_cond *cond)
{
	uint64_t constant =
		cond->op == POLICY_MASKED_EQ ? cond->value & cond->value_two : cond->value;
	size_t i;

	spread->ops[cond->op]++;
	spread->args[cond->arg]++;
	spread->masks_in_both_halves +=
		cond->op == POLICY_MASKED_EQ && cond->value >> 32 && cond->value & UINT32_MAX;
	for (i = 0; i < policy->arch_count; i++) {
		if (policy->arches[i]->word_bits != 32)
			continue;
		spread->wide_on_32_bits += constant >> 32 != 0;
		spread->narrow_on_32_bits += constant >> 32 == 0;
	}
}

static void count_name(struct spread *spread, const struct policy *policy, const char *name)
{
	size_t i, present = 0, multiplexed = 0;

	for (i = 0; i < policy->arch_count; i++) {
		present += abi_nr(policy->arches[i], name) != ABI_NR_NONE;
		multiplexed += abi_multiplexer(policy->arches[i], name) != NULL;
	}
	spread->multiplexed += multiplexed > 0;
	spread->on_some_arches_only += present > 0 && present < policy->arch_count;
}

static void count_rule(struct spread *spread, const struct policy *policy,
		       const struct policy_rule *rule)
{
	size_t i;

	spread->cond_counts[rule->cond_count]++;
	spread->actions[action_index(rule->action)]++;
	spread->errno_by_arch += rule->errnos != NULL;
	count_data(spread, rule->action);
	count_name(spread, policy, rule->name);
	for (i = 0; i < rule->cond_count; i++)
		count_cond(spread, policy, &rule->conds[i]);
}

static bool is_upper_bound(enum policy_op op)
{
	return op == POLICY_LT || op == POLICY_LE;
}

static bool is_lower_bound(enum policy_op op)
{
	return op == POLICY_GT || op == POLICY_GE;
}

/* Two conditions on one argument of one call. */
static void count_pair(struct spread *spread, const struct policy_cond *a,
		       const struct policy_cond *b)
{
	bool differ = a->value != b->value;

	if (a->arg != b->arg)
		return;
	spread->same_low_half +=
		(uint32_t)a->value && (uint32_t)a->value == (uint32_t)b->value && differ;
	spread->same_high_half += a->value >> 32 && a->value >> 32 == b->value >> 32 && differ;
	spread->next_to_each_other +=
		is_upper_bound(a->op) && is_lower_bound(b->op) && b->value - a->value <= 1;
	spread->overlapping +=
		is_upper_bound(a->op) && is_lower_bound(b->op) && b->value < a->value;
}

static void count_rule_pair(struct spread *spread, const struct policy_rule *a,
			    const struct policy_rule *b)
{
	size_t i, j;

	for (i = 0; i < a->cond_count; i++)
		for (j = 0; j < b->cond_count; j++)
			count_pair(spread, &a->conds[i], &b->conds[j]);
}

static void count_pairs(struct spread *spread, const struct policy *policy)
{
	size_t i, j, pairs = 0;

	for (i = 0; i < policy->rule_count && policy->rule_count < 100; i++) {
		for (j = 0; j < policy->rule_count; j++) {
			if (i == j || strcmp(policy->rules[i].name, policy->rules[j].name) != 0)
				continue;
			pairs++;
			count_rule_pair(spread, &policy->rules[i], &policy->rules[j]);
		}
	}
	spread->one_call_many_rules += pairs > 0;
}

static bool warns(const struct policy *policy, const char *words)
{
	size_t i;

	for (i = 0; i < policy->warnings.len; i++)
		if (strstr(policy->warnings.items[i], words))
			return true;
	return false;
}

static void count_policy(struct spread *spread, const struct policy *policy)
{
	size_t i;

	spread->no_filter += policy->no_filter;
	spread->no_rules += policy->rule_count == 0;
	spread->defaults[action_index(policy->default_action)]++;
	spread->default_errno_by_arch += policy->default_errnos != NULL;
	spread->flags += policy->seccomp_flags != POLICY_FLAG_SPEC_ALLOW;
	spread->unknown_names += policy->unknown_names.len > 0;
	spread->split += warns(policy, "an argument index repeats");
	spread->conflicts += warns(policy, " disagree about some calls of ");
	spread->arch_counts[policy->arch_count]++;
	for (i = 0; i < policy->arch_count; i++)
		spread->arches[policy->arches[i]->id]++;
	for (i = 0; i < policy->rule_count; i++) {
		count_rule(spread, policy, &policy->rules[i]);
		spread->as_default += policy->rules[i].action == policy->default_action;
	}
	count_pairs(spread, policy);
}

static void assert_all(const char *what, const size_t *counts, size_t first, size_t end,
		       size_t least)
{
	size_t i;

	for (i = first; i < end; i++)
		if (counts[i] < least)
			fail_msg("%s number %zu: %zu times", what, i, counts[i]);
}

static void assert_spread(const struct spread *spread)
{
	assert_all("operator", spread->ops, 0, SG_COUNT(spread->ops), 500);
	assert_all("number of conditions", spread->cond_counts, 0, SG_COUNT(spread->cond_counts),
		   100);
	assert_all("argument", spread->args, 0, SG_COUNT(spread->args), 500);
	assert_all("architecture", spread->arches, 0, SG_COUNT(spread->arches), 50);
	assert_all("number of architectures", spread->arch_counts, 1, ABI_ARCH_COUNT + 1, 2);
	assert_all("default action", spread->defaults, 0, SG_COUNT(spread->defaults), 50);
	assert_all("action", spread->actions, 0, SG_COUNT(spread->actions), 100);
	assert_all("errno", spread->errno_extremes, 0, SG_COUNT(spread->errno_extremes), 20);
}

#define ASSERT_SOME(member, least)                                         \
	do {                                                               \
		if (spread.member < (least))                               \
			fail_msg("%s: %zu times", #member, spread.member); \
	} while (0)

static void everything_occurs_and_is_accepted(void **state)
{
	struct spread spread = {0};
	struct sg_buf text = {0};
	uint64_t seed;

	(void)state;
	for (seed = 0; seed < SMALL_ONES + ANY_ONES; seed++) {
		struct policy policy =
			random_policy(seed, seed < SMALL_ONES ? FUZZ_SMALL : FUZZ_ANY, &text);

		count_policy(&spread, &policy);
		policy_release(&policy);
	}
	sg_buf_release(&text);
	assert_spread(&spread);
	ASSERT_SOME(trace_data, 50);
	ASSERT_SOME(errno_by_arch, 5);
	ASSERT_SOME(default_errno_by_arch, 2);
	ASSERT_SOME(no_filter, 5);
	ASSERT_SOME(no_rules, 50);
	ASSERT_SOME(as_default, 50);
	ASSERT_SOME(split, 100);
	ASSERT_SOME(flags, 200);
	ASSERT_SOME(unknown_names, 100);
	ASSERT_SOME(one_call_many_rules, 1000);
	ASSERT_SOME(conflicts, 100);
	ASSERT_SOME(wide_on_32_bits, 500);
	ASSERT_SOME(narrow_on_32_bits, 500);
	ASSERT_SOME(masks_in_both_halves, 200);
	ASSERT_SOME(multiplexed, 100);
	ASSERT_SOME(on_some_arches_only, 200);
	ASSERT_SOME(same_low_half, 100);
	ASSERT_SOME(same_high_half, 100);
	ASSERT_SOME(next_to_each_other, 100);
	ASSERT_SOME(overlapping, 100);
}

static void large_ones_are_accepted(void **state)
{
	struct sg_buf text = {0};
	uint64_t seed;

	(void)state;
	for (seed = 0; seed < 30; seed++) {
		struct policy policy = random_policy(seed, FUZZ_LARGE, &text);

		policy_release(&policy);
	}
	sg_buf_release(&text);
}

/* ---- sizes */

static void small_ones_are_small(void **state)
{
	struct sg_buf text = {0};
	size_t rules = 0;
	uint64_t seed;

	(void)state;
	for (seed = 0; seed < 500; seed++) {
		struct policy policy = random_policy(seed, FUZZ_SMALL, &text);

		assert_true(text.len < 16384);
		rules += policy.rule_count;
		policy_release(&policy);
	}
	sg_buf_release(&text);
	assert_true(rules < 500 * 8);
}

static void one_in_fifty_is_large(void **state)
{
	struct sg_buf text = {0};
	size_t large = 0;
	uint64_t seed;

	(void)state;
	for (seed = 0; seed < 1000; seed++) {
		struct sg_rng rng;

		sg_rng_seed(&rng, seed);
		sg_buf_clear(&text);
		fuzz_policy_text(&rng, FUZZ_ANY, &text);
		large += text.len > 24576;
	}
	sg_buf_release(&text);
	assert_in_range(large, 8, 45);
}

/* Does our own generator get it into one filter, or is it too much even so? */
static int build_length(const struct policy *policy, size_t *ret_insns)
{
	const struct gen *gen = gen_find("tuned", NULL);
	struct mix mix = {0};
	struct gen_request request = {.policy = policy, .mix = &mix};
	struct gen_filter filter = {0};
	struct sg_err err = {0};
	int ret;

	assert_int_equal(mix_load(NULL, &mix, &err), 0);
	ret = gen_build(gen, &request, &filter, &err);
	*ret_insns = filter.prog.len;
	gen_filter_release(&filter);
	mix_release(&mix);
	return ret;
}

static void large_ones_lie_on_both_sides_of_the_limit(void **state)
{
	struct sg_buf text = {0};
	size_t near = 0, above = 0;
	uint64_t seed;

	(void)state;
	for (seed = 0; seed < 200 && !(near && above); seed++) {
		struct policy policy = random_policy(seed, FUZZ_LARGE, &text);
		size_t insns = 0;
		int ret = build_length(&policy, &insns);

		near += ret == 0 && insns > 3000;
		above += ret == -E2BIG;
		policy_release(&policy);
	}
	sg_buf_release(&text);
	assert_true(near > 0);
	assert_true(above > 0);
}

/* ---- seeds */

static void a_seed_makes_one_text(void **state)
{
	static const enum fuzz_size sizes[] = {FUZZ_ANY, FUZZ_SMALL, FUZZ_LARGE};
	size_t i;

	(void)state;
	for (i = 0; i < SG_COUNT(sizes); i++) {
		struct sg_buf first = {0}, again = {0}, other = {0};
		struct sg_rng rng;

		sg_rng_seed(&rng, 7);
		fuzz_policy_text(&rng, sizes[i], &first);
		fuzz_policy_text(&rng, sizes[i], &other);
		sg_rng_seed(&rng, 7);
		fuzz_policy_text(&rng, sizes[i], &again);
		assert_string_equal(sg_buf_text(&first), sg_buf_text(&again));
		assert_string_not_equal(sg_buf_text(&first), sg_buf_text(&other));
		sg_buf_release(&first);
		sg_buf_release(&again);
		sg_buf_release(&other);
	}
}

/* ---- lists of architectures */

static void assert_list(const struct abi_arch *const *arches, size_t count)
{
	size_t i, j;

	for (i = 0; i < count; i++) {
		assert_int_equal(arches[i]->big_endian, arches[0]->big_endian);
		for (j = 0; j < i; j++)
			assert_ptr_not_equal(arches[i], arches[j]);
	}
}

static void lists_of_architectures_have_one_byte_order(void **state)
{
	size_t none = 0, big = 0, little = 0;
	struct sg_rng rng;
	int i;

	(void)state;
	sg_rng_seed(&rng, 3);
	for (i = 0; i < 1000; i++) {
		const struct abi_arch *arches[ABI_ARCH_COUNT];
		size_t count = fuzz_policy_arches(&rng, arches);

		assert_list(arches, count);
		none += count == 0;
		big += count > 0 && arches[0]->big_endian;
		little += count > 0 && !arches[0]->big_endian;
	}
	assert_in_range(none, 700, 950);
	assert_true(big > little);
	assert_true(little > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_occurs_and_is_accepted),
		cmocka_unit_test(large_ones_are_accepted),
		cmocka_unit_test(small_ones_are_small),
		cmocka_unit_test(one_in_fifty_is_large),
		cmocka_unit_test(large_ones_lie_on_both_sides_of_the_limit),
		cmocka_unit_test(a_seed_makes_one_text),
		cmocka_unit_test(lists_of_architectures_have_one_byte_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
