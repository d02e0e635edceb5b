/* SPDX-License-Identifier: MIT */
/* Private to harness/run: which processor measures and which one watches. */
#ifndef SG_RUN_CPUS_H
#define SG_RUN_CPUS_H

#include <sched.h>
#include <stdbool.h>

struct run_cpus {
	int child, harness; /* equal when only one is allowed */
	bool siblings;      /* two threads of one core: they slow each other down */
	cpu_set_t before;   /* what the process was allowed, to be given back */
};

/* Reads only. */
void run_cpus_choose(struct run_cpus *ret);
/* 0, or -1 with errno. @pid 0: the caller. */
int run_cpu_pin(pid_t pid, int cpu);
/* Pins the calling process to the harness's processor, and back. */
void run_cpus_enter(const struct run_cpus *cpus);
void run_cpus_leave(const struct run_cpus *cpus);

#endif
