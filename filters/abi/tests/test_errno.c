/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "filters/abi/abi.h"
#include "harness/base/alloc.h"

#define ERRNO_LAST 1133 /* EDQUOT on mips, the highest anywhere */

/* The C library knows every number of this machine by name. */
static void numbers_are_those_of_this_machine(void **state)
{
	int seen = 0;

	(void)state;
	for (int number = 1; number <= ERRNO_LAST; number++) {
		const char *name = strerrorname_np(number);

		if (!name)
			continue;
		assert_int_equal(abi_errno(abi_arch_native(), name), number);
		seen++;
	}
	assert_true(seen > 120);
}

static void second_names_are_known(void **state)
{
	const struct abi_arch *native = abi_arch_native();

	(void)state;
	assert_int_equal(abi_errno(native, "EWOULDBLOCK"), EWOULDBLOCK);
	assert_int_equal(abi_errno(native, "EDEADLOCK"), EDEADLOCK);
	assert_int_equal(abi_errno(native, "ENOTSUP"), ENOTSUP);
	assert_int_equal(abi_errno(native, "EOPNOTSUPP"), EOPNOTSUPP);
}

/* arch/mips, arch/parisc and arch/powerpc: include/uapi/asm/errno.h */
static void families_number_on_their_own(void **state)
{
	static const struct {
		enum abi_arch_id id;
		const char *name;
		int number;
	} rows[] = {
		{ABI_X86_64, "ENOSYS", 38},    {ABI_S390X, "ENOSYS", 38},
		{ABI_AARCH64, "EDQUOT", 122},  {ABI_MIPS, "ENOSYS", 89},
		{ABI_MIPS64EL, "ENOSYS", 89},  {ABI_MIPS64N32, "EDQUOT", 1133},
		{ABI_MIPSEL, "EPERM", 1},      {ABI_MIPS, "EINIT", 141},
		{ABI_PARISC, "ENOSYS", 251},   {ABI_PARISC64, "EADDRINUSE", 226},
		{ABI_PARISC, "EREFUSED", 239}, {ABI_PPC64LE, "EDEADLOCK", 58},
		{ABI_PPC, "EDEADLK", 35},      {ABI_X86_64, "EDEADLOCK", 35},
		{ABI_X86_64, "EINIT", 0},      {ABI_X86_64, "EREFUSED", 0},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++)
		assert_int_equal(abi_errno(abi_arch(rows[i].id), rows[i].name), rows[i].number);
}

struct header {
	enum abi_arch_id id;
	const char *path;
};

static void compare_with_header(const struct header *header, FILE *file)
{
	char line[256], name[32];
	int number;

	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "#define %31[A-Z0-9] %d", name, &number) != 2)
			continue;
		if (abi_errno(abi_arch(header->id), name) != number)
			fail_msg("%s: %s is %d", header->path, name, number);
	}
}

/* The first numbers are the same for all; the others where Debian's linux-libc-dev-*-cross packages
 * are installed. */
static void numbers_are_those_of_the_headers(void **state)
{
	static const struct header headers[] = {
		{ABI_X86_64, "/usr/include/asm-generic/errno-base.h"},
		{ABI_MIPS, "/usr/include/asm-generic/errno-base.h"},
		{ABI_PARISC, "/usr/include/asm-generic/errno-base.h"},
		{ABI_PPC, "/usr/include/asm-generic/errno-base.h"},
		{ABI_X86_64, "/usr/include/asm-generic/errno.h"},
		{ABI_MIPS, "/usr/mipsel-linux-gnu/include/asm/errno.h"},
		{ABI_PARISC, "/usr/hppa-linux-gnu/include/asm/errno.h"},
		{ABI_PPC, "/usr/powerpc-linux-gnu/include/asm/errno.h"},
	};
	int files = 0;

	(void)state;
	for (size_t i = 0; i < SG_COUNT(headers); i++) {
		FILE *file = fopen(headers[i].path, "r");

		if (!file)
			continue;
		compare_with_header(&headers[i], file);
		fclose(file);
		files++;
	}
	assert_true(files > 0);
}

static void what_is_no_errno_is_0(void **state)
{
	static const char *const bad[] = {"", "E", "EPER", "EPERMX", "eperm", "ENOTHING", "1"};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(bad); i++)
		assert_int_equal(abi_errno(abi_arch_native(), bad[i]), 0);
}

/* The search halves a sorted table: a row out of order would not be found. */
static void every_row_is_found_on_its_architectures(void **state)
{
	static const struct {
		const char *name;
		int generic, mips, parisc, powerpc;
	} rows[] = {
#define ABI_ERRNO(name, generic, mips, parisc, powerpc) {#name, generic, mips, parisc, powerpc},
#include "filters/abi/errnos.inc"
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		assert_int_equal(abi_errno(abi_arch(ABI_ARM), rows[i].name), rows[i].generic);
		assert_int_equal(abi_errno(abi_arch(ABI_MIPS), rows[i].name), rows[i].mips);
		assert_int_equal(abi_errno(abi_arch(ABI_PARISC), rows[i].name), rows[i].parisc);
		assert_int_equal(abi_errno(abi_arch(ABI_PPC), rows[i].name), rows[i].powerpc);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_those_of_this_machine),
		cmocka_unit_test(second_names_are_known),
		cmocka_unit_test(families_number_on_their_own),
		cmocka_unit_test(numbers_are_those_of_the_headers),
		cmocka_unit_test(what_is_no_errno_is_0),
		cmocka_unit_test(every_row_is_found_on_its_architectures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
