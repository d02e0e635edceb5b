/* SPDX-License-Identifier: MIT */
/* For test_run-tests.sh: a real cmocka program that goes the way its own name says. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *way;

static int goes(const char *name)
{
	return !strcmp(way, name);
}

static void first_passes(void **state)
{
	(void)state;
}

static void second_goes_its_way(void **state)
{
	(void)state;
	if (goes("failing"))
		fail_msg("as it should");
	if (goes("skipping"))
		print_message("SKIP: kernel: too old\n");
	if (goes("skipping") || goes("unexplained"))
		skip();
	if (goes("crashing"))
		abort();
	if (goes("leaving"))
		_exit(0);
	if (goes("hanging"))
		pause();
	if (goes("multiplying") && fork() > 0)
		wait(NULL);
}

static void third_passes(void **state)
{
	(void)state;
}

static int fixture(void **state)
{
	(void)state;
	return goes("unfixed") ? -1 : 0;
}

static int case_fixture(void **state)
{
	(void)state;
	return goes("unprepared") ? -1 : 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_passes),
		cmocka_unit_test_setup(second_goes_its_way, case_fixture),
		cmocka_unit_test(third_passes),
	};

	(void)argc;
	way = strrchr(argv[0], '/') + strlen("/test_");
	int failed = cmocka_run_group_tests(tests, fixture, NULL);
	if (goes("grouped"))
		failed += cmocka_run_group_tests_name("second group", tests, NULL, NULL);
	if (goes("lying"))
		return 7;
	return failed;
}
