/* SPDX-License-Identifier: MIT */
/* A worker's place in the world: whom it serves, whom it dies with, what it leaves behind. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz/tests/builder_support.h"

/* ---- the worker's place */

static volatile pid_t *shared_pid; /* of a worker that is building or was, seen by all */

BAD(tell_pid)
{
	*shared_pid = getpid();
	return build_allow(request, filter, err);
}

BAD(tell_pid_and_sleep)
{
	(void)request;
	(void)filter;
	(void)err;
	*shared_pid = getpid();
	for (;;)
		pause();
	return 0;
}

static int share_pid(void **state)
{
	(void)state;
	shared_pid = mmap(NULL, sizeof(*shared_pid), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return shared_pid == MAP_FAILED;
}

static int unshare_pid(void **state)
{
	(void)state;
	return munmap((void *)shared_pid, sizeof(*shared_pid));
}

static pid_t wait_for_pid(void)
{
	while (!*shared_pid)
		usleep(1000);
	return *shared_pid;
}

static pid_t kill_the_worker_once_it_builds(void)
{
	pid_t killer = fork();

	assert_true(killer >= 0);
	if (!killer) {
		kill(wait_for_pid(), SIGKILL);
		_exit(0);
	}
	return killer;
}

static void a_worker_that_somebody_kills_has_crashed(void **state)
{
	struct gen gen = {.name = "victim", .build = tell_pid_and_sleep};
	struct fuzz_builder *builder = builder_of(&gen, 5);
	struct fuzz_build result;
	pid_t killer;

	(void)state;
	*shared_pid = 0;
	killer = kill_the_worker_once_it_builds();
	result = build(builder);
	waitpid(killer, NULL, 0);
	assert_int_equal(result.outcome, FUZZ_CRASHED);
	assert_string_equal(result.message, "victim: crashed (SIGKILL)");
	gen.build = tell_pid;
	result = build(builder);
	assert_int_equal(result.outcome, FUZZ_BUILT);
	fuzz_build_release(&result);
	fuzz_builder_free(builder);
}

static void a_worker_killed_between_builds_is_nobodys_crash(void **state)
{
	const struct gen gen = {.name = "victim", .build = tell_pid};
	struct fuzz_builder *builder = builder_of(&gen, 0);
	struct fuzz_build result = build(builder);
	siginfo_t info;
	pid_t first = *shared_pid;

	(void)state;
	fuzz_build_release(&result);
	kill(first, SIGKILL);
	assert_int_equal(waitid(P_PID, (id_t)first, &info, WEXITED | WNOWAIT), 0);
	result = build(builder);
	assert_int_equal(result.outcome, FUZZ_BUILT);
	assert_int_not_equal(*shared_pid, first);
	fuzz_build_release(&result);
	fuzz_builder_free(builder);
}

static void a_worker_serves_many_builds(void **state)
{
	const struct gen gen = {.name = "steady", .build = tell_pid};
	struct fuzz_builder *builder = builder_of(&gen, 0);
	pid_t first = 0;
	int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		struct fuzz_build result = build(builder);

		fuzz_build_release(&result);
		if (i == 0)
			first = *shared_pid;
		assert_int_equal(*shared_pid, first);
	}
	assert_int_not_equal(first, getpid());
	fuzz_builder_free(builder);
}

/* Its parent is killed while it builds; here it has a grandparent that sees it end. */
static void a_worker_dies_with_its_parent(void **state)
{
	const struct gen gen = {.name = "orphan", .build = tell_pid_and_sleep};
	int status = 0;
	pid_t parent, worker;

	(void)state;
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	*shared_pid = 0;
	parent = fork();
	assert_true(parent >= 0);
	if (!parent) {
		struct fuzz_build result = {0};
		struct fuzz_builder *builder = NULL;

		fuzz_builder_new(&gen, 60, &builder, NULL);
		fuzz_builder_build(builder, plain, strlen(plain), &no_options, &mix, GEN_MIX,
				   &result, NULL);
		_exit(0);
	}
	worker = wait_for_pid();
	kill(parent, SIGKILL);
	assert_int_equal(waitpid(parent, NULL, 0), parent);
	assert_int_equal(waitpid(worker, &status, 0), worker);
	prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
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

BAD(look_around)
{
	struct stat in, out;
	struct rlimit core;
	int fd, others = 0;

	(void)request;
	raise(SIGINT);
	fstat(STDIN_FILENO, &in);
	fstat(STDOUT_FILENO, &out);
	getrlimit(RLIMIT_CORE, &core);
	for (fd = 4; fd < 1024; fd++)
		others += fcntl(fd, F_GETFD) >= 0;
	sg_strv_addf(&filter->warnings, "group %d, stdin %d, stdout %d, core %d, files %d",
		     getpgrp() == getpid(), in.st_rdev == makedev(1, 3),
		     out.st_rdev == makedev(1, 3), (int)core.rlim_max, others);
	return build_allow(request, filter, err);
}

static void a_worker_stands_apart(void **state)
{
	const struct gen gen = {.name = "apart", .build = look_around};
	struct fuzz_builder *other = builder_of(generator("allow"), 0);
	struct fuzz_builder *builder = builder_of(&gen, 0);
	struct fuzz_build result = build(other);

	(void)state;
	fuzz_build_release(&result);
	result = build(builder);
	assert_int_equal(result.outcome, FUZZ_BUILT);
	assert_string_equal(result.filter.warnings.items[0],
			    "group 1, stdin 1, stdout 1, core 0, files 0");
	fuzz_build_release(&result);
	fuzz_builder_free(builder);
	fuzz_builder_free(other);
}

BAD(exit_itself)
{
	(void)request;
	(void)filter;
	(void)err;
	_exit(5);
}

static void nothing_is_left_over_many_replacements(void **state)
{
	const struct gen gen = {.name = "bad", .build = exit_itself};
	struct fuzz_builder *builder = builder_of(&gen, 0);
	size_t before = open_files();
	int i;

	(void)state;
	for (i = 0; i < 200; i++) {
		struct fuzz_build result = build(builder);

		assert_int_equal(result.outcome, FUZZ_CRASHED);
	}
	assert_int_equal(open_files(), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	fuzz_builder_free(builder);
}

static void a_builder_that_is_freed_takes_its_worker_along(void **state)
{
	size_t before = open_files();
	struct fuzz_builder *builder = builder_of(generator("allow"), 0);
	struct fuzz_build result = build(builder);

	(void)state;
	fuzz_build_release(&result);
	fuzz_builder_free(builder);
	fuzz_builder_free(builder_of(generator("allow"), 0)); /* never had one */
	fuzz_builder_free(NULL);
	assert_int_equal(open_files(), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void ignore_alarm(int number)
{
	(void)number;
}

static void signals_to_the_parent_disturb_nothing(void **state)
{
	struct sigaction action = {.sa_handler = ignore_alarm};
	struct itimerval often = {{0, 500}, {0, 500}}, never = {{0, 0}, {0, 0}};
	struct fuzz_builder *builder = builder_of(generator("tuned"), 0);
	struct fuzz_build result;
	int i;

	(void)state;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (i = 0; i < 100; i++) {
		result = build(builder);
		assert_int_equal(result.outcome, FUZZ_BUILT);
		fuzz_build_release(&result);
	}
	setitimer(ITIMER_REAL, &never, NULL);
	fuzz_builder_free(builder);
}

static void a_worker_that_cannot_start_is_the_environments_fault(void **state)
{
	struct fuzz_builder *builder = builder_of(generator("allow"), 0);
	struct fuzz_build result = {0};
	struct sg_err err = {0};
	struct rlimit old, none;
	int ret;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &old);
	none = (struct rlimit){3, old.rlim_max};
	setrlimit(RLIMIT_NOFILE, &none);
	ret = fuzz_builder_build(builder, plain, strlen(plain), &no_options, &mix, GEN_MIX, &result,
				 &err);
	setrlimit(RLIMIT_NOFILE, &old);
	assert_int_equal(ret, -EMFILE);
	assert_int_equal(err.kind, SG_ERR_ENV);
	result = build(builder);
	assert_int_equal(result.outcome, FUZZ_BUILT);
	fuzz_build_release(&result);
	fuzz_builder_free(builder);
}

static int set_up(void **state)
{
	return load_mix(state) || share_pid(state);
}

static int tear_down(void **state)
{
	return unshare_pid(state) || release_mix(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_worker_that_somebody_kills_has_crashed),
		cmocka_unit_test(a_worker_killed_between_builds_is_nobodys_crash),
		cmocka_unit_test(a_worker_serves_many_builds),
		cmocka_unit_test(a_worker_dies_with_its_parent),
		cmocka_unit_test(a_worker_stands_apart),
		cmocka_unit_test(nothing_is_left_over_many_replacements),
		cmocka_unit_test(a_builder_that_is_freed_takes_its_worker_along),
		cmocka_unit_test(signals_to_the_parent_disturb_nothing),
		cmocka_unit_test(a_worker_that_cannot_start_is_the_environments_fault),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
