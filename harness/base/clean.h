/* SPDX-License-Identifier: MIT */
/*
 * Text that is safe to show. Names come out of files that somebody else may have written, and a
 * file's own name is any bytes.
 */
#ifndef SG_BASE_CLEAN_H
#define SG_BASE_CLEAN_H

#include <jansson.h>

#include "harness/base/buf.h"

/*
 * Appends one line of valid UTF-8: what is no UTF-8, no character of XML 1.0 or a control character
 * becomes U+FFFD, a newline or tab a blank. So no byte of it moves a terminal's cursor.
 */
void sg_clean(struct sg_buf *out, const char *text);
/* Any text as JSON: as it is, or sg_clean() of what is no UTF-8. New reference. */
json_t *sg_clean_json(const char *text);

#endif
