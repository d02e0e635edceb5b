/* SPDX-License-Identifier: MIT */
/*
 * The class of a machine: what must be alike for two runs' times to be comparable. Kernel series
 * ("6.18"), architecture, processor, virtualisation, JIT and its hardening, mitigations and whether
 * seccomp implies SSBD, the bitmap, how many processors are allowed (one, or several), the clock,
 * and the file system of the workloads' directory.
 *
 * Each of these changes what a filter costs against none, or what an operation takes beside it. Not
 * among them: patch releases of the kernel, which an operator installs without a thought; what is
 * divided out, since each slice is paired with one of `none` a few milliseconds apart (governor,
 * load, which processor); and what a change of is to be seen (secgauge, libseccomp).
 */
#ifndef SG_RUN_MACHINE_H
#define SG_RUN_MACHINE_H

#include "harness/base/alloc.h"
#include "harness/run/env.h"

/* One line for each fact that is another one, "kernel 6.18, was 6.1"; in the order above. A fact
 * that one side alone does not know is one. Texts count as they stand: mitigations with all their
 * details. Returns how many were added. */
size_t run_machine_differences(const struct run_env *was, const struct run_env *is,
			       struct sg_strv *ret_lines);
/* A file's name for the class, "linux-6.18-x86_64-kvm-amd-epyc-7r13": small letters, digits, "-",
 * "_", ".", at most RUN_MACHINE_NAME_MAX. Two machines of one class have the same name; those of
 * two may, too. Appended. */
#define RUN_MACHINE_NAME_MAX 80
void run_machine_name(const struct run_env *env, struct sg_buf *out);

#endif
