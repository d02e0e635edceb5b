/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/embed.h"
#include "harness/base/file.h"

static void every_file_is_as_in_the_repository(void **state)
{
	(void)state;
	assert_true(sg_embedded_count > 0);
	for (size_t i = 0; i < sg_embedded_count; i++) {
		const struct sg_embedded *file = &sg_embedded_files[i];
		struct sg_buf want = {0};

		assert_int_equal(sg_file_read(file->path, 1 << 24, &want, NULL), 0);
		assert_int_equal(file->len, want.len);
		/* With the NUL behind it. */
		assert_memory_equal(file->data, sg_buf_text(&want), want.len + 1);
		sg_buf_release(&want);
	}
}

static void every_file_is_found_by_its_path(void **state)
{
	(void)state;
	for (size_t i = 0; i < sg_embedded_count; i++)
		assert_ptr_equal(sg_embedded_find(sg_embedded_files[i].path),
				 &sg_embedded_files[i]);
}

static void the_table_is_sorted(void **state)
{
	(void)state;
	for (size_t i = 1; i < sg_embedded_count; i++)
		assert_true(strcmp(sg_embedded_files[i - 1].path, sg_embedded_files[i].path) < 0);
}

static void what_is_not_there_is_not_found(void **state)
{
	(void)state;
	assert_null(sg_embedded_find(""));
	assert_null(sg_embedded_find("filters/profiles/"));
	assert_null(sg_embedded_find("zzz"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_file_is_as_in_the_repository),
		cmocka_unit_test(every_file_is_found_by_its_path),
		cmocka_unit_test(the_table_is_sorted),
		cmocka_unit_test(what_is_not_there_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
