/* SPDX-License-Identifier: MIT */
/*
 * The architectures of a policy without --arch. The profiles are written for the architecture this
 * runs on, since that is the one whose entry of archMap counts (moby
 * profiles/seccomp/seccomp_linux.go, setupSeccomp; Podman's likewise).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "filters/policy/tests/support.h"

/* "@" in @json stands for the native SCMP_ARCH_* name. */
static char *for_this_machine(const char *json)
{
	struct sg_buf text = {0};
	const char *mark;

	while ((mark = strchr(json, '@'))) {
		sg_buf_add(&text, json, mark - json);
		sg_buf_adds(&text, abi_arch_native()->scmp_name);
		json = mark + 1;
	}
	sg_buf_adds(&text, json);
	return text.data;
}

static int parse(const char *json, const struct policy_options *options, struct policy *policy,
		 struct sg_err *err)
{
	char *text = for_this_machine(json);
	int bad = policy_parse(text, strlen(text), "test.json", options, policy, err);

	free(text);
	return bad;
}

/* @expected: our names, "@" for the native one. */
static void expect_arches(const char *json, const struct policy_options *options,
			  const char *expected)
{
	struct policy policy = {0};
	struct sg_err err = {0};
	struct sg_buf actual = {0};

	if (parse(json, options, &policy, &err))
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < policy.arch_count; i++)
		sg_buf_addf(&actual, "%s%s", i ? "," : "",
			    policy.arches[i] == abi_arch_native() ? "@" : policy.arches[i]->name);
	assert_string_equal(sg_buf_text(&actual), expected);
	sg_buf_release(&actual);
	policy_release(&policy);
}

static const struct policy_options defaults;

static void native_alone(void **state)
{
	(void)state;
	expect_arches("{\"defaultAction\": \"SCMP_ACT_LOG\"}", &defaults, "@");
	expect_arches("{\"defaultAction\": \"SCMP_ACT_LOG\", \"architectures\": null, "
		      "\"archMap\": []}",
		      &defaults, "@");
}

/* libseccomp's seccomp_init() puts the native one into each filter; runc and crun add to it. */
static void architectures_join_the_native_one(void **state)
{
	(void)state;
	expect_arches("{\"defaultAction\": \"SCMP_ACT_LOG\", \"architectures\": "
		      "[\"SCMP_ARCH_SHEB\", \"@\", \"SCMP_ARCH_NATIVE\", \"SCMP_ARCH_SHEB\", "
		      "\"SCMP_ARCH_PARISC\"]}",
		      &defaults, "@,sheb,parisc");
}

static void only_the_native_entry_of_the_map_counts(void **state)
{
	(void)state;
	expect_arches("{\"defaultAction\": \"SCMP_ACT_LOG\", \"archMap\": ["
		      "{\"architecture\": \"SCMP_ARCH_SH\", \"subArchitectures\": "
		      "[\"SCMP_ARCH_PARISC64\"]},"
		      "{\"architecture\": \"@\", \"subArchitectures\": [\"SCMP_ARCH_SHEB\", "
		      "\"SCMP_ARCH_PARISC\"]},"
		      "{\"architecture\": \"@\", \"subArchitectures\": "
		      "[\"SCMP_ARCH_PARISC64\"]}]}",
		      &defaults, "@,sheb,parisc");
}

static void a_map_without_the_native_one_adds_nothing(void **state)
{
	(void)state;
	expect_arches("{\"defaultAction\": \"SCMP_ACT_LOG\", \"archMap\": ["
		      "{\"architecture\": \"SCMP_ARCH_SH\", \"subArchitectures\": "
		      "[\"SCMP_ARCH_SHEB\"]}, {\"architecture\": \"SCMP_ARCH_MADE_UP\"}]}",
		      &defaults, "@");
	expect_arches("{\"defaultAction\": \"SCMP_ACT_LOG\", \"archMap\": ["
		      "{\"architecture\": \"@\", \"subArchitectures\": null}]}",
		      &defaults, "@");
}

static void the_arch_option_is_exact(void **state)
{
	const struct arch_list list = arch_list("parisc,sheb,parisc");
	const struct policy_options options = {.arches = list.arches, .arch_count = list.count};

	(void)state;
	expect_arches("{\"defaultAction\": \"SCMP_ACT_LOG\", \"architectures\": [\"@\"]}", &options,
		      "parisc,sheb");
}

static void an_unknown_architecture_is_refused(void **state)
{
	struct policy policy = {0};
	struct sg_err err = {0};

	(void)state;
	assert_true(parse("{\"defaultAction\": \"SCMP_ACT_LOG\", \"architectures\": "
			  "[\"SCMP_ARCH_X86_46\"]}",
			  &defaults, &policy, &err) < 0);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_string_equal(err.msg,
			    "test.json: $.architectures[0]: expected an architecture such as "
			    "SCMP_ARCH_X86_64, not \"SCMP_ARCH_X86_46\" (did you mean "
			    "SCMP_ARCH_X86_64?)");
	assert_true(parse("{\"defaultAction\": \"SCMP_ACT_LOG\", \"archMap\": ["
			  "{\"architecture\": \"@\", \"subArchitectures\": [\"vax\"]}]}",
			  &defaults, &policy, &err) < 0);
	assert_non_null(strstr(err.msg, "$.archMap[0].subArchitectures[0]: expected"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(native_alone),
		cmocka_unit_test(architectures_join_the_native_one),
		cmocka_unit_test(only_the_native_entry_of_the_map_counts),
		cmocka_unit_test(a_map_without_the_native_one_adds_nothing),
		cmocka_unit_test(the_arch_option_is_exact),
		cmocka_unit_test(an_unknown_architecture_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
