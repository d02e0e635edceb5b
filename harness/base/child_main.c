/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "harness/base/alloc_private.h"
#include "harness/base/child_private.h"
#include "harness/base/sandbox.h"

static int answer_fd; /* of this child, for the hook below, which has no argument */

static void put(const void *data, size_t len)
{
	const char *at = data;

	while (len) {
		ssize_t got = write(answer_fd, at, len);

		if (got < 0 && errno != EINTR)
			_exit(127);
		if (got > 0) {
			at += got;
			len -= got;
		}
	}
}

static void say_no_memory(void)
{
	struct sg_child_record record = {.end = SG_CHILD_NO_MEMORY};

	put(&record, sizeof(record));
}

/* The same file under a number that redirect() leaves alone: a parent started without standard
 * streams has its pipes in their places. */
static int lift(int fd)
{
	return fd < 0 ? fd : fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

static void redirect(int stderr_fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(stderr_fd >= 0 ? stderr_fd : null, STDERR_FILENO);
}

void sg_child_main(sg_child_fn fn, void *ctx, const struct sg_child_limits *limits,
		   const struct sg_child_pipes *pipes)
{
	struct sg_buf out = {0};

	answer_fd = lift(pipes->answer[1]);
	close(pipes->answer[1]);
	close(pipes->answer[0]);
	signal(SIGINT, SIG_IGN);
	redirect(lift(pipes->stderr_fd));
	sg_out_of_memory = say_no_memory;
	sg_sandbox_limit(limits->memory_bytes);

	int value = fn(ctx, &out);
	struct sg_child_record record = {.end = value ? SG_CHILD_FAILED : SG_CHILD_OK,
					 .value = value,
					 .len = out.len};

	put(&record, sizeof(record));
	put(out.data, out.len);
	_exit(0);
}
