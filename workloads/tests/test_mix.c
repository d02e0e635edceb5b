/* SPDX-License-Identifier: MIT */
/* The mix reader and printer. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/alloc.h"
#include "harness/base/file.h"
#include "workloads/mix.h"

static int parse(const char *text, struct mix *mix, struct sg_err *err)
{
	return mix_parse(text, strlen(text), "m.mix", mix, err);
}

static void bundled_mix_is_the_io_mix(void **state)
{
	struct mix mix = {0};
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(mix_load(NULL, &mix, &err), 0);
	assert_string_equal(mix.name, "io");
	assert_int_equal(mix.len, 16);
	assert_true(mix.total_weight > 99.99 && mix.total_weight < 100.01);
	assert_string_equal(mix.calls[0].name, "read");
	assert_true(mix.calls[0].weight == 30);
	assert_string_equal(mix.calls[13].name, "clone");
	assert_int_equal(mix.calls[13].args[0], 0x3d0f00);
	assert_string_equal(mix.calls[15].name, "personality");
	assert_int_equal(mix.calls[15].args[0], 0xffffffff);
	assert_int_equal(mix.calls[15].named_args, 1);
	assert_null(mix.calls[15].arch);
	mix_release(&mix);
	assert_int_equal(mix_load("io", &mix, &err), 0);
	assert_int_equal(mix.len, 16);
	mix_release(&mix);
}

static void reads_every_part_of_a_line(void **state)
{
	static const char text[] = "# a comment\r\n"
				   "\r\n"
				   "  1.5e1\tx86_64:socket a0=0x2   a5=FFFFFFFFFFFFFFFF # TCP\r\n"
				   "0.25 SCMP_ARCH_X86:read\n"
				   "3 write# nothing between";
	struct mix mix = {0};
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(parse(text, &mix, &err), 0);
	assert_int_equal(mix.len, 3);
	assert_true(mix.calls[0].weight == 15);
	assert_ptr_equal(mix.calls[0].arch, abi_arch(ABI_X86_64));
	assert_string_equal(mix.calls[0].name, "socket");
	assert_int_equal(mix.calls[0].args[0], 2);
	assert_true(mix.calls[0].args[5] == UINT64_MAX);
	assert_int_equal(mix.calls[0].args[1], 0);
	assert_int_equal(mix.calls[0].named_args, 1 | 1 << 5);
	assert_ptr_equal(mix.calls[1].arch, abi_arch(ABI_I386));
	assert_string_equal(mix.calls[2].name, "write");
	assert_true(mix.total_weight == 18.25);
	mix_release(&mix);
}

static void a_line_counts_for_its_architecture_or_for_any(void **state)
{
	static const char text[] = "1 read\n1 i386:read\n1 x86_64:read\n1 socketcall\n";
	static const int on_x86_64[] = {0, ABI_NR_NONE, 0, ABI_NR_NONE};
	static const int on_i386[] = {3, 3, ABI_NR_NONE, 102};
	struct mix mix = {0};
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(parse(text, &mix, &err), 0);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(mix_call_nr(&mix.calls[i], abi_arch(ABI_X86_64)), on_x86_64[i]);
		assert_int_equal(mix_call_nr(&mix.calls[i], abi_arch(ABI_I386)), on_i386[i]);
	}
	mix_release(&mix);
}

static void bad_lines_are_named(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{"", "m.mix:1: expected at least one call"},
		{"# nothing\n\n", "m.mix:3: expected at least one call"},
		{"1 read\n0 write", "m.mix:2: expected a weight above 0, not \"0\""},
		{"-1 read", "m.mix:1: expected a weight above 0, not \"-1\""},
		{"nan read", "m.mix:1: expected a weight above 0, not \"nan\""},
		{"inf read", "m.mix:1: expected a weight above 0, not \"inf\""},
		{"1e999 read", "m.mix:1: expected a weight above 0, not \"1e999\""},
		{"0x10 read", "m.mix:1: expected a weight above 0, not \"0x10\""},
		{"1e read", "m.mix:1: expected a weight above 0, not \"1e\""},
		{"read 1", "m.mix:1: expected a weight above 0, not \"read\""},
		{"1e308 read\n1e308 write", "m.mix:2: expected weights with a finite sum"},
		{"1", "m.mix:1: expected a system call behind the weight"},
		{"1 reed", "m.mix:1: expected a system call, not \"reed\" (did you mean read?)"},
		{"1 no_such_call_at_all_anywhere", "m.mix:1: expected a system call, not "
						   "\"no_such_call_at_all_anywhere\""},
		{"1 aarch64:open", "m.mix:1: expected a system call of aarch64, not \"open\""},
		{"1 x86_64:reed",
		 "m.mix:1: expected a system call, not \"reed\" (did you mean read?)"},
		{"1 read a6=1",
		 "m.mix:1: expected a0=HEX to a5=HEX of at most 64 bits, not \"a6=1\""},
		{"1 read a0", "m.mix:1: expected a0=HEX to a5=HEX of at most 64 bits, not \"a0\""},
		{"1 read a0=",
		 "m.mix:1: expected a0=HEX to a5=HEX of at most 64 bits, not \"a0=\""},
		{"1 read a0=0x",
		 "m.mix:1: expected a0=HEX to a5=HEX of at most 64 bits, not \"a0=0x\""},
		{"1 read a0=-1",
		 "m.mix:1: expected a0=HEX to a5=HEX of at most 64 bits, not \"a0=-1\""},
		{"1 read a0=0x10000000000000000",
		 "m.mix:1: expected a0=HEX to a5=HEX of at most 64 "
		 "bits, not \"a0=0x10000000000000000\""},
		{"1 read a1=1 a1=1", "m.mix:1: expected argument a1 once, not twice"},
		{"1 read write",
		 "m.mix:1: expected a0=HEX to a5=HEX of at most 64 bits, not \"write\""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < SG_COUNT(cases); i++) {
		struct mix mix = {0};
		struct sg_err err = {0};

		assert_true(parse(cases[i].text, &mix, &err) < 0);
		assert_string_equal(err.msg, cases[i].error);
		assert_int_equal(err.kind, SG_ERR_INPUT);
		assert_null(mix.calls);
	}
}

static void unknown_architecture_names_the_line(void **state)
{
	struct mix mix = {0};
	struct sg_err err = {0};

	(void)state;
	assert_true(parse("1 read\n1 vax:read", &mix, &err) < 0);
	assert_int_equal(strncmp(err.msg, "m.mix:2: ", 9), 0);
	assert_non_null(strstr(err.msg, "vax"));
}

static void nul_byte_is_refused(void **state)
{
	struct mix mix = {0};
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(mix_parse("1 read\0 x\n", 10, "m.mix", &mix, &err), -EINVAL);
	assert_string_equal(err.msg, "m.mix: expected text, not a NUL byte");
}

static void assert_same(const struct mix *a, const struct mix *b)
{
	size_t i;

	assert_int_equal(a->len, b->len);
	for (i = 0; i < a->len; i++) {
		assert_true(a->calls[i].weight == b->calls[i].weight);
		assert_ptr_equal(a->calls[i].arch, b->calls[i].arch);
		assert_string_equal(a->calls[i].name, b->calls[i].name);
		assert_memory_equal(a->calls[i].args, b->calls[i].args, sizeof(a->calls[i].args));
		assert_int_equal(a->calls[i].named_args, b->calls[i].named_args);
	}
}

static void printed_mix_reads_back_the_same(void **state)
{
	static const char text[] =
		"0.1 read\n0.3333333333333333 x32:write a3=0x0 a5=0xfffffffffffffff0\n"
		"123456789 i386:socketcall a0=0x1\n1e-300 getpid\n";
	struct mix mix = {0}, again = {0};
	struct sg_buf printed = {0};
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(parse(text, &mix, &err), 0);
	mix_print(&mix, &printed);
	assert_string_equal(sg_buf_text(&printed), text);
	assert_int_equal(parse(sg_buf_text(&printed), &again, &err), 0);
	assert_same(&mix, &again);
	sg_buf_release(&printed);
	mix_release(&again);
	mix_release(&mix);
}

static void file_is_read_and_a_missing_one_named(void **state)
{
	struct mix mix = {0};
	struct sg_err err = {0};
	char *dir = NULL, *path;

	(void)state;
	assert_int_equal(sg_tempdir_create(&dir, &err), 0);
	path = sg_asprintf("%s/own.mix", dir);
	assert_true(mix_load(path, &mix, &err) < 0);
	assert_non_null(strstr(err.msg, "own.mix"));
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_int_equal(sg_file_write(path, "2 getpid\n", 9, &err), 0);
	assert_int_equal(mix_load(path, &mix, &err), 0);
	assert_string_equal(mix.name, path);
	assert_string_equal(mix.calls[0].name, "getpid");
	mix_release(&mix);
	free(path);
	sg_tempdir_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bundled_mix_is_the_io_mix),
		cmocka_unit_test(reads_every_part_of_a_line),
		cmocka_unit_test(a_line_counts_for_its_architecture_or_for_any),
		cmocka_unit_test(bad_lines_are_named),
		cmocka_unit_test(unknown_architecture_names_the_line),
		cmocka_unit_test(nul_byte_is_refused),
		cmocka_unit_test(printed_mix_reads_back_the_same),
		cmocka_unit_test(file_is_read_and_a_missing_one_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
