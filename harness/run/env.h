/* SPDX-License-Identifier: MIT */
/*
 * Facts about the machine that a number cannot be read without, and what of it is usable here.
 * Everything is read from /proc, /sys, uname(2), prctl(2) and probes in children; a fact that
 * cannot be had is "unknown", never a guess.
 */
#ifndef SG_RUN_ENV_H
#define SG_RUN_ENV_H

#include <stdbool.h>

#include "harness/base/buf.h"

struct run_env {
	char kernel[128]; /* uname -r */
	char machine[32]; /* uname -m */
	char cpu[128];    /* model name */
	unsigned cpus_online, cpus_allowed;
	char virtualisation[64]; /* "kvm", "none", from cpuid's hypervisor leaf and DMI */
	char bpf_jit[16], bpf_jit_harden[16];         /* sysctls' values */
	char clock_source[32];                        /* current_clocksource */
	char clock[16];                               /* what times the slices: "vdso", "tsc" */
	char governor[32];                            /* cpufreq, "none" */
	char spec_store_bypass[128], spectre_v2[160]; /* /sys/devices/system/cpu/vulnerabilities */
	char seccomp_implies_ssbd[8]; /* "yes"/"no": PR_GET_SPECULATION_CTRL before and after a
					 filter, in a child */
	bool bitmap;                  /* kernel >= 5.11 on an architecture with one */
	double load_start, load_end;  /* 1-minute load average */
	char libseccomp[32];
	char secgauge[32];
	char workdir_fs[32]; /* file system type of the workloads' directory */
	int cpu_child,
		cpu_parent; /* where children and the harness are pinned; equal: one processor */
	char date[32];      /* ISO 8601, UTC, of the start */
};

void run_env_read(struct run_env *env);

/* A row of `doctor`. */
struct run_capability {
	const char *name; /* "seccomp", "ptrace", "i386-calls", "io_uring", "bpf" ... */
	bool usable;
	char reason[192]; /* why not; "" when usable */
	const char *cost; /* what is lost without it; static */
};
/* Probes everything known by now, in children, without lasting effect. @ret holds up to 32. */
#define RUN_CAPABILITY_MAX 32
int run_capabilities(struct run_capability *ret);

#endif
