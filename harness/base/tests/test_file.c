/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/alloc.h"
#include "harness/base/file.h"

/* Each test has a folder of its own. */
static char *folder;

static int make_folder(void **state)
{
	(void)state;
	return sg_tempdir_create(&folder, NULL);
}

static int remove_folder(void **state)
{
	(void)state;
	sg_tempdir_remove(folder);
	return 0;
}

/* Until the next call but three. */
static const char *in_folder(const char *name)
{
	static char paths[4][4096];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static void expect_content(const char *path, const char *want)
{
	struct sg_buf got = {0};

	assert_int_equal(sg_file_read(path, 1 << 20, &got, NULL), 0);
	assert_string_equal(sg_buf_text(&got), want);
	sg_buf_release(&got);
}

static size_t entries(void)
{
	DIR *dir = opendir(folder);
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count - 2;
}

static void write_text(const char *path, const char *text)
{
	struct sg_err err = {0};

	if (sg_file_write(path, text, strlen(text), &err))
		fail_msg("%s", err.msg);
}

static void what_is_written_is_read(void **state)
{
	struct sg_buf big = {0}, got = {0};

	(void)state;
	for (int i = 0; i < 50000; i++)
		sg_buf_addf(&big, "%d\n", i);
	assert_int_equal(sg_file_write(in_folder("big"), big.data, big.len, NULL), 0);
	sg_buf_adds(&got, "before");
	assert_int_equal(sg_file_read(in_folder("big"), big.len, &got, NULL), 0);
	assert_int_equal(got.len, 6 + big.len);
	assert_memory_equal(got.data + 6, big.data, big.len);
	assert_int_equal(entries(), 1);
	sg_buf_release(&big);
	sg_buf_release(&got);
}

static void expect_read_error(const char *path, size_t max_bytes, int errnum, const char *what)
{
	struct sg_buf buf = {0};
	struct sg_err err = {0};
	char *want = sg_asprintf("%s: %s", path, what);

	sg_buf_adds(&buf, "kept");
	assert_int_equal(sg_file_read(path, max_bytes, &buf, &err), -errnum);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_string_equal(err.msg, want);
	assert_string_equal(sg_buf_text(&buf), "kept");
	sg_buf_release(&buf);
	free(want);
}

static void what_cannot_be_read_is_named(void **state)
{
	(void)state;
	write_text(in_folder("four"), "1234");
	expect_read_error(in_folder("absent"), 10, ENOENT, "No such file or directory");
	expect_read_error(folder, 10, EISDIR, "is a directory");
	expect_read_error(in_folder("four"), 3, EFBIG, "is larger than 3 bytes");
	expect_read_error(in_folder("four/below"), 3, ENOTDIR, "Not a directory");
	expect_read_error("/dev/zero", 100000, EFBIG, "is larger than 100000 bytes");
}

static void an_empty_file_is_no_error(void **state)
{
	(void)state;
	write_text(in_folder("empty"), "");
	expect_content(in_folder("empty"), "");
	expect_content("/dev/null", "");
}

static void a_pipe_can_be_read(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		_exit(sg_file_write(in_folder("fifo"), "through", 7, NULL) != 0);
	expect_content(in_folder("fifo"), "through");
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	/* It was written to, not replaced. */
	struct stat st;
	assert_int_equal(stat(in_folder("fifo"), &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
}

/* In a child, so that the test keeps its own. */
static int with_streams(const char *in, const char *out, int (*action)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		if (dup2(open(in, O_RDONLY), STDIN_FILENO) < 0 ||
		    dup2(open(out, O_WRONLY | O_CREAT, 0600), STDOUT_FILENO) < 0)
			_exit(99);
		_exit(action());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int copy_input_to_output(void)
{
	struct sg_buf buf = {0};

	fputs("buffered, then ", stdout);
	if (sg_file_read("-", 100, &buf, NULL) || sg_file_write("-", buf.data, buf.len, NULL))
		return 1;
	sg_buf_release(&buf);
	return 0;
}

static void a_dash_is_standard_input_and_output(void **state)
{
	(void)state;
	write_text(in_folder("in"), "content");
	assert_int_equal(with_streams(in_folder("in"), in_folder("out"), copy_input_to_output), 0);
	expect_content(in_folder("out"), "buffered, then content");
}

static int write_between(void)
{
	fputs("before, ", stdout);
	if (sg_file_write("/dev/stdout", "within", 6, NULL))
		return 1;
	fputs(", after", stdout);
	return fflush(stdout) != 0;
}

/* Even where it is a regular file, which must not be replaced by another. */
static void dev_stdout_is_standard_output(void **state)
{
	(void)state;
	assert_int_equal(with_streams("/dev/null", in_folder("out"), write_between), 0);
	expect_content(in_folder("out"), "before, within, after");
}

static int read_a_directory_from_input(void)
{
	struct sg_buf buf = {0};
	struct sg_err err = {0};

	return !(sg_file_read("-", 100, &buf, &err) == -EISDIR &&
		 !strcmp(err.msg, "standard input: is a directory"));
}

static void standard_input_is_named_in_messages(void **state)
{
	(void)state;
	assert_int_equal(with_streams(folder, "/dev/null", read_a_directory_from_input), 0);
	assert_string_equal(sg_file_label("-"), "standard input");
	assert_string_equal(sg_file_label("x"), "x");
}

static int write_to_full_output(void)
{
	struct sg_err err = {0};

	return !(sg_file_write("-", "x", 1, &err) == -ENOSPC && err.kind == SG_ERR_ENV &&
		 !strcmp(err.msg, "standard output: cannot write: No space left on device"));
}

static void a_full_disk_is_the_machines(void **state)
{
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(sg_file_write("/dev/full", "x", 1, &err), -ENOSPC);
	assert_int_equal(err.kind, SG_ERR_ENV);
	assert_string_equal(err.msg, "/dev/full: cannot write: No space left on device");
	assert_int_equal(with_streams("/dev/null", "/dev/full", write_to_full_output), 0);
}

static void a_path_that_does_not_work_is_the_users(void **state)
{
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(sg_file_write(in_folder("no/such"), "x", 1, &err), -ENOENT);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_non_null(strstr(err.msg, "no/such: cannot write: No such file"));
	assert_int_equal(sg_file_write(folder, "x", 1, &err), -EISDIR);
	assert_non_null(strstr(err.msg, ": is a directory"));
	assert_int_equal(entries(), 0);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

static void a_new_file_follows_the_umask(void **state)
{
	mode_t old = umask(027);

	(void)state;
	write_text(in_folder("new"), "x");
	assert_int_equal(umask(old), 027);
	assert_int_equal(mode_of(in_folder("new")), 0640);
}

static void a_replaced_file_keeps_its_mode(void **state)
{
	(void)state;
	write_text(in_folder("old"), "old");
	assert_int_equal(chmod(in_folder("old"), 0604), 0);
	write_text(in_folder("old"), "new");
	assert_int_equal(mode_of(in_folder("old")), 0604);
	expect_content(in_folder("old"), "new");
}

static void a_link_stays_a_link(void **state)
{
	struct stat st;

	(void)state;
	write_text(in_folder("target"), "old");
	assert_int_equal(symlink("target", in_folder("link")), 0);
	write_text(in_folder("link"), "new");
	assert_int_equal(lstat(in_folder("link"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	expect_content(in_folder("target"), "new");
}

static void a_link_that_leads_nowhere_is_not_replaced(void **state)
{
	struct sg_err err = {0};
	struct stat st;

	(void)state;
	assert_int_equal(symlink("loop", in_folder("loop")), 0);
	assert_int_equal(sg_file_write(in_folder("loop"), "x", 1, &err), -ELOOP);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_int_equal(lstat(in_folder("loop"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
}

/* A reader that has the old file open keeps it whole. */
static void a_file_is_replaced_not_overwritten(void **state)
{
	char text[4] = "";

	(void)state;
	write_text(in_folder("f"), "old");
	int fd = open(in_folder("f"), O_RDONLY);
	write_text(in_folder("f"), "new");
	assert_int_equal(read(fd, text, 3), 3);
	assert_string_equal(text, "old");
	close(fd);
	expect_content(in_folder("f"), "new");
}

static int write_beyond_the_limit(void)
{
	struct rlimit limit = {1000, 1000};
	char much[4096] = {0};

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	return sg_file_write(in_folder("f"), much, sizeof(much), NULL) != -EFBIG;
}

static void a_failed_write_leaves_the_old_file_alone(void **state)
{
	(void)state;
	write_text(in_folder("f"), "old");
	assert_int_equal(with_streams("/dev/null", "/dev/null", write_beyond_the_limit), 0);
	expect_content(in_folder("f"), "old");
	assert_int_equal(entries(), 1);
}

static void a_temporary_directory_is_private(void **state)
{
	(void)state;
	assert_int_equal(mode_of(folder), 0700);
}

static void removal_does_not_follow_links(void **state)
{
	char *inner = NULL;

	(void)state;
	write_text(in_folder("outside"), "stays");
	assert_int_equal(mkdir(in_folder("outside-dir"), 0700), 0);
	write_text(in_folder("outside-dir/f"), "stays too");
	setenv("TMPDIR", folder, 1);
	int ret = sg_tempdir_create(&inner, NULL);
	unsetenv("TMPDIR");
	assert_int_equal(ret, 0);
	assert_memory_equal(inner, folder, strlen(folder));

	char *deep = sg_asprintf("%s/a", inner), *link = sg_asprintf("%s/a/l", inner);
	char *dir_link = sg_asprintf("%s/d", inner);
	assert_int_equal(mkdir(deep, 0700), 0);
	assert_int_equal(symlink("../../outside", link), 0);
	assert_int_equal(symlink("../outside-dir", dir_link), 0);
	free(deep);
	free(link);
	free(dir_link);
	sg_tempdir_remove(inner);
	assert_int_equal(entries(), 2);
	expect_content(in_folder("outside"), "stays");
	expect_content(in_folder("outside-dir/f"), "stays too");
}

static void no_place_for_a_temporary_directory(void **state)
{
	struct sg_err err = {0};
	char *path = NULL;

	(void)state;
	setenv("TMPDIR", in_folder("absent"), 1);
	int ret = sg_tempdir_create(&path, &err);
	unsetenv("TMPDIR");
	assert_int_equal(ret, -ENOENT);
	assert_int_equal(err.kind, SG_ERR_ENV);
	assert_null(path);
	sg_tempdir_remove(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_is_read),
		TEST(what_cannot_be_read_is_named),
		TEST(an_empty_file_is_no_error),
		TEST(a_pipe_can_be_read),
		TEST(a_dash_is_standard_input_and_output),
		TEST(dev_stdout_is_standard_output),
		TEST(standard_input_is_named_in_messages),
		TEST(a_full_disk_is_the_machines),
		TEST(a_path_that_does_not_work_is_the_users),
		TEST(a_new_file_follows_the_umask),
		TEST(a_replaced_file_keeps_its_mode),
		TEST(a_link_stays_a_link),
		TEST(a_link_that_leads_nowhere_is_not_replaced),
		TEST(a_file_is_replaced_not_overwritten),
		TEST(a_failed_write_leaves_the_old_file_alone),
		TEST(a_temporary_directory_is_private),
		TEST(removal_does_not_follow_links),
		TEST(no_place_for_a_temporary_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
