/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/alloc.h"
#include "harness/base/clock.h"
#include "harness/base/clock_tsc.h"

#define SLACK_NS 1000000

static void open_or_skip(int (*open_clock)(struct sg_clock *, struct sg_err *),
			 struct sg_clock *clock)
{
	struct sg_err err = {0};
	int ret = open_clock(clock, &err);

	if (!ret)
		return;
	assert_int_equal(ret, -ENOTSUP);
	assert_int_equal(err.kind, SG_ERR_ENV);
	print_message("SKIP: clock: %s\n", err.msg);
	skip();
}

static int exit_status(pid_t pid)
{
	int status;

	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* SECCOMP_MODE_STRICT kills at any call but read, write, exit and sigreturn. */
static void read_under_strict_mode(const struct sg_clock *clock)
{
	uint64_t last = 0, bad = 0;

	prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
	for (int i = 0; i < 10000; i++) {
		uint64_t now = sg_clock_now_ns(clock);

		bad += now < last;
		last = now;
	}
	syscall(SYS_exit, bad != 0);
}

static void expect_no_system_call(const struct sg_clock *clock)
{
	pid_t pid = fork();

	if (!pid)
		read_under_strict_mode(clock);
	assert_int_equal(exit_status(pid), 0);
}

static void expect_to_follow_clock_monotonic(const struct sg_clock *clock)
{
	for (int i = 0; i < 100; i++) {
		uint64_t before = sg_monotonic_ns(), now = sg_clock_now_ns(clock);
		uint64_t after = sg_monotonic_ns();

		assert_true(now + SLACK_NS >= before);
		assert_true(now <= after + SLACK_NS);
	}
}

static void the_clock_makes_no_system_call(void **state)
{
	struct sg_clock clock;

	(void)state;
	open_or_skip(sg_clock_open, &clock);
	assert_true(!strcmp(clock.name, "vdso") || !strcmp(clock.name, "tsc"));
	expect_no_system_call(&clock);
}

static void the_clock_follows_clock_monotonic(void **state)
{
	struct sg_clock clock;

	(void)state;
	open_or_skip(sg_clock_open, &clock);
	expect_to_follow_clock_monotonic(&clock);
}

static void the_tsc_makes_no_system_call(void **state)
{
	struct sg_clock clock;

	(void)state;
	open_or_skip(sg_clock_open_tsc, &clock);
	assert_string_equal(clock.name, "tsc");
	expect_no_system_call(&clock);
}

static void the_tsc_follows_clock_monotonic(void **state)
{
	struct sg_clock clock;

	(void)state;
	open_or_skip(sg_clock_open_tsc, &clock);
	expect_to_follow_clock_monotonic(&clock);
}

static uint64_t fake_now_ns(void *ctx)
{
	return *(uint64_t *)ctx;
}

static void a_fake_clock_tells_what_it_is_told(void **state)
{
	uint64_t now = 5;
	struct sg_clock clock = {.now_ns = fake_now_ns, .ctx = &now, .name = "fake"};

	(void)state;
	assert_int_equal(sg_clock_now_ns(&clock), 5);
	now = 7;
	assert_int_equal(sg_clock_now_ns(&clock), 7);
}

static void only_a_tsc_of_constant_rate_will_do(void **state)
{
	static const struct {
		const char *flags;
		bool constant;
	} rows[] = {
		{"flags\t\t: fpu tsc constant_tsc rep_good nonstop_tsc cpuid\nbugs\t: x\n", true},
		{"flags\t\t: nonstop_tsc constant_tsc", true},
		{"flags\t\t: fpu tsc constant_tsc cpuid\n", false},
		{"flags\t\t: fpu tsc nonstop_tsc cpuid\n", false},
		{"flags\t\t: constant_tsc_2 nonstop_tsc\n", false},
		{"flags\t\t: xconstant_tsc nonstop_tsc\n", false},
		{"flags\t\t: constant_tsc\nother : nonstop_tsc\n", false},
		{"flags\t\t:\n", false},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++)
		assert_int_equal(sg_cpu_flags_have_constant_tsc(rows[i].flags), rows[i].constant);
}

/* As under a container engine whose own profile refuses to install filters. */
static void open_where_filters_are_refused(void)
{
	struct sock_filter refuse_prctl[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = {SG_COUNT(refuse_prctl), refuse_prctl};
	struct sg_clock clock = {.name = "untouched"};
	struct sg_err err = {0};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0))
		_exit(99);
	int ret = sg_clock_open(&clock, &err);
	_exit(!(ret == -ENOTSUP && err.kind == SG_ERR_ENV && strstr(err.msg, "seccomp filter") &&
		!strcmp(clock.name, "untouched")));
}

static void without_seccomp_the_environment_is_blamed(void **state)
{
	(void)state;
	pid_t pid = fork();
	if (!pid)
		open_where_filters_are_refused();
	assert_int_equal(exit_status(pid), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_clock_makes_no_system_call),
		cmocka_unit_test(the_clock_follows_clock_monotonic),
		cmocka_unit_test(the_tsc_makes_no_system_call),
		cmocka_unit_test(the_tsc_follows_clock_monotonic),
		cmocka_unit_test(a_fake_clock_tells_what_it_is_told),
		cmocka_unit_test(only_a_tsc_of_constant_rate_will_do),
		cmocka_unit_test(without_seccomp_the_environment_is_blamed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
