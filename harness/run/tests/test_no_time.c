/* SPDX-License-Identifier: MIT */
/* A plan without times: the exact figures of every row, and nothing is run but what is traced. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <unistd.h>

#include "harness/run/tests/fake.h"

static pid_t test_pid;

/* Ends the test from whatever process it is called in. */
static void must_not_run(void *state, uint64_t ops, struct wl_fault *fault)
{
	(void)state;
	(void)ops;
	(void)fault;
	kill(test_pid, SIGABRT);
	abort();
}

static int must_not_prepare(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	(void)env;
	(void)err;
	must_not_run(*ret_state, 0, NULL);
	return 0;
}

static const struct wl never_run = {
	.name = "never-run",
	.declare = fake_declare,
	.prepare = must_not_prepare,
	.run = must_not_run,
};

static uint64_t must_not_read(void *ctx)
{
	must_not_run(ctx, 0, NULL);
	return 0;
}

static void init(struct fake_plan *fake, const struct wl *workload)
{
	fake_plan_init(fake, workload);
	fake->plan.no_time = true;
	fake->plan.seconds = 0;
}

static void assert_exact(const struct run_row *row, double calls, double insns, double full,
			 double share)
{
	assert_true(row->calls_per_op == calls);
	assert_true(row->bpf_insns == insns);
	assert_true(row->bpf_insns_full == full);
	assert_true(row->bitmap_share == share);
}

static void nothing_is_run_and_every_row_has_its_figures(void **state)
{
	const struct sg_clock clock = {.now_ns = must_not_read, .name = "fake"};
	struct fake_plan fake;

	(void)state;
	init(&fake, &never_run);
	fake.plan.clock = &clock;
	fake_plan_add(&fake, "allows", fake_filter(SYS_getpgid, ABI_RET_ERRNO | 100));
	fake_plan_add(&fake, "logs", fake_filter(SYS_getppid, ABI_RET_LOG));
	fake_plan_add(&fake, "kills", fake_filter(SYS_getppid, ABI_RET_KILL_PROCESS));
	fake_plan_run(&fake);

	bool bitmap = fake.result.env.bitmap;

	assert_int_equal(fake.result.row_count, 5);
	for (size_t i = 0; i < fake.result.row_count; i++) {
		assert_row(fake_row(&fake, i), RUN_UNTIMED, "--no-time");
		assert_int_equal(fake_row(&fake, i)->sample_count, 0);
	}
	assert_exact(fake_row(&fake, 0), 1, 0, 0, 0);
	assert_true(fake_row(&fake, 1)->aa);
	assert_exact(fake_row(&fake, 2), 1, bitmap ? 0 : 3, 3, bitmap ? 1 : 0);
	assert_exact(fake_row(&fake, 3), 1, 3, 3, 0);
	assert_exact(fake_row(&fake, 4), 1, 3, 3, 0);
	assert_false(fake.result.interrupted);
	assert_int_equal(fake.filters[0].install_ns, 0);
	fake_plan_release(&fake);
}

static void what_else_is_wrong_with_a_row_is_said_all_the_same(void **state)
{
	struct fake_plan fake;

	(void)state;
	init(&fake, &never_run);
	fake_plan_add(&fake, "denies", fake_filter(SYS_getppid, ABI_RET_ERRNO | 100));
	fake_plan_add(&fake, "nowhere", (struct gen_filter){0});
	fake.filters[1].unsupported = (char *)"no generator here";
	fake_plan_run(&fake);
	assert_row(fake_row(&fake, 2), RUN_DENIED, "getppid");
	assert_exact(fake_row(&fake, 2), 1, 3, 3, 0);
	assert_row(fake_row(&fake, 3), RUN_UNSUPPORTED, "no generator here");
	assert_true(fake_row(&fake, 3)->calls_per_op == 1);
	assert_true(isnan(fake_row(&fake, 3)->bpf_insns));
	assert_true(isnan(fake_row(&fake, 3)->bitmap_share));
	fake_plan_release(&fake);
}

static void rows_whose_turn_did_not_come_know_nothing(void **state)
{
	static const volatile int interrupted = 1;
	struct fake_plan fake;

	(void)state;
	init(&fake, &never_run);
	fake.plan.interrupted = &interrupted;
	fake_plan_add(&fake, "allows", fake_filter(SYS_getpgid, ABI_RET_ERRNO | 100));
	fake_plan_run(&fake);
	assert_true(fake.result.interrupted);
	for (size_t i = 0; i < fake.result.row_count; i++) {
		assert_row(fake_row(&fake, i), RUN_INTERRUPTED, NULL);
		assert_true(isnan(fake_row(&fake, i)->calls_per_op));
		assert_true(isnan(fake_row(&fake, i)->bpf_insns));
	}
	fake_plan_release(&fake);
}

static void run_two_calls(void *state, uint64_t ops, struct wl_fault *fault)
{
	(void)state;
	(void)fault;
	for (uint64_t i = 0; i < ops; i++) {
		wl_syscall(SYS_getsid, 0, 0, 0, 0, 0, 0);
		wl_syscall(SYS_getpgid, 0, 0, 0, 0, 0, 0);
	}
}

/* Declares one call and makes two others. */
static const struct wl traced = {
	.name = "traced",
	.spawns = true,
	.declare = fake_declare,
	.prepare = fake_prepare,
	.run = run_two_calls,
};

static void what_a_driver_starts_is_traced(void **state)
{
	struct wl_calls calls = {0};
	struct wl_env env = {0};
	struct fake_plan fake;
	struct sg_err err;

	(void)state;
	if (run_trace(&traced, &env, 1, &calls, &err)) {
		print_message("SKIP: ptrace: %s\n", err.msg);
		skip();
	}
	wl_calls_release(&calls);
	init(&fake, &traced);
	fake_plan_add(&fake, "denies", fake_filter(SYS_getsid, ABI_RET_ERRNO | 100));
	fake_plan_run(&fake);
	assert_row(fake_row(&fake, 0), RUN_UNTIMED, "--no-time");
	assert_true(fake_row(&fake, 0)->calls_per_op == 2);
	assert_row(fake_row(&fake, 2), RUN_DENIED, "getsid");
	assert_true(fake_row(&fake, 2)->bpf_insns_full == 6);
	fake_plan_release(&fake);
}

/* Words about the quality of times would be words about nothing. */
static void nothing_is_said_of_noise(void **state)
{
	struct fake_plan fake;

	(void)state;
	init(&fake, &never_run);
	fake_plan_run(&fake);
	for (size_t i = 0; i < fake.result.warnings.len; i++)
		fail_msg("%s", fake.result.warnings.items[i]);
	assert_string_not_equal(fake.result.env.clock, "fake");
	fake_plan_release(&fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_run_and_every_row_has_its_figures),
		cmocka_unit_test(what_else_is_wrong_with_a_row_is_said_all_the_same),
		cmocka_unit_test(rows_whose_turn_did_not_come_know_nothing),
		cmocka_unit_test(what_a_driver_starts_is_traced),
		cmocka_unit_test(nothing_is_said_of_noise),
	};

	test_pid = getpid();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
