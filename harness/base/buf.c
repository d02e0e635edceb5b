/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/alloc.h"
#include "harness/base/buf.h"

static void reserve(struct sg_buf *buf, size_t more)
{
	size_t want = buf->len + more + 1;

	if (want <= buf->cap)
		return;
	buf->cap = want > 2 * buf->cap ? want : 2 * buf->cap;
	buf->data = sg_realloc_array(buf->data, buf->cap, 1);
}

void sg_buf_add(struct sg_buf *buf, const void *data, size_t len)
{
	reserve(buf, len);
	if (len)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void sg_buf_adds(struct sg_buf *buf, const char *text)
{
	sg_buf_add(buf, text, strlen(text));
}

void sg_buf_addf(struct sg_buf *buf, const char *fmt, ...)
{
	va_list ap, again;

	va_start(ap, fmt);
	va_copy(again, ap);
	int len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len > 0) {
		reserve(buf, len);
		vsnprintf(buf->data + buf->len, len + 1, fmt, again);
		buf->len += len;
	}
	va_end(again);
}

const char *sg_buf_text(const struct sg_buf *buf)
{
	return buf->data ? buf->data : "";
}

void sg_buf_truncate(struct sg_buf *buf, size_t len)
{
	buf->len = len;
	if (buf->data)
		buf->data[len] = '\0';
}

void sg_buf_clear(struct sg_buf *buf)
{
	sg_buf_truncate(buf, 0);
}

void sg_buf_release(struct sg_buf *buf)
{
	free(buf->data);
	*buf = (struct sg_buf){0};
}
