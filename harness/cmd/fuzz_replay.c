/* SPDX-License-Identifier: MIT */
#include "harness/cmd/fuzz_replay.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/cmd/cmd.h"
#include "harness/cmd/fuzz_print.h"
#include "harness/cmd/print.h"
#include "harness/report/json_call.h"

#define MINIMIZE_S 60.0

static int show(const struct fuzz_finding *finding, const char *word, bool happens, bool json,
		int code)
{
	struct sg_buf out = {0};
	json_t *value;

	if (!json) {
		sg_buf_addf(&out, "%s: %s %s of %s: ", word, finding->signature,
			    fuzz_kind_name(finding->kind), finding->gen->name);
		fuzz_print_defect(finding, &out);
		sg_buf_adds(&out, "\n");
		return cmd_put(&out, code);
	}
	value = json_pack("{s:s, s:s, s:s, s:b, s:s}", "signature", finding->signature, "generator",
			  finding->gen->name, "kind", fuzz_kind_name(finding->kind), "happens",
			  happens, "directory", finding->directory);
	if (fuzz_kind_has_tuple(finding->kind)) {
		json_object_set_new(value, "wanted", report_json_verdict(finding->wanted));
		json_object_set_new(value, "got", report_json_verdict(finding->got));
	}
	return cmd_put_json(value, code);
}

int fuzz_replay(const char *directory, bool json, struct sg_err *err)
{
	struct fuzz_finding finding = {0};
	int ret = fuzz_finding_read(directory, &finding, err);

	if (ret)
		return ret;
	ret = fuzz_finding_check(&finding, &finding.got, err);
	if (ret >= 0)
		ret = show(&finding, ret ? "still happens" : "no longer happens", ret, json,
			   ret ? CMD_FINDING : CMD_OK);
	fuzz_finding_release(&finding);
	return ret;
}

/* ---- minimising */

static int remove_entry(const char *path, const struct stat *at, int type, struct FTW *walk)
{
	(void)at, (void)type, (void)walk;
	return remove(path);
}

static void remove_tree(const char *path)
{
	nftw(path, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* Exchanges the two directories in one step. */
static int exchange(const char *made, const char *directory, struct sg_err *err)
{
	if (!renameat2(AT_FDCWD, made, AT_FDCWD, directory, RENAME_EXCHANGE))
		return 0;
	return sg_err_env(err, errno, "%s: cannot be replaced: %s", directory, strerror(errno));
}

/* A folder beside the directory, so that it is on the same file system; NULL on failure. */
static char *make_beside(const char *directory, struct sg_err *err)
{
	size_t len = strlen(directory);

	while (len > 1 && directory[len - 1] == '/')
		len--;

	char *path = sg_asprintf("%.*s.XXXXXX", (int)len, directory);

	if (mkdtemp(path))
		return path;
	sg_err_env(err, errno, "%s: cannot write beside it: %s", directory, strerror(errno));
	free(path);
	return NULL;
}

static int put_in_place(struct fuzz_finding *finding, const char *directory, struct sg_err *err)
{
	char *beside = make_beside(directory, err);

	if (!beside)
		return err->code;

	int ret = fuzz_finding_write(finding, beside, err);

	if (!ret)
		ret = exchange(finding->directory, directory, err);
	remove_tree(beside);
	free(beside);
	return ret;
}

int fuzz_minimize_in_place(const char *directory, double seconds, bool json, struct sg_err *err)
{
	struct fuzz_finding finding = {0};
	int ret = fuzz_finding_read(directory, &finding, err);

	if (ret)
		return ret;
	ret = fuzz_minimize(&finding, seconds > 0 ? seconds : MINIMIZE_S, err);
	if (!ret)
		ret = put_in_place(&finding, directory, err);
	if (!ret) {
		free(finding.directory);
		finding.directory = sg_strdup(directory);
		ret = show(&finding, "minimized", true, json, CMD_OK);
	}
	fuzz_finding_release(&finding);
	return ret;
}
