/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/error.h"

/* Names and texts from outside must not write to a terminal as they like. */
static void one_line(char *text)
{
	for (; *text; text++)
		if (iscntrl((unsigned char)*text))
			*text = *text == '\n' ? ' ' : '?';
}

static int fill(struct sg_err *err, enum sg_err_kind kind, int errnum, const char *fmt, va_list ap)
{
	if (!err)
		return -errnum;
	err->kind = kind;
	err->code = -errnum;
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	one_line(err->msg);
	return -errnum;
}

#define DEFINE_KIND(name, kind)                                        \
	int name(struct sg_err *err, int errnum, const char *fmt, ...) \
	{                                                              \
		va_list ap;                                            \
		va_start(ap, fmt);                                     \
		int ret = fill(err, kind, errnum, fmt, ap);            \
		va_end(ap);                                            \
		return ret;                                            \
	}

DEFINE_KIND(sg_err_input, SG_ERR_INPUT)
DEFINE_KIND(sg_err_env, SG_ERR_ENV)
DEFINE_KIND(sg_err_finding, SG_ERR_FINDING)
DEFINE_KIND(sg_err_internal, SG_ERR_INTERNAL)

int sg_err_wrap(struct sg_err *err, const char *fmt, ...)
{
	char context[sizeof(err->msg) / 2];
	va_list ap;

	if (!err)
		return -EINVAL;
	va_start(ap, fmt);
	vsnprintf(context, sizeof(context), fmt, ap);
	va_end(ap);
	one_line(context);
	size_t len = strlen(context), kept = strnlen(err->msg, sizeof(err->msg) - len - 3);
	memmove(err->msg + len + 2, err->msg, kept);
	err->msg[len + 2 + kept] = '\0';
	memcpy(err->msg, context, len);
	memcpy(err->msg + len, ": ", 2);
	return err->code;
}

int sg_err_exit_code(const struct sg_err *err)
{
	switch (err->kind) {
	case SG_ERR_NONE: return 0;
	case SG_ERR_FINDING: return 1;
	case SG_ERR_INPUT: return 2;
	case SG_ERR_ENV:
	case SG_ERR_INTERNAL: return 3;
	}
	return 3;
}
