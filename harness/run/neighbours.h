/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/run: how much of the measured processor went to others than our children. Load
 * averages cannot tell, since the harness itself is load.
 */
#ifndef SG_RUN_NEIGHBOURS_H
#define SG_RUN_NEIGHBOURS_H

#include <stdbool.h>

struct run_neighbours {
	int cpu;
	double busy_s, stolen_s; /* of the processor, since boot: /proc/stat */
	double children_s;       /* CPU time of reaped children */
	double wall_s;
};

/* Takes the counters. False where /proc/stat does not tell. */
bool run_neighbours_read(int cpu, struct run_neighbours *ret);

/* Shares of the time between two readings, each at least 0. */
double run_neighbours_share(const struct run_neighbours *from, const struct run_neighbours *to);
double run_neighbours_stolen(const struct run_neighbours *from, const struct run_neighbours *to);

#endif
