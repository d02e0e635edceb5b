/* SPDX-License-Identifier: MIT */
/* Somebody else's filters come as arrays of instructions or as text. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "filters/gen/tests/support.h"
#include "harness/base/file.h"

static int build_raw(const char *file, const char *text, struct gen_filter *filter,
		     struct sg_err *err)
{
	char *folder, *path;
	struct gen_request request = {0};
	int r;

	assert_int_equal(sg_tempdir_create(&folder, err), 0);
	path = sg_asprintf("%s/%s", folder, file);
	assert_int_equal(sg_file_write(path, text, strlen(text), err), 0);
	request.raw_file = path;
	r = gen_build(generator("raw"), &request, filter, err);
	free(path);
	sg_tempdir_remove(folder);
	return r;
}

/* Such operands were read as arrays of instructions, and refused for their size. */
static void raw_files_of_assembly_are_assembled(void **state)
{
	struct gen_filter filter = {0};
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(build_raw("f.bpfasm", "ld nr\nret LOG\n", &filter, &err), 0);
	assert_int_equal(filter.prog.len, 2);
	assert_int_equal(filter.prog.insns[1].k, ABI_RET_LOG);
	gen_filter_release(&filter);
	assert_true(build_raw("f.bpfasm", "ld nr\nret NONSENSE\n", &filter, &err) < 0);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_non_null(strstr(err.msg, "f.bpfasm:2: "));
	assert_true(build_raw("f.bpf", "ld nr\nret LOG\n", &filter, &err) < 0);
	assert_int_equal(err.kind, SG_ERR_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(raw_files_of_assembly_are_assembled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
