/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/run: the measured process, and the memory it shares with the harness.
 *
 * From the moment its filter is in, a child makes no system call but the workload's. It hears of
 * its next slice and tells of the finished one through the slot alone, spins in between, and is
 * stopped, continued and ended from outside ("Measuring" in README.md).
 */
#ifndef SG_RUN_CHILD_H
#define SG_RUN_CHILD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

#include "filters/gen/gen.h"
#include "harness/base/clock.h"
#include "workloads/workload.h"

/*
 * Plain fields belong to the child until it raises `finished`, then to the harness until it raises
 * `ordered`. A page each, so that no child's slot shares a cache line with another's.
 */
struct run_slot {
	_Alignas(4096) _Atomic uint32_t ordered; /* slices ordered; by the harness */
	_Atomic uint32_t finished;               /* 1 when ready, then 1 more for each slice */
	bool failed;                             /* with the first `finished`: `err` says why */
	uint64_t ops;                            /* of the ordered slice */
	uint64_t slice_ns;                       /* of the finished slice */
	uint64_t install_ns;                     /* all installs together */
	struct wl_fault fault;                   /* since the filter is in */
	struct sg_err err;
};

struct run_job {
	const struct wl *workload;
	struct wl_env env;
	const struct gen_filter *filter; /* NULL: none */
	unsigned stack;
	uint32_t seccomp_flags;
	const struct sg_clock *clock;
	int cpu;
	pid_t harness;
	uint64_t warmup_ops;
};

/* The child's life, between fork() and SIGKILL. */
_Noreturn void run_child(const struct run_job *job, struct run_slot *slot);

static inline void run_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield" ::: "memory");
#else
	__asm__ volatile("" ::: "memory");
#endif
}

#endif
