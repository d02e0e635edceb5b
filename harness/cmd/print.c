/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/base/file.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/print.h"

int cmd_fail(const struct sg_err *err)
{
	fprintf(stderr, "secgauge: %s%s\n", err->msg,
		err->kind == SG_ERR_INTERNAL ? " (a defect of secgauge: please report it)" : "");
	return sg_err_exit_code(err);
}

void cmd_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("secgauge: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
}

void cmd_warn_all(const struct sg_strv *warnings)
{
	for (size_t i = 0; i < warnings->len; i++)
		cmd_warn("warning: %s", warnings->items[i]);
}

void cmd_warn_new(const struct sg_strv *warnings, struct sg_strv *said)
{
	for (size_t i = 0; i < warnings->len; i++) {
		if (sg_strv_contains(said, warnings->items[i]))
			continue;
		cmd_warn("warning: %s", warnings->items[i]);
		sg_strv_add(said, warnings->items[i]);
	}
}

int cmd_put(struct sg_buf *out, int code)
{
	struct sg_err err = {0};
	int ret = sg_file_write("-", out->data, out->len, &err);

	sg_buf_release(out);
	return ret ? cmd_fail(&err) : code;
}

int cmd_put_json(json_t *value, int code)
{
	struct sg_buf out = {0};
	char *text = json_dumps(value, JSON_INDENT(2) | JSON_REAL_PRECISION(12));

	sg_buf_adds(&out, text);
	sg_buf_adds(&out, "\n");
	free(text);
	json_decref(value);
	return cmd_put(&out, code);
}
