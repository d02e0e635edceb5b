/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/run/neighbours.h"

/* proc(5), /proc/stat: user nice system idle iowait irq softirq steal, in clock ticks. */
enum { USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL, COUNT };

static bool read_ticks(int cpu, unsigned long long ticks[COUNT])
{
	FILE *stat = fopen("/proc/stat", "re");
	char line[512];
	int which = -1;

	while (stat && which != cpu && fgets(line, sizeof(line), stat))
		if (sscanf(line, "cpu%d %llu %llu %llu %llu %llu %llu %llu %llu", &which,
			   &ticks[USER], &ticks[NICE], &ticks[SYSTEM], &ticks[IDLE], &ticks[IOWAIT],
			   &ticks[IRQ], &ticks[SOFTIRQ], &ticks[STEAL]) != 1 + COUNT)
			which = -1;
	if (stat)
		fclose(stat);
	return which == cpu;
}

static double seconds(struct timeval time)
{
	return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

bool run_neighbours_read(int cpu, struct run_neighbours *ret)
{
	double tick_s = 1.0 / (double)sysconf(_SC_CLK_TCK);
	unsigned long long t[COUNT];
	struct rusage children;

	if (!read_ticks(cpu, t))
		return false;
	getrusage(RUSAGE_CHILDREN, &children);
	*ret = (struct run_neighbours){
		.cpu = cpu,
		/* Not the interrupts: those of the loopback device are our children's own. */
		.busy_s = tick_s * (double)(t[USER] + t[NICE] + t[SYSTEM]),
		.stolen_s = tick_s * (double)t[STEAL],
		.children_s = seconds(children.ru_utime) + seconds(children.ru_stime),
		.wall_s = 1e-9 * (double)sg_monotonic_ns(),
	};
	return true;
}

double run_neighbours_share(const struct run_neighbours *from, const struct run_neighbours *to)
{
	double others_s = (to->busy_s - from->busy_s) - (to->children_s - from->children_s);

	return fmax(others_s, 0) / (to->wall_s - from->wall_s);
}

double run_neighbours_stolen(const struct run_neighbours *from, const struct run_neighbours *to)
{
	return fmax(to->stolen_s - from->stolen_s, 0) / (to->wall_s - from->wall_s);
}
