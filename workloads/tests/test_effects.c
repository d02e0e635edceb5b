/* SPDX-License-Identifier: MIT */
/* Every driver, untraced: no wrong results, nothing that grows, nothing left after release(), and
 * all of that without privileges too. */
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workloads/tests/fixture.h"

/* What a run may leave behind. */
struct footprint {
	size_t fds, entries;
	long long file_bytes, address_space_pages;
};

static size_t count_entries(const char *path)
{
	size_t count = 0;
	DIR *dir = opendir(path);

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static long long bytes_of_files(const char *path)
{
	long long bytes = 0;
	DIR *dir = opendir(path);

	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir));) {
		struct stat st;
		assert_int_equal(fstatat(dirfd(dir), entry->d_name, &st, 0), 0);
		bytes += S_ISREG(st.st_mode) ? st.st_size : 0;
	}
	closedir(dir);
	return bytes;
}

static long long address_space_pages(void)
{
	long long pages = 0;
	FILE *statm = fopen("/proc/self/statm", "re");

	assert_non_null(statm);
	assert_int_equal(fscanf(statm, "%lld", &pages), 1);
	fclose(statm);
	return pages;
}

static struct footprint footprint(const struct fixture *f)
{
	return (struct footprint){count_entries("/proc/self/fd"), count_entries(f->dir),
				  bytes_of_files(f->dir), address_space_pages()};
}

static void run_clean(const struct wl *wl, void *state, uint64_t ops)
{
	struct wl_fault fault = {0};

	wl->run(state, ops, &fault);
	if (fault.count)
		fail_msg("%s: %lu faults, the first: call %d gave %ld", wl->name, fault.count,
			 fault.nr, fault.result);
}

static void test_nothing_grows(void **state)
{
	const struct wl *wl = *state;
	struct fixture f;
	struct sg_err err = {0};
	void *driver = NULL;

	fixture_make(&f);
	need(wl, &f);
	struct wl_calls calls = declared(wl, &f);
	uint64_t ops = whole_ops(&calls, wl->spawns ? 4 : 1000);
	size_t fds = count_entries("/proc/self/fd");
	if (wl->prepare(&f.env, &driver, &err))
		fail_msg("%s", err.msg);
	run_clean(wl, driver, ops);
	struct footprint before = footprint(&f);
	run_clean(wl, driver, ops);
	run_clean(wl, driver, ops);
	struct footprint after = footprint(&f);
	assert_int_equal(before.fds, after.fds);
	assert_int_equal(before.entries, after.entries);
	assert_int_equal(before.file_bytes, after.file_bytes);
	assert_int_equal(before.address_space_pages, after.address_space_pages);
	wl->release(driver);
	assert_int_equal(fds, count_entries("/proc/self/fd"));
	wl_calls_release(&calls);
	fixture_release(&f);
}

/* Any split of the operations over calls of run() does the same. */
static void test_runs_in_slices(void **state)
{
	const struct wl *wl = *state;
	struct fixture f;
	struct sg_err err = {0};
	void *driver = NULL;

	fixture_make(&f);
	need(wl, &f);
	if (wl->prepare(&f.env, &driver, &err))
		fail_msg("%s", err.msg);
	for (uint64_t ops = 0; ops < (wl->spawns ? 3 : 20); ops++)
		run_clean(wl, driver, ops);
	wl->release(driver);
	fixture_release(&f);
}

/* A private directory that cannot be used is a reason given, not a crash. */
static void test_missing_directory(void **state)
{
	const struct wl *wl = *state;
	struct fixture f;
	struct sg_err err = {0};
	void *driver = NULL;

	fixture_make(&f);
	need(wl, &f);
	f.env.dir = "/nonexistent/directory";
	size_t fds = count_entries("/proc/self/fd");
	if (wl->prepare(&f.env, &driver, &err)) {
		assert_int_equal(err.kind, SG_ERR_ENV);
		assert_non_null(strstr(err.msg, f.env.dir));
	} else { /* it needs no directory */
		run_clean(wl, driver, 2);
		wl->release(driver);
	}
	assert_int_equal(fds, count_entries("/proc/self/fd"));
	fixture_release(&f);
}

/* In a child, which tells by its exit code what went wrong; 0: nothing. */
static int run_as_nobody(const struct wl *wl, const struct fixture *f)
{
	const id_t nobody = 65534;
	struct wl_fault fault = {0};
	void *driver;

	if (!geteuid() && (chown(f->dir, nobody, nobody) || setgroups(0, NULL) ||
			   setresgid(nobody, nobody, nobody) || setresuid(nobody, nobody, nobody)))
		return 1;
	if (wl->supported && wl->supported(&f->env, NULL))
		return 2;
	if (wl->prepare(&f->env, &driver, NULL))
		return 3;
	wl->run(driver, wl->spawns ? 2 : 100, &fault);
	return fault.count ? 4 : 0;
}

static void test_as_an_ordinary_user(void **state)
{
	const struct wl *wl = *state;
	struct fixture f;
	int status;

	fixture_make(&f);
	need(wl, &f);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		_exit(run_as_nobody(wl, &f));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	fixture_release(&f);
}

static long time_wait_sockets(void)
{
	char line[256];
	long count = -1;
	FILE *sockstat = fopen("/proc/net/sockstat", "re");

	while (sockstat && count < 0 && fgets(line, sizeof(line), sockstat))
		if (sscanf(line, "TCP: inuse %*d orphan %*d tw %ld", &count) != 1)
			count = -1;
	if (sockstat)
		fclose(sockstat);
	return count;
}

/* A minute of TIME_WAIT for each connection would use up the ephemeral ports in some seconds. */
static void test_tcp_echo_leaves_no_time_wait(void **state)
{
	(void)state;
	const uint64_t connections = 200;
	const struct wl *wl[WL_MAX];
	struct fixture f;
	struct sg_err err = {0};
	void *driver = NULL;

	assert_int_equal(wl_find("tcp-echo", wl, &err), 1);
	fixture_make(&f);
	need(wl[0], &f);
	if (wl[0]->prepare(&f.env, &driver, &err))
		fail_msg("%s", err.msg);
	long before = time_wait_sockets();
	run_clean(wl[0], driver, 64 * connections);
	long after = time_wait_sockets();
	assert_true(before >= 0);
	assert_true(after - before < (long)connections / 2);
	wl[0]->release(driver);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_tcp_echo_leaves_no_time_wait)};

	return run_for_each_workload("grows_nothing", test_nothing_grows) +
	       run_for_each_workload("runs_in_slices", test_runs_in_slices) +
	       run_for_each_workload("misses_its_directory", test_missing_directory) +
	       run_for_each_workload("as_an_ordinary_user", test_as_an_ordinary_user) +
	       cmocka_run_group_tests_name("connections", tests, NULL, NULL);
}
