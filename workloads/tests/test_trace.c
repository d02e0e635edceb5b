/* SPDX-License-Identifier: MIT */
/* The tracer, on drivers made for it. */
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workloads/tests/fixture.h"
#include "workloads/trace.h"

static int prepare_nothing(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	(void)env;
	(void)err;
	getuid();                /* must not be seen */
	signal(SIGILL, SIG_DFL); /* cmocka's handlers would make an exit of a crash */
	signal(SIGTRAP, SIG_DFL);
	*ret_state = NULL;
	return 0;
}

static int prepare_fails(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	(void)env;
	(void)ret_state;
	return sg_err_env(err, ENOSPC, "no room in %s", "here");
}

/* Twice getppid, once lseek with a first argument that varies; one fault in each operation. */
static void run_calls(void *state, uint64_t ops, struct wl_fault *fault)
{
	(void)state;
	for (uint64_t i = 0; i < ops; i++) {
		wl_syscall(SYS_getppid, 0, 0, 0, 0, 0, 0);
		wl_expect(fault, SYS_lseek, wl_syscall(SYS_lseek, -1 - (long)i, 7, 8, 0, 0, 0), 0);
		wl_syscall(SYS_getppid, 0, 0, 0, 0, 0, 0);
	}
}

static void run_crashes(void *state, uint64_t ops, struct wl_fault *fault)
{
	(void)state;
	(void)ops;
	(void)fault;
	wl_syscall(SYS_getppid, 0, 0, 0, 0, 0, 0);
	__builtin_trap();
}

/* Signals must reach a driver through the tracer. */
static void run_signals_itself(void *state, uint64_t ops, struct wl_fault *fault)
{
	(void)state;
	(void)fault;
	for (uint64_t i = 0; i < ops; i++)
		wl_syscall(SYS_kill, getpid(), SIGTERM, 0, 0, 0, 0);
}

static void run_exits(void *state, uint64_t ops, struct wl_fault *fault)
{
	(void)state;
	(void)ops;
	(void)fault;
	_exit(0);
}

/* A child that makes one getuid and ends. */
static void run_forks(void *state, uint64_t ops, struct wl_fault *fault)
{
	(void)state;
	(void)fault;
	for (uint64_t i = 0; i < ops; i++) {
		long pid = wl_syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);
		if (!pid) {
			wl_syscall(SYS_getuid, 0, 0, 0, 0, 0, 0);
			wl_syscall(SYS_exit_group, 0, 0, 0, 0, 0, 0);
		}
		wl_syscall(SYS_wait4, pid, 0, 0, 0, 0, 0);
	}
}

/* Leaves a child behind that never ends by itself. */
static void run_leaves_a_child(void *state, uint64_t ops, struct wl_fault *fault)
{
	(void)state;
	(void)ops;
	(void)fault;
	if (!wl_syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0))
		for (;;)
			wl_syscall(SYS_ppoll, 0, 0, 0, 0, 0, 0);
}

static int trace_run(void (*run)(void *, uint64_t, struct wl_fault *), bool follow,
		     struct wl_trace *trace, struct sg_err *err)
{
	const struct wl wl = {.name = "probe", .prepare = prepare_nothing, .run = run};
	const struct wl_env env = {.dir = "/"};
	const struct wl_trace_options options = {.ops = 10, .follow_children = follow};

	return wl_trace(&wl, &env, &options, trace, err);
}

static const struct wl_call *call_of(const struct wl_trace *trace, int nr)
{
	for (size_t i = 0; i < trace->calls.len; i++)
		if (trace->calls.items[i].nr == nr)
			return &trace->calls.items[i];
	return NULL;
}

static void test_counts_by_call(void **state)
{
	(void)state;
	struct wl_trace trace;
	struct sg_err err = {0};

	if (trace_run(run_calls, false, &trace, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(trace.calls.len, 2); /* and nothing of prepare() */
	assert_int_equal(trace.calls.items[0].nr, SYS_getppid);
	assert_true(fabs(trace.calls.items[0].per_op - 2) < 1e-9);
	const struct wl_call *lseek = &trace.calls.items[1];
	assert_int_equal(lseek->nr, SYS_lseek);
	assert_true(fabs(lseek->per_op - 1) < 1e-9);
	assert_null(lseek->arch);
	wl_trace_release(&trace);
}

static void test_arguments_that_vary_are_not_fixed(void **state)
{
	(void)state;
	struct wl_trace trace;
	struct sg_err err = {0};

	if (trace_run(run_calls, false, &trace, &err))
		fail_msg("%s", err.msg);
	const struct wl_call *lseek = call_of(&trace, SYS_lseek);
	assert_non_null(lseek);
	assert_int_equal(lseek->fixed, 0x3e);
	assert_true(lseek->args[0] == (uint64_t)-1); /* of the first occurrence */
	assert_int_equal(lseek->args[1], 7);
	assert_int_equal(lseek->args[2], 8);
	wl_trace_release(&trace);
}

static void test_faults_come_back(void **state)
{
	(void)state;
	struct wl_trace trace;
	struct sg_err err = {0};

	if (trace_run(run_calls, false, &trace, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(trace.fault.count, 10);
	assert_int_equal(trace.fault.nr, SYS_lseek);
	assert_int_equal(trace.fault.result, -EBADF);
	wl_trace_release(&trace);
}

static void test_children_are_followed_when_asked(void **state)
{
	(void)state;
	struct wl_trace trace;
	struct sg_err err = {0};

	if (trace_run(run_forks, true, &trace, &err))
		fail_msg("%s", err.msg);
	assert_non_null(call_of(&trace, SYS_getuid));
	assert_true(fabs(call_of(&trace, SYS_getuid)->per_op - 1) < 1e-9);
	wl_trace_release(&trace);
	if (trace_run(run_forks, false, &trace, &err))
		fail_msg("%s", err.msg);
	assert_null(call_of(&trace, SYS_getuid));
	assert_non_null(call_of(&trace, SYS_wait4));
	wl_trace_release(&trace);
}

static void test_the_programs_of_start_are_seen(void **state)
{
	(void)state;
	const struct wl *wl[WL_MAX];
	struct fixture f;
	struct wl_trace trace;
	struct sg_err err = {0};
	const struct wl_trace_options options = {.ops = 2, .follow_children = true};
	double calls = 0;

	fixture_make(&f);
	assert_int_equal(wl_find("start", wl, &err), 1);
	need(wl[0], &f);
	if (wl_trace(wl[0], &f.env, &options, &trace, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(trace.fault.count, 0);
	assert_non_null(call_of(&trace, SYS_execve));
	assert_true(fabs(call_of(&trace, SYS_execve)->per_op - 1) < 1e-9);
	for (size_t i = 0; i < trace.calls.len; i++)
		calls += trace.calls.items[i].per_op;
	assert_true(calls > 20);                 /* the loader alone makes more */
	assert_null(call_of(&trace, SYS_write)); /* nothing is printed, errors included */
	wl_trace_release(&trace);
	fixture_release(&f);
}

static void test_a_crash_is_a_result(void **state)
{
	(void)state;
	struct wl_trace trace;
	struct sg_err err = {0};

	if (trace_run(run_crashes, false, &trace, &err))
		fail_msg("%s", err.msg);
	assert_true(trace.signal == SIGILL || trace.signal == SIGTRAP);
	assert_int_equal(trace.killed.nr, SYS_getppid);
	wl_trace_release(&trace);
}

static void test_signals_pass_the_tracer(void **state)
{
	(void)state;
	struct wl_trace trace;
	struct sg_err err = {0};

	if (trace_run(run_signals_itself, false, &trace, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(trace.signal, SIGTERM);
	wl_trace_release(&trace);
}

static void test_a_driver_that_exits_is_an_error(void **state)
{
	(void)state;
	struct wl_trace trace;
	struct sg_err err = {0};

	assert_true(trace_run(run_exits, false, &trace, &err) < 0);
	assert_int_equal(err.kind, SG_ERR_INTERNAL);
	assert_non_null(strstr(err.msg, "probe"));
}

static void test_error_of_prepare_is_handed_on(void **state)
{
	(void)state;
	const struct wl wl = {.name = "probe", .prepare = prepare_fails, .run = run_calls};
	const struct wl_env env = {.dir = "/"};
	const struct wl_trace_options options = {.ops = 1};
	struct wl_trace trace;
	struct sg_err err = {0};

	assert_int_equal(wl_trace(&wl, &env, &options, &trace, &err), -ENOSPC);
	assert_int_equal(err.kind, SG_ERR_ENV);
	assert_string_equal(err.msg, "no room in here");
}

static int refuses(void *ctx, struct sg_err *err)
{
	return sg_err_input(err, EINVAL, "%s", (const char *)ctx);
}

static void test_error_of_before_run_is_handed_on(void **state)
{
	(void)state;
	char why[] = "a bad filter";
	const struct wl wl = {.name = "probe", .prepare = prepare_nothing, .run = run_calls};
	const struct wl_env env = {.dir = "/"};
	const struct wl_trace_options options = {.ops = 1, .before_run = refuses, .ctx = why};
	struct wl_trace trace;
	struct sg_err err = {0};

	assert_int_equal(wl_trace(&wl, &env, &options, &trace, &err), -EINVAL);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_string_equal(err.msg, why);
}

/* Not only the driver: a child that it left must not outlive the trace. */
static void test_nobody_is_left(void **state)
{
	(void)state;
	struct wl_trace trace;
	struct sg_err err = {0};

	for (int follow = 0; follow < 2; follow++) {
		if (trace_run(run_leaves_a_child, follow, &trace, &err))
			fail_msg("%s", err.msg);
		wl_trace_release(&trace);
		assert_int_equal(waitpid(-1, NULL, WNOHANG | __WALL), -1);
		assert_int_equal(errno, ECHILD);
	}
}

/* The caller's own children are none of the tracer's business. */
static void test_other_children_are_left_alone(void **state)
{
	(void)state;
	struct wl_trace trace;
	struct sg_err err = {0};
	int status;
	pid_t other = fork();

	assert_true(other >= 0);
	if (!other)
		_exit(3);
	if (trace_run(run_calls, true, &trace, &err))
		fail_msg("%s", err.msg);
	wl_trace_release(&trace);
	assert_int_equal(waitpid(other, &status, 0), other);
	assert_int_equal(WEXITSTATUS(status), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts_by_call),
		cmocka_unit_test(test_arguments_that_vary_are_not_fixed),
		cmocka_unit_test(test_faults_come_back),
		cmocka_unit_test(test_children_are_followed_when_asked),
		cmocka_unit_test(test_the_programs_of_start_are_seen),
		cmocka_unit_test(test_a_crash_is_a_result),
		cmocka_unit_test(test_signals_pass_the_tracer),
		cmocka_unit_test(test_a_driver_that_exits_is_an_error),
		cmocka_unit_test(test_error_of_prepare_is_handed_on),
		cmocka_unit_test(test_error_of_before_run_is_handed_on),
		cmocka_unit_test(test_nobody_is_left),
		cmocka_unit_test(test_other_children_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
