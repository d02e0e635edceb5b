/* SPDX-License-Identifier: MIT */
/* A libc whose clock_gettime() always enters the kernel, as where the clock source has no vDSO
 * mode. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/clock.h"

int clock_gettime(clockid_t id, struct timespec *ret_now)
{
	return (int)syscall(SYS_clock_gettime, id, ret_now);
}

static void the_tsc_stands_in_or_the_environment_is_blamed(void **state)
{
	struct sg_clock clock;
	struct sg_err err = {0};
	int ret = sg_clock_open(&clock, &err);

	(void)state;
	if (!ret) {
		assert_string_equal(clock.name, "tsc");
		return;
	}
	assert_int_equal(ret, -ENOTSUP);
	assert_int_equal(err.kind, SG_ERR_ENV);
	assert_non_null(strstr(err.msg, "without a system call"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tsc_stands_in_or_the_environment_is_blamed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
