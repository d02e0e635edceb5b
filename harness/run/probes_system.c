/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/alloc.h"
#include "harness/base/clock.h"
#include "harness/run/cpus.h"
#include "harness/run/facts.h"
#include "harness/run/probes.h"

static int refused(struct sg_buf *why, const char *what)
{
	sg_buf_addf(why, "%s: %s", what, strerror(errno));
	return 1;
}

static int closing(int fd, struct sg_buf *why, const char *what)
{
	if (fd < 0)
		return refused(why, what);
	close(fd);
	return 0;
}

/* As wl_trace() needs it: seize a child and ask for the call it is in (Linux 5.3). The probe itself
 * runs undumpable (sg_child_run()), which would be inherited and forbid it. */
int run_probe_ptrace(struct sg_buf *why)
{
	struct __ptrace_syscall_info info;
	int status, bad = 0;
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	pid_t pid = fork();

	if (pid < 0)
		return refused(why, "fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		for (;;)
			pause();
	}
	if (ptrace(PTRACE_SEIZE, pid, NULL, 0L) || ptrace(PTRACE_INTERRUPT, pid, NULL, NULL))
		bad = refused(why, "tracing a child");
	else if (waitpid(pid, &status, __WALL) < 0 ||
		 ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(info), &info) < 0)
		bad = refused(why, "PTRACE_GET_SYSCALL_INFO");
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return bad;
}

int run_probe_io_uring(struct sg_buf *why)
{
	struct io_uring_params params = {0};

	return closing((int)syscall(SYS_io_uring_setup, 1, &params), why, "io_uring_setup");
}

/* The kind of program that the microscope loads: return 0. */
int run_probe_bpf(struct sg_buf *why)
{
	const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SCHED_CLS,
		.insns = (uintptr_t)insns,
		.insn_cnt = SG_COUNT(insns),
		.license = (uintptr_t) "GPL",
	};

	return closing((int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr)), why,
		       "loading a BPF program");
}

int run_probe_sys_admin(struct sg_buf *why)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};

	if (!syscall(SYS_capget, &header, data) &&
	    data[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective & CAP_TO_MASK(CAP_SYS_ADMIN))
		return 0;
	sg_buf_adds(why, "this process does not have CAP_SYS_ADMIN");
	return 1;
}

int run_probe_perf_counters(struct sg_buf *why)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_HW_INSTRUCTIONS,
	};

	return closing((int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0), why,
		       "perf_event_open");
}

int run_probe_vdso_clock(struct sg_buf *why)
{
	struct sg_clock clock;
	struct sg_err err;
	char source[32];

	if (sg_clock_open(&clock, &err)) {
		sg_buf_adds(why, err.msg);
		return 1;
	}
	if (!strcmp(clock.name, "vdso"))
		return 0;
	run_fact_read("/sys/devices/system/clocksource/clocksource0/current_clocksource", "unknown",
		      source, sizeof(source));
	sg_buf_addf(why, "clock source %s needs a system call", source);
	return 1;
}

int run_probe_second_processor(struct sg_buf *why)
{
	struct run_cpus cpus;

	run_cpus_choose(&cpus);
	if (cpus.child != cpus.harness)
		return 0;
	sg_buf_addf(why, "only processor %d is allowed", cpus.child);
	return 1;
}
