/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/run/cpus.h"
#include "harness/run/facts.h"

/* Are these two hardware threads of one core? The file reads "0,4" or "0-1". */
static bool are_siblings(int a, int b)
{
	char path[96], list[64];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list",
		 a);
	run_fact_read(path, "", list, sizeof(list));
	for (char *part, *rest = list; (part = strsep(&rest, ","));) {
		char *end;
		long first = strtol(part, &end, 10);
		long last = *end == '-' ? strtol(end + 1, NULL, 10) : first;

		if (end != part && first <= b && b <= last)
			return true;
	}
	return false;
}

/* The last one: interrupts and daemons favour the first. */
static int last_allowed(const cpu_set_t *allowed)
{
	for (int cpu = CPU_SETSIZE - 1; cpu > 0; cpu--)
		if (CPU_ISSET(cpu, allowed))
			return cpu;
	return 0;
}

void run_cpus_choose(struct run_cpus *ret)
{
	*ret = (struct run_cpus){0};
	sched_getaffinity(0, sizeof(ret->before), &ret->before);
	ret->child = ret->harness = last_allowed(&ret->before);
	for (int cpu = ret->child - 1; cpu >= 0; cpu--) {
		if (!CPU_ISSET(cpu, &ret->before))
			continue;
		ret->harness = cpu;
		ret->siblings = are_siblings(ret->child, cpu);
		if (!ret->siblings)
			return;
	}
}

int run_cpu_pin(pid_t pid, int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	return sched_setaffinity(pid, sizeof(one), &one);
}

void run_cpus_enter(const struct run_cpus *cpus)
{
	run_cpu_pin(0, cpus->harness);
}

void run_cpus_leave(const struct run_cpus *cpus)
{
	sched_setaffinity(0, sizeof(cpus->before), &cpus->before);
}
