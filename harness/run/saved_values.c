/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/run/saved_private.h"

int saved_list(const struct sg_json *object, const char *key, struct sg_json *ret, size_t *ret_len,
	       struct sg_err *err)
{
	int bad = sg_json_member(object, key, ret, err);

	return bad ? bad : sg_json_array(ret, ret_len, err);
}

/* ---- text */

/* Control characters of ASCII, and those of ISO 6429 above it: U+0080 to U+009F, which are the
 * bytes C2 80 to C2 9F of UTF-8, all that comes out of JSON. */
static bool is_control(const unsigned char *text)
{
	return iscntrl(*text) || (text[0] == 0xc2 && text[1] < 0xa0);
}

static bool is_one_line(const char *text)
{
	while (*text && !is_control((const unsigned char *)text))
		text++;
	return !*text;
}

/* Into a table, a terminal, an XML file: names and reasons must not reach beyond their place. */
int saved_line_of(const struct sg_json *at, const char **ret, struct sg_err *err)
{
	const char *text;
	int bad = sg_json_string(at, &text, err);

	if (!bad && !is_one_line(text))
		bad = sg_json_expected(at, err, "text without line breaks and control characters");
	if (!bad)
		*ret = text;
	return bad;
}

int saved_line(const struct sg_json *object, const char *key, const char **ret, struct sg_err *err)
{
	struct sg_json at;
	int bad = sg_json_member(object, key, &at, err);

	return bad ? bad : saved_line_of(&at, ret, err);
}

int saved_name(const struct sg_json *object, const char *key, char **ret, struct sg_err *err)
{
	struct sg_json at;
	const char *text;
	int bad = sg_json_member(object, key, &at, err);

	if (!bad)
		bad = saved_line_of(&at, &text, err);
	if (!bad && !*text)
		bad = sg_json_expected(&at, err, "a name");
	if (!bad)
		*ret = sg_strdup(text);
	return bad;
}

static int word_of(const struct sg_json *at, char *ret, size_t size, struct sg_err *err)
{
	const char *text;
	int bad = saved_line_of(at, &text, err);

	if (!bad && strlen(text) >= size)
		bad = sg_json_expected(at, err, "at most %zu bytes", size - 1);
	if (!bad)
		snprintf(ret, size, "%s", text);
	return bad;
}

int saved_word(const struct sg_json *object, const char *key, char *ret, size_t size,
	       struct sg_err *err)
{
	struct sg_json at;
	int bad = sg_json_member(object, key, &at, err);

	return bad ? bad : word_of(&at, ret, size, err);
}

int saved_opt_word(const struct sg_json *object, const char *key, char *ret, size_t size,
		   struct sg_err *err)
{
	struct sg_json at;
	int bad = sg_json_member(object, key, &at, err);

	if (!bad && at.value)
		return word_of(&at, ret, size, err);
	if (!bad)
		snprintf(ret, size, "unknown");
	return bad;
}

int saved_sha256(const struct sg_json *object, const char *key, char ret[SG_SHA256_HEX_BYTES],
		 struct sg_err *err)
{
	struct sg_json at;
	const char *text;
	int bad = sg_json_member(object, key, &at, err);

	if (!bad)
		bad = sg_json_string(&at, &text, err);
	if (!bad && (strlen(text) != SG_SHA256_HEX_BYTES - 1 ||
		     strspn(text, "0123456789abcdef") != SG_SHA256_HEX_BYTES - 1))
		bad = sg_json_expected(&at, err, "64 hexadecimal digits");
	if (!bad)
		memcpy(ret, text, SG_SHA256_HEX_BYTES);
	return bad;
}

/* ---- numbers */

int saved_flag(const struct sg_json *object, const char *key, bool *ret, struct sg_err *err)
{
	struct sg_json at;
	int bad = sg_json_member(object, key, &at, err);

	if (!bad && !json_is_boolean(at.value))
		bad = sg_json_expected(&at, err, "true or false");
	if (!bad)
		*ret = json_is_true(at.value);
	return bad;
}

static int whole_of(const struct sg_json *at, uint64_t min, uint64_t max, uint64_t *ret,
		    struct sg_err *err)
{
	uint64_t value;

	if (sg_json_u64(at, &value, NULL) || value < min || value > max)
		return sg_json_expected(at, err, "an integer from %" PRIu64 " to %" PRIu64, min,
					max);
	*ret = value;
	return 0;
}

int saved_whole(const struct sg_json *object, const char *key, uint64_t min, uint64_t max,
		uint64_t *ret, struct sg_err *err)
{
	struct sg_json at;
	int bad = sg_json_member(object, key, &at, err);

	return bad ? bad : whole_of(&at, min, max, ret, err);
}

int saved_opt_whole(const struct sg_json *object, const char *key, uint64_t min, uint64_t max,
		    uint64_t *ret, struct sg_err *err)
{
	struct sg_json at;
	int bad = sg_json_member(object, key, &at, err);

	return bad || !at.value ? bad : whole_of(&at, min, max, ret, err);
}

int saved_exactly(const struct sg_json *object, const char *key, uint64_t value, const char *what,
		  struct sg_err *err)
{
	struct sg_json at;
	uint64_t got;
	int bad = sg_json_member(object, key, &at, err);

	if (!bad && (sg_json_u64(&at, &got, NULL) || got != value))
		bad = sg_json_expected(&at, err, "%" PRIu64 ", %s", value, what);
	return bad;
}

static const struct {
	double min, max;
} ranges[] = {
	[SAVED_SHARE] = {0, 1},
	[SAVED_AMOUNT] = {0, SAVED_NUMBER_MAX},
	[SAVED_POSITIVE] = {SAVED_POSITIVE_MIN, SAVED_NUMBER_MAX},
	[SAVED_SIGNED] = {-SAVED_NUMBER_MAX, SAVED_NUMBER_MAX},
};

static int number(const struct sg_json *object, const struct saved_number *wanted, double *ret,
		  struct sg_err *err)
{
	double min = ranges[wanted->range].min, max = ranges[wanted->range].max;
	struct sg_json at;
	double value = NAN;
	int bad = sg_json_member(object, wanted->key, &at, err);

	if (bad)
		return bad;
	sg_json_number(&at, &value, NULL);
	if (!(value >= min && value <= max) && (at.value || !wanted->optional))
		return sg_json_expected(&at, err, "a number from %g to %g", min, max);
	*ret = value;
	return 0;
}

int saved_numbers(const struct sg_json *object, const struct saved_number *numbers, size_t count,
		  void *into, struct sg_err *err)
{
	int bad = 0;

	for (size_t i = 0; i < count && !bad; i++)
		bad = number(object, &numbers[i], (void *)((char *)into + numbers[i].offset), err);
	return bad;
}

/* An end that is not said is NaN, which is on no wrong side. */
int saved_check_interval(const struct sg_json *object, const char *low_key,
			 const struct stats_interval *it, struct sg_err *err)
{
	struct sg_json at;

	if (!(it->low > it->high))
		return 0;
	sg_json_member(object, low_key, &at, NULL);
	return sg_json_expected(&at, err, "at most the upper end, %.12g", it->high);
}
