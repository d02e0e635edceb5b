/* SPDX-License-Identifier: MIT */
/* Private to harness/run: facts that the harness needs for itself. */
#ifndef SG_RUN_ENV_PRIVATE_H
#define SG_RUN_ENV_PRIVATE_H

#include "harness/run/env.h"

/* How many seccomp filters this process itself runs under (Linux 5.9 tells; 0 before). */
unsigned run_env_own_filters(void);
/* The 1-minute load average. */
double run_env_load(void);
/* Is the running kernel at least this version? */
bool run_env_kernel_at_least(unsigned major, unsigned minor);
bool run_env_has_bitmap(void);
/* "kvm", "none" for bare metal, "unknown". */
void run_env_virtualisation(char *ret, size_t size);
/* The type of the file system that temporary directories are on. */
void run_env_workdir_fs(char *ret, size_t size);

#endif
