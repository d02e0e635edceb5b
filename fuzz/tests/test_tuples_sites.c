/* SPDX-License-Identifier: MIT */
/* Which architectures and numbers a source tries, by counting. All seeds are fixed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fuzz/tests/source_support.h"

static int compare_sites(const void *a, const void *b)
{
	const struct abi_tuple *one = a, *two = b;

	if (one->arch != two->arch)
		return one->arch > two->arch ? 1 : -1;
	return (one->nr > two->nr) - (one->nr < two->nr);
}

/* Tuples in the order of their architectures and numbers. */
struct tried {
	struct abi_tuple *tuples; /* owned */
	size_t count;
};

static void expect_tried(const struct tried *tried, uint32_t arch, uint32_t nr)
{
	const struct abi_tuple wanted = {.arch = arch, .nr = nr};

	if (!bsearch(&wanted, tried->tuples, tried->count, sizeof(wanted), compare_sites))
		fail_msg("arch 0x%x, number 0x%x was not tried", arch, nr);
}

static struct tried try_many(const struct policy *policy, size_t count)
{
	struct fuzz_tuples *source = fuzz_tuples_new(policy, NULL, 0);
	const struct tried tried = {fill(source, 1, count), count};

	qsort(tried.tuples, count, sizeof(*tried.tuples), compare_sites);
	fuzz_tuples_free(source);
	return tried;
}

static void every_number_and_its_neighbours(void **state)
{
	static const uint32_t edges[] = {0x3fffffff, 0x40000000, 0x40000001, 0x7fffffff,
					 0x80000000, 0xfffffffe, 0xffffffff};
	struct policy policy = read_policy("container-default", NULL);
	const struct tried tried = try_many(&policy, 300000);

	(void)state;
	assert_true(policy.arch_count >= 2);
	for (size_t i = 0; i < policy.arch_count; i++) {
		const struct abi_arch *arch = policy.arches[i];
		size_t count;
		const struct abi_call *calls = abi_calls(arch, &count);

		for (size_t n = 0; n < count; n++)
			for (int step = -1; step <= 1; step++)
				expect_tried(&tried, arch->audit, calls[n].nr + step);
		for (size_t n = 0; n < SG_COUNT(edges); n++)
			expect_tried(&tried, arch->audit, edges[n]);
	}
	free(tried.tuples);
	policy_release(&policy);
}

static void bit_30_over_every_number_without_x32(void **state)
{
	struct policy policy = read_policy("container-default", "x86_64");
	const struct tried tried = try_many(&policy, 300000);
	size_t count;
	const struct abi_call *calls = abi_calls(abi_arch(ABI_X86_64), &count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		expect_tried(&tried, abi_arch(ABI_X86_64)->audit, calls[i].nr | ABI_X32_BIT);
	free(tried.tuples);
	policy_release(&policy);
}

static bool arch_tried(const struct tried *tried, uint32_t arch)
{
	for (size_t i = 0; i < tried->count; i++)
		if (tried->tuples[i].arch == arch)
			return true;
	return false;
}

static void foreign_architectures(void **state)
{
	const uint32_t audit = abi_arch(ABI_X86_64)->audit;
	struct policy policy = read_policy("container-default", "x86_64");
	const struct tried tried = try_many(&policy, 300000);

	(void)state;
	for (int id = 0; id < ABI_ARCH_COUNT; id++)
		assert_true(arch_tried(&tried, abi_arch(id)->audit));
	assert_true(arch_tried(&tried, __builtin_bswap32(audit)));
	for (int bit = 0; bit < 32; bit++)
		assert_true(arch_tried(&tried, audit ^ 1u << bit));
	assert_true(arch_tried(&tried, 0));
	assert_true(arch_tried(&tried, UINT32_MAX));
	free(tried.tuples);
	policy_release(&policy);
}

/* Numbers of mips start at 4000, those of arm have some far above the others. */
static void every_architecture_has_its_numbers(void **state)
{
	(void)state;
	for (int id = 0; id < ABI_ARCH_COUNT; id++) {
		const struct abi_arch *arch = abi_arch(id);
		struct policy policy =
			read_policy("{\"defaultAction\":\"SCMP_ACT_ALLOW\"}", arch->name);
		const struct tried tried = try_many(&policy, 100000);
		size_t count;
		const struct abi_call *calls = abi_calls(arch, &count);

		for (size_t n = 0; n < count; n++)
			expect_tried(&tried, arch->audit, calls[n].nr);
		free(tried.tuples);
		policy_release(&policy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_number_and_its_neighbours),
		cmocka_unit_test(bit_30_over_every_number_without_x32),
		cmocka_unit_test(foreign_architectures),
		cmocka_unit_test(every_architecture_has_its_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
