/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "harness/base/buf.h"

static void an_empty_buffer_reads_as_empty_text(void **state)
{
	struct sg_buf buf = {0};

	(void)state;
	assert_string_equal(sg_buf_text(&buf), "");
	sg_buf_clear(&buf);
	assert_string_equal(sg_buf_text(&buf), "");
	sg_buf_add(&buf, NULL, 0);
	assert_int_equal(buf.len, 0);
	assert_string_equal(sg_buf_text(&buf), "");
	sg_buf_release(&buf);
}

static void content_is_appended(void **state)
{
	struct sg_buf buf = {0};

	(void)state;
	sg_buf_adds(&buf, "ab");
	sg_buf_add(&buf, "c\0d", 3);
	sg_buf_addf(&buf, "%s=%d", "e", 5);
	sg_buf_addf(&buf, "%s", "");
	assert_int_equal(buf.len, 8);
	assert_memory_equal(buf.data, "abc\0de=5", 9);
	sg_buf_release(&buf);
	assert_null(buf.data);
	assert_int_equal(buf.len, 0);
	assert_int_equal(buf.cap, 0);
}

static void a_nul_always_follows(void **state)
{
	struct sg_buf buf = {0};

	(void)state;
	for (size_t i = 0; i < 5000; i++) {
		sg_buf_addf(&buf, "%zu,", i);
		assert_int_equal(strlen(buf.data), buf.len);
	}
	assert_true(buf.cap > buf.len);
	sg_buf_release(&buf);
}

static void clearing_keeps_the_memory(void **state)
{
	struct sg_buf buf = {0};

	(void)state;
	sg_buf_adds(&buf, "some text");
	char *data = buf.data;
	sg_buf_clear(&buf);
	assert_ptr_equal(buf.data, data);
	assert_string_equal(sg_buf_text(&buf), "");
	sg_buf_adds(&buf, "more");
	sg_buf_truncate(&buf, 2);
	assert_string_equal(sg_buf_text(&buf), "mo");
	sg_buf_release(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_buffer_reads_as_empty_text),
		cmocka_unit_test(content_is_appended),
		cmocka_unit_test(a_nul_always_follows),
		cmocka_unit_test(clearing_keeps_the_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
