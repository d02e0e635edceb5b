/* SPDX-License-Identifier: MIT */
/*
 * The oracle's index against the definition read off the README: go through all rules of the
 * policy, one by one, for every tuple.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "filters/policy/tests/holds.h"
#include "filters/policy/tests/support.h"
#include "harness/base/rng.h"

#define POLICIES          300
#define TUPLES_PER_POLICY 300
#define MAX_RULES         24

static const char *const names[] = {"read", "write", "socket",     "socketcall", "semop",
				    "ipc",  "ioctl", "cacheflush", "mmap",       "clone"};
static const uint32_t actions[] = {ABI_RET_ALLOW, ABI_RET_LOG, ABI_RET_ERRNO | 1,
				   ABI_RET_ERRNO | 2};
static const uint64_t constants[] = {0,           1,           2,
				     3,           0x7fffffff,  0xffffffff,
				     0x100000000, 0x100000001, UINT64_MAX - 1,
				     UINT64_MAX};
static const char *const arch_lists[] = {"x86_64",      "x86_64,x32,i386",
					 "i386,x86_64", "x32",
					 "arm",         "mips64el,mips64eln32,mipsel",
					 "s390x,s390"};

#define PICK(rng, array) ((array)[sg_rng_below(rng, SG_COUNT(array))])

static struct policy_rule random_rule(struct sg_rng *rng)
{
	struct policy_rule rule = {.name = (char *)PICK(rng, names), .action = PICK(rng, actions)};

	for (uint8_t arg = 0; arg < 3; arg++)
		if (!sg_rng_below(rng, 3))
			rule.conds[rule.cond_count++] = (struct policy_cond){
				.arg = arg,
				.op = sg_rng_below(rng, POLICY_MASKED_EQ + 1),
				.value = PICK(rng, constants),
				.value_two = PICK(rng, constants),
			};
	return rule;
}

static bool is_call(const struct abi_arch *arch, const char *name, const struct abi_tuple *tuple)
{
	const int nr = abi_nr(arch, name);

	return nr != ABI_NR_NONE && (uint32_t)nr == tuple->nr;
}

static bool matches(const struct policy_rule *rule, const struct abi_arch *arch,
		    const struct abi_tuple *tuple)
{
	if (!is_call(arch, rule->name, tuple))
		return false;
	for (size_t i = 0; i < rule->cond_count; i++) {
		const uint64_t arg = tuple->args[rule->conds[i].arg];

		if (!holds(&rule->conds[i], arch->word_bits == 32 ? arg & 0xffffffff : arg))
			return false;
	}
	return true;
}

/* The architecture of the policy that a tuple belongs to, or NULL. */
static const struct abi_arch *arch_of(const struct policy *policy, const struct abi_tuple *tuple)
{
	for (size_t i = 0; i < policy->arch_count; i++) {
		const struct abi_arch *arch = policy->arches[i];
		const bool x32 = tuple->nr >= ABI_X32_BIT;

		if (arch->audit != tuple->arch)
			continue;
		if (tuple->arch != abi_arch(ABI_X86_64)->audit || x32 == (arch->id == ABI_X32))
			return arch;
	}
	return NULL;
}

static bool is_wide(const struct policy_cond *cond)
{
	return (cond->op == POLICY_MASKED_EQ ? cond->value & cond->value_two : cond->value) >> 32;
}

/* What the policy says of all tuples of this call, whatever its arguments. */
static enum policy_class class_of_call(const struct policy *policy, const struct abi_arch *arch,
				       const struct abi_tuple *tuple)
{
	bool carried = false, plain = false, wide = false, x32_upper = false;

	for (size_t i = 0; i < policy->rule_count; i++) {
		const struct policy_rule *rule = &policy->rules[i];
		const char *by = abi_multiplexer(arch, rule->name);

		if (by && is_call(arch, by, tuple))
			carried = true;
		if (!is_call(arch, rule->name, tuple))
			continue;
		plain |= !rule->cond_count;
		for (size_t c = 0; c < rule->cond_count; c++) {
			wide |= is_wide(&rule->conds[c]);
			x32_upper |= tuple->args[rule->conds[c].arg] >> 32 != 0;
		}
	}
	if (arch->id == ABI_X32 && x32_upper)
		return POLICY_X32;
	if (carried && !plain)
		return POLICY_MULTIPLEXED;
	return arch->word_bits == 32 && wide ? POLICY_WIDE_CONSTANT : POLICY_SPECIFIED;
}

static struct policy_verdict listed_by_definition(const struct policy *policy,
						  const struct abi_arch *arch,
						  const struct abi_tuple *tuple)
{
	const struct policy_rule *first = NULL, *plain = NULL;
	struct policy_verdict verdict = {.class = class_of_call(policy, arch, tuple)};
	bool conflict = false;

	for (size_t i = 0; i < policy->rule_count; i++) {
		const struct policy_rule *rule = &policy->rules[i];

		if (!matches(rule, arch, tuple))
			continue;
		conflict |= first && rule->action != first->action;
		if (!first)
			first = rule;
		if (!plain && !rule->cond_count)
			plain = rule;
	}
	if (conflict && verdict.class == POLICY_SPECIFIED)
		verdict.class = POLICY_CONFLICT;
	verdict.ret = plain ? plain->action : first ? first->action : policy->default_action;
	return verdict;
}

static struct policy_verdict by_definition(const struct policy *policy,
					   const struct abi_tuple *tuple)
{
	const struct abi_arch *arch = arch_of(policy, tuple);
	const struct abi_tuple as_64 = {.arch = tuple->arch, .nr = 0};

	if (arch)
		return listed_by_definition(policy, arch, tuple);
	if (tuple->arch == abi_arch(ABI_X86_64)->audit && arch_of(policy, &as_64))
		return (struct policy_verdict){tuple->nr == UINT32_MAX ? policy->default_action
								       : policy->foreign_action,
					       POLICY_X32};
	return (struct policy_verdict){policy->foreign_action, POLICY_FOREIGN_ARCH};
}

static struct abi_tuple random_tuple(struct sg_rng *rng, const struct policy *policy)
{
	const struct abi_arch *arch =
		sg_rng_below(rng, 10) ? policy->arches[sg_rng_below(rng, policy->arch_count)]
				      : abi_arch(sg_rng_below(rng, ABI_ARCH_COUNT));
	const int nr = abi_nr(arch, PICK(rng, names));
	struct abi_tuple tuple = {.arch = arch->audit, .nr = nr};

	if (nr == ABI_NR_NONE && sg_rng_below(rng, 2))
		tuple.nr = sg_rng_u64(rng);
	if (!sg_rng_below(rng, 10))
		tuple.nr ^= ABI_X32_BIT;
	for (int i = 0; i < 6; i++)
		tuple.args[i] = PICK(rng, constants);
	return tuple;
}

static void compare(const struct policy *policy, struct sg_rng *rng, size_t *seen)
{
	struct policy_oracle *oracle = policy_oracle_new(policy);

	for (int i = 0; i < TUPLES_PER_POLICY; i++) {
		const struct abi_tuple tuple = random_tuple(rng, policy);
		const struct policy_verdict actual = policy_eval(oracle, &tuple);
		const struct policy_verdict expected = by_definition(policy, &tuple);

		if (actual.ret != expected.ret || actual.class != expected.class)
			fail_msg("nr 0x%x arch 0x%x: 0x%x %s, not 0x%x %s", tuple.nr, tuple.arch,
				 actual.ret, policy_class_name(actual.class), expected.ret,
				 policy_class_name(expected.class));
		seen[actual.class]++;
	}
	policy_oracle_free(oracle);
}

static void like_the_definition(void **state)
{
	size_t seen[POLICY_CLASS_COUNT] = {0};
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 1);
	for (int i = 0; i < POLICIES; i++) {
		struct arch_list list = arch_list(PICK(&rng, arch_lists));
		struct policy_rule rules[MAX_RULES];
		struct policy policy = {
			.default_action = PICK(&rng, actions),
			.foreign_action = ABI_RET_KILL_PROCESS,
			.arches = list.arches,
			.arch_count = list.count,
			.rules = rules,
			.rule_count = sg_rng_below(&rng, MAX_RULES + 1),
		};

		for (size_t r = 0; r < policy.rule_count; r++)
			rules[r] = random_rule(&rng);
		compare(&policy, &rng, seen);
	}
	for (int class = 0; class < POLICY_UNKNOWN_NAME; class ++)
		assert_true(seen[class] > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(like_the_definition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
