/* SPDX-License-Identifier: MIT */
/*
 * Our tables against libseccomp's resolver: whatever the installed one knows must equal ours. It
 * returns a negative number of its own for a call that the architecture lacks, and another for one
 * that it reaches through socketcall(2) or ipc(2) (-101 and down, -201 and down: syscalls.h).
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filters/abi/abi.h"
#include "harness/base/alloc.h"

/* Known to be older or different there. */
static const struct exception {
	enum abi_arch_id id;
	const char *name;
} exceptions[] = {
	{ABI_X32, "map_shadow_stack"}, /* 64-bit only in Linux 6.6, shared with x32 since 6.9 */
};

static bool is_exception(const struct abi_arch *arch, const char *name)
{
	for (size_t i = 0; i < SG_COUNT(exceptions); i++)
		if (exceptions[i].id == arch->id && !strcmp(exceptions[i].name, name))
			return true;
	return false;
}

/* The library's token of an architecture, 0 where it is too old to know it. */
static uint32_t token_of(const struct abi_arch *arch)
{
	const char *name = arch->id == ABI_X86_64    ? "x86_64"
			   : arch->id == ABI_AARCH64 ? "aarch64"
						     : arch->go_name;

	return seccomp_arch_resolve_name(name);
}

static int unequal(const struct abi_arch *arch, const char *name, int theirs, int ours)
{
	print_error("%s %s: libseccomp has %d, we have %d\n", arch->name, name, theirs, ours);
	return 1;
}

/* "socketcall" or "ipc" where the library's number means that @arch goes through it. The numbers of
 * send and recv also stand where there is no multiplexer. */
static const char *their_multiplexer(const struct abi_arch *arch, int theirs)
{
	const char *name = NULL;

	if (theirs < -100 && theirs > -200)
		name = "socketcall";
	else if (theirs < -200 && theirs > -300)
		name = "ipc";
	return name && abi_nr(arch, name) != ABI_NR_NONE ? name : NULL;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static int compare_name(const struct abi_arch *arch, uint32_t token, const char *name)
{
	int theirs = seccomp_syscall_resolve_name_arch(token, name), ours = abi_nr(arch, name);
	const char *multiplexer = their_multiplexer(arch, theirs);

	if (theirs == __NR_SCMP_ERROR || is_exception(arch, name))
		return 0;
	if (!same_text(multiplexer, abi_multiplexer(arch, name)))
		return unequal(arch, name, theirs, ours);
	/* The direct call beside a multiplexed one is compared by its number, below. */
	if (!multiplexer && (theirs < 0 ? ABI_NR_NONE : theirs) != ours)
		return unequal(arch, name, theirs, ours);
	return 0;
}

static void names_have_the_librarys_numbers(void **state)
{
	size_t count, compared = 0;
	const char *const *names = abi_names(&count);
	int wrong = 0;

	(void)state;
	for (int id = 0; id < ABI_ARCH_COUNT; id++) {
		uint32_t token = token_of(abi_arch(id));

		for (size_t i = 0; token && i < count; i++, compared++)
			wrong += compare_name(abi_arch(id), token, names[i]);
	}
	assert_int_equal(wrong, 0);
	assert_true(compared > 10 * count);
}

/* The last number that every architecture of our table has; beyond it a library may be newer. */
#define LAST_SHARED 469

static int compare_numbers(const struct abi_arch *arch, uint32_t token, uint32_t first,
			   uint32_t count)
{
	int wrong = 0;

	for (uint32_t nr = first; nr < first + count; nr++) {
		char *theirs = seccomp_syscall_resolve_num_arch(token, (int)nr);
		const char *ours = abi_name(arch, nr);

		if (theirs && (!ours || strcmp(theirs, ours) != 0))
			wrong += unequal(arch, theirs, (int)nr, abi_nr(arch, theirs));
		free(theirs);
	}
	return wrong;
}

static void numbers_have_the_librarys_names(void **state)
{
	int wrong = 0;

	(void)state;
	for (int id = 0; id < ABI_ARCH_COUNT; id++) {
		const struct abi_arch *arch = abi_arch(id);
		uint32_t token = token_of(arch);

		if (token)
			wrong += compare_numbers(arch, token, arch->nr_offset, LAST_SHARED + 1);
	}
	wrong += compare_numbers(abi_arch(ABI_X32), SCMP_ARCH_X32, ABI_X32_BIT + 512, 64);
	wrong += compare_numbers(abi_arch(ABI_ARM), SCMP_ARCH_ARM, 0xf0000, 64);
	assert_int_equal(wrong, 0);
}

/* Those that libseccomp learned after 2.5.4. */
static bool is_newer(enum abi_arch_id id)
{
	return id == ABI_LOONGARCH64 || id == ABI_M68K || id == ABI_SH || id == ABI_SHEB;
}

static void tokens_are_the_audit_values(void **state)
{
	(void)state;
	for (int id = 0; id < ABI_ARCH_COUNT; id++) {
		const struct abi_arch *arch = abi_arch(id);
		uint32_t token = token_of(arch);

		if (id == ABI_X32) /* a token of its own, x86_64's audit value */
			assert_int_equal(token, SCMP_ARCH_X32);
		else if (token || !is_newer(id))
			assert_int_equal(token, arch->audit);
		else
			printf("not in this libseccomp: %s\n", arch->name);
	}
	assert_int_equal(seccomp_arch_native(), abi_arch_native()->audit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_are_the_audit_values),
		cmocka_unit_test(names_have_the_librarys_numbers),
		cmocka_unit_test(numbers_have_the_librarys_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
