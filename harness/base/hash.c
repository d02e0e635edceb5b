/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sha2.h>
#include <stdint.h>
#include <string.h>

#include "harness/base/hash.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void sg_sha256_hex(const void *data, size_t len, char ret_hex[SG_SHA256_HEX_BYTES])
{
	SHA256Data(data, len, ret_hex);
}

static void encode_group(const uint8_t *in, size_t len, char out[4])
{
	uint32_t bits = (uint32_t)in[0] << 16;

	if (len > 1)
		bits |= (uint32_t)in[1] << 8;
	if (len > 2)
		bits |= in[2];
	for (size_t i = 0; i < 4; i++)
		out[i] = i <= len ? alphabet[bits >> (18 - 6 * i) & 63] : '=';
}

void sg_base64_encode(const void *data, size_t len, struct sg_buf *out)
{
	const uint8_t *in = data;
	char group[4];

	for (size_t at = 0; at < len; at += 3) {
		encode_group(in + at, len - at < 3 ? len - at : 3, group);
		sg_buf_add(out, group, sizeof(group));
	}
}

/* Number of bytes in a group of four characters, 0 when it is none. */
static size_t decode_group(const char *text, uint8_t out[3])
{
	size_t chars = 0;
	uint32_t bits = 0;

	for (; chars < 4 && text[chars] != '='; chars++) {
		const char *digit = memchr(alphabet, text[chars], 64);

		if (!digit)
			return 0;
		bits |= (uint32_t)(digit - alphabet) << (18 - 6 * chars);
	}
	/* The bits that padding drops must be zero, else two texts would mean the same bytes. */
	if (chars < 2 || (chars == 2 && (text[3] != '=' || bits & 0xffff)) ||
	    (chars == 3 && bits & 0xff))
		return 0;
	for (int i = 0; i < 3; i++)
		out[i] = (uint8_t)(bits >> (16 - 8 * i));
	return chars - 1;
}

int sg_base64_decode(const char *text, struct sg_buf *out, struct sg_err *err)
{
	size_t len = strlen(text), start = out->len;
	uint8_t bytes[3];

	for (size_t at = 0; at < len; at += 4) {
		size_t got = len - at < 4 ? 0 : decode_group(text + at, bytes);

		if (!got || (got < 3 && at + 4 != len)) {
			sg_buf_truncate(out, start);
			return sg_err_input(err, EINVAL, "invalid base64 at character %zu", at + 1);
		}
		sg_buf_add(out, bytes, got);
	}
	return 0;
}
