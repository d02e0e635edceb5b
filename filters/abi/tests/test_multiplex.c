/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "filters/abi/abi.h"
#include "harness/base/alloc.h"

static void calls_are_reachable_through_a_multiplexer(void **state)
{
	static const struct {
		enum abi_arch_id id;
		const char *name;
		const char *multiplexer;
	} rows[] = {
		{ABI_I386, "socket", "socketcall"},   {ABI_I386, "accept", "socketcall"},
		{ABI_I386, "recvmmsg", "socketcall"}, {ABI_I386, "sendmmsg", "socketcall"},
		{ABI_I386, "semop", "ipc"},           {ABI_I386, "shmget", "ipc"},
		{ABI_S390X, "semtimedop", "ipc"},     {ABI_S390X, "bind", "socketcall"},
		{ABI_PPC64LE, "msgctl", "ipc"},       {ABI_MIPSEL, "connect", "socketcall"},
		{ABI_M68K, "send", "socketcall"},     {ABI_SHEB, "shmdt", "ipc"},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++)
		assert_string_equal(abi_multiplexer(abi_arch(rows[i].id), rows[i].name),
				    rows[i].multiplexer);
}

static void nothing_is_multiplexed_where_there_is_no_multiplexer(void **state)
{
	static const enum abi_arch_id none[] = {ABI_X86_64,   ABI_X32,       ABI_AARCH64,
						ABI_ARM,      ABI_RISCV64,   ABI_LOONGARCH64,
						ABI_MIPS64EL, ABI_MIPS64N32, ABI_PARISC};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(none); i++) {
		assert_null(abi_multiplexer(abi_arch(none[i]), "socket"));
		assert_null(abi_multiplexer(abi_arch(none[i]), "semop"));
	}
}

static void other_calls_are_not_multiplexed(void **state)
{
	static const char *const direct[] = {
		"read", "socketcall", "ipc", "recvmmsg_time64", "semtimedop_time64",
		"",     "nonsense"};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(direct); i++)
		assert_null(abi_multiplexer(abi_arch(ABI_I386), direct[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_are_reachable_through_a_multiplexer),
		cmocka_unit_test(nothing_is_multiplexed_where_there_is_no_multiplexer),
		cmocka_unit_test(other_calls_are_not_multiplexed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
