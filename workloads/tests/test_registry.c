/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sys/syscall.h>

#include "workloads/tests/fixture.h"

static void test_sorted_and_unique(void **state)
{
	(void)state;
	assert_non_null(wl_registry[0]);
	for (size_t i = 1; wl_registry[i]; i++)
		assert_true(strcmp(wl_registry[i - 1]->name, wl_registry[i]->name) < 0);
}

/* A group's name must not hide a workload's. */
static void test_groups_are_no_names(void **state)
{
	(void)state;
	for (size_t i = 0; wl_registry[i]; i++)
		for (size_t j = 0; wl_registry[j]; j++)
			if (wl_registry[j]->group)
				assert_string_not_equal(wl_registry[i]->name,
							wl_registry[j]->group);
}

static void test_rows_are_complete(void **state)
{
	(void)state;
	for (const struct wl *const *wl = wl_registry; *wl; wl++) {
		assert_true((*wl)->summary && (*wl)->op);
		assert_true((*wl)->declare && (*wl)->prepare && (*wl)->run && (*wl)->release);
	}
}

/* The names that the command line promises. */
static void test_all_that_were_promised(void **state)
{
	(void)state;
	static const char *const promised[] = {"argcheck-clone",
					       "argcheck-personality",
					       "argcheck-socket",
					       "compat",
					       "denied",
					       "file-rw",
					       "futex",
					       "metadata",
					       "mix",
					       "mmap",
					       "null",
					       "pipe",
					       "readdir",
					       "start",
					       "stream",
					       "tcp-echo",
					       "unix-echo",
					       "uring",
					       "wal"};
	const struct wl *found[WL_MAX];

	for (size_t i = 0; i < SG_COUNT(promised); i++) {
		assert_int_equal(wl_find(promised[i], found, NULL), 1);
		assert_string_equal(found[0]->name, promised[i]);
	}
}

static void test_group_finds_its_members(void **state)
{
	(void)state;
	const struct wl *found[WL_MAX];

	assert_int_equal(wl_find("argcheck", found, NULL), 3);
	for (int i = 0; i < 3; i++)
		assert_string_equal(found[i]->group, "argcheck");
}

static void test_unknown_name_gets_the_nearest(void **state)
{
	(void)state;
	const struct wl *found[WL_MAX];
	struct sg_err err = {0};

	assert_int_equal(wl_find("file-rv", found, &err), -EINVAL);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_string_equal(err.msg, "unknown workload \"file-rv\" (did you mean file-rw?)");
	assert_int_equal(wl_find("argchek", found, &err), -EINVAL);
	assert_string_equal(err.msg, "unknown workload \"argchek\" (did you mean argcheck?)");
}

static void test_unknown_name_far_from_all(void **state)
{
	(void)state;
	const struct wl *found[WL_MAX];
	struct sg_err err = {0};

	assert_int_equal(wl_find("xyzzyxyzzyxyzzy", found, &err), -EINVAL);
	assert_string_equal(err.msg, "unknown workload \"xyzzyxyzzyxyzzy\"");
	assert_int_equal(wl_find("", found, &err), -EINVAL);
}

static void test_raw_call_returns_minus_errno(void **state)
{
	(void)state;
	assert_int_equal(wl_syscall(SYS_close, -1, 0, 0, 0, 0, 0), -EBADF);
	errno = 0;
	wl_syscall(SYS_close, -1, 0, 0, 0, 0, 0);
	assert_int_equal(errno, 0);
}

static void test_first_fault_is_kept(void **state)
{
	(void)state;
	struct wl_fault fault = {0};

	wl_expect(&fault, 1, 5, 5);
	assert_int_equal(fault.count, 0);
	wl_expect(&fault, 2, -EPERM, 0);
	wl_expect(&fault, 3, -EBADF, 0);
	assert_int_equal(fault.count, 2);
	assert_int_equal(fault.nr, 2);
	assert_int_equal(fault.result, -EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sorted_and_unique),
		cmocka_unit_test(test_groups_are_no_names),
		cmocka_unit_test(test_rows_are_complete),
		cmocka_unit_test(test_all_that_were_promised),
		cmocka_unit_test(test_group_finds_its_members),
		cmocka_unit_test(test_unknown_name_gets_the_nearest),
		cmocka_unit_test(test_unknown_name_far_from_all),
		cmocka_unit_test(test_raw_call_returns_minus_errno),
		cmocka_unit_test(test_first_fault_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
