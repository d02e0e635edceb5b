/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workloads/driver.h"

#define FILL_BLOCKS 32

int wl_fail(struct sg_err *err, const char *what)
{
	int errnum = errno;

	return sg_err_env(err, errnum, "%s: %s", what, strerror(errnum));
}

int wl_unsupported(struct sg_err *err, const char *fmt, ...)
{
	char reason[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	return sg_err_env(err, ENOTSUP, "%s", reason);
}

/* Block by block in memory, many blocks to a write: drivers are prepared hundreds of times. */
static int fill(int fd, uint64_t blocks)
{
	static char piece[FILL_BLOCKS][WL_BLOCK];

	for (uint64_t block = 0; block < blocks;) {
		size_t len = 0;
		for (; len < FILL_BLOCKS && block < blocks; len++, block++)
			memcpy(piece[len], &block, sizeof(block));
		ssize_t put = write(fd, piece, len * WL_BLOCK);
		if (put != (ssize_t)(len * WL_BLOCK)) {
			errno = put < 0 ? errno : ENOSPC;
			return -1;
		}
	}
	return lseek(fd, 0, SEEK_SET) ? -1 : 0;
}

int wl_file_create(const struct wl_env *env, const char *name, size_t bytes, int flags, int *ret_fd,
		   struct sg_err *err)
{
	char *path = sg_asprintf("%s/%s", env->dir, name);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | flags, 0600);
	int ret = 0;

	if (fd < 0 || fill(fd, bytes / WL_BLOCK)) {
		ret = wl_fail(err, path);
		wl_close_all(&fd, 1);
	} else {
		*ret_fd = fd;
	}
	free(path);
	return ret;
}

void wl_close_all(const int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

/* Ends with 0, or with 1 + the index of the call that succeeded; a clone that did ends here twice.
 */
static void __attribute__((noreturn)) try_all(const struct wl_refused *calls, size_t count)
{
	size_t i = 0;

	while (i < count && wl_try(&calls[i]) < 0)
		i++;
	_exit(i < count ? (int)i + 1 : 0);
}

int wl_check_refused(const struct wl_refused *calls, size_t count, struct sg_err *err)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return wl_fail(err, "fork");
	if (!pid)
		try_all(calls, count);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return wl_fail(err, "waitpid");
	if (!WIFEXITED(status))
		return wl_unsupported(err, "a call that should fail ended its process");
	if (!WEXITSTATUS(status))
		return 0;
	const char *name = abi_name(abi_arch_native(), calls[WEXITSTATUS(status) - 1].nr);
	return wl_unsupported(err, "%s does not fail here where it should", name ? name : "a call");
}
