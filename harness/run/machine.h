/* SPDX-License-Identifier: MIT */
/*
 * The class of a machine: what must be alike for two runs' times to be comparable. Kernel series
 * ("6.18"), architecture, processor, virtualisation, JIT and its hardening, mitigations and whether
 * seccomp implies SSBD, the bitmap, how many processors are allowed (one, or more), the clock.
 */
#ifndef SG_RUN_MACHINE_H
#define SG_RUN_MACHINE_H

#include "harness/run/env.h"

/* One line for each fact that is another one, "kernel 6.18, was 6.1"; in the order above. A fact
 * that one side does not know is one. Returns how many were added. */
size_t run_machine_differences(const struct run_env *was, const struct run_env *is,
			       struct sg_strv *ret_lines);
/* A file's name for the class, "linux-6.18-x86_64-kvm-amd-epyc-7r13": letters, digits, "-", ".", at
 * most 80. Two machines of one class have the same name. */
void run_machine_name(const struct run_env *env, struct sg_buf *out);

#endif
