/* SPDX-License-Identifier: MIT */
/*
 * Every driver with one of its calls denied, each in turn, and with all of them denied: it must
 * count faults and come to its end, without hanging, crashing or growing for ever. And killed, the
 * tracer must name the call.
 */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "workloads/tests/fixture.h"
#include "workloads/trace.h"

#define PATIENCE_S 60 /* a hang, not slowness */
#define ALL_OF     (-2)

/* What the child under the filter tells. */
struct told {
	struct wl_fault fault;
	_Atomic int done; /* 1: run() ended; 2: the filter could not be installed */
};

/* A filter that answers @action for each number of @nrs, ALLOW for the others. */
static int install(const int *nrs, size_t count, uint32_t action)
{
	struct sock_filter insns[2 * WL_MAX * 4];
	unsigned short len = 0;

	assert_true(2 * count + 2 <= SG_COUNT(insns));
	insns[len++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						    offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < count; i++) {
		insns[len++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
							    (uint32_t)nrs[i], 0, 1);
		insns[len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
	}
	insns[len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);

	const struct sock_fprog prog = {.len = len, .filter = insns};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) ? -errno : 0;
}

/* The numbers of the declared calls, or of one of them. */
static size_t numbers(const struct wl_calls *calls, size_t one, int *nrs)
{
	size_t len = 0;

	for (size_t i = 0; i < calls->len; i++)
		if (one == (size_t)ALL_OF || one == i)
			nrs[len++] = calls->items[i].nr;
	return len;
}

static bool ends_in_time(pid_t pid, const struct told *told, int *status)
{
	const struct timespec pause = {.tv_nsec = 2000000};

	for (int waited_ms = 0; waited_ms < PATIENCE_S * 1000; waited_ms += 2) {
		if (atomic_load(&told->done) || waitpid(pid, status, WNOHANG) == pid)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

static void under_filter(const struct wl *wl, struct fixture *f, const struct wl_calls *calls,
			 size_t one, struct told *told)
{
	const char *what = one == (size_t)ALL_OF ? "everything" : call_name(&calls->items[one]);
	int nrs[WL_MAX * 4], status = 0;
	size_t len = numbers(calls, one, nrs);
	struct sg_err err = {0};
	uint64_t ops = whole_ops(calls, wl->spawns ? 40 : 300);
	void *driver;

	*told = (struct told){0};
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* it spins at its end: never without a parent */
		if (wl->prepare(&f->env, &driver, &err) ||
		    install(nrs, len, SECCOMP_RET_ERRNO | DENIED_ERRNO))
			atomic_store(&told->done, 2);
		wl->run(driver, ops, &told->fault);
		atomic_store(&told->done, 1);
		for (;;)
			;
	}
	setpgid(pid, pid);
	bool ended = ends_in_time(pid, told, &status);
	int done = atomic_load(&told->done);
	kill(-pid, SIGKILL);
	waitpid(pid, NULL, 0);
	if (!ended || done != 1)
		fail_msg("%s with %s denied: %s (status %#x)", wl->name, what,
			 ended ? "died or could not start" : "hangs", status);
	if (!wl->denied_on_purpose && !told->fault.count)
		fail_msg("%s with %s denied: no fault was counted", wl->name, what);
}

static void test_denied(void **state)
{
	const struct wl *wl = *state;
	struct fixture f;

	fixture_make(&f);
	need(wl, &f);
	struct wl_calls calls = declared(wl, &f);
	struct told *told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(told != MAP_FAILED);
	for (size_t i = 0; i < calls.len && !wl->denied_on_purpose; i++)
		under_filter(wl, &f, &calls, i, told);
	under_filter(wl, &f, &calls, (size_t)ALL_OF, told);
	munmap(told, sizeof(*told));
	wl_calls_release(&calls);
	fixture_release(&f);
}

/* ---- killed, and named by the tracer */

static int kills(void *ctx, struct sg_err *err)
{
	if (install(ctx, 1, SECCOMP_RET_KILL_PROCESS))
		return sg_err_env(err, EPERM, "no filter");
	return 0;
}

static struct wl_trace trace_killed(const char *name, int nr)
{
	const struct wl *wl[WL_MAX];
	struct fixture f;
	struct wl_trace trace;
	struct sg_err err = {0};

	fixture_make(&f);
	assert_int_equal(wl_find(name, wl, &err), 1);
	const struct wl_trace_options options = {.ops = 3,
						 .follow_children = true,
						 .before_run = kills,
						 .ctx = &nr};
	if (wl_trace(wl[0], &f.env, &options, &trace, &err))
		fail_msg("%s", err.msg);
	fixture_release(&f);
	return trace;
}

static void test_tracer_names_the_killed_call(void **state)
{
	(void)state;
	struct wl_trace trace = trace_killed("metadata", SYS_unlinkat);

	assert_int_equal(trace.signal, SIGSYS);
	assert_int_equal(trace.killed.nr, SYS_unlinkat);
	wl_trace_release(&trace);
}

/* The driver lives on and counts it; the call is the program's. */
static void test_tracer_names_the_call_that_killed_a_program(void **state)
{
	(void)state;
	struct wl_trace trace = trace_killed("start", SYS_brk);

	assert_int_equal(trace.signal, 0);
	assert_int_equal(trace.killed.nr, SYS_brk);
	assert_int_equal(trace.fault.count, 3);
	assert_int_equal(trace.fault.nr, SYS_execve);
	assert_int_equal(WTERMSIG((int)trace.fault.result), SIGSYS);
	wl_trace_release(&trace);
}

static void test_tracer_names_nothing_when_nothing_is_killed(void **state)
{
	(void)state;
	struct wl_trace trace = trace_killed("null", SYS_unlinkat);

	assert_int_equal(trace.signal, 0);
	assert_int_equal(trace.killed.nr, ABI_NR_NONE);
	assert_int_equal(trace.fault.count, 0);
	wl_trace_release(&trace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tracer_names_the_killed_call),
		cmocka_unit_test(test_tracer_names_the_call_that_killed_a_program),
		cmocka_unit_test(test_tracer_names_nothing_when_nothing_is_killed),
	};

	return run_for_each_workload("ends_when_denied", test_denied) +
	       cmocka_run_group_tests_name("killed", tests, NULL, NULL);
}
