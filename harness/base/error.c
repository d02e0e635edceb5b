/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/error.h"

static int fill(struct sg_err *err, enum sg_err_kind kind, int errnum, const char *fmt, va_list ap)
{
	if (!err)
		return -errnum;
	err->kind = kind;
	err->code = -errnum;
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	for (char *p = err->msg; *p; p++)
		if (*p == '\n')
			*p = ' ';
	return -errnum;
}

#define DEFINE_KIND(name, kind)                                                                    \
	int name(struct sg_err *err, int errnum, const char *fmt, ...)                             \
	{                                                                                          \
		va_list ap;                                                                        \
		va_start(ap, fmt);                                                                 \
		int ret = fill(err, kind, errnum, fmt, ap);                                        \
		va_end(ap);                                                                        \
		return ret;                                                                        \
	}

DEFINE_KIND(sg_err_input, SG_ERR_INPUT)
DEFINE_KIND(sg_err_env, SG_ERR_ENV)
DEFINE_KIND(sg_err_finding, SG_ERR_FINDING)
DEFINE_KIND(sg_err_internal, SG_ERR_INTERNAL)

int sg_err_wrap(struct sg_err *err, const char *fmt, ...)
{
	char whole[sizeof(err->msg)];
	va_list ap;

	if (!err)
		return -EINVAL;
	va_start(ap, fmt);
	int used = vsnprintf(whole, sizeof(whole), fmt, ap);
	va_end(ap);
	if (used >= 0 && (size_t)used < sizeof(whole))
		snprintf(whole + used, sizeof(whole) - used, ": %s", err->msg);
	memcpy(err->msg, whole, sizeof(whole));
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
