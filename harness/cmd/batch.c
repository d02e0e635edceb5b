/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

struct table {
	struct cmd_judges *judges;
	struct abi_tuple tuples[CMD_JUDGES_BATCH]; /* read, not yet judged */
	size_t len;
	bool has_mismatch;
	struct sg_buf out;
};

static void put_header(struct table *table)
{
	if (table->judges->count == 1)
		return;
	sg_buf_adds(&table->out, "#");
	for (size_t i = 0; i < table->judges->count; i++)
		if (table->judges->items[i].session)
			sg_buf_addf(&table->out, " %s", table->judges->items[i].oracle->name);
	sg_buf_adds(&table->out, "\n");
}

static void put_row(struct table *table, size_t row)
{
	const char *separator = "";

	for (size_t i = 0; i < table->judges->count; i++) {
		const struct cmd_judge *judge = &table->judges->items[i];

		if (!judge->session)
			continue;
		if (judge->known[row])
			sg_buf_addf(&table->out, "%s%08x", separator, judge->verdicts[row]);
		else
			sg_buf_addf(&table->out, "%s-", separator);
		separator = " ";
	}
	sg_buf_adds(&table->out, "\n");
}

static int flush(struct table *table, struct sg_err *err)
{
	int r = cmd_judges_judge(table->judges, table->tuples, table->len, err);

	if (r)
		return r;
	for (size_t row = 0; row < table->len; row++) {
		put_row(table, row);
		if (cmd_judges_agree(table->judges, &table->tuples[row], row) == CMD_MISMATCH)
			table->has_mismatch = true;
	}
	table->len = 0;
	return 0;
}

static int judge_all(char *text, const char *file, struct table *table, struct sg_err *err)
{
	size_t number = 1;

	for (char *line = text, *next; line; line = next, number++) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';

		int ret = cmd_batch_line(line, &table->tuples[table->len], file, number, err);

		if (ret > 0 && ++table->len == CMD_JUDGES_BATCH)
			ret = flush(table, err);
		if (ret < 0)
			return ret;
	}
	return flush(table, err);
}

int cmd_batch(const char *path, struct cmd_judges *judges, struct sg_err *err)
{
	struct table *table = sg_calloc(1, sizeof(*table));
	struct sg_buf text = {0};
	int ret = sg_file_read(path, MAX_TABLE_BYTES, &text, err);

	table->judges = judges;
	put_header(table);
	if (!ret && strlen(sg_buf_text(&text)) != text.len)
		ret = sg_err_input(err, EINVAL, "%s: expected text, found a NUL byte", path);
	if (!ret && text.data)
		ret = judge_all(text.data, path, table, err);
	sg_buf_release(&text);
	if (ret)
		sg_buf_release(&table->out);
	else
		ret = cmd_put(&table->out, table->has_mismatch ? CMD_FINDING : CMD_OK);
	free(table);
	return ret;
}
