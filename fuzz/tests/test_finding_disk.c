/* SPDX-License-Identifier: MIT */
/* Findings that cannot be written, or only in part: none is lost, none is half. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "fuzz/tests/finding_support.h"

static void assert_nothing_left(const char *dir)
{
	assert_int_equal(entries_of(dir, false), 0);
	assert_int_equal(entries_of(dir, true), 0);
}

static void a_folder_that_cannot_be(void **state)
{
	struct fuzz_finding finding = wrong_for_sure("allow");
	char *file = file_of(folder, "file"), *below = file_of(file, "below");
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(sg_file_write(file, "x", 1, &err), 0);
	assert_true(fuzz_finding_write(&finding, below, &err) < 0);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_null(strchr(err.msg, '\n'));
	assert_null(finding.directory);
	free(below);
	free(file);
	fuzz_finding_release(&finding);
}

/* In a child: every file that grows beyond so many bytes fails. 0: as it should. */
static int write_with_limit(const char *dir, rlim_t bytes)
{
	struct fuzz_finding finding = wrong_for_sure("linear");
	const struct rlimit limit = {bytes, bytes};
	struct sg_err err = {0};

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	return fuzz_finding_write(&finding, dir, &err) == 0         ? 1
	       : finding.directory || !*err.msg || !finding.profile ? 2
								    : 0;
}

static int in_child(int (*function)(const char *dir, rlim_t bytes), const char *dir, rlim_t bytes)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(function(dir, bytes));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Wherever the writing stops, nothing is left that looks like a finding. */
static void writing_that_fails_leaves_nothing(void **state)
{
	char *dir = file_of(folder, "limited");

	(void)state;
	assert_int_equal(mkdir(dir, 0777), 0);
	for (rlim_t bytes = 0; bytes <= 150; bytes += 50) {
		assert_int_equal(in_child(write_with_limit, dir, bytes), 0);
		assert_nothing_left(dir);
	}
	free(dir);
}

#define NO_MOUNT 77

static int write_on_full_disk(const char *dir, rlim_t bytes)
{
	struct fuzz_finding finding = wrong_for_sure("linear");
	struct sg_err err = {0};
	char *filling = file_of(dir, "filling");
	static const char block[4096];
	int fd, r;

	(void)bytes;
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", dir, "tmpfs", 0, "size=16k"))
		return NO_MOUNT;
	fd = open(filling, O_WRONLY | O_CREAT, 0600);
	for (int i = 0; i < 2; i++) /* leaves room for a file or two */
		if (write(fd, block, sizeof(block)) < 0)
			return 4;
	close(fd);
	r = fuzz_finding_write(&finding, dir, &err);
	if (r != -ENOSPC || err.kind != SG_ERR_ENV || strchr(err.msg, '\n'))
		return 1;
	unlink(filling);
	free(filling);
	return entries_of(dir, false) || entries_of(dir, true) || finding.directory ? 2 : 0;
}

static void a_full_disk_is_said_and_nothing_lost(void **state)
{
	char *dir = file_of(folder, "full");
	int result;

	(void)state;
	assert_int_equal(mkdir(dir, 0777), 0);
	result = in_child(write_on_full_disk, dir, 0);
	free(dir);
	if (result == NO_MOUNT) {
		print_message("SKIP: mount: no small file system can be mounted here\n");
		skip();
	}
	assert_int_equal(result, 0);
}

/* Without end. */
static void write_many(const char *dir, uint64_t round)
{
	for (uint64_t i = 0;; i++) {
		struct fuzz_finding finding = wrong_for_sure("allow");

		finding.tuple.args[0] = round << 32 | i;
		write_finding(&finding, dir);
		fuzz_finding_release(&finding);
	}
}

/* Kills it when it has written another one, and a while later. */
static void kill_after(pid_t pid, const char *dir, int before, useconds_t later_us)
{
	while (entries_of(dir, false) <= before)
		usleep(1000);
	usleep(later_us);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static size_t count_whole(const char *dir)
{
	DIR *list = opendir(dir);
	size_t whole = 0;

	assert_non_null(list);
	for (struct dirent *entry; (entry = readdir(list));) {
		char *path = file_of(dir, entry->d_name);

		if (entry->d_name[0] != '.') {
			struct fuzz_finding finding = read_finding(path);

			assert_int_equal(finding.got, ABI_RET_ALLOW);
			fuzz_finding_release(&finding);
			whole++;
		}
		free(path);
	}
	closedir(list);
	return whole;
}

/* Killed at any moment: what has a name can be read. */
static void killed_while_writing(void **state)
{
	char *dir = file_of(folder, "killed");

	(void)state;
	assert_int_equal(mkdir(dir, 0777), 0);
	for (int round = 0; round < 12; round++) {
		const int before = entries_of(dir, false);
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			write_many(dir, round);
		kill_after(pid, dir, before, 3001 * round);
	}
	assert_true(count_whole(dir) >= 12);
	free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_folder_that_cannot_be),
		cmocka_unit_test(writing_that_fails_leaves_nothing),
		cmocka_unit_test(a_full_disk_is_said_and_nothing_lost),
		cmocka_unit_test(killed_while_writing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
