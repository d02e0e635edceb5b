/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/base/alloc.h"
#include "harness/base/file.h"

#define OPEN_DIRECTORIES 16

int sg_tempdir_create(char **ret_path, struct sg_err *err)
{
	const char *parent = getenv("TMPDIR");
	char *path = sg_asprintf("%s/secgauge-XXXXXX", parent && *parent ? parent : "/tmp");

	if (!mkdtemp(path)) {
		int ret = sg_err_env(err, errno, "cannot create a directory like %s: %m", path);

		free(path);
		return ret;
	}
	*ret_path = path;
	return 0;
}

/* Best effort: what cannot be deleted stays, and nobody could do more about it. */
static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	(void)!remove(path);
	return 0;
}

void sg_tempdir_remove(char *path)
{
	if (path)
		nftw(path, remove_entry, OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	free(path);
}
