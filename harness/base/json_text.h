/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/base: JSON text made ready for jansson, whose integers are signed.
 *
 * Each integer from 2^63 to 2^64-1 becomes a string that starts with an escaped NUL, which no
 * string of the original can contain: there it is refused.
 */
#ifndef SG_BASE_JSON_TEXT_H
#define SG_BASE_JSON_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "harness/base/buf.h"
#include "harness/base/error.h"

struct sg_json_text {
	struct sg_buf text;  /* what jansson gets */
	size_t *replaced_at; /* offsets in .text at which a replacement ends, ascending; owned */
	size_t replaced, replaced_cap;
};

/* Valid when zeroed. On failure @ret may hold memory all the same: always release it. */
int sg_json_text_prepare(const char *text, size_t len, const char *file, struct sg_json_text *ret,
			 struct sg_err *err);
void sg_json_text_release(struct sg_json_text *prepared);
/* The offset in the original that belongs to one in the prepared text. */
size_t sg_json_text_original(const struct sg_json_text *prepared, size_t offset);

/* The reverse, of text that jansson wrote: the integers are integers again. */
void sg_json_text_restore(const char *written, struct sg_buf *out);

/* "FILE:LINE:COLUMN: MESSAGE" for the byte at @offset of @text. Returns -EINVAL. */
int sg_json_text_error(const char *text, size_t offset, const char *file, const char *message,
		       struct sg_err *err);

#endif
