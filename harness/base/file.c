/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/alloc.h"
#include "harness/base/file.h"

const char *sg_file_label(const char *path)
{
	return strcmp(path, "-") ? path : "standard input";
}

static bool readable_kind(mode_t mode)
{
	return S_ISREG(mode) || S_ISFIFO(mode) || S_ISCHR(mode) || S_ISSOCK(mode);
}

static int read_all(int fd, const char *label, size_t max_bytes, struct sg_buf *buf,
		    struct sg_err *err)
{
	char chunk[16384];
	size_t total = 0;
	struct stat st;

	if (fstat(fd, &st))
		return sg_err_input(err, errno, "%s: %m", label);
	if (S_ISDIR(st.st_mode))
		return sg_err_input(err, EISDIR, "%s: is a directory", label);
	if (!readable_kind(st.st_mode))
		return sg_err_input(err, EINVAL, "%s: is not a regular file", label);
	for (;;) {
		ssize_t got = read(fd, chunk, sizeof(chunk));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return sg_err_input(err, errno, "%s: %m", label);
		if (!got)
			return 0;
		if ((size_t)got > max_bytes - total)
			return sg_err_input(err, EFBIG, "%s: is larger than %zu bytes", label,
					    max_bytes);
		sg_buf_add(buf, chunk, got);
		total += got;
	}
}

int sg_file_read(const char *path, size_t max_bytes, struct sg_buf *buf, struct sg_err *err)
{
	bool standard_input = !strcmp(path, "-");
	size_t start = buf->len;
	int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return sg_err_input(err, errno, "%s: %m", path);
	int ret = read_all(fd, sg_file_label(path), max_bytes, buf, err);
	if (ret)
		sg_buf_truncate(buf, start);
	if (!standard_input)
		close(fd);
	return ret;
}

/* A path that does not work is the user's; a disk that does not is the machine's. */
static int write_error(struct sg_err *err, int errnum, const char *path)
{
	bool machine = errnum == ENOSPC || errnum == EDQUOT || errnum == EIO || errnum == EROFS;

	errno = errnum;
	return machine ? sg_err_env(err, errnum, "%s: cannot write: %m", path)
		       : sg_err_input(err, errnum, "%s: cannot write: %m", path);
}

/* 0, or an errno. */
static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t put = write(fd, data, len);

		if (put < 0 && errno != EINTR)
			return errno;
		if (put > 0) {
			data += put;
			len -= put;
		}
	}
	return 0;
}

static int write_in_place(const char *path, const void *data, size_t len, struct sg_err *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return write_error(err, errno, path);
	int errnum = write_all(fd, data, len);
	if (close(fd) && !errnum)
		errnum = errno;
	return errnum ? write_error(err, errnum, path) : 0;
}

/* 0, or an errno. */
static int fill(int fd, mode_t mode, const void *data, size_t len)
{
	int errnum = write_all(fd, data, len);

	if (!errnum && (fchmod(fd, mode) || fsync(fd)))
		errnum = errno;
	if (close(fd) && !errnum)
		errnum = errno;
	return errnum;
}

static int replace(const char *path, mode_t mode, const void *data, size_t len, struct sg_err *err)
{
	char *temporary = sg_asprintf("%s.XXXXXX", path);
	int fd = mkostemp(temporary, O_CLOEXEC);
	int errnum = fd < 0 ? errno : fill(fd, mode, data, len);

	if (!errnum && rename(temporary, path))
		errnum = errno;
	if (errnum && fd >= 0)
		unlink(temporary);
	free(temporary);
	return errnum ? write_error(err, errnum, path) : 0;
}

static mode_t new_file_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* Through symbolic links to the file itself, so that the link stays a link. */
static int replace_existing(const char *path, mode_t mode, const void *data, size_t len,
			    struct sg_err *err)
{
	char *target = realpath(path, NULL);

	if (!target)
		return write_error(err, errno, path);
	int ret = replace(target, mode & 07777, data, len, err);
	free(target);
	return ret;
}

int sg_file_write(const char *path, const void *data, size_t len, struct sg_err *err)
{
	struct stat st;

	if (!strcmp(path, "-") || !strcmp(path, "/dev/stdout")) {
		int errnum = fflush(stdout) ? errno : write_all(STDOUT_FILENO, data, len);

		return errnum ? write_error(err, errnum, "standard output") : 0;
	}
	if (stat(path, &st))
		return errno == ENOENT ? replace(path, new_file_mode(), data, len, err)
				       : write_error(err, errno, path);
	if (S_ISDIR(st.st_mode))
		return sg_err_input(err, EISDIR, "%s: is a directory", path);
	if (!S_ISREG(st.st_mode))
		return write_in_place(path, data, len, err);
	return replace_existing(path, st.st_mode, data, len, err);
}
