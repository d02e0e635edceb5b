/* SPDX-License-Identifier: MIT */
/* Private to harness/run: one-line files of /proc and /sys. */
#ifndef SG_RUN_FACTS_H
#define SG_RUN_FACTS_H

#include <stdbool.h>
#include <stddef.h>

/* The first line of a file without its newline, or @fallback when there is none. */
void run_fact_read(const char *path, const char *fallback, char *ret, size_t size);
/* The value of the first "KEY : VALUE" line of a file such as /proc/cpuinfo. */
void run_fact_read_key(const char *path, const char *key, const char *fallback, char *ret,
		       size_t size);

#endif
