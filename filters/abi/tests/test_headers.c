/* SPDX-License-Identifier: MIT */
/*
 * Our tables against the kernel's exported headers, read as text at run time: this machine's, and
 * those of Debian's linux-libc-dev-*-cross packages where somebody installed them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "filters/abi/abi.h"
#include "harness/base/alloc.h"

static const struct header {
	enum abi_arch_id id;
	const char *path;
} headers[] = {
	{ABI_X86_64, "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"},
	{ABI_X32, "/usr/include/x86_64-linux-gnu/asm/unistd_x32.h"},
	{ABI_I386, "/usr/include/x86_64-linux-gnu/asm/unistd_32.h"},
	{ABI_AARCH64, "/usr/include/asm-generic/unistd.h"},
	{ABI_ARM, "/usr/arm-linux-gnueabihf/include/asm/unistd-eabi.h"},
	{ABI_PPC, "/usr/powerpc-linux-gnu/include/asm/unistd_32.h"},
	{ABI_PPC64, "/usr/powerpc64-linux-gnu/include/asm/unistd_64.h"},
	{ABI_PPC64LE, "/usr/powerpc64le-linux-gnu/include/asm/unistd_64.h"},
	{ABI_S390, "/usr/s390x-linux-gnu/include/asm/unistd_32.h"},
	{ABI_S390X, "/usr/s390x-linux-gnu/include/asm/unistd_64.h"},
	{ABI_MIPSEL, "/usr/mipsel-linux-gnu/include/asm/unistd_o32.h"},
	{ABI_MIPS64EL, "/usr/mips64el-linux-gnuabi64/include/asm/unistd_n64.h"},
	{ABI_MIPS64ELN32, "/usr/mips64el-linux-gnuabi64/include/asm/unistd_n32.h"},
	{ABI_PARISC, "/usr/hppa-linux-gnu/include/asm/unistd_32.h"},
	{ABI_PARISC64, "/usr/hppa-linux-gnu/include/asm/unistd_64.h"},
	{ABI_M68K, "/usr/m68k-linux-gnu/include/asm/unistd_32.h"},
	{ABI_SH, "/usr/sh4-linux-gnu/include/asm/unistd_32.h"},
};

/* Defined there, and no call. */
static bool is_placeholder(const char *name)
{
	return !strncmp(name, "reserved", 8) || !strncmp(name, "unused", 6) ||
	       !strncmp(name, "Linux", 5) || !strcmp(name, "syscalls");
}

/* The generic header serves 32-bit architectures too, and those with another sync_file_range(2). */
static bool is_not_for(const struct abi_arch *arch, const char *name, uint32_t nr)
{
	return arch->id == ABI_AARCH64 &&
	       ((nr >= 403 && nr <= 423) || !strcmp(name, "arch_specific_syscall") ||
		!strcmp(name, "sync_file_range2"));
}

/* "#define __NR_name 12", "(__NR_Linux + 12)", "(__X32_SYSCALL_BIT + 12)": the number without the
 * architecture's offset. */
static bool parse_define(const char *line, char name[64], uint32_t *ret_nr)
{
	char base[32];

	return sscanf(line, "#define __NR_%63s %u", name, ret_nr) == 2 ||
	       sscanf(line, "#define __NR_%63s (%31s + %u)", name, base, ret_nr) == 3;
}

static int compare(const struct abi_arch *arch, const char *name, uint32_t nr)
{
	const char *ours = abi_name(arch, nr);

	if (abi_nr(arch, name) == (int)nr && ours && !strcmp(ours, name))
		return 0;
	print_error("%s %s: the header has %u, we have %d; ours of that number is %s\n", arch->name,
		    name, nr, abi_nr(arch, name), ours ? ours : "none");
	return 1;
}

struct tally {
	size_t compared;
	int wrong;
};

static void compare_file(FILE *file, const struct abi_arch *arch, struct tally *tally)
{
	char line[256], name[64];
	uint32_t nr;

	while (fgets(line, sizeof(line), file)) {
		if (!parse_define(line, name, &nr) || is_placeholder(name) ||
		    is_not_for(arch, name, nr))
			continue;
		tally->compared++;
		tally->wrong += compare(arch, name, arch->nr_offset + nr);
	}
}

static void calls_have_the_headers_numbers(void **state)
{
	int files = 0;

	(void)state;
	for (size_t i = 0; i < SG_COUNT(headers); i++) {
		FILE *file = fopen(headers[i].path, "r");
		struct tally tally = {0};

		if (!file)
			continue;
		compare_file(file, abi_arch(headers[i].id), &tally);
		fclose(file);
		printf("%s: %zu calls\n", headers[i].path, tally.compared);
		assert_int_equal(tally.wrong, 0);
		files++;
	}
	if (!files) {
		printf("SKIP: headers: none of the known kernel headers is installed\n");
		skip();
	}
}

static void lines_are_understood(void **state)
{
	char name[64];
	uint32_t nr;

	(void)state;
	assert_true(parse_define("#define __NR_read 3\n", name, &nr));
	assert_string_equal(name, "read");
	assert_int_equal(nr, 3);
	assert_true(parse_define("#define __NR_bpf\t(__NR_Linux + 355)\n", name, &nr));
	assert_string_equal(name, "bpf");
	assert_int_equal(nr, 355);
	assert_false(parse_define("#ifdef __NR_read\n", name, &nr));
	assert_false(parse_define("#define __NR_a __NR_b\n", name, &nr));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_understood),
		cmocka_unit_test(calls_have_the_headers_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
