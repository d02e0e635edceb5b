/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/finding.h"
#include "harness/base/file.h"

#define MAX_FILE_BYTES (4u << 20)
#define BLANKS         " \t\r"

static bool is_ours(const char *generator)
{
	static const char *const ours[] = {"allow", "hand", "none", "tuned"};

	for (size_t i = 0; i < SG_COUNT(ours); i++)
		if (!strcmp(generator, ours[i]))
			return true;
	return false;
}

static int add_line(struct fuzz_known *known, const char *generator, const char *signature,
		    struct sg_err *err)
{
	if (!gen_find(generator, err))
		return -EINVAL;
	if (is_ours(generator))
		return sg_err_input(err, EINVAL,
				    "%s is our own generator: what is wrong in it is never known, "
				    "it is mended",
				    generator);
	sg_strv_addf(&known->lines, "%s %s", generator, signature);
	return 0;
}

static int read_line(struct fuzz_known *known, char *line, struct sg_err *err)
{
	char *rest = NULL;

	line[strcspn(line, "#")] = '\0';

	const char *generator = strtok_r(line, BLANKS, &rest);
	const char *signature = strtok_r(NULL, BLANKS, &rest);

	if (!generator)
		return 0;
	if (!signature || strtok_r(NULL, BLANKS, &rest))
		return sg_err_input(err, EINVAL, "expected 'GENERATOR SIGNATURE', # and a comment");
	return add_line(known, generator, signature, err);
}

static int read_lines(struct fuzz_known *known, char *text, const char *path, struct sg_err *err)
{
	size_t number = 1;

	for (char *line; (line = strsep(&text, "\n")); number++)
		if (read_line(known, line, err))
			return sg_err_wrap(err, "%s:%zu", path, number);
	return 0;
}

int fuzz_known_load(const char *path, struct fuzz_known *ret, struct sg_err *err)
{
	struct fuzz_known known = {0};
	struct sg_buf text = {0};
	int bad = sg_file_read(path, MAX_FILE_BYTES, &text, err);

	if (!bad && strlen(sg_buf_text(&text)) != text.len)
		bad = sg_err_input(err, EINVAL, "%s: expected text, found a NUL byte", path);
	if (!bad && text.data)
		bad = read_lines(&known, text.data, sg_file_label(path), err);
	sg_buf_release(&text);
	if (bad) {
		fuzz_known_release(&known);
		return bad;
	}
	*ret = known;
	return 0;
}

bool fuzz_known_has(const struct fuzz_known *known, const struct fuzz_finding *finding)
{
	char *line = sg_asprintf("%s %s", finding->gen->name, finding->signature);
	const bool found = sg_strv_contains(&known->lines, line);

	free(line);
	return found && finding->kind != FUZZ_KIND_PROVER && !is_ours(finding->gen->name);
}

void fuzz_known_release(struct fuzz_known *known)
{
	sg_strv_release(&known->lines);
}
