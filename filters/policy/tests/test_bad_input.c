/* SPDX-License-Identifier: MIT */
/* What is no profile: one clear line that names the place, and SG_ERR_INPUT. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "filters/policy/tests/support.h"

struct row {
	const char *name, *json, *message;
	const char *caps, *kernel;
};

#define RULE(keys)       "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{" keys "}]}"
#define ERRNO_RULE(keys) RULE("\"names\": [\"read\"], \"action\": \"SCMP_ACT_ERRNO\", " keys)
#define ARG(keys)        ERRNO_RULE("\"args\": [{" keys "}]")

static const struct row rows[] = {
	{"empty_file", "", "bad.json: is empty", NULL, NULL},
	{"blank_file", " \n", "bad.json: is empty", NULL, NULL},
	{"truncated", "{\"defaultAction\": \"SCMP_ACT_", "bad.json:1:", NULL, NULL},
	{"top_level_array", "[]", "bad.json: $: expected an object", NULL, NULL},
	{"top_level_text", "\"SCMP_ACT_ALLOW\"", "bad.json: $: expected an object", NULL, NULL},
	{"rules_are_no_array", "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": {}}",
	 "bad.json: $.syscalls: expected an array", NULL, NULL},
	{"rule_is_no_object", "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [[]]}",
	 "bad.json: $.syscalls[0]: expected an object", NULL, NULL},
	{"rules_without_default", "{\"syscalls\": [{\"names\": []}]}",
	 "bad.json: $.defaultAction: expected an action such as SCMP_ACT_ERRNO", NULL, NULL},
	{"default_is_no_text", "{\"defaultAction\": 5}",
	 "bad.json: $.defaultAction: expected a string", NULL, NULL},
	{"unknown_default", "{\"defaultAction\": \"SCMP_ACT_ALOW\"}",
	 "bad.json: $.defaultAction: expected an action such as SCMP_ACT_ERRNO, not "
	 "\"SCMP_ACT_ALOW\" (did you mean SCMP_ACT_ALLOW?)",
	 NULL, NULL},
	{"unknown_action", RULE("\"names\": [\"read\"], \"action\": \"SCMP_ACT_KILL_PROCES\""),
	 "bad.json: $.syscalls[0].action: expected an action such as SCMP_ACT_ERRNO, not "
	 "\"SCMP_ACT_KILL_PROCES\" (did you mean SCMP_ACT_KILL_PROCESS?)",
	 NULL, NULL},
	{"unlike_any_action", RULE("\"names\": [\"read\"], \"action\": \"x\""),
	 "bad.json: $.syscalls[0].action: expected an action such as SCMP_ACT_ERRNO, not \"x\"",
	 NULL, NULL},
	{"no_action", RULE("\"names\": [\"read\"]"),
	 "bad.json: $.syscalls[0].action: expected an action such as SCMP_ACT_ERRNO", NULL, NULL},
	{"names_is_no_array", RULE("\"names\": \"read\""),
	 "bad.json: $.syscalls[0].names: expected an array", NULL, NULL},
	{"a_name_is_no_text", RULE("\"names\": [\"read\", 1]"),
	 "bad.json: $.syscalls[0].names[1]: expected a string", NULL, NULL},
	{"empty_name", RULE("\"names\": [\"\"]"),
	 "bad.json: $.syscalls[0].names[0]: expected the name of a system call", NULL, NULL},
	{"name_of_two_lines", RULE("\"names\": [\"read\\nwrite\"]"),
	 "bad.json: $.syscalls[0].names[0]: expected the name of a system call", NULL, NULL},
	{"name_is_a_64_bit_number", RULE("\"name\": 18446744073709551615"),
	 "bad.json: $.syscalls[0].name: expected a string", NULL, NULL},
	{"default_is_a_64_bit_number", "{\"defaultAction\": 18446744073709551615}",
	 "bad.json: $.defaultAction: expected a string", NULL, NULL},
	{"name_and_names", RULE("\"name\": \"read\", \"names\": [\"write\"]"),
	 "bad.json: $.syscalls[0]: expected either \"name\" or \"names\", not both", NULL, NULL},
	{"name_is_no_text", RULE("\"name\": 7"), "bad.json: $.syscalls[0].name: expected a string",
	 NULL, NULL},
	{"unknown_operator", ARG("\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EG\""),
	 "bad.json: $.syscalls[0].args[0].op: expected an operator such as SCMP_CMP_EQ, not "
	 "\"SCMP_CMP_EG\" (did you mean SCMP_CMP_EQ?)",
	 NULL, NULL},
	{"no_operator", ARG("\"index\": 0, \"value\": 1"),
	 "bad.json: $.syscalls[0].args[0].op: expected an operator such as SCMP_CMP_EQ", NULL,
	 NULL},
	{"argument_index_6", ARG("\"index\": 6, \"value\": 1, \"op\": \"SCMP_CMP_EQ\""),
	 "bad.json: $.syscalls[0].args[0].index: expected an argument index of 0 to 5", NULL, NULL},
	{"argument_index_huge",
	 ARG("\"index\": 18446744073709551615, \"value\": 1, \"op\": \"SCMP_CMP_EQ\""),
	 "bad.json: $.syscalls[0].args[0].index: expected an argument index of 0 to 5", NULL, NULL},
	{"negative_index", ARG("\"index\": -1, \"value\": 1, \"op\": \"SCMP_CMP_EQ\""),
	 "bad.json: $.syscalls[0].args[0].index: expected an unsigned integer of at most 64 bits",
	 NULL, NULL},
	{"no_index", ARG("\"value\": 1, \"op\": \"SCMP_CMP_EQ\""),
	 "bad.json: $.syscalls[0].args[0].index: expected an unsigned integer of at most 64 bits",
	 NULL, NULL},
	{"no_value", ARG("\"index\": 0, \"op\": \"SCMP_CMP_EQ\""),
	 "bad.json: $.syscalls[0].args[0].value: expected an unsigned integer of at most 64 bits",
	 NULL, NULL},
	{"value_above_64_bits",
	 ARG("\"index\": 0, \"value\": 18446744073709551616, \"op\": \"SCMP_CMP_EQ\""),
	 "bad.json:1:", NULL, NULL},
	{"value_is_a_fraction", ARG("\"index\": 0, \"value\": 1.5, \"op\": \"SCMP_CMP_EQ\""),
	 "bad.json: $.syscalls[0].args[0].value: expected an unsigned integer of at most 64 bits",
	 NULL, NULL},
	{"value_two_is_text",
	 ARG("\"index\": 0, \"value\": 1, \"valueTwo\": \"1\", \"op\": \"SCMP_CMP_MASKED_EQ\""),
	 "bad.json: $.syscalls[0].args[0].valueTwo: expected an unsigned integer of at most 64 "
	 "bits",
	 NULL, NULL},
	{"an_argument_is_null", ERRNO_RULE("\"args\": [null]"),
	 "bad.json: $.syscalls[0].args[0]: expected an object", NULL, NULL},
	{"errno_of_17_bits", ERRNO_RULE("\"errnoRet\": 65536"),
	 "bad.json: $.syscalls[0].errnoRet: expected an errno of at most 16 bits", NULL, NULL},
	{"errno_text_of_17_bits", ERRNO_RULE("\"errno\": \"65536\""),
	 "bad.json: $.syscalls[0].errno: expected an errno of at most 16 bits", NULL, NULL},
	{"errno_text_of_70_bits", ERRNO_RULE("\"errno\": \"1180591620717411303424\""),
	 "bad.json: $.syscalls[0].errno: expected an errno of at most 16 bits", NULL, NULL},
	{"unknown_errno", ERRNO_RULE("\"errno\": \"EWHAT\""),
	 "bad.json: $.syscalls[0].errno: expected the name of an errno, not \"EWHAT\"", NULL, NULL},
	{"unknown_default_errno",
	 "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrno\": \"EWHAT\"}",
	 "bad.json: $.defaultErrno: expected the name of an errno, not \"EWHAT\"", NULL, NULL},
	{"unknown_flag",
	 "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"flags\": [\"SECCOMP_FILTER_FLAG_TSINC\"]}",
	 "bad.json: $.flags[0]: expected a flag such as SECCOMP_FILTER_FLAG_LOG, not "
	 "\"SECCOMP_FILTER_FLAG_TSINC\" (did you mean SECCOMP_FILTER_FLAG_TSYNC?)",
	 NULL, NULL},
	{"architectures_twice",
	 "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": [\"SCMP_ARCH_X86\"], "
	 "\"archMap\": [{\"architecture\": \"SCMP_ARCH_X86_64\", \"subArchitectures\": []}]}",
	 "bad.json: $: expected either \"architectures\" or \"archMap\", not both", NULL, NULL},
	{"includes_is_no_object", ERRNO_RULE("\"includes\": [\"CAP_SYS_ADMIN\"]"),
	 "bad.json: $.syscalls[0].includes: expected an object", NULL, NULL},
	{"caps_is_no_array", ERRNO_RULE("\"excludes\": {\"caps\": \"CAP_SYS_ADMIN\"}"),
	 "bad.json: $.syscalls[0].excludes.caps: expected an array", NULL, NULL},
	{"min_kernel_is_a_number", ERRNO_RULE("\"includes\": {\"minKernel\": 4.8}"),
	 "bad.json: $.syscalls[0].includes.minKernel: expected a string", NULL, NULL},
	{"min_kernel_of_three", ERRNO_RULE("\"includes\": {\"minKernel\": \"4.8.1\"}"),
	 "bad.json: $.syscalls[0].includes.minKernel: expected a kernel version such as \"4.8\", "
	 "not \"4.8.1\"",
	 NULL, NULL},
	{"min_kernel_of_one", ERRNO_RULE("\"includes\": {\"minKernel\": \"4\"}"),
	 "bad.json: $.syscalls[0].includes.minKernel: expected a kernel version such as \"4.8\", "
	 "not \"4\"",
	 NULL, NULL},
	{"min_kernel_zero", ERRNO_RULE("\"includes\": {\"minKernel\": \"0.0\"}"),
	 "bad.json: $.syscalls[0].includes.minKernel: expected a kernel version such as \"4.8\", "
	 "not \"0.0\"",
	 NULL, NULL},
	{"min_kernel_wide", ERRNO_RULE("\"includes\": {\"minKernel\": \"4.256\"}"),
	 "bad.json: $.syscalls[0].includes.minKernel: expected a kernel version such as \"4.8\", "
	 "not \"4.256\"",
	 NULL, NULL},
	{"slip_in_a_rule_that_does_not_apply",
	 RULE("\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLO\", "
	      "\"includes\": {\"caps\": [\"CAP_SYS_ADMIN\"]}"),
	 "bad.json: $.syscalls[0].action: expected an action such as SCMP_ACT_ERRNO, not "
	 "\"SCMP_ACT_ALLO\" (did you mean SCMP_ACT_ALLOW?)",
	 NULL, NULL},
	{"bundle_without_seccomp", "{\"ociVersion\": \"1.0.2\", \"linux\": {\"namespaces\": []}}",
	 "bad.json: $.linux.seccomp: expected the seccomp object; this bundle has none", NULL,
	 NULL},
	{"bundle_without_linux", "{\"ociVersion\": \"1.0.2\", \"process\": {}}",
	 "bad.json: $.linux: expected an object with \"seccomp\" in it", NULL, NULL},
	{"bundle_seccomp_is_no_object", "{\"linux\": {\"seccomp\": []}}",
	 "bad.json: $.linux.seccomp: expected an object", NULL, NULL},
	{"unknown_capability", "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}",
	 "unknown capability \"CAP_SYS_ADMINN\" (did you mean CAP_SYS_ADMIN?)",
	 "docker,CAP_SYS_ADMINN", NULL},
	{"empty_capability", "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}", "unknown capability \"\"",
	 "CAP_BPF,", NULL},
	{"kernel_of_one_number", "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}",
	 "kernel version \"6\": expected two numbers such as 5.4", NULL, "6"},
	{"kernel_of_letters", "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}",
	 "kernel version \"new\": expected two numbers such as 5.4", NULL, "new"},
	{"kernel_negative", "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}",
	 "kernel version \"-5.4\": expected two numbers such as 5.4", NULL, "-5.4"},
};

/* Messages about JSON itself end with jansson's words: only their beginning is ours. */
static bool as_expected(const char *actual, const char *expected)
{
	const size_t len = strlen(expected);

	return expected[len - 1] == ':'
		       ? !strncmp(actual, expected, len)
		       : !strncmp(actual, expected, len) && (!actual[len] || actual[len] == ' ');
}

static void is_refused(void **state)
{
	const struct row *row = *state;
	const struct arch_list list = arch_list("x86_64");
	const struct policy_options options = {.arches = list.arches,
					       .arch_count = list.count,
					       .caps = row->caps,
					       .kernel = row->kernel};
	struct policy policy = {.name = (char *)"untouched"};
	struct sg_err err = {0};

	assert_true(policy_parse(row->json, strlen(row->json), "bad.json", &options, &policy,
				 &err) < 0);
	if (!as_expected(err.msg, row->message))
		fail_msg("\"%s\" is not \"%s\"", err.msg, row->message);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_null(strchr(err.msg, '\n'));
	assert_string_equal(policy.name, "untouched");
	assert_int_equal(policy.rule_count, 0);
}

int main(void)
{
	struct CMUnitTest tests[SG_COUNT(rows)] = {0};

	for (size_t i = 0; i < SG_COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){.name = rows[i].name,
					       .test_func = is_refused,
					       .initial_state = (void *)&rows[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
