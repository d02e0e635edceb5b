/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "fuzz/finding.h"
#include "harness/base/file.h"

static char *folder, *path;

static int set_up(void **state)
{
	struct sg_err err = {0};

	(void)state;
	if (sg_tempdir_create(&folder, &err))
		return -1;
	path = sg_asprintf("%s/known", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(path);
	sg_tempdir_remove(folder);
	return 0;
}

static int load(const char *text, size_t len, struct fuzz_known *known, struct sg_err *err)
{
	assert_int_equal(sg_file_write(path, text, len, err), 0);
	return fuzz_known_load(path, known, err);
}

static struct fuzz_finding finding_of(const char *generator, const char *signature)
{
	struct fuzz_finding finding = {.gen = gen_find(generator, NULL)};

	assert_non_null(finding.gen);
	snprintf(finding.signature, sizeof(finding.signature), "%s", signature);
	return finding;
}

static void lines_comments_and_blanks(void **state)
{
	static const char text[] = "# what libseccomp 2.5.4 gets wrong\n"
				   "\n"
				   "  linear\t linear-mismatch-1234   # reported\r\n"
				   "bst bst-hang-64le-5678";
	struct fuzz_known known = {0};
	struct sg_err err = {0};
	struct fuzz_finding there = finding_of("linear", "linear-mismatch-1234");
	const struct fuzz_finding last = finding_of("bst", "bst-hang-64le-5678"),
				  longer = finding_of("linear", "linear-mismatch-12345"),
				  shorter = finding_of("linear", "linear-mismatch-123"),
				  other = finding_of("bst", "linear-mismatch-1234");

	(void)state;
	assert_int_equal(load(text, strlen(text), &known, &err), 0);
	assert_true(fuzz_known_has(&known, &there));
	there.kind = FUZZ_KIND_PROVER; /* which is ours, whosever filter it is about */
	assert_false(fuzz_known_has(&known, &there));
	assert_true(fuzz_known_has(&known, &last));
	assert_false(fuzz_known_has(&known, &longer));
	assert_false(fuzz_known_has(&known, &shorter));
	assert_false(fuzz_known_has(&known, &other));
	fuzz_known_release(&known);
}

static void an_empty_list_knows_nothing(void **state)
{
	struct fuzz_known known = {0};
	struct sg_err err = {0};
	const struct fuzz_finding any = finding_of("linear", "linear-mismatch-1234");

	(void)state;
	assert_int_equal(load("", 0, &known, &err), 0);
	assert_false(fuzz_known_has(&known, &any));
	fuzz_known_release(&known);
}

static void bad_lines_are_named(void **state)
{
	static const struct {
		const char *text, *message;
		size_t len;
	} rows[] = {
		{"linear\n", ":1: expected 'GENERATOR SIGNATURE', # and a comment", 7},
		{"\nlinear one two\n", ":2: expected 'GENERATOR SIGNATURE', # and a comment", 16},
		{"liner one\n", ":1: unknown generator \"liner\" (did you mean linear?)", 10},
		{"tuned tuned-mismatch-1\n",
		 ":1: tuned is our own generator: what is wrong in it is never known, it is mended",
		 23},
		{"linear\0one\n", ": expected text, found a NUL byte", 11},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		struct fuzz_known known = {0};
		struct sg_err err = {0};

		assert_true(load(rows[i].text, rows[i].len, &known, &err) < 0);
		assert_int_equal(err.kind, SG_ERR_INPUT);
		assert_int_equal(strncmp(err.msg, path, strlen(path)), 0);
		assert_string_equal(err.msg + strlen(path), rows[i].message);
		assert_int_equal(known.lines.len, 0);
	}
}

static void a_missing_file_is_named(void **state)
{
	struct fuzz_known known = {0};
	struct sg_err err = {0};

	(void)state;
	assert_true(fuzz_known_load("/nonexistent/known", &known, &err) < 0);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_non_null(strstr(err.msg, "/nonexistent/known"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_comments_and_blanks),
		cmocka_unit_test(an_empty_list_knows_nothing),
		cmocka_unit_test(bad_lines_are_named),
		cmocka_unit_test(a_missing_file_is_named),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
