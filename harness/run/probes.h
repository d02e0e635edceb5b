/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/run: what `doctor` tries out. Each probe runs in a child, so that filters and
 * crashes stay there. 0: usable; else the reason has been added to @why.
 */
#ifndef SG_RUN_PROBES_H
#define SG_RUN_PROBES_H

#include "harness/base/buf.h"

typedef int (*run_probe)(struct sg_buf *why);

/* probes_seccomp.c */
int run_probe_seccomp(struct sg_buf *why);
int run_probe_user_notif(struct sg_buf *why);
int run_probe_i386_calls(struct sg_buf *why);
int run_probe_x32_numbers(struct sg_buf *why);
int run_probe_bitmap(struct sg_buf *why);
int run_probe_bpf_jit(struct sg_buf *why);

/* probes_system.c */
int run_probe_ptrace(struct sg_buf *why);
int run_probe_io_uring(struct sg_buf *why);
int run_probe_bpf(struct sg_buf *why);
int run_probe_sys_admin(struct sg_buf *why);
int run_probe_perf_counters(struct sg_buf *why);
int run_probe_vdso_clock(struct sg_buf *why);
int run_probe_second_processor(struct sg_buf *why);

#endif
