/* SPDX-License-Identifier: MIT */
/*
 * Files, whole. Reading refuses directories, block devices, and what is larger than @max_bytes.
 * Writing goes to a temporary file beside the target, is synced and renamed, so that a reader sees
 * the old content or the new, never half of it; a file that is replaced keeps its mode, a symbolic
 * link stays one, and what is no regular file (/dev/null, a pipe) is written to as it is; "-" and
 * /dev/stdout are standard output. Errors name the file. A missing or unreadable file the user
 * named is SG_ERR_INPUT; a full disk is SG_ERR_ENV.
 */
#ifndef SG_BASE_FILE_H
#define SG_BASE_FILE_H

#include <stddef.h>

#include "harness/base/buf.h"
#include "harness/base/error.h"

/* Appends the content of @path ("-": standard input) to @buf. */
int sg_file_read(const char *path, size_t max_bytes, struct sg_buf *buf, struct sg_err *err);
int sg_file_write(const char *path, const void *data, size_t len, struct sg_err *err);

/* What messages call @path: itself, "standard input" for "-". */
const char *sg_file_label(const char *path);

/*
 * A private directory below $TMPDIR or /tmp, mode 0700; the path is returned and owned by the
 * caller. sg_tempdir_remove() deletes it with all that is in it and frees the path; NULL is fine.
 */
int sg_tempdir_create(char **ret_path, struct sg_err *err);
void sg_tempdir_remove(char *path);

#endif
