/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "filters/cbpf/interp.h"
#include "harness/base/file.h"
#include "harness/cmd/batch.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/print.h"

#define MAX_TABLE_BYTES ((size_t)4 << 30)
#define FIELDS          8

static int expected(const char *file, size_t number, const char *found, struct sg_err *err)
{
	return sg_err_input(err, EINVAL,
			    "%s:%zu: expected 'arch nr a0 a1 a2 a3 a4 a5' in hex, found '%.40s'",
			    file, number, found);
}

int cmd_batch_line(const char *line, struct abi_tuple *ret, const char *file, size_t number,
		   struct sg_err *err)
{
	uint64_t field[FIELDS];
	const char *at = line + strspn(line, " \t\r");

	if (!*at || *at == '#')
		return 0;
	for (int i = 0; i < FIELDS; i++) {
		char *end;

		at += strspn(at, " \t");
		errno = 0;
		field[i] = strtoull(at, &end, 16);
		if (end == at || *at == '-' || *at == '+' || errno ||
		    (*end && !strchr(" \t\r", *end)))
			return expected(file, number, *at ? at : "the end of the line", err);
		at = end;
	}
	if (at[strspn(at, " \t\r")])
		return expected(file, number, at, err);
	if (field[0] > UINT32_MAX || field[1] > UINT32_MAX)
		return sg_err_input(err, EINVAL, "%s:%zu: expected an arch and a number of 32 bits",
				    file, number);
	*ret = (struct abi_tuple){.arch = field[0], .nr = field[1]};
	memcpy(ret->args, field + 2, sizeof(ret->args));
	return 1;
}

static int judge_all(char *text, const char *file, const struct gen_filter *filter,
		     struct sg_buf *out, struct sg_err *err)
{
	size_t number = 1;

	for (char *line = text, *next; line; line = next, number++) {
		struct abi_tuple tuple;

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';

		int ret = cmd_batch_line(line, &tuple, file, number, err);

		if (ret < 0)
			return ret;
		if (ret)
			sg_buf_addf(out, "%08x\n",
				    filter->none ? ABI_RET_ALLOW
						 : cbpf_run(&filter->prog, &tuple).ret);
	}
	return 0;
}

int cmd_batch(const char *path, const struct gen_filter *filter, struct sg_err *err)
{
	struct sg_buf text = {0}, out = {0};
	int ret = sg_file_read(path, MAX_TABLE_BYTES, &text, err);

	if (!ret && strlen(sg_buf_text(&text)) != text.len)
		ret = sg_err_input(err, EINVAL, "%s: expected text, found a NUL byte", path);
	if (!ret && text.data)
		ret = judge_all(text.data, path, filter, &out, err);
	sg_buf_release(&text);
	if (ret) {
		sg_buf_release(&out);
		return ret;
	}
	return cmd_put(&out, CMD_OK);
}
