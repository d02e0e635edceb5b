/* SPDX-License-Identifier: MIT */
/* Filters say what their policy says, at every edge of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "filters/gen/tests/support.h"
#include "filters/gen/tests/compare.h"

static const char *const profiles[] = {"container-default", "small-blocklist", "strict-2005",
				       "io-server"};

static void check(const char *name, const char *profile, const char *arches,
		  enum gen_objective objective)
{
	struct policy policy = read_policy(profile, arches);
	struct gen_filter filter = build_filter(name, &policy, objective);

	assert_equal_to_policy(&filter, &policy, strcmp(name, "tuned") == 0, 1);
	gen_filter_release(&filter);
	policy_release(&policy);
}

static void tuned_equals_the_bundled_profiles(void **state)
{
	size_t i;
	int objective;

	(void)state;
	for (i = 0; i < SG_COUNT(profiles); i++) {
		for (objective = GEN_MIX; objective <= GEN_INSTALL; objective++) {
			check("tuned", profiles[i], "x86_64", objective);
			check("tuned", profiles[i], "x86_64,i386,x32", objective);
		}
	}
}

static void tuned_equals_them_on_every_architecture(void **state)
{
	int id;

	(void)state;
	for (id = 0; id < ABI_ARCH_COUNT; id++)
		check("tuned", "container-default", abi_arch((enum abi_arch_id)id)->name, GEN_MIX);
}

/* Byte orders, word sizes and errno numbers of all kinds in one filter. */
static void tuned_takes_all_architectures_at_once(void **state)
{
	struct sg_buf list = {0};
	int id;

	(void)state;
	for (id = 0; id < ABI_ARCH_COUNT; id++)
		sg_buf_addf(&list, "%s%s", id ? "," : "", abi_arch((enum abi_arch_id)id)->name);
	check("tuned", "small-blocklist", sg_buf_text(&list), GEN_MIX);
	check("tuned", "container-default", sg_buf_text(&list), GEN_MIX);
	sg_buf_release(&list);
}

/* read with a0 of 0, 2, 4 ... gets an errno of its own each. */
static struct policy many_rules(int count)
{
	struct sg_buf text = {0};
	struct policy policy;
	int i;

	sg_buf_adds(&text, "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [");
	for (i = 0; i < count; i++)
		sg_buf_addf(
			&text,
			"%s{\"name\": \"read\", \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": "
			"%d, \"args\": [{\"index\": 0, \"value\": %d, \"op\": \"SCMP_CMP_EQ\"}]}",
			i ? "," : "", 1 + i, 2 * i);
	sg_buf_adds(&text, "]}");
	policy = read_policy(sg_buf_text(&text), "x86_64");
	sg_buf_release(&text);
	return policy;
}

/* The upper half is asked for once, and jumps reach: a test and a return for each rule, and a
 * comparison for some of them, so that no way is long. */
static void tuned_takes_many_rules_on_one_call(void **state)
{
	struct policy policy = many_rules(400);
	struct gen_filter filter = build_filter("tuned", &policy, GEN_MIX);
	struct abi_tuple tuple = {.arch = abi_arch(ABI_X86_64)->audit};

	(void)state;
	assert_true(filter.prog.len < 2 * 400 + 100);
	for (tuple.args[0] = 0; tuple.args[0] < 2 * 400; tuple.args[0]++)
		assert_true(cbpf_run(&filter.prog, &tuple).insns < 30);
	assert_equal_to_policy(&filter, &policy, true, 1);
	gen_filter_release(&filter);
	policy_release(&policy);
}

static void libseccomp_equals_the_bundled_profiles(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < SG_COUNT(profiles); i++) {
		check("linear", profiles[i], "x86_64,i386,x32", GEN_MIX);
		check("bst", profiles[i], "x86_64,i386,x32", GEN_MIX);
		check("linear", profiles[i], "aarch64,arm", GEN_MIX);
		check("bst", profiles[i], "riscv64", GEN_MIX);
	}
	/* Instructions come in the byte order of the filter's architecture. Long filters for the
	 * other byte order are wrong: tests/history.verdicts has the case. */
	check("linear", "strict-2005", "s390x,s390", GEN_MIX);
	check("bst", "strict-2005", "s390x,s390", GEN_MIX);
}

static void hand_equals_its_profile(void **state)
{
	(void)state;
	check("hand", "container-default", "x86_64", GEN_MIX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tuned_equals_the_bundled_profiles),
		cmocka_unit_test(tuned_equals_them_on_every_architecture),
		cmocka_unit_test(tuned_takes_all_architectures_at_once),
		cmocka_unit_test(tuned_takes_many_rules_on_one_call),
		cmocka_unit_test(libseccomp_equals_the_bundled_profiles),
		cmocka_unit_test(hand_equals_its_profile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
