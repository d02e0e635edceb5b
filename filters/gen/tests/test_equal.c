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
		cmocka_unit_test(libseccomp_equals_the_bundled_profiles),
		cmocka_unit_test(hand_equals_its_profile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
