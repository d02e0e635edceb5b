/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>

#include "filters/abi/abi.h"
#include "harness/base/alloc.h"

static void actions_are_the_kernels(void **state)
{
	(void)state;
	assert_int_equal(ABI_RET_KILL_PROCESS, SECCOMP_RET_KILL_PROCESS);
	assert_int_equal(ABI_RET_KILL_THREAD, SECCOMP_RET_KILL_THREAD);
	assert_int_equal(ABI_RET_TRAP, SECCOMP_RET_TRAP);
	assert_int_equal(ABI_RET_ERRNO, SECCOMP_RET_ERRNO);
	assert_int_equal(ABI_RET_USER_NOTIF, SECCOMP_RET_USER_NOTIF);
	assert_int_equal(ABI_RET_TRACE, SECCOMP_RET_TRACE);
	assert_int_equal(ABI_RET_LOG, SECCOMP_RET_LOG);
	assert_int_equal(ABI_RET_ALLOW, SECCOMP_RET_ALLOW);
	assert_int_equal(ABI_RET_ACTION_FULL, SECCOMP_RET_ACTION_FULL);
	assert_int_equal(ABI_RET_DATA, SECCOMP_RET_DATA);
}

/* A value, its text, and what the kernel does with it. */
static const struct {
	uint32_t ret;
	const char *text;
	uint32_t effect;
	bool allows;
} verdicts[] = {
	{0x7fff0000, "ALLOW", 0x7fff0000, true},
	{0x7fff0001, "ALLOW", 0x7fff0000, true},
	{0x7ffc0000, "LOG", 0x7ffc0000, true},
	{0x7ffcffff, "LOG", 0x7ffc0000, true},
	{0x7ff00000, "TRACE(0)", 0x7ff00000, false},
	{0x7ff0ffff, "TRACE(65535)", 0x7ff0ffff, false},
	{0x7fc00000, "USER_NOTIF", 0x7fc00000, false},
	{0x7fc00009, "USER_NOTIF", 0x7fc00000, false},
	{0x00050000, "ERRNO(0)", 0x00050000, false},
	{0x00050001, "ERRNO(1)", 0x00050001, false},
	{0x00050fff, "ERRNO(4095)", 0x00050fff, false},
	{0x00051000, "ERRNO(4096)", 0x00050fff, false},
	{0x0005ffff, "ERRNO(65535)", 0x00050fff, false},
	{0x00030000, "TRAP", 0x00030000, false},
	{0x00030007, "TRAP(7)", 0x00030007, false},
	{0x00000000, "KILL_THREAD", 0x00000000, false},
	{0x00000001, "KILL_THREAD", 0x00000000, false},
	{0x80000000, "KILL_PROCESS", 0x80000000, false},
	{0x8000abcd, "KILL_PROCESS", 0x80000000, false},
	{0x12345678, "0x12345678", 0x80000000, false},
	{0x00040000, "0x00040000", 0x80000000, false},
	{0xffffffff, "0xffffffff", 0x80000000, false},
	{0xffff0000, "0xffff0000", 0x80000000, false}, /* ALLOW with the sign bit */
};

static void verdicts_print_as_text(void **state)
{
	struct sg_buf out = {0};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(verdicts); i++) {
		sg_buf_clear(&out);
		abi_verdict_text(verdicts[i].ret, &out);
		assert_string_equal(sg_buf_text(&out), verdicts[i].text);
	}
	sg_buf_release(&out);
}

static void verdicts_act_as_in_the_kernel(void **state)
{
	(void)state;
	for (size_t i = 0; i < SG_COUNT(verdicts); i++) {
		assert_int_equal(abi_verdict_effect(verdicts[i].ret), verdicts[i].effect);
		assert_int_equal(abi_verdict_allows(verdicts[i].ret), verdicts[i].allows);
	}
}

static void printed_verdicts_read_back_to_the_same_effect(void **state)
{
	(void)state;
	for (size_t i = 0; i < SG_COUNT(verdicts); i++) {
		uint32_t ret = 0xdead;

		assert_int_equal(abi_verdict_parse(verdicts[i].text, &ret, NULL), 0);
		assert_int_equal(abi_verdict_effect(ret), verdicts[i].effect);
	}
}

static void verdicts_read_in_any_case_and_form(void **state)
{
	static const struct {
		const char *text;
		uint32_t ret;
	} rows[] = {
		{"allow", 0x7fff0000},
		{"Kill", 0},
		{"kill_process", 0x80000000},
		{"ERRNO(EPERM)", 0x00050001},
		{"errno(enosys)", 0x00050000 | ENOSYS},
		{"ERRNO(0x26)", 0x00050026},
		{"TRACE(010)", 0x7ff0000a},
		{"TRAP(0)", 0x00030000},
		{"2147418112", 0x7fff0000},
		{"0x50001", 0x00050001},
		{"0", 0},
		{"4294967295", 0xffffffff},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		uint32_t ret = 0xdead;

		assert_int_equal(abi_verdict_parse(rows[i].text, &ret, NULL), 0);
		assert_int_equal(ret, rows[i].ret);
	}
}

static void bad_verdicts_are_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"DENY",
		"ALLOWED",
		"ALL",
		"ALLOW ",
		"ALLOW(1)",
		"ALLOW()",
		"KILL(3)",
		"USER_NOTIF(1)",
		"ERRNO",
		"ERRNO(",
		"ERRNO()",
		"ERRNO(1",
		"ERRNO(1))",
		"ERRNO(1) ",
		"ERRNO(-1)",
		"ERRNO(+1)",
		"ERRNO( 1)",
		"ERRNO(65536)",
		"ERRNO(EFOO)",
		"TRACE",
		"TRACE(EPERM)",
		"TRAP(x)",
		"(1)",
		"-1",
		"0x100000000",
		"4294967296",
		"0x",
		"99999999999999999999999",
		"ERRNO(EPERMEPERMEPERMEPERMEPERMEPERMEPERM)",
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(bad); i++) {
		uint32_t ret = 0xdead;
		struct sg_err err = {0};

		assert_int_equal(abi_verdict_parse(bad[i], &ret, &err), -22);
		assert_int_equal(err.kind, SG_ERR_INPUT);
		assert_non_null(strstr(err.msg, bad[i]));
		assert_int_equal(ret, 0xdead);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(actions_are_the_kernels),
		cmocka_unit_test(verdicts_print_as_text),
		cmocka_unit_test(verdicts_act_as_in_the_kernel),
		cmocka_unit_test(printed_verdicts_read_back_to_the_same_effect),
		cmocka_unit_test(verdicts_read_in_any_case_and_form),
		cmocka_unit_test(bad_verdicts_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
