/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "filters/abi/abi.h"
#include "harness/base/alloc.h"
#include "harness/base/json.h"

static void known_calls_have_their_numbers(void **state)
{
	static const struct {
		enum abi_arch_id id;
		const char *name;
		int nr;
	} rows[] = {
		{ABI_X86_64, "read", 0},
		{ABI_X86_64, "clone3", 435},
		{ABI_X86_64, "epoll_ctl_old", 214},
		{ABI_X86_64, "uretprobe", 335},
		{ABI_X86_64, "uprobe", 336},
		{ABI_X86_64, "listns", 470},
		{ABI_X86_64, "socketcall", ABI_NR_NONE},
		{ABI_X32, "read", 0x40000000},
		{ABI_X32, "execve", 0x40000000 + 520},
		{ABI_X32, "pwritev2", 0x40000000 + 547},
		{ABI_X32, "mseal", 0x40000000 + 462},
		{ABI_I386, "socketcall", 102},
		{ABI_I386, "clock_gettime64", 403},
		{ABI_I386, "utimensat_time64", 412},
		{ABI_I386, "_llseek", 140},
		{ABI_I386, "accept", ABI_NR_NONE},
		{ABI_AARCH64, "newfstatat", 79},
		{ABI_AARCH64, "fstatat64", ABI_NR_NONE},
		{ABI_AARCH64, "open", ABI_NR_NONE},
		{ABI_AARCH64, "clone3", 435},
		{ABI_ARM, "breakpoint", 0xf0001},
		{ABI_ARM, "set_tls", 0xf0005},
		{ABI_ARM, "arm_fadvise64_64", 270},
		{ABI_ARM, "arm_sync_file_range", 341},
		{ABI_RISCV64, "riscv_flush_icache", 259},
		{ABI_RISCV64, "riscv_hwprobe", 258},
		{ABI_LOONGARCH64, "clone3", 435},
		{ABI_LOONGARCH64, "getrlimit", ABI_NR_NONE},
		{ABI_PPC64LE, "sync_file_range2", 308},
		{ABI_PPC64, "swapcontext", 249},
		{ABI_S390X, "s390_pci_mmio_read", 353},
		{ABI_S390X, "memfd_secret", 447},
		{ABI_S390, "_newselect", 142},
		{ABI_MIPS, "read", 4003},
		{ABI_MIPSEL, "cachestat", 4451},
		{ABI_MIPS64EL, "read", 5000},
		{ABI_MIPS64EL, "clone3", 5435},
		{ABI_MIPS64N32, "read", 6000},
		{ABI_MIPS64ELN32, "fcntl64", 6212},
		{ABI_PARISC64, "_llseek", 140},
		{ABI_SH, "clone3", ABI_NR_NONE},
		{ABI_M68K, "atomic_barrier", 336},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++)
		assert_int_equal(abi_nr(abi_arch(rows[i].id), rows[i].name), rows[i].nr);
}

/* Has @arch the call, then with this number. */
static void check_same(enum abi_arch_id id, const char *name, uint32_t nr)
{
	const struct abi_arch *arch = abi_arch(id);

	if (abi_nr(arch, name) != ABI_NR_NONE && abi_nr(arch, name) != (int)(arch->nr_offset + nr))
		fail_msg("%s has %s as %d", arch->name, name, abi_nr(arch, name));
}

/* From 403 up all tables go together; some leave calls out. (scripts/syscall.tbl and the tables
 * below arch/) i386 leaves none out. */
static void new_calls_have_the_same_number_everywhere(void **state)
{
	size_t count;
	const struct abi_call *calls = abi_calls(abi_arch(ABI_I386), &count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (int id = 0; calls[i].nr >= 403 && id < ABI_ARCH_COUNT; id++)
			check_same(id, calls[i].name, calls[i].nr);
	assert_int_equal(calls[count - 1].nr, 471);
}

/* aarch64, riscv64 and loongarch64 are made of one table, scripts/syscall.tbl. */
static void generic_tables_agree(void **state)
{
	size_t count;
	const struct abi_call *calls = abi_calls(abi_arch(ABI_AARCH64), &count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		check_same(ABI_RISCV64, calls[i].name, calls[i].nr);
		check_same(ABI_LOONGARCH64, calls[i].name, calls[i].nr);
	}
}

/* What each table has of the calls that are newer than the installed libraries and headers. */
static void tables_reach_to_the_newest_calls(void **state)
{
	(void)state;
	for (int id = 0; id < ABI_ARCH_COUNT; id++) {
		const struct abi_arch *arch = abi_arch(id);
		uint32_t last = id == ABI_S390 ? 469 : 471;

		for (uint32_t nr = 448; nr <= last; nr++)
			assert_non_null(abi_name(arch, arch->nr_offset + nr));
	}
}

static void names_ascend_and_are_known(void **state)
{
	size_t count;
	const char *const *names = abi_names(&count);

	(void)state;
	assert_true(count > 500);
	for (size_t i = 0; i < count; i++) {
		assert_true(i == 0 || strcmp(names[i - 1], names[i]) < 0);
		assert_true(abi_name_known(names[i]));
	}
	assert_false(abi_name_known(""));
	assert_false(abi_name_known("reads"));
	assert_false(abi_name_known("zzz"));
	assert_false(abi_name_known("READ"));
}

static void check_round_trip(const struct abi_arch *arch)
{
	size_t count;
	const struct abi_call *calls = abi_calls(arch, &count);

	assert_true(count > 300);
	for (size_t i = 0; i < count; i++) {
		assert_true(calls[i].nr >= arch->nr_offset);
		assert_true(i == 0 || calls[i - 1].nr < calls[i].nr);
		assert_int_equal(abi_nr(arch, calls[i].name), calls[i].nr);
		assert_string_equal(abi_name(arch, calls[i].nr), calls[i].name);
	}
}

static void names_and_numbers_are_one_to_one(void **state)
{
	(void)state;
	for (int id = 0; id < ABI_ARCH_COUNT; id++)
		check_round_trip(abi_arch(id));
}

/* What abi_calls() lists and what abi_nr() finds are generated apart. */
static void every_name_of_an_architecture_is_listed(void **state)
{
	size_t count, listed;
	const char *const *names = abi_names(&count);

	(void)state;
	for (int id = 0; id < ABI_ARCH_COUNT; id++) {
		size_t found = 0;

		abi_calls(abi_arch(id), &listed);
		for (size_t i = 0; i < count; i++)
			found += abi_nr(abi_arch(id), names[i]) != ABI_NR_NONE;
		assert_int_equal(found, listed);
	}
}

static void numbers_without_a_call_have_no_name(void **state)
{
	static const struct {
		enum abi_arch_id id;
		uint32_t nr;
	} rows[] = {
		{ABI_X86_64, 337},        {ABI_X86_64, 10000}, {ABI_X86_64, 0xffffffff},
		{ABI_X86_64, 0x40000000}, {ABI_X32, 0},        {ABI_X32, 0x40000000 + 59},
		{ABI_AARCH64, 244},       {ABI_I386, 222},     {ABI_MIPS, 3},
		{ABI_MIPS, 5000},         {ABI_ARM, 0xf0000},  {ABI_ARM, 0x900003},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++)
		assert_null(abi_name(abi_arch(rows[i].id), rows[i].nr));
}

static void every_call_stands_below_the_bitmaps_limit(void **state)
{
	size_t count;

	(void)state;
	for (int id = 0; id < ABI_ARCH_COUNT; id++) {
		const struct abi_arch *arch = abi_arch(id);
		const struct abi_call *calls = abi_calls(arch, &count);

		if (!arch->has_bitmap)
			assert_int_equal(abi_nr_limit(arch), 0);
		for (size_t i = 0; arch->has_bitmap && i < count; i++)
			assert_int_equal(calls[i].nr < abi_nr_limit(arch),
					 calls[i].nr < 0xf0000); /* arm's private calls */
	}
	assert_int_equal(abi_nr_limit(abi_arch(ABI_X86_64)), 472);
	assert_int_equal(abi_nr_limit(abi_arch(ABI_I386)), 472);
	assert_int_equal(abi_nr_limit(abi_arch(ABI_ARM)), 472);
	assert_int_equal(abi_nr_limit(abi_arch(ABI_X32)), 0);
	assert_int_equal(abi_nr_limit(abi_arch(ABI_MIPS64EL)), 0);
}

static void this_machines_numbers_are_the_native_ones(void **state)
{
	(void)state;
	assert_int_equal(abi_nr(abi_arch_native(), "read"), SYS_read);
	assert_int_equal(abi_nr(abi_arch_native(), "seccomp"), SYS_seccomp);
	assert_int_equal(abi_nr(abi_arch_native(), "io_uring_enter"), SYS_io_uring_enter);
}

static size_t check_names(const json_t *names)
{
	for (size_t i = 0; i < json_array_size(names); i++) {
		const char *name = json_string_value(json_array_get(names, i));

		if (!abi_name_known(name))
			fail_msg("unknown: %s", name);
	}
	return json_array_size(names);
}

/* Of Debian's golang-github-containers-common. */
#define PODMAN_PROFILE "/usr/share/containers/seccomp.json"

static void podmans_profile_names_no_unknown_call(void **state)
{
	struct sg_err err = {0};
	size_t seen = 0;
	json_t *root;

	(void)state;
	if (sg_json_load(PODMAN_PROFILE, &root, &err)) {
		printf("SKIP: podman-default: %s\n", err.msg);
		skip();
	}
	const json_t *rules = json_object_get(root, "syscalls");
	for (size_t i = 0; i < json_array_size(rules); i++)
		seen += check_names(json_object_get(json_array_get(rules, i), "names"));
	json_decref(root);
	assert_true(seen > 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_calls_have_their_numbers),
		cmocka_unit_test(new_calls_have_the_same_number_everywhere),
		cmocka_unit_test(generic_tables_agree),
		cmocka_unit_test(tables_reach_to_the_newest_calls),
		cmocka_unit_test(names_ascend_and_are_known),
		cmocka_unit_test(names_and_numbers_are_one_to_one),
		cmocka_unit_test(every_name_of_an_architecture_is_listed),
		cmocka_unit_test(numbers_without_a_call_have_no_name),
		cmocka_unit_test(every_call_stands_below_the_bitmaps_limit),
		cmocka_unit_test(this_machines_numbers_are_the_native_ones),
		cmocka_unit_test(podmans_profile_names_no_unknown_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
