/* SPDX-License-Identifier: MIT */
/* The whole path without time: what must come out is known. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/file.h"
#include "harness/run/cpus.h"
#include "harness/run/tests/fake.h"

static void known_overheads_come_out(void **state)
{
	struct fake_plan fake;

	(void)state;
	fake_plan_init(&fake, &fake_workload);
	fake_plan_add(&fake, "plus-100", fake_filter(SYS_getppid, ABI_RET_ERRNO | 100));
	fake_plan_add(&fake, "plus-7", fake_filter(SYS_getppid, ABI_RET_ERRNO | 7));
	fake_plan_add(&fake, "plus-0", fake_filter(SYS_getppid, ABI_RET_ALLOW));
	fake_plan_run(&fake);

	for (size_t i = 0; i < 5; i++)
		assert_row(fake_row(&fake, i), RUN_MEASURED, NULL);
	assert_interval(fake_row(&fake, 0)->ns_per_op, 1000, 1000, 1000);
	assert_interval(fake_row(&fake, 0)->ratio, 1, 1, 1);
	assert_interval(fake_row(&fake, 0)->overhead_ns, 0, 0, 0);
	assert_interval(fake_row(&fake, 1)->ratio, 1, 1, 1);
	assert_interval(fake_row(&fake, 2)->ns_per_op, 1100, 1100, 1100);
	assert_interval(fake_row(&fake, 2)->ratio, 1.1, 1.1, 1.1);
	assert_interval(fake_row(&fake, 2)->overhead_ns, 100, 100, 100);
	assert_interval(fake_row(&fake, 3)->ratio, 1.007, 1.007, 1.007);
	assert_interval(fake_row(&fake, 4)->overhead_ns, 0, 0, 0);
	assert_false(fake_row(&fake, 1)->seen);
	assert_true(fake_row(&fake, 2)->seen);
	assert_true(fake_row(&fake, 3)->seen);
	assert_false(fake_row(&fake, 4)->seen);
	assert_ptr_equal(run_aa_of(&fake.result, fake_row(&fake, 4)), fake_row(&fake, 1));
	assert_false(fake.result.interrupted);
	fake_plan_release(&fake);
}

static void every_sample_is_kept_with_its_pair(void **state)
{
	struct fake_plan fake;

	(void)state;
	fake_plan_init(&fake, &fake_workload);
	fake.plan.min_blocks = 12;
	fake_plan_add(&fake, "plus-100", fake_filter(SYS_getppid, ABI_RET_ERRNO | 100));
	fake_plan_run(&fake);

	const struct run_row *row = fake_row(&fake, 2);

	assert_int_equal(row->sample_count, 12);
	for (size_t i = 0; i < row->sample_count; i++) {
		assert_true(fabs(row->samples[i].ns_per_op - 1100) < 1e-9);
		assert_true(fabs(row->samples[i].none_ns_per_op - 1000) < 1e-9);
		assert_true(fabs(row->samples[i].ratio - 1.1) < 1e-9);
		assert_true(fabs(row->samples[i].overhead_ns - 100) < 1e-9);
		/* 0.2 ms are 200 operations of 1,000 ns; whole rounds of them */
		assert_int_equal(row->samples[i].iterations % 200, 0);
		assert_true(row->samples[i].iterations > 0);
	}
	fake_plan_release(&fake);
}

/* Reading takes 1,000 ns, and an install is timed by two readings. */
static void every_block_knows_its_install(void **state)
{
	struct fake_plan fake;

	(void)state;
	fake_plan_init(&fake, &fake_workload);
	fake.plan.stack = 2;
	fake_plan_add(&fake, "plus-100", fake_filter(SYS_getppid, ABI_RET_ERRNO | 100));
	fake_read_ns = 1000;
	fake_plan_run(&fake);
	fake_read_ns = 0;
	assert_true(fake_row(&fake, 2)->sample_count >= STATS_MIN_VALUES);
	for (size_t i = 0; i < fake_row(&fake, 2)->sample_count; i++) {
		assert_true(fabs(fake_row(&fake, 2)->samples[i].install_ns - 500) < 1e-9);
		assert_true(fake_row(&fake, 0)->samples[i].install_ns == 0);
	}
	fake_plan_release(&fake);
}

/* Reading takes 1,000 ns, so that a slice has to take 1 ms for that to be 0.1% of it: 999
 * operations, and one read beside them. */
static void slow_clocks_get_longer_slices(void **state)
{
	struct fake_plan fake;

	(void)state;
	fake_plan_init(&fake, &fake_workload);
	fake_read_ns = 1000;
	fake_plan_run(&fake);
	fake_read_ns = 0;
	uint64_t ops = fake_row(&fake, 0)->samples[0].iterations;
	assert_true(ops >= 900 && ops <= 1000);
	assert_true(fabs(fake_row(&fake, 0)->ns_per_op.estimate - 1001) < 1);
	fake_plan_release(&fake);
}

static void deterministic_figures_are_over_the_calls_of_an_operation(void **state)
{
	struct fake_plan fake;

	(void)state;
	fake_plan_init(&fake, &fake_workload);
	fake.plan.stack = 2;
	fake_plan_add(&fake, "served", fake_filter(SYS_getpgid, ABI_RET_ERRNO | 1));
	fake_plan_add(&fake, "answered", fake_filter(SYS_getppid, ABI_RET_ERRNO | 100));
	fake_plan_run(&fake);

	const struct run_row *served = fake_row(&fake, 2), *answered = fake_row(&fake, 3);

	assert_true(served->calls_per_op == 1);
	assert_true(served->bpf_insns_full == 6); /* ld, jeq, ret in each of two filters */
	assert_true(answered->bpf_insns == 6 && answered->bpf_insns_full == 6);
	assert_true(answered->bitmap_share == 0);
	assert_true(served->bitmap_share == (fake.result.env.bitmap ? 1 : 0));
	assert_true(served->bpf_insns == (fake.result.env.bitmap ? 0 : 6));
	fake_plan_release(&fake);
}

/* ---- stacks */

static void stack_beyond_the_kernels_limit_fails_with_the_numbers(void **state)
{
	struct fake_plan fake;
	struct gen_filter big = {0};

	(void)state;
	for (int i = 0; i < 4095; i++)
		cbpf_add(&big.prog,
			 (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_NR));
	cbpf_add(&big.prog, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, ABI_RET_ALLOW));
	fake_plan_init(&fake, &fake_workload);
	fake.plan.stack = 9;
	fake_plan_add(&fake, "big", big);
	fake_plan_add(&fake, "small", fake_filter(SYS_getpgid, ABI_RET_ALLOW));
	fake_plan_run(&fake);
	assert_row(fake_row(&fake, 2), RUN_FAILED, NULL);
	assert_non_null(strstr(fake_row(&fake, 2)->reason, "more than 32768"));
	assert_row(fake_row(&fake, 3), RUN_MEASURED, NULL);
	fake_plan_release(&fake);
}

static void stack_needs_seccomp_allowed(void **state)
{
	struct fake_plan fake;

	(void)state;
	fake_plan_init(&fake, &fake_workload);
	fake.plan.stack = 2;
	fake_plan_add(&fake, "strict", fake_strict_filter(SYS_getppid));
	fake_plan_run(&fake);
	assert_row(fake_row(&fake, 2), RUN_UNSUPPORTED, NULL);
	assert_non_null(strstr(fake_row(&fake, 2)->reason, "seccomp"));
	fake_plan_release(&fake);
}

/* ---- interrupted */

struct interruption {
	int flag, calls_left;
};

static void interrupt_soon(void *ctx, const char *workload, double done_s, double total_s)
{
	struct interruption *interruption = ctx;

	(void)workload;
	assert_true(done_s <= total_s);
	if (!interruption->calls_left--)
		interruption->flag = 1;
}

static void interrupt_after(struct fake_plan *fake, struct interruption *interruption)
{
	fake_plan_init(fake, &fake_workload);
	fake->workloads[1] = &fake_undenied;
	fake->plan.workload_count = 2;
	fake->plan.progress = interrupt_soon;
	fake->plan.progress_ctx = interruption;
	fake->plan.interrupted = &interruption->flag;
	fake_plan_add(fake, "allows", fake_filter(SYS_getpgid, ABI_RET_ALLOW));
	fake_plan_run(fake);
	assert_true(fake->result.interrupted);
}

/* Progress is told once before the first block and after each. */
static void interrupted_run_keeps_what_was_measured(void **state)
{
	struct interruption after_7_blocks = {.calls_left = 7};
	struct fake_plan fake;

	(void)state;
	interrupt_after(&fake, &after_7_blocks);
	for (size_t i = 0; i < 3; i++) {
		assert_row(fake_row(&fake, i), RUN_MEASURED, NULL);
		assert_int_equal(fake_row(&fake, i)->sample_count, 7);
	}
	for (size_t i = 3; i < 6; i++)
		assert_row(fake_row(&fake, i), RUN_INTERRUPTED, NULL);
	fake_plan_release(&fake);
}

static void too_few_blocks_are_no_measurement(void **state)
{
	struct interruption after_3_blocks = {.calls_left = 3};
	struct fake_plan fake;

	(void)state;
	interrupt_after(&fake, &after_3_blocks);
	assert_row(fake_row(&fake, 2), RUN_INTERRUPTED, "3 of at least 6 blocks");
	assert_int_equal(fake_row(&fake, 2)->sample_count, 3);
	fake_plan_release(&fake);
}

/* ---- surroundings */

static void strict_filters_see_the_workloads_calls_alone(void **state)
{
	const struct wl *null;
	struct fake_plan fake;
	struct sg_err err;

	(void)state;
	assert_int_equal(wl_find("null", &null, &err), 1);
	fake_plan_init(&fake, null);
	fake.plan.clock = NULL; /* the real one */
	fake_plan_add(&fake, "strict", fake_strict_filter(SYS_getppid));
	fake_plan_run(&fake);
	assert_row(fake_row(&fake, 2), RUN_MEASURED, NULL);
	assert_true(fake.filters[0].install_ns > 0);
	fake_plan_release(&fake);
}

/* As some parents leave it, and then waitpid(2) finds no child. */
static void ignored_sigchld_does_not_matter(void **state)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, after, before;
	const struct wl *null;
	struct fake_plan fake;
	struct sg_err err;

	(void)state;
	assert_int_equal(wl_find("null", &null, &err), 1);
	sigaction(SIGCHLD, &ignore, &before);
	fake_plan_init(&fake, null);
	fake.plan.clock = NULL; /* looking for it takes a child, too */
	fake_plan_add(&fake, "kills", fake_filter(SYS_getppid, ABI_RET_KILL_PROCESS));
	fake_plan_run(&fake);
	sigaction(SIGCHLD, &before, &after);
	assert_ptr_equal(after.sa_handler, SIG_IGN);
	assert_row(fake_row(&fake, 0), RUN_MEASURED, NULL);
	assert_row(fake_row(&fake, 2), RUN_KILLED, NULL);
	fake_plan_release(&fake);
}

static size_t count_entries(const char *path)
{
	DIR *dir = opendir(path);
	size_t count = 0;

	assert_non_null(dir);
	for (const struct dirent *entry; (entry = readdir(dir));)
		count += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
	closedir(dir);
	return count;
}

static int write_files(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	char *path = sg_asprintf("%s/sub", env->dir);
	int ret = mkdir(path, 0700) ? sg_err_env(err, errno, "mkdir: %m") : 0;

	free(path);
	*ret_state = NULL;
	return ret;
}

static const struct wl fake_littering = {
	.name = "littering",
	.denied_on_purpose = true,
	.declare = fake_declare,
	.prepare = write_files,
	.run = fake_run,
};

static void nothing_is_left_behind(void **state)
{
	cpu_set_t cpus_before, cpus_after;
	struct fake_plan fake;
	struct sg_err err;
	char *dir;

	(void)state;
	assert_int_equal(sg_tempdir_create(&dir, &err), 0);
	setenv("TMPDIR", dir, 1);
	sched_getaffinity(0, sizeof(cpus_before), &cpus_before);
	fake_plan_init(&fake, &fake_littering);
	fake_plan_add(&fake, "kills", fake_filter(SYS_getppid, ABI_RET_KILL_PROCESS));
	fake_plan_run(&fake);
	assert_row(fake_row(&fake, 0), RUN_MEASURED, NULL);
	assert_row(fake_row(&fake, 2), RUN_KILLED, NULL);
	fake_plan_release(&fake);
	sched_getaffinity(0, sizeof(cpus_after), &cpus_after);
	assert_true(CPU_EQUAL(&cpus_before, &cpus_after));
	assert_int_equal(count_entries(dir), 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	unsetenv("TMPDIR");
	sg_tempdir_remove(dir);
}

static void one_processor_is_enough_and_is_said(void **state)
{
	cpu_set_t all, one;
	struct fake_plan fake;

	(void)state;
	sched_getaffinity(0, sizeof(all), &all);
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof(one), &one);
	fake_plan_init(&fake, &fake_workload);
	fake_plan_add(&fake, "plus-100", fake_filter(SYS_getppid, ABI_RET_ERRNO | 100));
	fake_plan_run(&fake);
	sched_setaffinity(0, sizeof(all), &all);
	assert_int_equal(fake.result.env.cpu_child, fake.result.env.cpu_parent);
	assert_interval(fake_row(&fake, 2)->ratio, 1.1, 1.1, 1.1);
	assert_true(has_warning(&fake.result, "only one processor"));
	fake_plan_release(&fake);
}

/* Somebody else works on the measured processor all the time. */
static void busy_neighbours_are_told_of(void **state)
{
	struct fake_plan fake;
	struct run_cpus cpus;

	(void)state;
	run_cpus_choose(&cpus);
	pid_t neighbour = fork();

	if (!neighbour) {
		run_cpu_pin(0, cpus.child);
		for (;;)
			;
	}
	fake_plan_init(&fake, &fake_workload);
	fake_plan_run(&fake);
	kill(neighbour, SIGKILL);
	waitpid(neighbour, NULL, 0);
	assert_true(has_warning(&fake.result, "other processes took"));
	fake_plan_release(&fake);
}

static void result_names_its_instruments(void **state)
{
	struct fake_plan fake;

	(void)state;
	fake_plan_init(&fake, &fake_workload);
	fake_plan_add(&fake, "linear", fake_filter(SYS_getpgid, ABI_RET_ALLOW));
	snprintf(fake.filters[0].filter.version, sizeof(fake.filters[0].filter.version),
		 "libseccomp 9.8.7");
	fake_plan_run(&fake);
	assert_string_equal(fake.result.env.clock, "fake");
	assert_string_equal(fake.result.env.libseccomp, "9.8.7");
	assert_true(fake.result.peak_rss_bytes > 0);
	assert_true(fake.result.wall_s > 0);
	fake_plan_release(&fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_overheads_come_out),
		cmocka_unit_test(every_sample_is_kept_with_its_pair),
		cmocka_unit_test(every_block_knows_its_install),
		cmocka_unit_test(slow_clocks_get_longer_slices),
		cmocka_unit_test(deterministic_figures_are_over_the_calls_of_an_operation),
		cmocka_unit_test(stack_beyond_the_kernels_limit_fails_with_the_numbers),
		cmocka_unit_test(stack_needs_seccomp_allowed),
		cmocka_unit_test(interrupted_run_keeps_what_was_measured),
		cmocka_unit_test(too_few_blocks_are_no_measurement),
		cmocka_unit_test(strict_filters_see_the_workloads_calls_alone),
		cmocka_unit_test(ignored_sigchld_does_not_matter),
		cmocka_unit_test(nothing_is_left_behind),
		cmocka_unit_test(one_processor_is_enough_and_is_said),
		cmocka_unit_test(busy_neighbours_are_told_of),
		cmocka_unit_test(result_names_its_instruments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
