/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/seccomp.h>
#include <string.h>

#include "filters/abi/abi.h"

static const struct abi_tuple sample = {
	.nr = 0x40000007,
	.ip = 0x1111111122222222,
	.args = {0x0000000100000002, 0x0000000300000004, 0x0000000500000006, 0x0000000700000008,
		 0x000000090000000a, 0xfffffffe0000000c},
};

static void offsets_are_those_of_seccomp_data(void **state)
{
	(void)state;
	assert_int_equal(ABI_DATA_BYTES, sizeof(struct seccomp_data));
	assert_int_equal(ABI_DATA_WORDS, sizeof(struct seccomp_data) / 4);
	assert_int_equal(ABI_OFF_NR, offsetof(struct seccomp_data, nr));
	assert_int_equal(ABI_OFF_ARCH, offsetof(struct seccomp_data, arch));
	assert_int_equal(ABI_OFF_IP, offsetof(struct seccomp_data, instruction_pointer));
	for (unsigned i = 0; i < 6; i++)
		assert_int_equal(ABI_OFF_ARG(i), offsetof(struct seccomp_data, args[i]));
}

static void halves_swap_on_big_endian(void **state)
{
	(void)state;
	assert_int_equal(abi_off_half(false, 0, false), 16);
	assert_int_equal(abi_off_half(false, 0, true), 20);
	assert_int_equal(abi_off_half(true, 0, false), 20);
	assert_int_equal(abi_off_half(true, 0, true), 16);
	assert_int_equal(abi_off_half(false, 5, true), 60);
	assert_int_equal(abi_off_half(true, 5, true), 56);
	assert_int_equal(abi_off_half(false, -1, false), 8);
	assert_int_equal(abi_off_half(true, -1, false), 12);
}

static void words_of_a_little_endian_tuple(void **state)
{
	static const uint32_t expected[ABI_DATA_WORDS] = {
		0x40000007, 0xc000003e, 0x22222222, 0x11111111, 2,  1, 4,  3,
		6,          5,          8,          7,          10, 9, 12, 0xfffffffe};
	struct abi_tuple tuple = sample;
	uint32_t words[ABI_DATA_WORDS];

	(void)state;
	tuple.arch = abi_arch(ABI_X86_64)->audit;
	abi_tuple_words(&tuple, words);
	assert_memory_equal(words, expected, sizeof(words));
}

static void words_of_a_big_endian_tuple(void **state)
{
	static const uint32_t expected[ABI_DATA_WORDS] = {
		0x40000007, 0x80000016, 0x11111111, 0x22222222, 1, 2,  3,          4,
		5,          6,          7,          8,          9, 10, 0xfffffffe, 12};
	struct abi_tuple tuple = sample;
	uint32_t words[ABI_DATA_WORDS];

	(void)state;
	tuple.arch = abi_arch(ABI_S390X)->audit;
	abi_tuple_words(&tuple, words);
	assert_memory_equal(words, expected, sizeof(words));
}

/* int 0x80 from a 64-bit process passes whole registers: a 32-bit tuple keeps its upper halves. */
static void a_32_bit_tuple_keeps_its_upper_halves(void **state)
{
	struct abi_tuple tuple = sample;
	uint32_t words[ABI_DATA_WORDS];

	(void)state;
	tuple.arch = abi_arch(ABI_I386)->audit;
	abi_tuple_words(&tuple, words);
	assert_int_equal(words[14], 12);
	assert_int_equal(words[15], 0xfffffffe);
}

/* On the machine's own architecture the words are the kernel's structure as it lies in memory. */
static void words_are_the_structure_of_this_machine(void **state)
{
	struct abi_tuple tuple = sample;
	struct seccomp_data data = {.nr = (int)sample.nr, .instruction_pointer = sample.ip};
	uint32_t words[ABI_DATA_WORDS];

	(void)state;
	data.arch = tuple.arch = abi_arch_native()->audit;
	for (int i = 0; i < 6; i++)
		data.args[i] = sample.args[i];
	abi_tuple_words(&tuple, words);
	assert_memory_equal(words, &data, sizeof(data));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offsets_are_those_of_seccomp_data),
		cmocka_unit_test(halves_swap_on_big_endian),
		cmocka_unit_test(words_of_a_little_endian_tuple),
		cmocka_unit_test(words_of_a_big_endian_tuple),
		cmocka_unit_test(a_32_bit_tuple_keeps_its_upper_halves),
		cmocka_unit_test(words_are_the_structure_of_this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
