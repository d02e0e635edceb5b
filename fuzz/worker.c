/* SPDX-License-Identifier: MIT */
#include "fuzz/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/alloc.h"
#include "harness/base/clock.h"
#include "harness/base/sandbox.h"

#define TICK_MS          10
#define AFTER_EOF_MS     1
#define ANSWER_MAX_BYTES (64u << 20)
#define EXIT_NO_MEMORY   3 /* harness/base/alloc.h */

/* ---- start and end */

static int open_files(struct worker *worker, int *ret_workers_end)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -1;
	worker->stderr_fd = sg_sandbox_stderr_file();
	if (worker->stderr_fd < 0 || fcntl(pair[0], F_SETFL, O_NONBLOCK)) {
		if (worker->stderr_fd >= 0)
			close(worker->stderr_fd);
		close(pair[0]);
		close(pair[1]);
		return -1;
	}
	worker->socket = pair[0];
	*ret_workers_end = pair[1];
	return 0;
}

static void close_files(const struct worker *worker)
{
	close(worker->socket);
	close(worker->stderr_fd);
}

static pid_t fork_worker(const struct worker *worker, const struct worker_job *job, int workers_end)
{
	pid_t pid = sg_sandbox_fork();

	if (pid)
		return pid;
	worker_main(job, workers_end, worker->stderr_fd);
}

int worker_start(struct worker *worker, const struct worker_job *job, struct sg_err *err)
{
	struct worker new = {0};
	int workers_end, errnum;

	if (open_files(&new, &workers_end))
		return sg_err_env(err, errno, "cannot start a worker: %m");
	new.pid = fork_worker(&new, job, workers_end);
	errnum = errno;
	close(workers_end);
	if (new.pid < 0) {
		close_files(&new);
		return sg_err_env(err, errnum, "cannot start a worker: %s", strerror(errnum));
	}
	new.has_cpu_clock = !clock_getcpuclockid(new.pid, &new.cpu_clock);
	*worker = new;
	return 0;
}

bool worker_is_alive(const struct worker *worker)
{
	siginfo_t info = {0};

	return worker->pid > 0 &&
	       !(waitid(P_PID, (id_t)worker->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
		 info.si_pid == worker->pid);
}

int worker_stop(struct worker *worker)
{
	int status = 0;

	if (worker->pid <= 0)
		return 0;
	kill(-worker->pid, SIGKILL);
	kill(worker->pid, SIGKILL); /* it may have left its group */
	while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
		;
	close_files(worker);
	*worker = (struct worker){0};
	return status;
}

/* ---- a request and its answer */

struct exchange {
	const struct worker *worker;
	const struct sg_child_limits *limits;
	const struct worker_frame *frame; /* of the request */
	const struct sg_buf *request;
	size_t sent; /* bytes of frame and request */
	struct sg_buf received;
	bool eof;
	double start_cpu_s;
	uint64_t start_ns;
};

static double cpu_s(const struct worker *worker)
{
	struct timespec used;

	if (!worker->has_cpu_clock || clock_gettime(worker->cpu_clock, &used))
		return 0;
	return (double)used.tv_sec + 1e-9 * (double)used.tv_nsec;
}

/* Neither running nor waiting for a processor: field 3 of /proc/PID/stat, behind the name. */
static bool sleeps(pid_t pid)
{
	char path[32], line[256], *state;
	FILE *file;
	size_t len;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return true;
	len = fread(line, 1, sizeof(line) - 1, file);
	fclose(file);
	line[len] = '\0';
	state = strrchr(line, ')');
	return !state || strncmp(state, ") R", 3) != 0;
}

static bool is_over_cpu(const struct exchange *exchange)
{
	return cpu_s(exchange->worker) - exchange->start_cpu_s >= exchange->limits->cpu_s;
}

static bool is_over_wall(const struct exchange *exchange)
{
	double wall_s = 1e-9 * (double)(sg_monotonic_ns() - exchange->start_ns);

	return wall_s >= exchange->limits->wall_s && sleeps(exchange->worker->pid);
}

static bool is_sent(const struct exchange *exchange)
{
	return exchange->sent == sizeof(*exchange->frame) + exchange->request->len;
}

/* What the socket takes; a worker that is gone takes nothing, and its end will be seen. */
static void send_some(struct exchange *exchange)
{
	size_t head = sizeof(*exchange->frame);
	bool in_head = exchange->sent < head;
	const char *from = in_head ? (const char *)exchange->frame + exchange->sent
				   : exchange->request->data + (exchange->sent - head);
	size_t len =
		in_head ? head - exchange->sent : head + exchange->request->len - exchange->sent;
	ssize_t got = send(exchange->worker->socket, from, len, MSG_NOSIGNAL);

	if (got > 0)
		exchange->sent += (size_t)got;
	else if (got < 0 && errno != EAGAIN && errno != EINTR)
		exchange->sent = head + exchange->request->len;
}

static void receive_some(struct exchange *exchange)
{
	char chunk[16384];
	ssize_t got = recv(exchange->worker->socket, chunk, sizeof(chunk), 0);

	if (got > 0)
		sg_buf_add(&exchange->received, chunk, (size_t)got);
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		exchange->eof = true;
}

/* Waits at most a tick, so that time is looked at regularly. False: nothing came or went. */
static bool exchange_some(struct exchange *exchange)
{
	struct pollfd ready = {
		.fd = exchange->eof ? -1 : exchange->worker->socket,
		.events = is_sent(exchange) ? POLLIN : POLLIN | POLLOUT,
	};

	if (poll(&ready, 1, exchange->eof ? AFTER_EOF_MS : TICK_MS) <= 0)
		return false;
	if (ready.revents & POLLOUT)
		send_some(exchange);
	if (ready.revents & ~POLLOUT)
		receive_some(exchange);
	return true;
}

/* Also with what can be no answer; it is not waited for. */
static bool is_answered(const struct exchange *exchange)
{
	struct worker_frame frame;

	if (exchange->received.len < sizeof(frame))
		return false;
	memcpy(&frame, exchange->received.data, sizeof(frame));
	return frame.bytes > ANSWER_MAX_BYTES ||
	       exchange->received.len - sizeof(frame) >= frame.bytes;
}

/*
 * Until the worker has answered, has ended, or is late: then *@ret_by_cpu says by which clock. The
 * wall clock is looked at only while nothing comes, since this process may have slept itself.
 */
static enum sg_child_end watch(struct exchange *exchange, int *ret_by_cpu)
{
	bool ended = false;

	while (!is_answered(exchange)) {
		bool moved = exchange_some(exchange);

		if (!moved && ended) /* and what it wrote before has been read */
			return SG_CHILD_CRASHED;
		ended = !moved && !worker_is_alive(exchange->worker);
		*ret_by_cpu = !ended && !is_answered(exchange) && is_over_cpu(exchange);
		if (*ret_by_cpu || (!moved && !ended && is_over_wall(exchange)))
			return SG_CHILD_HUNG;
	}
	return SG_CHILD_OK;
}

/* The last line that says something. */
static void keep_last_words(const struct sg_buf *said, char *words, size_t size)
{
	char *copy = sg_strdup(sg_buf_text(said)), *rest = copy, *line;

	while ((line = strsep(&rest, "\n")))
		if (*line)
			snprintf(words, size, "%s", line);
	free(copy);
}

static void explain_exit(int status, struct sg_child_result *ret)
{
	const bool no_memory = WEXITSTATUS(status) == EXIT_NO_MEMORY &&
			       !strcmp(ret->last_words, "secgauge: out of memory");

	ret->end = no_memory ? SG_CHILD_NO_MEMORY : SG_CHILD_FAILED;
	ret->value = no_memory ? 0 : WEXITSTATUS(status);
	if (no_memory)
		ret->last_words[0] = '\0';
}

/* It has ended, or has to: no second request for a worker that did not answer one. */
static void explain_end(struct worker *worker, enum sg_child_end end, int by_cpu,
			struct worker_answer *ret)
{
	int status = worker_stop(worker);

	ret->how = (struct sg_child_result){.end = end, .value = by_cpu};
	keep_last_words(&ret->said, ret->how.last_words, sizeof(ret->how.last_words));
	if (end == SG_CHILD_HUNG)
		return;
	if (WIFSIGNALED(status))
		ret->how.value = WTERMSIG(status);
	else
		explain_exit(status, &ret->how);
}

/* The file's position, which the worker shares, is where it stopped writing. */
static void read_stderr(const struct worker *worker, struct sg_buf *out)
{
	off_t end = lseek(worker->stderr_fd, 0, SEEK_CUR);
	char chunk[4096];
	off_t at = 0;

	while (at < end) {
		size_t want = end - at < (off_t)sizeof(chunk) ? (size_t)(end - at) : sizeof(chunk);
		ssize_t got = pread(worker->stderr_fd, chunk, want, at);

		if (got <= 0)
			return;
		sg_buf_add(out, chunk, (size_t)got);
		at += got;
	}
}

void worker_ask(struct worker *worker, const struct worker_job *job, const struct sg_buf *request,
		struct worker_answer *ret)
{
	const struct worker_frame frame = {request->len};
	struct exchange exchange = {
		.worker = worker,
		.limits = &job->limits,
		.frame = &frame,
		.request = request,
		.start_cpu_s = cpu_s(worker),
		.start_ns = sg_monotonic_ns(),
	};
	enum sg_child_end end;
	int by_cpu = 0;

	lseek(worker->stderr_fd, 0, SEEK_SET);
	end = watch(&exchange, &by_cpu);
	read_stderr(worker, &ret->said);
	if (end == SG_CHILD_OK)
		sg_buf_add(&ret->bytes, exchange.received.data + sizeof(frame),
			   exchange.received.len - sizeof(frame));
	else
		explain_end(worker, end, by_cpu, ret);
	sg_buf_release(&exchange.received);
}

void worker_answer_release(struct worker_answer *answer)
{
	sg_buf_release(&answer->bytes);
	sg_buf_release(&answer->said);
}
