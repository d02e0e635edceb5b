/* SPDX-License-Identifier: MIT */
/* What runs in a worker. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "fuzz/worker.h"
#include "harness/base/sandbox.h"

#define SOCKET_FD 3 /* behind the three standard ones; all others are closed */

/* Handlers of the parent's (a command's, a test runner's) have no business here. */
static void reset_signals(void)
{
	sigset_t none;
	int number;

	for (number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	signal(SIGINT, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void arrange_files(int socket, int stderr_fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* A parent without standard files may have got their numbers for these. */
	socket = fcntl(socket, F_DUPFD, SOCKET_FD + 1);
	stderr_fd = fcntl(stderr_fd, F_DUPFD, SOCKET_FD + 1);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(stderr_fd, STDERR_FILENO);
	dup2(socket, SOCKET_FD);
	close_range(SOCKET_FD + 1, ~0u, 0);
}

/* Until all is there; ends the process with its parent's end of the socket. */
static void get(void *data, size_t len)
{
	char *at = data;

	while (len) {
		ssize_t got = read(SOCKET_FD, at, len);

		if (got == 0 || (got < 0 && errno != EINTR))
			_exit(0);
		if (got > 0) {
			at += got;
			len -= (size_t)got;
		}
	}
}

static void put(const void *data, size_t len)
{
	const char *at = data;

	while (len) {
		ssize_t got = write(SOCKET_FD, at, len);

		if (got < 0 && errno != EINTR)
			_exit(0);
		if (got > 0) {
			at += got;
			len -= (size_t)got;
		}
	}
}

static void serve(const struct worker_job *job, struct sg_buf *request, struct sg_buf *answer)
{
	struct worker_frame frame;
	char chunk[16384];

	sg_buf_clear(request);
	sg_buf_clear(answer);
	get(&frame, sizeof(frame));
	while (request->len < frame.bytes) {
		size_t missing = frame.bytes - request->len;
		size_t len = missing < sizeof(chunk) ? missing : sizeof(chunk);

		get(chunk, len);
		sg_buf_add(request, chunk, len);
	}
	job->fn(job->ctx, sg_buf_text(request), request->len, answer);
	frame.bytes = answer->len;
	put(&frame, sizeof(frame));
	put(answer->data, answer->len);
}

void worker_main(const struct worker_job *job, int socket, int stderr_fd)
{
	struct sg_buf request = {0}, answer = {0};

	reset_signals();
	arrange_files(socket, stderr_fd);
	sg_sandbox_limit(job->limits.memory_bytes);
	for (;;)
		serve(job, &request, &answer);
}
