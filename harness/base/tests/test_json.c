/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/alloc.h"
#include "harness/base/buf.h"
#include "harness/base/file.h"
#include "harness/base/json.h"

static json_t *parse(const char *text)
{
	struct sg_err err = {0};
	json_t *root = NULL;

	if (sg_json_parse(text, strlen(text), "f", &root, &err))
		fail_msg("%s", err.msg);
	return root;
}

static struct sg_json member(const struct sg_json *at, const char *key)
{
	struct sg_json found;
	struct sg_err err = {0};

	if (sg_json_member(at, key, &found, &err))
		fail_msg("%s", err.msg);
	return found;
}

static void expect_refused(const char *text, size_t len, const char *want)
{
	json_t *untouched = (json_t *)&untouched, *root = untouched;
	struct sg_err err = {0};

	assert_int_equal(sg_json_parse(text, len, "f", &root, &err), -EINVAL);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_string_equal(err.msg, want);
	assert_ptr_equal(root, untouched);
}

static void integers_up_to_64_bits_are_exact(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
	} rows[] = {
		{"0", 0},
		{"1", 1},
		{"4294967296", 4294967296},
		{"9223372036854775806", 9223372036854775806},
		{"9223372036854775807", 9223372036854775807},
		{"9223372036854775808", 9223372036854775808u},
		{"9999999999999999999", 9999999999999999999u},
		{"10000000000000000000", 10000000000000000000u},
		{"18446744073709551614", 18446744073709551614u},
		{"18446744073709551615", UINT64_MAX},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		char *text = sg_asprintf("{\"a\": [%s], \"b\": %s}", rows[i].text, rows[i].text);
		json_t *doc = parse(text);
		struct sg_json root = sg_json_root(doc, "f"), a = member(&root, "a");
		struct sg_json element = sg_json_element(&a, 0);
		uint64_t value = 77;
		bool present = false;

		assert_int_equal(sg_json_u64(&element, &value, NULL), 0);
		assert_true(value == rows[i].value);
		value = 77;
		assert_int_equal(sg_json_opt_u64(&root, "b", &value, &present, NULL), 0);
		assert_true(value == rows[i].value);
		assert_true(present);
		json_decref(doc);
		free(text);
	}
}

static void what_is_no_unsigned_integer_is_refused(void **state)
{
	static const char *const rows[] = {"-1",    "-9223372036854775808",
					   "1.0",   "1e3",
					   "\"1\"", "true",
					   "null",  "[1]",
					   "{}",    "\"\""};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		json_t *doc = parse(rows[i]);
		struct sg_json root = sg_json_root(doc, "f");
		struct sg_err err = {0};
		uint64_t value = 77;

		assert_int_equal(sg_json_u64(&root, &value, &err), -EINVAL);
		assert_int_equal(err.kind, SG_ERR_INPUT);
		assert_string_equal(err.msg,
				    "f: $: expected an unsigned integer of at most 64 bits");
		assert_int_equal(value, 77);
		json_decref(doc);
	}
}

static void numbers_are_the_nearest_doubles(void **state)
{
	static const struct {
		const char *text;
		double value;
	} good[] = {
		{"0", 0},
		{"-7", -7},
		{"1.5e-3", 1.5e-3},
		{"9223372036854775807", 0x1p63},
		{"18446744073709551615", 0x1p64},
	};
	static const char *const bad[] = {"\"1\"", "true", "null", "[1]"};
	struct sg_err err = {0};
	double value = 77;

	(void)state;
	for (size_t i = 0; i < SG_COUNT(good); i++) {
		json_t *doc = parse(good[i].text);
		const struct sg_json root = sg_json_root(doc, "f");

		assert_int_equal(sg_json_number(&root, &value, &err), 0);
		assert_true(value == good[i].value);
		json_decref(doc);
	}
	value = 77;
	for (size_t i = 0; i < SG_COUNT(bad); i++) {
		json_t *doc = parse(bad[i]);
		const struct sg_json root = sg_json_root(doc, "f");

		assert_int_equal(sg_json_number(&root, &value, &err), -EINVAL);
		assert_string_equal(err.msg, "f: $: expected a number");
		assert_true(value == 77);
		json_decref(doc);
	}
}

static void integers_above_64_bits_are_refused_where_they_stand(void **state)
{
	static const char *const rows[][2] = {
		{"18446744073709551616", "f:1:1: an integer above 64 bits"},
		{"{\n \"a\":\n  99999999999999999999999}", "f:3:3: an integer above 64 bits"},
		{"[9223372036854775808,\n18446744073709551616]", "f:2:1: an integer above 64 bits"},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++)
		expect_refused(rows[i][0], strlen(rows[i][0]), rows[i][1]);
}

static void digits_in_strings_are_left_alone(void **state)
{
	json_t *doc = parse("{\"18446744073709551616\": \"\\\"99999999999999999999\\\\\", "
			    "\"9223372036854775808\": 3}");
	struct sg_json root = sg_json_root(doc, "f");
	const char *text = NULL;
	uint64_t value = 0;

	(void)state;
	assert_int_equal(sg_json_opt_string(&root, "18446744073709551616", &text, NULL), 0);
	assert_string_equal(text, "\"99999999999999999999\\");
	assert_int_equal(sg_json_opt_u64(&root, "9223372036854775808", &value, NULL, NULL), 0);
	assert_int_equal(value, 3);
	json_decref(doc);
}

/* Inside, a large integer is a string (json_text.h); from outside neither passes for the other. */
static void a_large_integer_is_no_string(void **state)
{
	json_t *doc = parse("[18446744073709551615, \"u9223372036854775808\"]");
	struct sg_json root = sg_json_root(doc, "f"), number = sg_json_element(&root, 0);
	struct sg_json string = sg_json_element(&root, 1);
	struct sg_err err = {0};
	const char *text = NULL;
	uint64_t value;

	(void)state;
	assert_int_equal(sg_json_string(&number, &text, &err), -EINVAL);
	assert_string_equal(err.msg, "f: $[0]: expected a string");
	assert_null(text);
	assert_int_equal(sg_json_u64(&string, &value, &err), -EINVAL);
	json_decref(doc);
	expect_refused("\"\\u00009223372036854775808\"", 27, "f:1:2: a NUL character in a string");
	/* An escaped backslash before "u0000" is no NUL. */
	json_decref(parse("\"\\\\u0000\""));
}

static void syntax_errors_name_line_and_column(void **state)
{
	static const char *const rows[][2] = {
		{"", "f: is empty"},
		{" \n\t", "f: is empty"},
		{"{\"a\": [1, 2", "f:1:12: ']' expected near end of file"},
		{"{\"a\": 1,\n \"b\": tru }", "f:2:10: invalid token near 'tru'"},
		{"{\"a\" 1}", "f:1:7: ':' expected near '1'"},
		{"[1] x", "f:1:6: end of file expected near 'x'"},
		{"{}{}", "f:1:4: end of file expected near '{'"},
		{"[\"abc", "f:1:6: premature end of input near '\"abc'"},
		{"[1,]", "f:1:5: unexpected token near ']'"},
		{"[01]", "f:1:3: invalid token near '0'"},
		{"[-]", "f:1:3: invalid token near '-'"},
		{"[1.]", "f:1:4: invalid token near '1.'"},
		{"[\"\xff\"]", "f:1:3: invalid UTF-8"},
		{"\xef\xbb\xbf{}", "f:1:4: invalid token near '\xef\xbb\xbf'"},
		{"[-9223372036854775809]",
		 "f:1:22: too big negative integer near '-9223372036854775809'"},
		{"[1e999]", "f:1:7: real number overflow near '1e999'"},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++)
		expect_refused(rows[i][0], strlen(rows[i][0]), rows[i][1]);
}

/* Large integers are rewritten before jansson sees them, which must not move what it reports. */
static void large_integers_do_not_move_columns(void **state)
{
	static const char with[] = "[9223372036854775808, 9223372036854775808, nul]";
	static const char without[] = "[1111111111111111111, 1111111111111111111, nul]";

	(void)state;
	expect_refused(without, strlen(without), "f:1:47: invalid token near 'nul'");
	expect_refused(with, strlen(with), "f:1:47: invalid token near 'nul'");
}

static void nul_bytes_are_refused(void **state)
{
	(void)state;
	expect_refused("[1,\0 2]", 7, "f:1:4: a NUL byte");
	expect_refused("[\"a\0b\"]", 7, "f:1:4: a NUL byte");
	expect_refused("{}\0", 3, "f:1:3: a NUL byte");
	expect_refused("[12\0]", 5, "f:1:4: a NUL byte");
	expect_refused("\0", 1, "f:1:1: a NUL byte");
}

static void deep_nesting_is_refused(void **state)
{
	struct sg_buf deep = {0};
	struct sg_err err = {0};
	json_t *root = NULL;

	(void)state;
	for (int i = 0; i < 1000000; i++)
		sg_buf_adds(&deep, "[");
	assert_int_equal(sg_json_parse(deep.data, deep.len, "f", &root, &err), -EINVAL);
	assert_non_null(strstr(err.msg, ": nested too deeply"));
	assert_null(root);
	sg_buf_release(&deep);
}

/* Every beginning of a document is refused, and no more: a file that was cut off. */
static void every_truncation_is_refused(void **state)
{
	static const char text[] =
		"{\"a\": [1, 18446744073709551615, \"x\\n\\u00e9\", -2.5e3, null]}";

	(void)state;
	for (size_t len = 0; len < strlen(text); len++) {
		/* A copy of just this length, so that AddressSanitizer sees a read beyond it. */
		char *cut = sg_malloc(len);
		struct sg_err err = {0};
		json_t *root;

		memcpy(cut, text, len);
		assert_int_equal(sg_json_parse(cut, len, "f", &root, &err), -EINVAL);
		assert_memory_equal(err.msg, "f:", 2);
		free(cut);
	}
	json_decref(parse(text));
}

/* As Go's encoding/json, which the real consumers of profiles use. */
static void of_a_repeated_key_the_last_counts(void **state)
{
	json_t *doc = parse("{\"a\": 1, \"a\": 2}");
	struct sg_json root = sg_json_root(doc, "f");
	uint64_t value = 0;

	(void)state;
	assert_int_equal(sg_json_opt_u64(&root, "a", &value, NULL, NULL), 0);
	assert_int_equal(value, 2);
	json_decref(doc);
}

static void errors_of_shape_name_the_path(void **state)
{
	json_t *doc = parse("{\"a\": [0, 1, 2, {\"b\": 5, \"we ird\": []}]}");
	struct sg_json root = sg_json_root(doc, "p.json"), a = member(&root, "a");
	struct sg_json third = sg_json_element(&a, 3), b = member(&third, "b");
	struct sg_json weird = member(&third, "we ird"), below;
	struct sg_err err = {0};
	const char *text;
	size_t len;

	(void)state;
	assert_int_equal(sg_json_string(&b, &text, &err), -EINVAL);
	assert_string_equal(err.msg, "p.json: $.a[3].b: expected a string");
	assert_int_equal(sg_json_array(&b, &len, &err), -EINVAL);
	assert_string_equal(err.msg, "p.json: $.a[3].b: expected an array");
	assert_int_equal(sg_json_member(&a, "x", &below, &err), -EINVAL);
	assert_string_equal(err.msg, "p.json: $.a: expected an object");
	assert_int_equal(sg_json_expected(&weird, &err, "one of %s, %s", "A", "B"), -EINVAL);
	assert_string_equal(err.msg, "p.json: $.a[3][\"we ird\"]: expected one of A, B");
	json_decref(doc);
}

static void absent_and_null_are_the_same(void **state)
{
	json_t *doc = parse("{\"null\": null, \"s\": \"x\", \"n\": 4, \"l\": [1, 2]}");
	struct sg_json root = sg_json_root(doc, "f"), list;
	static const char *const keys[] = {"null", "absent"};
	const char *text = "as it was";
	uint64_t number = 77;
	bool present;
	size_t len;

	(void)state;
	for (size_t i = 0; i < SG_COUNT(keys); i++) {
		assert_null(member(&root, keys[i]).value);
		present = true;
		len = 99;
		assert_int_equal(sg_json_opt_string(&root, keys[i], &text, NULL), 0);
		assert_int_equal(sg_json_opt_u64(&root, keys[i], &number, &present, NULL), 0);
		assert_int_equal(sg_json_opt_array(&root, keys[i], &list, &len, NULL), 0);
		assert_string_equal(text, "as it was");
		assert_int_equal(number, 77);
		assert_false(present);
		assert_int_equal(len, 0);
		assert_null(list.value);
	}
	assert_int_equal(sg_json_opt_string(&root, "s", &text, NULL), 0);
	assert_string_equal(text, "x");
	assert_int_equal(sg_json_opt_array(&root, "l", &list, &len, NULL), 0);
	assert_int_equal(len, 2);
	json_decref(doc);
}

static void optional_members_have_their_type(void **state)
{
	json_t *doc = parse("{\"s\": 1, \"n\": \"x\", \"l\": {}}");
	struct sg_json root = sg_json_root(doc, "f"), list;
	struct sg_err err = {0};
	const char *text = "kept";
	uint64_t number = 77;
	bool present = true;
	size_t len = 99;

	(void)state;
	assert_int_equal(sg_json_opt_string(&root, "s", &text, &err), -EINVAL);
	assert_string_equal(err.msg, "f: $.s: expected a string");
	assert_int_equal(sg_json_opt_u64(&root, "n", &number, &present, &err), -EINVAL);
	assert_string_equal(err.msg, "f: $.n: expected an unsigned integer of at most 64 bits");
	assert_int_equal(sg_json_opt_array(&root, "l", &list, &len, &err), -EINVAL);
	assert_string_equal(err.msg, "f: $.l: expected an array");
	assert_string_equal(text, "kept");
	assert_int_equal(number, 77);
	assert_int_equal(len, 99);
	json_decref(doc);
}

static void files_are_loaded_by_path(void **state)
{
	char *folder = NULL;
	struct sg_err err = {0};
	json_t *root = NULL;

	(void)state;
	assert_int_equal(sg_tempdir_create(&folder, NULL), 0);
	char *path = sg_asprintf("%s/p.json", folder), *want = sg_asprintf("%s:2:1: ", path);
	assert_int_equal(sg_file_write(path, "[9223372036854775808]", 21, NULL), 0);
	assert_int_equal(sg_json_load(path, &root, &err), 0);
	assert_int_equal(json_array_size(root), 1);
	json_decref(root);
	assert_int_equal(sg_file_write(path, "[\n}", 3, NULL), 0);
	assert_int_equal(sg_json_load(path, &root, &err), -EINVAL);
	assert_memory_equal(err.msg, want, strlen(want) - 3);
	assert_int_equal(sg_json_load(folder, &root, &err), -EISDIR);
	assert_non_null(strstr(err.msg, "is a directory"));
	free(path);
	free(want);
	sg_tempdir_remove(folder);
}

static void standard_input_is_named(void **state)
{
	json_t *doc = parse("1");
	struct sg_json root = sg_json_root(doc, "-");
	struct sg_err err = {0};

	(void)state;
	sg_json_expected(&root, &err, "an object");
	assert_string_equal(err.msg, "standard input: $: expected an object");
	json_decref(doc);
}

/* The other readers of JSON know integers alone, whatever stands for the wide ones in here. */
static void what_was_read_is_written_again(void **state)
{
	static const char *const rows[] = {
		"[18446744073709551615]",
		"[9223372036854775808, 9223372036854775807, \"18446744073709551615\", -1]",
		"{\"a\": 9999999999999999999, \"b\": {\"c\": [10000000000000000000]}}",
		"[\"a \\\"u0000\\\\u0000\", \"\\\\\\\"\"]",
		"[1.5, \"\", {}]",
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		json_t *doc = parse(rows[i]);
		struct sg_buf text = {0};

		sg_buf_adds(&text, "> ");
		sg_json_write(doc, 0, &text);
		assert_string_equal(sg_buf_text(&text) + 2, rows[i]);
		sg_buf_release(&text);
		json_decref(doc);
	}
}

static void hex_is_how_wide_values_are_written(void **state)
{
	json_t *zero = sg_json_hex(0), *all = sg_json_hex(UINT64_MAX);

	(void)state;
	assert_string_equal(json_string_value(zero), "0x0");
	assert_string_equal(json_string_value(all), "0xffffffffffffffff");
	json_decref(zero);
	json_decref(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_up_to_64_bits_are_exact),
		cmocka_unit_test(what_is_no_unsigned_integer_is_refused),
		cmocka_unit_test(numbers_are_the_nearest_doubles),
		cmocka_unit_test(integers_above_64_bits_are_refused_where_they_stand),
		cmocka_unit_test(digits_in_strings_are_left_alone),
		cmocka_unit_test(a_large_integer_is_no_string),
		cmocka_unit_test(syntax_errors_name_line_and_column),
		cmocka_unit_test(large_integers_do_not_move_columns),
		cmocka_unit_test(nul_bytes_are_refused),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(of_a_repeated_key_the_last_counts),
		cmocka_unit_test(errors_of_shape_name_the_path),
		cmocka_unit_test(absent_and_null_are_the_same),
		cmocka_unit_test(optional_members_have_their_type),
		cmocka_unit_test(files_are_loaded_by_path),
		cmocka_unit_test(standard_input_is_named),
		cmocka_unit_test(what_was_read_is_written_again),
		cmocka_unit_test(hex_is_how_wide_values_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
