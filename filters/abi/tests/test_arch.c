/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/audit.h>
#include <string.h>

#include "filters/abi/abi.h"
#include "harness/base/alloc.h"

/* The header has no constant of its own for LoongArch before Linux 5.19. */
#ifndef AUDIT_ARCH_LOONGARCH64
#define AUDIT_ARCH_LOONGARCH64 (258 | __AUDIT_ARCH_64BIT | __AUDIT_ARCH_LE)
#endif

static const struct {
	enum abi_arch_id id;
	uint32_t audit;
} audits[] = {
	{ABI_X86_64, AUDIT_ARCH_X86_64},
	{ABI_X32, AUDIT_ARCH_X86_64},
	{ABI_I386, AUDIT_ARCH_I386},
	{ABI_AARCH64, AUDIT_ARCH_AARCH64},
	{ABI_ARM, AUDIT_ARCH_ARM},
	{ABI_RISCV64, AUDIT_ARCH_RISCV64},
	{ABI_LOONGARCH64, AUDIT_ARCH_LOONGARCH64},
	{ABI_PPC, AUDIT_ARCH_PPC},
	{ABI_PPC64, AUDIT_ARCH_PPC64},
	{ABI_PPC64LE, AUDIT_ARCH_PPC64LE},
	{ABI_S390, AUDIT_ARCH_S390},
	{ABI_S390X, AUDIT_ARCH_S390X},
	{ABI_MIPS, AUDIT_ARCH_MIPS},
	{ABI_MIPSEL, AUDIT_ARCH_MIPSEL},
	{ABI_MIPS64, AUDIT_ARCH_MIPS64},
	{ABI_MIPS64EL, AUDIT_ARCH_MIPSEL64},
	{ABI_MIPS64N32, AUDIT_ARCH_MIPS64N32},
	{ABI_MIPS64ELN32, AUDIT_ARCH_MIPSEL64N32},
	{ABI_PARISC, AUDIT_ARCH_PARISC},
	{ABI_PARISC64, AUDIT_ARCH_PARISC64},
	{ABI_M68K, AUDIT_ARCH_M68K},
	{ABI_SH, AUDIT_ARCH_SHEL},
	{ABI_SHEB, AUDIT_ARCH_SH},
};

static void audit_values_are_the_kernels(void **state)
{
	(void)state;
	assert_int_equal(SG_COUNT(audits), ABI_ARCH_COUNT);
	for (size_t i = 0; i < SG_COUNT(audits); i++) {
		assert_int_equal(audits[i].id, i);
		assert_int_equal(abi_arch(audits[i].id)->audit, audits[i].audit);
	}
}

/* The audit value carries byte order and width; x32 and n32 run on 64-bit registers but are taken
 * as 32-bit. */
static void byte_order_and_width_agree_with_the_audit_value(void **state)
{
	(void)state;
	for (int id = 0; id < ABI_ARCH_COUNT; id++) {
		const struct abi_arch *arch = abi_arch(id);
		bool narrow = id == ABI_X32 || id == ABI_MIPS64N32 || id == ABI_MIPS64ELN32;
		bool wide = (arch->audit & __AUDIT_ARCH_64BIT) && !narrow;

		assert_int_equal(arch->id, id);
		assert_int_equal(arch->big_endian, !(arch->audit & __AUDIT_ARCH_LE));
		assert_int_equal(arch->big_endian, abi_audit_big_endian(arch->audit));
		assert_int_equal(arch->word_bits, wide ? 64 : 32);
	}
}

static void every_name_finds_its_architecture(void **state)
{
	(void)state;
	for (int id = 0; id < ABI_ARCH_COUNT; id++) {
		const struct abi_arch *arch = abi_arch(id);

		assert_ptr_equal(abi_arch_by_name(arch->name), arch);
		assert_ptr_equal(abi_arch_by_name(arch->scmp_name), arch);
		assert_ptr_equal(abi_arch_by_name(arch->go_name), arch);
		if (arch->goarch)
			assert_ptr_equal(abi_arch_by_name(arch->goarch), arch);
	}
}

static void names_are_those_that_profiles_use(void **state)
{
	static const struct {
		const char *name;
		enum abi_arch_id id;
	} rows[] = {
		{"SCMP_ARCH_X86", ABI_I386},
		{"x86", ABI_I386},
		{"386", ABI_I386},
		{"amd64", ABI_X86_64},
		{"SCMP_ARCH_X32", ABI_X32},
		{"x32", ABI_X32},
		{"arm64", ABI_AARCH64},
		{"SCMP_ARCH_AARCH64", ABI_AARCH64},
		{"SCMP_ARCH_MIPSEL64", ABI_MIPS64EL},
		{"mips64el", ABI_MIPS64EL},
		{"mips64le", ABI_MIPS64EL},
		{"mipsel64", ABI_MIPS64EL},
		{"mipsel64n32", ABI_MIPS64ELN32},
		{"loong64", ABI_LOONGARCH64},
		{"SCMP_ARCH_PPC64LE", ABI_PPC64LE},
		{"SCMP_ARCH_S390X", ABI_S390X},
		{"SCMP_ARCH_SHEB", ABI_SHEB},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++)
		assert_ptr_equal(abi_arch_by_name(rows[i].name), abi_arch(rows[i].id));
	assert_null(abi_arch_by_name("X86_64"));
	assert_null(abi_arch_by_name("SCMP_ARCH_NATIVE"));
	assert_null(abi_arch_by_name(""));
}

static void an_audit_value_finds_its_first_architecture(void **state)
{
	(void)state;
	assert_ptr_equal(abi_arch_by_audit(0xc000003e), abi_arch(ABI_X86_64));
	assert_ptr_equal(abi_arch_by_audit(0x40000003), abi_arch(ABI_I386));
	assert_ptr_equal(abi_arch_by_audit(0x80000016), abi_arch(ABI_S390X));
	assert_null(abi_arch_by_audit(0));
	assert_null(abi_arch_by_audit(0xc0009026)); /* alpha */
}

static void parsing_takes_names_and_audit_values(void **state)
{
	const struct abi_arch *arch = NULL;

	(void)state;
	assert_int_equal(abi_arch_parse("SCMP_ARCH_X32", &arch, NULL), 0);
	assert_ptr_equal(arch, abi_arch(ABI_X32));
	assert_int_equal(abi_arch_parse("0xC000003E", &arch, NULL), 0);
	assert_ptr_equal(arch, abi_arch(ABI_X86_64));
	assert_int_equal(abi_arch_parse("0x16", &arch, NULL), 0);
	assert_ptr_equal(arch, abi_arch(ABI_S390));
}

static void unknown_architectures_are_refused_in_one_line(void **state)
{
	static const char *const bad[] = {"",          "x86-64",      "0x",
					  "0xc000003", "0x1c000003e", "0xc000003g",
					  "c000003e",  "-0x16",       "0x-16",
					  "x86_64 ",   "3221225534"};
	const struct abi_arch *arch = NULL;

	(void)state;
	for (size_t i = 0; i < SG_COUNT(bad); i++) {
		struct sg_err err = {0};

		assert_int_equal(abi_arch_parse(bad[i], &arch, &err), -22);
		assert_int_equal(err.kind, SG_ERR_INPUT);
		assert_non_null(strstr(err.msg, "unknown architecture"));
		assert_non_null(strstr(err.msg, "; known: x86_64, x32, i386, aarch64,"));
		assert_null(arch);
	}
}

static void the_near_name_is_offered(void **state)
{
	const struct abi_arch *arch;
	struct sg_err err = {0};

	(void)state;
	abi_arch_parse("SCMP_ARCH_RISCV", &arch, &err);
	assert_non_null(strstr(err.msg, "did you mean SCMP_ARCH_RISCV64?"));
	abi_arch_parse("x86-64", &arch, &err);
	assert_non_null(strstr(err.msg, "\"x86-64\" (did you mean x86_64?)"));
	abi_arch_parse("completely-else", &arch, &err);
	assert_null(strstr(err.msg, "did you mean"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(audit_values_are_the_kernels),
		cmocka_unit_test(byte_order_and_width_agree_with_the_audit_value),
		cmocka_unit_test(every_name_finds_its_architecture),
		cmocka_unit_test(names_are_those_that_profiles_use),
		cmocka_unit_test(an_audit_value_finds_its_first_architecture),
		cmocka_unit_test(parsing_takes_names_and_audit_values),
		cmocka_unit_test(unknown_architectures_are_refused_in_one_line),
		cmocka_unit_test(the_near_name_is_offered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
