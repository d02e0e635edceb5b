/* SPDX-License-Identifier: MIT */
/* SHA-256 as lower-case hex (libmd), and base64 for instructions in result files. */
#ifndef SG_BASE_HASH_H
#define SG_BASE_HASH_H

#include <stddef.h>

#include "harness/base/buf.h"
#include "harness/base/error.h"

#define SG_SHA256_HEX_BYTES 65 /* with the NUL */

void sg_sha256_hex(const void *data, size_t len, char ret_hex[SG_SHA256_HEX_BYTES]);
void sg_base64_encode(const void *data, size_t len, struct sg_buf *out);
/* Appends the decoded bytes; -EINVAL (SG_ERR_INPUT) on anything but RFC 4648 with padding. */
int sg_base64_decode(const char *text, struct sg_buf *out, struct sg_err *err);

#endif
