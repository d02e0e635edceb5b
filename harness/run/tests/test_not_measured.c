/* SPDX-License-Identifier: MIT */
/* Rows that are not measured, beside others that are: denied, killed, failed, unsupported, late. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/file.h"
#include "harness/run/tests/fake.h"

static void denied_calls_are_named_and_not_measured(void **state)
{
	struct fake_plan fake;

	(void)state;
	fake_plan_init(&fake, &fake_undenied);
	fake_plan_add(&fake, "denies", fake_filter(SYS_getppid, ABI_RET_ERRNO | 100));
	fake_plan_add(&fake, "allows", fake_filter(SYS_getpgid, ABI_RET_ERRNO | 100));
	fake_plan_add(&fake, "nowhere", (struct gen_filter){0});
	fake.filters[2].unsupported = (char *)"no generator here";
	fake_plan_run(&fake);
	assert_row(fake_row(&fake, 2), RUN_DENIED, "getppid");
	assert_int_equal(fake_row(&fake, 2)->sample_count, 0);
	assert_row(fake_row(&fake, 3), RUN_MEASURED, NULL);
	assert_row(fake_row(&fake, 4), RUN_UNSUPPORTED, "no generator here");
	fake_plan_release(&fake);
}

static void denied_calls_are_measured_when_allowed(void **state)
{
	struct fake_plan fake;

	(void)state;
	fake_plan_init(&fake, &fake_undenied);
	fake.plan.allow_denied = true;
	fake_plan_add(&fake, "denies", fake_filter(SYS_getppid, ABI_RET_ERRNO | 100));
	fake_plan_run(&fake);
	assert_row(fake_row(&fake, 2), RUN_MEASURED, NULL);
	assert_interval(fake_row(&fake, 2)->overhead_ns, 100, 100, 100);
	fake_plan_release(&fake);
}

static void filter_that_kills_is_reported_with_the_call(void **state)
{
	struct fake_plan fake;

	(void)state;
	fake_plan_init(&fake, &fake_undenied);
	fake_plan_add(&fake, "kills", fake_filter(SYS_getppid, ABI_RET_KILL_PROCESS));
	fake_plan_add(&fake, "traps", fake_filter(SYS_getppid, ABI_RET_TRAP));
	fake_plan_add(&fake, "allows", fake_filter(SYS_getpgid, ABI_RET_KILL_PROCESS));
	fake_plan_run(&fake);

	char *expected = sg_asprintf("getppid (%d) by SIGSYS", (int)SYS_getppid);

	assert_row(fake_row(&fake, 2), RUN_KILLED, expected);
	assert_row(fake_row(&fake, 3), RUN_KILLED, expected);
	assert_row(fake_row(&fake, 4), RUN_MEASURED, NULL);
	free(expected);
	fake_plan_release(&fake);
}

/* Calls what it did not declare, once the warm-up of 1,000 operations is over. */
static void run_then_getsid(void *state, uint64_t ops, struct wl_fault *fault)
{
	static uint64_t done;

	fake_run(state, ops, fault);
	done += ops;
	if (done > 1100)
		wl_syscall(SYS_getsid, 0, 0, 0, 0, 0, 0);
}

static const struct wl fake_undeclared = {
	.name = "undeclared",
	.declare = fake_declare,
	.prepare = fake_prepare,
	.run = run_then_getsid,
};

static bool ptrace_works(void)
{
	struct wl_calls calls = {0};
	struct wl_env env = {0};
	struct sg_err err;
	int ret = run_trace(&fake_workload, &env, 1, &calls, &err);

	wl_calls_release(&calls);
	if (ret)
		print_message("SKIP: ptrace: %s\n", err.msg);
	return !ret;
}

static void child_killed_half_way_is_named_by_tracing_it(void **state)
{
	struct fake_plan fake;

	(void)state;
	if (!ptrace_works())
		skip();
	fake_plan_init(&fake, &fake_undeclared);
	fake_plan_add(&fake, "kills", fake_filter(SYS_getsid, ABI_RET_KILL_PROCESS));
	fake_plan_add(&fake, "allows", fake_filter(SYS_getsid, ABI_RET_ALLOW));
	fake_plan_run(&fake);

	char *expected = sg_asprintf("getsid (%d) by SIGSYS", (int)SYS_getsid);

	assert_row(fake_row(&fake, 2), RUN_KILLED, expected);
	assert_row(fake_row(&fake, 0), RUN_MEASURED, NULL);
	assert_row(fake_row(&fake, 3), RUN_MEASURED, NULL);
	free(expected);
	fake_plan_release(&fake);
}

/* A process that the driver makes is killed; the driver lives on. */
static void run_spawning(void *state, uint64_t ops, struct wl_fault *fault)
{
	int status = 0;
	long pid = wl_syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);

	if (!pid) {
		wl_syscall(SYS_getsid, 0, 0, 0, 0, 0, 0);
		wl_syscall(SYS_exit_group, 0, 0, 0, 0, 0, 0);
	}
	wl_syscall(SYS_wait4, pid, (long)&status, 0, 0, 0, 0);
	wl_expect(fault, SYS_wait4, status, 0);
	fake_run(state, ops, fault);
}

static const struct wl fake_spawning = {
	.name = "spawning",
	.spawns = true,
	.declare = fake_declare,
	.prepare = fake_prepare,
	.run = run_spawning,
};

static void killed_program_of_a_driver_is_named(void **state)
{
	struct fake_plan fake;

	(void)state;
	if (!ptrace_works())
		skip();
	fake_plan_init(&fake, &fake_spawning);
	fake_plan_add(&fake, "kills", fake_filter(SYS_getsid, ABI_RET_KILL_PROCESS));
	fake_plan_add(&fake, "denies", fake_filter(SYS_getsid, ABI_RET_ERRNO | 1));
	fake_plan_run(&fake);

	char *expected = sg_asprintf("getsid (%d) by SIGSYS", (int)SYS_getsid);

	assert_row(fake_row(&fake, 0), RUN_MEASURED, NULL);
	assert_row(fake_row(&fake, 2), RUN_KILLED, expected);
	assert_row(fake_row(&fake, 3), RUN_DENIED, "getsid");
	free(expected);
	fake_plan_release(&fake);
}

static void run_wrong(void *state, uint64_t ops, struct wl_fault *fault)
{
	long result = wl_syscall(SYS_getpgid, 0, 0, 0, 0, 0, 0);

	wl_expect(fault, SYS_getpgid, result < 0 ? result : 0, 0);
	fake_run(state, ops, fault);
}

static const struct wl fake_checking = {
	.name = "checking",
	.declare = fake_declare, /* not getpgid */
	.prepare = fake_prepare,
	.run = run_wrong,
};

static void wrong_results_fail_the_row(void **state)
{
	struct fake_plan fake;

	(void)state;
	fake_plan_init(&fake, &fake_checking);
	fake_plan_add(&fake, "denies", fake_filter(SYS_getpgid, ABI_RET_ERRNO | EPERM));
	fake_plan_run(&fake);
	assert_row(fake_row(&fake, 2), RUN_FAILED, "getpgid failed with EPERM");
	assert_row(fake_row(&fake, 0), RUN_MEASURED, NULL);
	fake_plan_release(&fake);
}

static int refuse_to_prepare(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	(void)ret_state;
	if (access(env->dir, W_OK))
		return sg_err_env(err, ENOENT, "no directory");
	return sg_err_env(err, EMFILE, "no descriptors left");
}

static const struct wl fake_unprepared = {
	.name = "unprepared",
	.declare = fake_declare,
	.prepare = refuse_to_prepare,
	.run = fake_run,
};

static void failed_preparation_is_everybodys(void **state)
{
	struct fake_plan fake;

	(void)state;
	fake_plan_init(&fake, &fake_unprepared);
	fake_plan_add(&fake, "allows", fake_filter(SYS_getpgid, ABI_RET_ALLOW));
	fake_plan_run(&fake);
	for (size_t i = 0; i < 3; i++)
		assert_row(fake_row(&fake, i), RUN_FAILED, "no descriptors left");
	fake_plan_release(&fake);
}

static int never_supported(const struct wl_env *env, struct sg_err *err)
{
	(void)env;
	return sg_err_env(err, ENOTSUP, "not on a Tuesday");
}

static const struct wl fake_unsupported = {
	.name = "unsupported",
	.supported = never_supported,
	.declare = fake_declare,
	.prepare = fake_prepare,
	.run = fake_run,
};

static void unsupported_workloads_say_why(void **state)
{
	struct fake_plan fake;

	(void)state;
	fake_plan_init(&fake, &fake_unsupported);
	fake_plan_add(&fake, "allows", fake_filter(SYS_getpgid, ABI_RET_ALLOW));
	fake_plan_run(&fake);
	for (size_t i = 0; i < 3; i++)
		assert_row(fake_row(&fake, i), RUN_UNSUPPORTED, "not on a Tuesday");
	fake_plan_release(&fake);
}

/* Goes on for ever where the filter answers, from the warm-up on: what a driver does that waits for
 * what never comes. */
static void run_or_hang(void *state, uint64_t ops, struct wl_fault *fault)
{
	fake_run(state, ops, fault);
	while (wl_syscall(SYS_getpgid, 0, 0, 0, 0, 0, 0) < 0)
		;
}

static const struct wl fake_hanging = {
	.name = "hanging",
	.declare = fake_declare,
	.prepare = fake_prepare,
	.run = run_or_hang,
};

static void late_children_are_killed_and_reported(void **state)
{
	struct fake_plan fake;

	(void)state;
	fake_plan_init(&fake, &fake_hanging);
	fake_plan_add(&fake, "hangs", fake_filter(SYS_getpgid, ABI_RET_ERRNO | 1));
	fake_plan_run(&fake);
	assert_row(fake_row(&fake, 0), RUN_MEASURED, NULL);
	assert_row(fake_row(&fake, 2), RUN_FAILED, "hangs before the first slice");
	assert_true(has_warning(&fake.result, "a child of hangs was late"));
	fake_plan_release(&fake);
}

/* The same, but only when the warm-up of 1,000 operations is over. */
static void run_then_hang(void *state, uint64_t ops, struct wl_fault *fault)
{
	static uint64_t done;

	done += ops;
	if (done > 1100)
		run_or_hang(state, ops, fault);
	else
		fake_run(state, ops, fault);
}

static const struct wl fake_hanging_later = {
	.name = "hanging-later",
	.declare = fake_declare,
	.prepare = fake_prepare,
	.run = run_then_hang,
};

static void late_slices_cost_the_others_nothing(void **state)
{
	struct fake_plan fake;

	(void)state;
	fake_plan_init(&fake, &fake_hanging_later);
	fake_plan_add(&fake, "hangs", fake_filter(SYS_getpgid, ABI_RET_ERRNO | 1));
	fake_plan_run(&fake);
	assert_row(fake_row(&fake, 2), RUN_FAILED, "hangs: 3 slices were late");
	for (size_t i = 0; i < 2; i++) {
		assert_row(fake_row(&fake, i), RUN_MEASURED, NULL);
		assert_int_equal(fake_row(&fake, i)->sample_count, 10);
	}
	fake_plan_release(&fake);
}

/* A clock that stands still must not keep the calibration going for ever. */
static void run_without_time(void *state, uint64_t ops, struct wl_fault *fault)
{
	(void)state;
	(void)ops;
	(void)fault;
	wl_syscall(SYS_getppid, 0, 0, 0, 0, 0, 0);
}

static const struct wl fake_timeless = {
	.name = "timeless",
	.declare = fake_declare,
	.prepare = fake_prepare,
	.run = run_without_time,
};

static void clock_that_stands_still_ends(void **state)
{
	struct fake_plan fake;

	(void)state;
	fake_plan_init(&fake, &fake_timeless);
	fake_plan_run(&fake);
	assert_true(fake_row(&fake, 0)->ns_per_op.estimate == 0);
	fake_plan_release(&fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(denied_calls_are_named_and_not_measured),
		cmocka_unit_test(denied_calls_are_measured_when_allowed),
		cmocka_unit_test(filter_that_kills_is_reported_with_the_call),
		cmocka_unit_test(child_killed_half_way_is_named_by_tracing_it),
		cmocka_unit_test(killed_program_of_a_driver_is_named),
		cmocka_unit_test(wrong_results_fail_the_row),
		cmocka_unit_test(failed_preparation_is_everybodys),
		cmocka_unit_test(unsupported_workloads_say_why),
		cmocka_unit_test(late_children_are_killed_and_reported),
		cmocka_unit_test(late_slices_cost_the_others_nothing),
		cmocka_unit_test(clock_that_stands_still_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
