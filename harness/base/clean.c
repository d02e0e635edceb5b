/* SPDX-License-Identifier: MIT */
#include "harness/base/clean.h"

#include <stdbool.h>
#include <stdint.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* Bytes of the character that begins here, as the first one says; 0: none begins so. */
static size_t length_of(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/* The number of bytes of a character and its code point; 0 where no UTF-8 stands here (RFC 3629:
 * shortest form, no surrogates, nothing above U+10FFFF). */
static size_t decode(const char *text, uint32_t *ret)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len = length_of((unsigned char)*text);
	uint32_t code = (unsigned char)*text & (len > 1 ? 0x7fu >> len : 0x7fu);

	for (size_t i = 1; i < len; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | ((unsigned char)text[i] & 0x3f);
	}
	if (!len || code < least[len] || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff)
		return 0;
	*ret = code;
	return len;
}

/* XML 1.0, 2.2 "Characters", less the control characters of ISO 6429, which move cursors. */
static bool is_shown(uint32_t code)
{
	return code >= 0x20 && !(code >= 0x7f && code < 0xa0) && code != 0xfffe && code != 0xffff;
}

static bool is_blank(uint32_t code)
{
	return code == '\n' || code == '\t' || code == '\r';
}

void sg_clean(struct sg_buf *out, const char *text)
{
	while (*text) {
		uint32_t code = 0;
		size_t len = decode(text, &code);

		if (len && is_shown(code))
			sg_buf_add(out, text, len);
		else
			sg_buf_adds(out, len && is_blank(code) ? " " : REPLACEMENT);
		text += len ? len : 1;
	}
}

json_t *sg_clean_json(const char *text)
{
	json_t *json = json_string(text);
	struct sg_buf clean = {0};

	if (json)
		return json;
	sg_clean(&clean, text);
	json = json_string(sg_buf_text(&clean));
	sg_buf_release(&clean);
	return json;
}
