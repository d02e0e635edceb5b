/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/child_private.h"
#include "harness/base/clock.h"
#include "harness/base/sandbox.h"

#define TICK_MS      10
#define AFTER_EOF_MS 1

/* The parent's view of one child. */
struct watch {
	pid_t pid;
	clockid_t cpu_clock;
	bool has_cpu_clock;
	uint64_t start_ns;
	int answer_fd; /* -1 after its end */
	struct sg_buf answer;
};

static bool answer_is_complete(const struct sg_buf *answer, struct sg_child_record *ret_record)
{
	if (answer->len < sizeof(*ret_record))
		return false;
	memcpy(ret_record, answer->data, sizeof(*ret_record));
	return answer->len - sizeof(*ret_record) >= ret_record->len;
}

static double cpu_s(const struct watch *watch)
{
	struct timespec used;

	if (!watch->has_cpu_clock || clock_gettime(watch->cpu_clock, &used))
		return 0;
	return (double)used.tv_sec + 1e-9 * (double)used.tv_nsec;
}

static bool is_late(const struct watch *watch, const struct sg_child_limits *limits, int *ret_cpu)
{
	double wall_s = 1e-9 * (double)(sg_monotonic_ns() - watch->start_ns);

	*ret_cpu = limits->cpu_s > 0 && cpu_s(watch) >= limits->cpu_s;
	return *ret_cpu || (limits->wall_s > 0 && wall_s >= limits->wall_s);
}

static bool has_ended(pid_t pid)
{
	siginfo_t info = {0};

	return !waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) && info.si_pid == pid;
}

/* Takes what is there; waits for it at most a tick, so that time is looked at regularly. */
static void take_answer(struct watch *watch)
{
	struct pollfd ready = {.fd = watch->answer_fd, .events = POLLIN};
	char chunk[16384];

	if (poll(&ready, 1, watch->answer_fd < 0 ? AFTER_EOF_MS : TICK_MS) <= 0)
		return;
	ssize_t got = read(watch->answer_fd, chunk, sizeof(chunk));
	if (got > 0)
		sg_buf_add(&watch->answer, chunk, got);
	else if (!got || errno != EINTR)
		watch->answer_fd = -1;
}

/* Until the child has answered in full (true), has ended, or is late. */
static bool watch_child(struct watch *watch, const struct sg_child_limits *limits,
			struct sg_child_result *result)
{
	struct sg_child_record record;
	int by_cpu;

	while (!answer_is_complete(&watch->answer, &record)) {
		/* Asked before the pipe is read: an answer written before the end is not lost. */
		bool ended = has_ended(watch->pid);
		size_t had = watch->answer.len;

		take_answer(watch);
		if (ended && watch->answer.len == had)
			return false;
		if (is_late(watch, limits, &by_cpu)) {
			*result = (struct sg_child_result){.end = SG_CHILD_HUNG, .value = by_cpu};
			return false;
		}
	}
	*result = (struct sg_child_result){.end = record.end, .value = record.value};
	return true;
}

/* The end of what the child wrote: the file's position, which it shares, is where it stopped. */
static size_t read_tail(int fd, char *tail, size_t size)
{
	off_t end = lseek(fd, 0, SEEK_CUR), want = end < (off_t)size ? end : (off_t)size;
	ssize_t got = want > 0 ? pread(fd, tail, (size_t)want, end - want) : 0;

	return got > 0 ? (size_t)got : 0;
}

/* The last line that says something: AddressSanitizer ends its reports with lines of "==PID==". */
static void keep_last_words(int fd, char *words, size_t size)
{
	char tail[4096 + 1];

	tail[read_tail(fd, tail, sizeof(tail) - 1)] = '\0';
	for (char *line, *rest = tail; (line = strsep(&rest, "\n"));)
		if (*line && strncmp(line, "==", 2))
			snprintf(words, size, "%s", line);
	for (char *c = words; *c; c++)
		if (!isprint((unsigned char)*c))
			*c = '?';
}

static int reap(pid_t pid)
{
	int status = 0;

	kill(-pid, SIGKILL);
	kill(pid, SIGKILL); /* it may have left its group */
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* A child that did not answer crashed, or called exit(). */
static void explain_silence(int status, struct sg_child_result *result)
{
	if (WIFSIGNALED(status))
		result->value = WTERMSIG(status);
	else
		*result = (struct sg_child_result){.end = SG_CHILD_FAILED,
						   .value = WEXITSTATUS(status)};
}

static int open_pipes(struct sg_child_pipes *pipes)
{
	if (pipe2(pipes->answer, O_CLOEXEC))
		return -1;
	pipes->stderr_fd = sg_sandbox_stderr_file();
	return 0;
}

static void close_pipes(const struct sg_child_pipes *pipes)
{
	close(pipes->answer[0]);
	if (pipes->stderr_fd >= 0)
		close(pipes->stderr_fd);
}

static pid_t start(sg_child_fn fn, void *ctx, const struct sg_child_limits *limits,
		   const struct sg_child_pipes *pipes)
{
	pid_t pid = sg_sandbox_fork();

	if (pid)
		return pid;
	sg_child_main(fn, ctx, limits, pipes);
}

/* Sees the child through to its end. */
static void attend(pid_t pid, const struct sg_child_limits *limits,
		   const struct sg_child_pipes *pipes, struct sg_buf *out,
		   struct sg_child_result *result)
{
	struct watch watch = {.pid = pid,
			      .start_ns = sg_monotonic_ns(),
			      .answer_fd = pipes->answer[0]};

	*result = (struct sg_child_result){.end = SG_CHILD_CRASHED};
	watch.has_cpu_clock = !clock_getcpuclockid(pid, &watch.cpu_clock);
	bool answered = watch_child(&watch, limits, result);
	int status = reap(pid);
	if (answered)
		sg_buf_add(out, watch.answer.data + sizeof(struct sg_child_record),
			   watch.answer.len - sizeof(struct sg_child_record));
	else if (result->end == SG_CHILD_CRASHED)
		explain_silence(status, result);
	if (pipes->stderr_fd >= 0)
		keep_last_words(pipes->stderr_fd, result->last_words, sizeof(result->last_words));
	sg_buf_release(&watch.answer);
}

int sg_child_run(sg_child_fn fn, void *ctx, const struct sg_child_limits *limits,
		 struct sg_buf *out, struct sg_child_result *ret_result, struct sg_err *err)
{
	struct sg_child_pipes pipes;

	if (open_pipes(&pipes))
		return sg_err_env(err, errno, "cannot start a process: %m");
	pid_t pid = start(fn, ctx, limits, &pipes);
	int errnum = errno;
	close(pipes.answer[1]);
	if (pid > 0)
		attend(pid, limits, &pipes, out, ret_result);
	close_pipes(&pipes);
	return pid > 0 ? 0
		       : sg_err_env(err, errnum, "cannot start a process: %s", strerror(errnum));
}

static void describe_signal(int number, struct sg_buf *out)
{
	const char *name = sigabbrev_np(number);

	if (name)
		sg_buf_addf(out, "crashed (SIG%s)", name);
	else
		sg_buf_addf(out, "crashed (signal %d)", number);
}

void sg_child_describe(const struct sg_child_result *result, const struct sg_child_limits *limits,
		       struct sg_buf *out)
{
	switch (result->end) {
	case SG_CHILD_OK: sg_buf_adds(out, "ended well"); break;
	case SG_CHILD_FAILED: sg_buf_addf(out, "failed (%d)", result->value); break;
	case SG_CHILD_CRASHED: describe_signal(result->value, out); break;
	case SG_CHILD_HUNG:
		sg_buf_addf(out, result->value ? "hung (%g s of CPU time)" : "hung (%g s)",
			    result->value ? limits->cpu_s : limits->wall_s);
		break;
	case SG_CHILD_NO_MEMORY:
		sg_buf_addf(out, "ran out of memory (%" PRIu64 " MiB)", limits->memory_bytes >> 20);
		break;
	}
	if (*result->last_words)
		sg_buf_addf(out, ": %s", result->last_words);
}
