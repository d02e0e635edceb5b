/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness/base/alloc.h"
#include "harness/base/clean.h"

static void cleaned_text_is_utf8_without_controls(void **state)
{
	static const struct {
		const char *text, *wanted;
	} rows[] = {
		{"plain", "plain"},
		{"tab\tand\nline\r", "tab and line "},
		{"\001\033\177", "\ufffd\ufffd\ufffd"},
		{"\u00e4\u20ac\U0001f600", "\u00e4\u20ac\U0001f600"},
		{"\xc2\x9b", "\ufffd"},                           /* CSI */
		{"\xff", "\ufffd"},                               /* never a byte of UTF-8 */
		{"\xc0\x80", "\ufffd\ufffd"},                     /* not the shortest form */
		{"\xe0\x82\x80", "\ufffd\ufffd\ufffd"},           /* nor this */
		{"\xed\xa0\x80", "\ufffd\ufffd\ufffd"},           /* a surrogate */
		{"\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd"}, /* above the last one */
		{"\xe2\x82", "\ufffd\ufffd"},                     /* it ends too early */
		{"\xe2\x82x", "\ufffd\ufffdx"},
		{"\xef\xbf\xbf", "\ufffd"}, /* no character of XML */
		{"\xee\x80\x80", "\xee\x80\x80"},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		struct sg_buf out = {0};

		sg_clean(&out, rows[i].text);
		assert_string_equal(sg_buf_text(&out), rows[i].wanted);
		sg_buf_release(&out);
	}
}

static void json_keeps_what_it_can_say(void **state)
{
	json_t *json = sg_clean_json("a\tb\033 \u00e4");

	(void)state;
	assert_string_equal(json_string_value(json), "a\tb\033 \u00e4");
	json_decref(json);
	json = sg_clean_json("a\tb\xff");
	assert_string_equal(json_string_value(json), "a b\ufffd");
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cleaned_text_is_utf8_without_controls),
		cmocka_unit_test(json_keeps_what_it_can_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
