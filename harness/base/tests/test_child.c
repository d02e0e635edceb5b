/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/alloc.h"
#include "harness/base/child.h"

/* AddressSanitizer would report a huge request instead of refusing it as malloc() does. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static const struct sg_child_limits unlimited;

static struct sg_child_result run(sg_child_fn fn, void *ctx, const struct sg_child_limits *limits,
				  struct sg_buf *out)
{
	struct sg_child_result result = {.end = -1};
	struct sg_err err = {0};

	if (sg_child_run(fn, ctx, limits, out, &result, &err))
		fail_msg("%s", err.msg);
	return result;
}

/* Runs without limits, for functions that hand nothing over. */
static struct sg_child_result run_plain(sg_child_fn fn, void *ctx)
{
	struct sg_buf out = {0};
	struct sg_child_result result = run(fn, ctx, &unlimited, &out);

	assert_int_equal(out.len, 0);
	sg_buf_release(&out);
	return result;
}

static int answer_and_return(void *ctx, struct sg_buf *out)
{
	sg_buf_adds(out, "answer");
	return *(int *)ctx;
}

static void an_answer_is_handed_over(void **state)
{
	struct sg_buf out = {0};
	int value = 0;

	(void)state;
	sg_buf_adds(&out, "the ");
	struct sg_child_result result = run(answer_and_return, &value, &unlimited, &out);
	assert_int_equal(result.end, SG_CHILD_OK);
	assert_string_equal(sg_buf_text(&out), "the answer");
	assert_string_equal(result.last_words, "");
	sg_buf_release(&out);
}

/* Runs in a child, whose standard streams may go: those of the test stay as they are. */
static int answer_without_streams(void *ctx, struct sg_buf *out)
{
	struct sg_child_result result = {.end = -1};
	unsigned closed = *(unsigned *)ctx;
	int value = 0;

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (closed & 1u << fd)
			close(fd);
	if (sg_child_run(answer_and_return, &value, &unlimited, out, &result, NULL))
		return 1;
	return result.end == SG_CHILD_OK ? 0 : 2;
}

static void a_parent_without_standard_streams_gets_its_answer(void **state)
{
	(void)state;
	for (unsigned closed = 0; closed < 8; closed++) {
		struct sg_buf out = {0};
		struct sg_child_result result =
			run(answer_without_streams, &closed, &unlimited, &out);

		assert_int_equal(result.end, SG_CHILD_OK);
		assert_string_equal(sg_buf_text(&out), "answer");
		sg_buf_release(&out);
	}
}

static void a_failure_has_its_number_and_its_answer(void **state)
{
	static const int values[] = {1, 3, 127, 255};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(values); i++) {
		struct sg_buf out = {0};
		int value = values[i];
		struct sg_child_result result = run(answer_and_return, &value, &unlimited, &out);

		assert_int_equal(result.end, SG_CHILD_FAILED);
		assert_int_equal(result.value, values[i]);
		assert_string_equal(sg_buf_text(&out), "answer");
		sg_buf_release(&out);
	}
}

#define BIG_BYTES (3 << 20)

static int answer_much(void *ctx, struct sg_buf *out)
{
	(void)ctx;
	for (int i = 0; i < BIG_BYTES / 4; i++)
		sg_buf_add(out, &i, 4);
	return 0;
}

static void an_answer_may_be_larger_than_a_pipe(void **state)
{
	struct sg_buf out = {0};

	(void)state;
	struct sg_child_result result = run(answer_much, NULL, &unlimited, &out);
	assert_int_equal(result.end, SG_CHILD_OK);
	assert_int_equal(out.len, BIG_BYTES);
	for (int i = 0; i < BIG_BYTES / 4; i++)
		assert_memory_equal(out.data + 4 * (size_t)i, &i, 4);
	sg_buf_release(&out);
}

static int raise_signal(void *ctx, struct sg_buf *out)
{
	sg_buf_adds(out, "never arrives");
	signal(*(int *)ctx, SIG_DFL);
	raise(*(int *)ctx);
	return 0;
}

static void a_crash_has_its_signal(void **state)
{
	static const int signals[] = {SIGSEGV, SIGABRT, SIGFPE, SIGKILL, SIGSYS};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(signals); i++) {
		int number = signals[i];
		struct sg_child_result result = run_plain(raise_signal, &number);

		assert_int_equal(result.end, SG_CHILD_CRASHED);
		assert_int_equal(result.value, signals[i]);
	}
}

static int call_exit(void *ctx, struct sg_buf *out)
{
	sg_buf_adds(out, "never arrives");
	_exit(*(int *)ctx);
}

static void a_function_that_exits_has_failed(void **state)
{
	static const int values[] = {0, 5};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(values); i++) {
		int value = values[i];
		struct sg_child_result result = run_plain(call_exit, &value);

		assert_int_equal(result.end, SG_CHILD_FAILED);
		assert_int_equal(result.value, values[i]);
	}
}

static int sleep_for_ever(void *ctx, struct sg_buf *out)
{
	(void)ctx;
	(void)out;
	for (;;)
		pause();
	return 0;
}

static int spin_for_ever(void *ctx, struct sg_buf *out)
{
	(void)ctx;
	(void)out;
	for (volatile int i = 0;; i++)
		;
	return 0;
}

static void the_wall_deadline_ends_a_sleeper(void **state)
{
	struct sg_child_limits limits = {.wall_s = 0.05, .cpu_s = 60};
	struct sg_buf out = {0};

	(void)state;
	struct sg_child_result result = run(sleep_for_ever, NULL, &limits, &out);
	assert_int_equal(result.end, SG_CHILD_HUNG);
	assert_int_equal(result.value, 0);
	assert_int_equal(out.len, 0);
}

static void the_cpu_deadline_ends_a_spinner(void **state)
{
	struct sg_child_limits limits = {.wall_s = 600, .cpu_s = 0.05};
	struct sg_buf out = {0};

	(void)state;
	struct sg_child_result result = run(spin_for_ever, NULL, &limits, &out);
	assert_int_equal(result.end, SG_CHILD_HUNG);
	assert_int_equal(result.value, 1);
}

static int sleep_then_answer(void *ctx, struct sg_buf *out)
{
	(void)ctx;
	usleep(100000);
	sg_buf_adds(out, "rested");
	return 0;
}

static void the_cpu_deadline_leaves_a_sleeper_alone(void **state)
{
	struct sg_child_limits limits = {.cpu_s = 0.09};
	struct sg_buf out = {0};

	(void)state;
	struct sg_child_result result = run(sleep_then_answer, NULL, &limits, &out);
	assert_int_equal(result.end, SG_CHILD_OK);
	assert_string_equal(sg_buf_text(&out), "rested");
	sg_buf_release(&out);
}

static int close_everything_and_sleep(void *ctx, struct sg_buf *out)
{
	(void)ctx;
	(void)out;
	closefrom(0);
	return sleep_for_ever(NULL, NULL);
}

static void a_child_without_its_pipe_still_has_a_deadline(void **state)
{
	struct sg_child_limits limits = {.wall_s = 0.05};
	struct sg_buf out = {0};

	(void)state;
	assert_int_equal(run(close_everything_and_sleep, NULL, &limits, &out).end, SG_CHILD_HUNG);
}

static int allocate(void *ctx, struct sg_buf *out)
{
	volatile size_t bytes = *(size_t *)ctx;

	free(sg_malloc(bytes));
	sg_buf_adds(out, "had it");
	return 0;
}

static void no_memory_is_told_apart(void **state)
{
	size_t bytes = SIZE_MAX / 4;
	struct sg_child_result result = run_plain(allocate, &bytes);

	(void)state;
	assert_int_equal(result.end, SG_CHILD_NO_MEMORY);
}

static bool has_address_sanitizer(void)
{
#if defined(__SANITIZE_ADDRESS__)
	return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
	return true;
#endif
#endif
	return false;
}

static void the_memory_limit_comes_on_top_of_what_the_parent_has(void **state)
{
	struct sg_child_limits limits = {.memory_bytes = 64 << 20};
	size_t little = 32 << 20, much = 96 << 20;
	struct sg_buf out = {0};

	(void)state;
	if (has_address_sanitizer()) {
		print_message(
			"SKIP: sanitizer: AddressSanitizer needs address space without end\n");
		skip();
	}
	/* More than the limit, and in use before the child is made. */
	char *own = sg_calloc(128, 1 << 20);
	assert_int_equal(run(allocate, &little, &limits, &out).end, SG_CHILD_OK);
	assert_string_equal(sg_buf_text(&out), "had it");
	assert_int_equal(run(allocate, &much, &limits, &out).end, SG_CHILD_NO_MEMORY);
	free(own);
	sg_buf_release(&out);
}

static int fork_and(void *ctx, struct sg_buf *out)
{
	const int *mode = ctx;

	(void)out;
	if (!fork())
		sleep_for_ever(NULL, NULL);
	if (*mode == 1)
		abort();
	if (*mode == 2)
		sleep_for_ever(NULL, NULL);
	return 0;
}

/* Whether nobody but us has the other end of a pipe: whoever had it is gone. */
static bool reaches_its_end(int fd)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	char byte;

	return poll(&ready, 1, 10000) == 1 && read(fd, &byte, 1) == 0;
}

static void what_a_child_started_goes_with_it(void **state)
{
	static const enum sg_child_end ends[] = {SG_CHILD_OK, SG_CHILD_CRASHED, SG_CHILD_HUNG};
	struct sg_child_limits limits = {.wall_s = 0.2};

	(void)state;
	for (int mode = 0; mode < 3; mode++) {
		struct sg_buf out = {0};
		int alive[2];

		assert_int_equal(pipe(alive), 0);
		assert_int_equal(run(fork_and, &mode, &limits, &out).end, ends[mode]);
		close(alive[1]);
		assert_true(reaches_its_end(alive[0]));
		close(alive[0]);
		sg_buf_release(&out);
	}
}

static void a_child_dies_with_its_parent(void **state)
{
	struct sg_child_result result;
	struct sg_buf out = {0};
	int alive[2];
	char byte = 0;

	(void)state;
	assert_int_equal(pipe(alive), 0);
	pid_t parent = fork();
	assert_true(parent >= 0);
	if (!parent) {
		(void)!write(alive[1], &byte, 1);
		sg_child_run(sleep_for_ever, NULL, &unlimited, &out, &result, NULL);
		_exit(0);
	}
	close(alive[1]);
	assert_int_equal(read(alive[0], &byte, 1), 1);
	usleep(20000); /* long enough, as a rule, for the child to be there */
	kill(parent, SIGKILL);
	waitpid(parent, NULL, 0);
	assert_true(reaches_its_end(alive[0]));
	close(alive[0]);
}

static int leave_the_group(void *ctx, struct sg_buf *out)
{
	setpgid(0, *(pid_t *)ctx);
	return sleep_for_ever(NULL, out);
}

static void a_child_that_left_its_group_still_has_a_deadline(void **state)
{
	struct sg_child_limits limits = {.wall_s = 0.05};
	struct sg_buf out = {0};
	pid_t group = getpgrp();

	(void)state;
	assert_int_equal(run(leave_the_group, &group, &limits, &out).end, SG_CHILD_HUNG);
}

static int look_around(void *ctx, struct sg_buf *out)
{
	pid_t parents_group = *(pid_t *)ctx;
	struct stat in, stdout_st;
	struct rlimit core;

	raise(SIGINT);
	fstat(0, &in);
	fstat(1, &stdout_st);
	getrlimit(RLIMIT_CORE, &core);
	sg_buf_addf(out, "group %d, stdin %d, stdout %d, core %d",
		    getpgrp() == getpid() && getpgrp() != parents_group,
		    in.st_rdev == makedev(1, 3), stdout_st.st_rdev == makedev(1, 3),
		    (int)core.rlim_max);
	return 0;
}

static void a_child_stands_apart(void **state)
{
	struct sg_buf out = {0};
	pid_t group = getpgrp();

	(void)state;
	assert_int_equal(run(look_around, &group, &unlimited, &out).end, SG_CHILD_OK);
	assert_string_equal(sg_buf_text(&out), "group 1, stdin 1, stdout 1, core 0");
	sg_buf_release(&out);
}

static int speak(void *ctx, struct sg_buf *out)
{
	(void)out;
	fputs(ctx, stderr);
	return 1;
}

static void the_last_line_of_standard_error_is_kept(void **state)
{
	static const char *const rows[][2] = {
		{"first\nlast words\n", "last words"},
		{"no newline", "no newline"},
		{"words\n\n\n", "words"},
		{"a\033[2Jb\tc\n", "a?[2Jb?c"},
		{"SUMMARY: what it was\n==123==ABORTING\n", "SUMMARY: what it was"},
		{"\n", ""},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		struct sg_child_result result = run_plain(speak, (void *)rows[i][0]);

		assert_string_equal(result.last_words, rows[i][1]);
	}
}

static int speak_for_ever(void *ctx, struct sg_buf *out)
{
	static char much[1 << 16];

	(void)ctx;
	(void)out;
	memset(much, 'x', sizeof(much));
	for (int i = 0; i < 100; i++)
		(void)!write(STDERR_FILENO, much, sizeof(much));
	return 0;
}

static void a_talker_fills_nothing(void **state)
{
	struct sg_child_result result = run_plain(speak_for_ever, NULL);

	(void)state;
	assert_int_equal(result.end, SG_CHILD_OK);
	assert_int_equal(strlen(result.last_words), sizeof(result.last_words) - 1);
}

static void ignore_alarm(int number)
{
	(void)number;
}

static void signals_to_the_parent_disturb_nothing(void **state)
{
	struct sigaction action = {.sa_handler = ignore_alarm};
	struct itimerval often = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
	struct sg_buf out = {0};

	(void)state;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	struct sg_child_result result = run(sleep_then_answer, NULL, &unlimited, &out);
	setitimer(ITIMER_REAL, &never, NULL);
	assert_int_equal(result.end, SG_CHILD_OK);
	assert_string_equal(sg_buf_text(&out), "rested");
	sg_buf_release(&out);
}

static size_t open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static void nothing_is_left_open(void **state)
{
	size_t before = open_files();
	int number = SIGABRT, value = 0;
	struct sg_buf out = {0};

	(void)state;
	run(answer_and_return, &value, &unlimited, &out);
	run_plain(raise_signal, &number);
	assert_int_equal(open_files(), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	sg_buf_release(&out);
}

static void a_child_that_cannot_start_is_the_environments_fault(void **state)
{
	struct sg_child_result result = {.end = SG_CHILD_HUNG};
	struct sg_err err = {0};
	struct sg_buf out = {0};
	struct rlimit old, none;
	int value = 0;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &old);
	none = (struct rlimit){3, old.rlim_max};
	setrlimit(RLIMIT_NOFILE, &none);
	int ret = sg_child_run(answer_and_return, &value, &unlimited, &out, &result, &err);
	setrlimit(RLIMIT_NOFILE, &old);
	assert_int_equal(ret, -EMFILE);
	assert_int_equal(err.kind, SG_ERR_ENV);
	assert_int_equal(result.end, SG_CHILD_HUNG);
}

static void every_end_has_words(void **state)
{
	static const struct sg_child_limits limits = {.wall_s = 10,
						      .cpu_s = 2.5,
						      .memory_bytes = 512 << 20};
	static const struct {
		struct sg_child_result result;
		const char *words;
	} rows[] = {
		{{.end = SG_CHILD_OK}, "ended well"},
		{{.end = SG_CHILD_FAILED, .value = 7, .last_words = "why"}, "failed (7): why"},
		{{.end = SG_CHILD_CRASHED, .value = SIGSEGV}, "crashed (SIGSEGV)"},
		{{.end = SG_CHILD_CRASHED, .value = 64}, "crashed (signal 64)"},
		{{.end = SG_CHILD_CRASHED, .value = SIGABRT, .last_words = "double free"},
		 "crashed (SIGABRT): double free"},
		{{.end = SG_CHILD_HUNG}, "hung (10 s)"},
		{{.end = SG_CHILD_HUNG, .value = 1}, "hung (2.5 s of CPU time)"},
		{{.end = SG_CHILD_NO_MEMORY}, "ran out of memory (512 MiB)"},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		struct sg_buf words = {0};

		sg_child_describe(&rows[i].result, &limits, &words);
		assert_string_equal(sg_buf_text(&words), rows[i].words);
		sg_buf_release(&words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_handed_over),
		cmocka_unit_test(a_parent_without_standard_streams_gets_its_answer),
		cmocka_unit_test(a_failure_has_its_number_and_its_answer),
		cmocka_unit_test(an_answer_may_be_larger_than_a_pipe),
		cmocka_unit_test(a_crash_has_its_signal),
		cmocka_unit_test(a_function_that_exits_has_failed),
		cmocka_unit_test(the_wall_deadline_ends_a_sleeper),
		cmocka_unit_test(the_cpu_deadline_ends_a_spinner),
		cmocka_unit_test(the_cpu_deadline_leaves_a_sleeper_alone),
		cmocka_unit_test(a_child_without_its_pipe_still_has_a_deadline),
		cmocka_unit_test(no_memory_is_told_apart),
		cmocka_unit_test(the_memory_limit_comes_on_top_of_what_the_parent_has),
		cmocka_unit_test(what_a_child_started_goes_with_it),
		cmocka_unit_test(a_child_dies_with_its_parent),
		cmocka_unit_test(a_child_that_left_its_group_still_has_a_deadline),
		cmocka_unit_test(a_child_stands_apart),
		cmocka_unit_test(the_last_line_of_standard_error_is_kept),
		cmocka_unit_test(a_talker_fills_nothing),
		cmocka_unit_test(signals_to_the_parent_disturb_nothing),
		cmocka_unit_test(nothing_is_left_open),
		cmocka_unit_test(a_child_that_cannot_start_is_the_environments_fault),
		cmocka_unit_test(every_end_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
