/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "harness/base/error.h"

static void each_kind_fills_the_object_and_returns_the_code(void **state)
{
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(sg_err_input(&err, EINVAL, "%s is %d", "x", 3), -EINVAL);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_int_equal(err.code, -EINVAL);
	assert_string_equal(err.msg, "x is 3");
	assert_int_equal(sg_err_env(&err, ENOTSUP, "no"), -ENOTSUP);
	assert_int_equal(err.kind, SG_ERR_ENV);
	assert_int_equal(sg_err_finding(&err, EBADMSG, "no"), -EBADMSG);
	assert_int_equal(err.kind, SG_ERR_FINDING);
	assert_int_equal(sg_err_internal(&err, EIO, "no"), -EIO);
	assert_int_equal(err.kind, SG_ERR_INTERNAL);
}

static void the_object_may_be_absent(void **state)
{
	(void)state;
	assert_int_equal(sg_err_input(NULL, ENOENT, "x"), -ENOENT);
	assert_true(sg_err_wrap(NULL, "x") < 0);
}

static void the_kind_decides_the_exit_code(void **state)
{
	static const struct {
		enum sg_err_kind kind;
		int code;
	} rows[] = {{SG_ERR_NONE, 0},
		    {SG_ERR_FINDING, 1},
		    {SG_ERR_INPUT, 2},
		    {SG_ERR_ENV, 3},
		    {SG_ERR_INTERNAL, 3}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sg_err err = {.kind = rows[i].kind};

		assert_int_equal(sg_err_exit_code(&err), rows[i].code);
	}
}

static void wrapping_puts_context_in_front(void **state)
{
	struct sg_err err = {0};

	(void)state;
	sg_err_input(&err, ENOENT, "no such file");
	assert_int_equal(sg_err_wrap(&err, "profile %s", "p"), -ENOENT);
	assert_int_equal(sg_err_wrap(&err, "bench"), -ENOENT);
	assert_string_equal(err.msg, "bench: profile p: no such file");
	assert_int_equal(err.kind, SG_ERR_INPUT);
}

static void what_does_not_fit_is_cut(void **state)
{
	char text[2 * sizeof(((struct sg_err *)0)->msg)];
	struct sg_err err = {0};

	(void)state;
	memset(text, 'm', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	sg_err_input(&err, EINVAL, "%s", text);
	assert_int_equal(strlen(err.msg), sizeof(err.msg) - 1);
	sg_err_wrap(&err, "context");
	assert_int_equal(strlen(err.msg), sizeof(err.msg) - 1);
	assert_memory_equal(err.msg, "context: mmm", 12);
	memset(text, 'c', sizeof(text) - 1);
	sg_err_wrap(&err, "%s", text);
	assert_int_equal(strlen(err.msg), sizeof(err.msg) - 1);
	assert_non_null(strstr(err.msg, "cc: context: mmm"));
}

/* A file's name or content must not move a terminal's cursor. */
static void control_characters_do_not_pass(void **state)
{
	struct sg_err err = {0};

	(void)state;
	sg_err_input(&err, EINVAL, "a\nb\033[2Jc\td\177");
	assert_string_equal(err.msg, "a b?[2Jc?d?");
	sg_err_wrap(&err, "\033x\n");
	assert_string_equal(err.msg, "?x : a b?[2Jc?d?");
}

static void text_beyond_ascii_passes(void **state)
{
	struct sg_err err = {0};

	(void)state;
	sg_err_input(&err, EINVAL, "profil-\xc3\xa9.json");
	assert_string_equal(err.msg, "profil-\xc3\xa9.json");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_fills_the_object_and_returns_the_code),
		cmocka_unit_test(the_object_may_be_absent),
		cmocka_unit_test(the_kind_decides_the_exit_code),
		cmocka_unit_test(wrapping_puts_context_in_front),
		cmocka_unit_test(what_does_not_fit_is_cut),
		cmocka_unit_test(control_characters_do_not_pass),
		cmocka_unit_test(text_beyond_ascii_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
