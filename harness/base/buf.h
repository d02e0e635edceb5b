/* SPDX-License-Identifier: MIT */
/* A growing byte buffer, always followed by a NUL so that it can be read as text. */
#ifndef SG_BASE_BUF_H
#define SG_BASE_BUF_H

#include <stddef.h>

struct sg_buf {
	char *data; /* NULL while nothing was ever added; owned */
	size_t len; /* bytes, without the NUL */
	size_t cap;
};

void sg_buf_add(struct sg_buf *buf, const void *data, size_t len);
void sg_buf_adds(struct sg_buf *buf, const char *text);
void sg_buf_addf(struct sg_buf *buf, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), nonnull));
/* The content as text, "" when empty; belongs to the buffer. */
const char *sg_buf_text(const struct sg_buf *buf);
void sg_buf_truncate(struct sg_buf *buf, size_t len); /* to the first len bytes; len <= buf->len */
void sg_buf_clear(struct sg_buf *buf);                /* forgets the content, keeps the memory */
void sg_buf_release(struct sg_buf *buf);              /* back to zeroed */

#endif
