/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "harness/base/alloc.h"
#include "harness/base/hash.h"

/* FIPS 180-4's examples: the empty message and "abc". */
static void sha256_is_the_standards(void **state)
{
	char hex[SG_SHA256_HEX_BYTES];

	(void)state;
	sg_sha256_hex("", 0, hex);
	assert_string_equal(hex,
			    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	sg_sha256_hex("abc", 3, hex);
	assert_string_equal(hex,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* RFC 4648, section 10. */
static const char *const rfc_rows[][2] = {{"", ""},
					  {"f", "Zg=="},
					  {"fo", "Zm8="},
					  {"foo", "Zm9v"},
					  {"foob", "Zm9vYg=="},
					  {"fooba", "Zm9vYmE="},
					  {"foobar", "Zm9vYmFy"},
					  {"\xff\xef", "/+8="}};

static void base64_goes_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < SG_COUNT(rfc_rows); i++) {
		struct sg_buf text = {0}, bytes = {0};

		sg_base64_encode(rfc_rows[i][0], strlen(rfc_rows[i][0]), &text);
		assert_string_equal(sg_buf_text(&text), rfc_rows[i][1]);
		assert_int_equal(sg_base64_decode(rfc_rows[i][1], &bytes, NULL), 0);
		assert_string_equal(sg_buf_text(&bytes), rfc_rows[i][0]);
		sg_buf_release(&text);
		sg_buf_release(&bytes);
	}
}

static void base64_keeps_every_byte(void **state)
{
	uint8_t all[256];
	struct sg_buf text = {0}, bytes = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (uint8_t)i;
	sg_buf_adds(&bytes, "in front:");
	sg_base64_encode(all, sizeof(all), &text);
	assert_int_equal(sg_base64_decode(sg_buf_text(&text), &bytes, NULL), 0);
	assert_int_equal(bytes.len, 9 + sizeof(all));
	assert_memory_equal(bytes.data + 9, all, sizeof(all));
	sg_buf_release(&text);
	sg_buf_release(&bytes);
}

static void text_that_is_no_base64_is_refused(void **state)
{
	static const char *const bad[] = {"Z",        "Zg",   "Zg=",
					  "Zg==Zg==", "Zh==", "Zm9=",
					  "====",     "Z===", "Zm9v\n",
					  "Zm 9v",    "Zm-_", "Zg==\n",
					  "Zm9vZ=9v", "Zg=v", "\xff\xff\xff\xff"};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(bad); i++) {
		struct sg_buf bytes = {0};
		struct sg_err err = {0};

		sg_buf_adds(&bytes, "kept");
		assert_int_equal(sg_base64_decode(bad[i], &bytes, &err), -EINVAL);
		assert_int_equal(err.kind, SG_ERR_INPUT);
		assert_string_equal(sg_buf_text(&bytes), "kept");
		sg_buf_release(&bytes);
	}
}

static void the_error_names_the_place(void **state)
{
	struct sg_buf bytes = {0};
	struct sg_err err = {0};

	(void)state;
	sg_base64_decode("Zm9vZm!v", &bytes, &err);
	assert_string_equal(err.msg, "invalid base64 at character 5");
	sg_buf_release(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_is_the_standards),
		cmocka_unit_test(base64_goes_both_ways),
		cmocka_unit_test(base64_keeps_every_byte),
		cmocka_unit_test(text_that_is_no_base64_is_refused),
		cmocka_unit_test(the_error_names_the_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
