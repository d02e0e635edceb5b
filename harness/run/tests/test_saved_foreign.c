/* SPDX-License-Identifier: MIT */
/* What is no result file of ours, or no whole one, or a newer one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "harness/run/tests/saved_support.h"

static void expect_text(const char *text, size_t len, const char *line)
{
	struct saved_result result = {.schema_version = 77};
	struct sg_err err = {0};

	if (!saved_parse(text, len, "r.json", &result, &err))
		fail_msg("accepted; expected \"%s\"", line);
	assert_string_equal(err.msg, line);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_int_equal(result.schema_version, 77);
}

static void foreign_files_are_told_as_such(void **state)
{
	static const struct {
		const char *text, *line;
	} rows[] = {
		{"", "r.json: is empty"},
		{"\n", "r.json: is empty"},
		{"BM_read 12 ns", "r.json:1:3: invalid token near 'BM'"},
		{"[]", "r.json: $: expected " SAVED_EXPECTED},
		{"17", "r.json: $: expected " SAVED_EXPECTED},
		{"18446744073709551615", "r.json: $: expected " SAVED_EXPECTED},
		{"null", "r.json: $: expected " SAVED_EXPECTED},
		{"{}", "r.json: $.context: expected " SAVED_EXPECTED},
		{"{\"context\": {\"schema_version\": 18446744073709551615}}",
		 "r.json: $.context.schema_version: expected at most 2, not 18446744073709551615: "
		 "a newer secgauge (version unknown) wrote this"},
		{"{\"context\": []}", "r.json: $.context: expected " SAVED_EXPECTED},
		/* A profile. */
		{"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": []}",
		 "r.json: $.context: expected " SAVED_EXPECTED},
		/* Google Benchmark's own. */
		{"{\"context\": {\"date\": \"2024-05-17T09:30:00+00:00\", \"num_cpus\": 8, "
		 "\"library_build_type\": \"release\"}, \"benchmarks\": []}",
		 "r.json: $.context.schema_version: expected the version of " SAVED_EXPECTED},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++)
		expect_text(rows[i].text, strlen(rows[i].text), rows[i].line);
}

/* Wherever it is cut off, it is no file. The step walks through keys, numbers and text alike. */
static void a_truncated_file_is_refused(void **state)
{
	struct sg_buf text = saved_bytes(*state);

	for (size_t len = 0; len < text.len - 2; len += 97) {
		struct saved_result result;
		struct sg_err err = {0};

		if (!saved_parse(text.data, len, "r.json", &result, &err))
			fail_msg("accepted, cut off after %zu bytes", len);
		assert_int_equal(strncmp(err.msg, "r.json:", 7), 0);
	}
	sg_buf_release(&text);
}

/* A changed byte either leaves a file that is one or is refused; the sanitizers watch the rest. */
static void a_damaged_file_is_refused_or_sound(void **state)
{
	struct sg_buf text = saved_bytes(*state);
	size_t refused = 0, tried = 0;

	for (size_t at = 0; at < text.len; at += 127, tried++) {
		struct saved_result result;
		struct sg_err err = {0};

		text.data[at] ^= 4;
		if (saved_parse(text.data, text.len, "r.json", &result, &err)) {
			assert_int_equal(err.kind, SG_ERR_INPUT);
			refused++;
		} else {
			saved_release(&result);
		}
		text.data[at] ^= 4;
	}
	assert_true(refused > tried / 2);
	sg_buf_release(&text);
}

static void expect_path(const char *path, const char *line)
{
	struct saved_result result;
	struct sg_err err = {0};

	assert_int_not_equal(saved_load(path, &result, &err), 0);
	assert_string_equal(err.msg, line);
	assert_int_equal(err.kind, SG_ERR_INPUT);
}

static void errors_name_the_file(void **state)
{
	char dir[] = "/tmp/saved-XXXXXX";
	char *path, *line;

	(void)state;
	assert_non_null(mkdtemp(dir));
	path = sg_asprintf("%s/b.json", dir);
	line = sg_asprintf("%s: No such file or directory", path);
	expect_path(path, line);
	free(line);
	assert_int_equal(sg_file_write(path, "[]", 2, NULL), 0);
	line = sg_asprintf("%s: $: expected " SAVED_EXPECTED, path);
	expect_path(path, line);
	free(line);
	unlink(path);
	free(path);
	rmdir(dir);
}

/* ---- versions */

static void a_newer_version_is_refused_before_all_else(void **state)
{
	json_t *root = saved_document();

	(void)state;
	saved_edit(root, "context.schema_version", "3");
	saved_edit(root, "context.secgauge_version", "\"9.1.0\"");
	saved_edit(root, "context.machine", NULL);
	saved_edit(root, "benchmarks", NULL);
	saved_refused(root, "r.json: $.context.schema_version: expected at most 2, not 3: a newer "
			    "secgauge (version 9.1.0) wrote this");
}

static void a_newer_version_need_not_say_who_wrote_it(void **state)
{
	json_t *root = saved_document();

	(void)state;
	saved_edit(root, "context.schema_version", "9223372036854775807");
	saved_edit(root, "context.secgauge_version", "[]");
	saved_refused(root, "r.json: $.context.schema_version: expected at most 2, not "
			    "9223372036854775807: a newer secgauge (version unknown) wrote this");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(foreign_files_are_told_as_such),
		cmocka_unit_test_prestate(a_truncated_file_is_refused, (void *)SAVED_FILE),
		cmocka_unit_test_prestate(a_truncated_file_is_refused, (void *)SAVED_FILE_2),
		cmocka_unit_test_prestate(a_damaged_file_is_refused_or_sound, (void *)SAVED_FILE),
		cmocka_unit_test_prestate(a_damaged_file_is_refused_or_sound, (void *)SAVED_FILE_2),
		cmocka_unit_test(errors_name_the_file),
		cmocka_unit_test(a_newer_version_is_refused_before_all_else),
		cmocka_unit_test(a_newer_version_need_not_say_who_wrote_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
