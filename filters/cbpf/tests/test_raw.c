/* SPDX-License-Identifier: MIT */
/* Raw files and the program container. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "filters/cbpf/prog.h"
#include "harness/base/alloc.h"
#include "harness/base/file.h"

static char *dir;

static int make_dir(void **state)
{
	(void)state;
	return sg_tempdir_create(&dir, NULL);
}

static int remove_dir(void **state)
{
	(void)state;
	sg_tempdir_remove(dir);
	return 0;
}

static void fill(struct cbpf_prog *prog, size_t len)
{
	while (prog->len < len)
		cbpf_add(prog, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, prog->len));
}

/* Writes @len bytes and loads them, which must fail with "PATH: @message". */
static void assert_refused(const void *data, size_t len, const char *message)
{
	char *path = sg_asprintf("%s/refused.bpf", dir),
	     *want = sg_asprintf("%s: %s", path, message);
	struct cbpf_prog prog = {0};
	struct sg_err err = {0};

	assert_int_equal(sg_file_write(path, data, len, NULL), 0);
	assert_int_equal(cbpf_load(path, &prog, &err), -EINVAL);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_string_equal(err.msg, want);
	assert_null(prog.insns); /* untouched */
	free(want);
	free(path);
}

static void test_load_gives_what_save_wrote(void **state)
{
	char *path = sg_asprintf("%s/saved.bpf", dir);
	struct cbpf_prog prog = {0}, loaded = {0};

	(void)state;
	fill(&prog, CBPF_MAX_INSNS);
	assert_int_equal(cbpf_save(path, &prog, NULL), 0);
	assert_int_equal(cbpf_load(path, &loaded, NULL), 0);
	assert_int_equal(loaded.len, prog.len);
	assert_memory_equal(loaded.insns, prog.insns, prog.len * sizeof(*prog.insns));
	cbpf_add(&loaded, prog.insns[0]); /* still grows */
	assert_int_equal(loaded.len, CBPF_MAX_INSNS + 1);
	cbpf_release(&loaded);
	cbpf_release(&prog);
	free(path);
}

static void test_file_is_an_array_in_host_order(void **state)
{
	const struct sock_filter insns[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4),
					    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x11223344, 1, 0),
					    BPF_STMT(BPF_RET | BPF_K, 1),
					    BPF_STMT(BPF_RET | BPF_K, 2)};
	struct cbpf_prog prog = {0};
	struct sg_buf raw = {0};
	char *path = sg_asprintf("%s/order.bpf", dir);

	(void)state;
	for (size_t i = 0; i < SG_COUNT(insns); i++)
		cbpf_add(&prog, insns[i]);
	assert_int_equal(cbpf_save(path, &prog, NULL), 0);
	assert_int_equal(sg_file_read(path, 100, &raw, NULL), 0);
	assert_int_equal(raw.len, sizeof(insns));
	assert_memory_equal(raw.data, insns, sizeof(insns));
	sg_buf_release(&raw);
	cbpf_release(&prog);
	free(path);
}

static void test_refusals(void **state)
{
	const struct sock_filter misaligned[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 66),
						 BPF_STMT(BPF_RET | BPF_K, 0)};
	struct cbpf_prog prog = {0};

	(void)state;
	assert_refused("", 0, "the file is empty");
	assert_refused("123456789", 9,
		       "9 bytes are no array of struct sock_filter: "
		       "the size must be a multiple of 8");
	assert_refused(misaligned, sizeof(misaligned),
		       "instruction 0: load at offset 66: must be a multiple of 4 below 64");
	fill(&prog, CBPF_MAX_INSNS + 1);
	assert_refused(prog.insns, prog.len * sizeof(*prog.insns),
		       "4097 instructions: the kernel takes at most 4096");
	cbpf_release(&prog);
}

static void test_bytes_in_memory(void **state)
{
	const struct sock_filter insns[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 66),
					    BPF_STMT(BPF_RET | BPF_K, 0)};
	struct cbpf_prog prog = {0};
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(cbpf_from_bytes(insns, sizeof(insns) - 1, &prog, &err), -EINVAL);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_null(prog.insns);
	assert_int_equal(cbpf_from_bytes(NULL, 0, &prog, &err), 0);
	assert_int_equal(prog.len, 0);
	/* Not verified: the load is no good. */
	assert_int_equal(cbpf_from_bytes(insns, sizeof(insns), &prog, &err), 0);
	assert_int_equal(prog.len, 2);
	assert_memory_equal(prog.insns, insns, sizeof(insns));
	cbpf_release(&prog);
}

/* Refused before it is a program at all; base/file.h has the words. */
static void assert_unreadable(const char *path, int ret, const char *reason)
{
	char *want = sg_asprintf("%s: %s", path, reason);
	struct cbpf_prog prog = {0};
	struct sg_err err = {0};

	assert_int_equal(cbpf_load(path, &prog, &err), ret);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_string_equal(err.msg, want);
	assert_null(prog.insns);
	free(want);
}

static void test_no_file_a_directory_and_a_huge_file(void **state)
{
	char *missing = sg_asprintf("%s/missing.bpf", dir), *huge = sg_asprintf("%s/huge.bpf", dir);
	const size_t huge_bytes = 8 << 20;
	char *zeros = sg_calloc(huge_bytes, 1);

	(void)state;
	assert_unreadable(missing, -ENOENT, "No such file or directory");
	assert_unreadable(dir, -EISDIR, "is a directory");
	assert_int_equal(sg_file_write(huge, zeros, huge_bytes, NULL), 0);
	assert_unreadable(huge, -EFBIG, "is larger than 524288 bytes");
	free(zeros);
	free(huge);
	free(missing);
}

static void test_copy_replaces_and_is_independent(void **state)
{
	struct cbpf_prog from = {0}, to = {0};
	const struct cbpf_prog none = {0};

	(void)state;
	fill(&from, 3);
	fill(&to, 20);
	cbpf_copy(&to, &from);
	assert_int_equal(to.len, 3);
	to.insns[1].k = 99;
	assert_int_equal(from.insns[1].k, 1);
	cbpf_add(&to, from.insns[0]);
	assert_int_equal(to.len, 4);
	assert_int_equal(to.insns[2].k, 2);
	cbpf_copy(&to, &none);
	assert_int_equal(to.len, 0);
	assert_null(to.insns);
	cbpf_release(&from);
	assert_int_equal(from.len + from.cap, 0);
	cbpf_release(&from); /* again is fine */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load_gives_what_save_wrote),
		cmocka_unit_test(test_file_is_an_array_in_host_order),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_bytes_in_memory),
		cmocka_unit_test(test_no_file_a_directory_and_a_huge_file),
		cmocka_unit_test(test_copy_replaces_and_is_independent),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
