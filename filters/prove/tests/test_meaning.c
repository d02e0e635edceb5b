/* SPDX-License-Identifier: MIT */
/*
 * The policy as a function against policy_eval(): the verdict and the class of every tuple, and
 * the classes are a partition.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "filters/prove/meaning.h"
#include "filters/prove/tests/evaluate.h"
#include "filters/prove/tests/policies.h"

#define POLICIES          400
#define TUPLES_PER_POLICY 1000
#define TUPLES_PER_CALL   40

struct fixture {
	const struct policy *policy;
	struct policy_oracle *oracle;
	struct bdd_pool *pool;
	struct prove_meaning meaning;
	size_t seen[POLICY_CLASS_COUNT];
};

static void set_up(struct fixture *fixture, const struct policy *policy)
{
	fixture->policy = policy;
	fixture->oracle = policy_oracle_new(policy);
	fixture->pool = bdd_pool_new(4000000);
	fixture->meaning = prove_meaning(fixture->pool, policy);
	assert_false(bdd_exhausted(fixture->pool));
}

static void tear_down(struct fixture *fixture)
{
	policy_oracle_free(fixture->oracle);
	bdd_pool_free(fixture->pool);
}

/* The one class that the input is of. */
static enum policy_class class_of(const struct fixture *fixture, const uint32_t *words)
{
	enum policy_class found = POLICY_CLASS_COUNT;

	for (unsigned class = 0; class < POLICY_CLASS_COUNT; class ++) {
		if (!evaluate(fixture->pool, fixture->meaning.class[class], words))
			continue;
		assert_int_equal(found, POLICY_CLASS_COUNT);
		found = class;
	}
	assert_int_not_equal(found, POLICY_CLASS_COUNT);
	return found;
}

static void agree(struct fixture *fixture, const struct abi_tuple *tuple)
{
	const struct policy_verdict expected = policy_eval(fixture->oracle, tuple);
	uint32_t words[ABI_DATA_WORDS];

	abi_tuple_words(tuple, words);
	const uint32_t verdict = evaluate_sym(fixture->pool, &fixture->meaning.verdict, words);
	const enum policy_class class = class_of(fixture, words);
	if (verdict != abi_verdict_effect(expected.ret) || class != expected.class)
		fail_msg("nr 0x%x arch 0x%x args 0x%lx 0x%lx 0x%lx: 0x%08x %s, not 0x%08x %s",
			 tuple->nr, tuple->arch, tuple->args[0], tuple->args[1], tuple->args[2],
			 verdict, policy_class_name(class), expected.ret,
			 policy_class_name(expected.class));
	fixture->seen[class]++;
}

static void is_a_partition(const struct fixture *fixture)
{
	const bdd *class = fixture->meaning.class;
	bdd all = BDD_FALSE;

	for (unsigned i = 0; i < POLICY_CLASS_COUNT; i++) {
		assert_int_equal(bdd_and(fixture->pool, all, class[i]), BDD_FALSE);
		all = bdd_or(fixture->pool, all, class[i]);
	}
	assert_int_equal(all, BDD_TRUE);
	assert_int_equal(class[POLICY_UNKNOWN_NAME], BDD_FALSE);
}

/* ---- random policies */

static void random_policies(void **state)
{
	size_t seen[POLICY_CLASS_COUNT] = {0};
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 1);
	for (int i = 0; i < POLICIES; i++) {
		struct random_policy random;
		struct fixture fixture = {0};

		policies_make(&rng, &random);
		set_up(&fixture, &random.policy);
		is_a_partition(&fixture);
		for (int t = 0; t < TUPLES_PER_POLICY; t++) {
			const struct abi_tuple tuple = policies_tuple(&rng, &random.policy);

			agree(&fixture, &tuple);
		}
		for (unsigned class = 0; class < POLICY_CLASS_COUNT; class ++)
			seen[class] += fixture.seen[class];
		tear_down(&fixture);
	}
	for (unsigned class = 0; class < POLICY_UNKNOWN_NAME; class ++)
		assert_true(seen[class] > 1000);
}

/* ---- profiles */

static bool is_listed(const struct policy *policy, const struct abi_arch *arch)
{
	for (size_t i = 0; i < policy->arch_count; i++)
		if (policy->arches[i] == arch)
			return true;
	return false;
}

/* Numbers from the first one on, and the calls of rules near the policy's constants. */
static void every_call(struct fixture *fixture, struct sg_rng *rng, const struct abi_arch *arch)
{
	const uint32_t numbers = is_listed(fixture->policy, arch) ? 1024 : 16;

	for (uint32_t i = 0; i < numbers; i++) {
		struct abi_tuple tuple = {.nr = arch->nr_offset + i, .arch = arch->audit};

		agree(fixture, &tuple);
		memset(tuple.args, 0xff, sizeof(tuple.args));
		agree(fixture, &tuple);
	}
	for (size_t i = 0; i < fixture->policy->rule_count; i++) {
		const struct policy_rule *rule = &fixture->policy->rules[i];
		struct abi_tuple tuple = {.nr = abi_nr(arch, rule->name), .arch = arch->audit};

		for (int t = 0; t < TUPLES_PER_CALL && rule->cond_count; t++) {
			policies_args(rng, rule, &tuple);
			agree(fixture, &tuple);
		}
	}
}

static void like_the_oracle(const char *operand, const struct policy_options *options)
{
	struct fixture fixture = {0};
	struct policy policy = {0};
	struct sg_err err = {0};
	struct sg_rng rng;

	if (policy_load(operand, options, &policy, &err))
		fail_msg("%s", err.msg);
	sg_rng_seed(&rng, 2);
	set_up(&fixture, &policy);
	is_a_partition(&fixture);
	for (unsigned id = 0; id < ABI_ARCH_COUNT; id++)
		every_call(&fixture, &rng, abi_arch((enum abi_arch_id)id));
	for (int t = 0; t < TUPLES_PER_POLICY; t++) {
		const struct abi_tuple tuple = policies_tuple(&rng, &policy);

		agree(&fixture, &tuple);
	}
	tear_down(&fixture);
	policy_release(&policy);
}

/* On little-endian architectures, x32 among them, and on big-endian ones. */
static void on_some_architectures(const char *operand)
{
	const struct abi_arch *const three[] = {abi_arch(ABI_X86_64), abi_arch(ABI_I386),
						abi_arch(ABI_X32)};
	const struct abi_arch *const big[] = {abi_arch(ABI_S390X), abi_arch(ABI_S390)};
	const struct policy_options as_three = {.arches = three, .arch_count = SG_COUNT(three)};
	const struct policy_options as_big = {.arches = big, .arch_count = SG_COUNT(big)};

	like_the_oracle(operand, &as_three);
	like_the_oracle(operand, &as_big);
}

static void embedded_profiles(void **state)
{
	(void)state;
	for (size_t i = 0; policy_bundled[i].name; i++)
		if (!policy_bundled[i].package)
			on_some_architectures(policy_bundled[i].name);
}

static void installed_profile(void **state)
{
	const struct policy_bundled *profile = *state;

	if (access(profile->file, R_OK)) {
		print_message("SKIP: profile: %s is missing: install the Debian package %s\n",
			      profile->file, profile->package);
		skip();
	}
	on_some_architectures(profile->name);
}

/* ---- by hand */

static bdd equals(struct bdd_pool *pool, unsigned word, uint32_t value)
{
	const struct sym variable = sym_word(pool, word), constant = sym_const(value);

	return sym_eq(pool, &variable, &constant);
}

static struct prove_meaning meaning_of(struct bdd_pool *pool, struct policy_rule *rules,
				       size_t count, const struct abi_arch *arch)
{
	const struct abi_arch *arches[] = {arch};
	const struct policy policy = {
		.default_action = ABI_RET_ERRNO | 1,
		.foreign_action = ABI_RET_KILL_PROCESS,
		.arches = arches,
		.arch_count = 1,
		.rules = rules,
		.rule_count = count,
	};

	return prove_meaning(pool, &policy);
}

/* Exactly which inputs, not only what some of them are: read() with its first argument 5. */
static void as_a_formula(void **state)
{
	const struct abi_arch *arch = abi_arch(ABI_X86_64);
	struct policy_rule rule = {
		.name = (char *)"read",
		.action = ABI_RET_ALLOW,
		.conds = {{.arg = 0, .op = POLICY_EQ, .value = 5}},
		.cond_count = 1,
	};
	struct bdd_pool *pool = bdd_pool_new(100000);
	const struct prove_meaning meaning = meaning_of(pool, &rule, 1, arch);

	(void)state;
	bdd allowed = BDD_TRUE;
	allowed = bdd_and(pool, allowed, equals(pool, ABI_OFF_ARCH / 4, arch->audit));
	allowed = bdd_and(pool, allowed, equals(pool, ABI_OFF_NR / 4, 0));
	allowed = bdd_and(pool, allowed, equals(pool, abi_off_half(false, 0, false) / 4, 5));
	allowed = bdd_and(pool, allowed, equals(pool, abi_off_half(false, 0, true) / 4, 0));
	/* Bit 25 is ALLOW's and neither ERRNO's nor KILL_PROCESS's. */
	assert_int_equal(meaning.verdict.bits[25], allowed);
	assert_int_equal(meaning.class[POLICY_FOREIGN_ARCH],
			 bdd_not(equals(pool, ABI_OFF_ARCH / 4, arch->audit)));
	assert_int_equal(meaning.class[POLICY_CONFLICT], BDD_FALSE);
	bdd_pool_free(pool);
}

static void no_filter_allows_everything(void **state)
{
	const struct abi_arch *arches[] = {abi_arch(ABI_X86_64)};
	const struct policy policy = {.no_filter = true, .arches = arches, .arch_count = 1};
	struct bdd_pool *pool = bdd_pool_new(1000);
	const struct prove_meaning meaning = prove_meaning(pool, &policy);
	uint32_t verdict;

	(void)state;
	assert_true(sym_is_const(&meaning.verdict, &verdict));
	assert_int_equal(verdict, ABI_RET_ALLOW);
	assert_int_equal(meaning.class[POLICY_SPECIFIED], BDD_TRUE);
	bdd_pool_free(pool);
}

static void a_small_pool_is_exhausted(void **state)
{
	struct policy_rule rule = {.name = (char *)"read", .action = ABI_RET_ALLOW};
	struct bdd_pool *pool = bdd_pool_new(20);

	(void)state;
	meaning_of(pool, &rule, 1, abi_arch(ABI_X86_64));
	assert_true(bdd_exhausted(pool));
	bdd_pool_free(pool);
}

static void unknown_calls_by_number(void **state)
{
	struct bdd_pool *pool = bdd_pool_new(100000);
	struct sg_strv calls = {0};

	(void)state;
	assert_int_equal(prove_unknown_calls(pool, &calls), BDD_FALSE);
	sg_strv_add(&calls, "i386:write");
	sg_strv_add(&calls, "x32:read");
	sg_strv_add(&calls, "x86_64:nosuchcall");
	sg_strv_add(&calls, "vax:read");
	sg_strv_add(&calls, "read");
	const bdd i386 = bdd_and(pool, equals(pool, ABI_OFF_ARCH / 4, abi_arch(ABI_I386)->audit),
				 equals(pool, ABI_OFF_NR / 4, 4));
	const bdd x32 = bdd_and(pool, equals(pool, ABI_OFF_ARCH / 4, abi_arch(ABI_X32)->audit),
				equals(pool, ABI_OFF_NR / 4, ABI_X32_BIT));
	assert_int_equal(prove_unknown_calls(pool, &calls), bdd_or(pool, i386, x32));
	sg_strv_release(&calls);
	bdd_pool_free(pool);
}

static void *bundled(const char *name)
{
	size_t i = 0;

	while (strcmp(policy_bundled[i].name, name) != 0)
		i++;
	return (void *)&policy_bundled[i];
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_policies),
		cmocka_unit_test(embedded_profiles),
		cmocka_unit_test_prestate(installed_profile, bundled("podman-default")),
		cmocka_unit_test_prestate(installed_profile, bundled("docker-default")),
		cmocka_unit_test(as_a_formula),
		cmocka_unit_test(no_filter_allows_everything),
		cmocka_unit_test(a_small_pool_is_exhausted),
		cmocka_unit_test(unknown_calls_by_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
