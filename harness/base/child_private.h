/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/base: what a child writes to its parent through a pipe before it exits. A
 * child that wrote less crashed, was killed, or called exit() by itself.
 */
#ifndef SG_BASE_CHILD_PRIVATE_H
#define SG_BASE_CHILD_PRIVATE_H

#include <stdint.h>

#include "harness/base/child.h"

struct sg_child_record {
	uint32_t end; /* enum sg_child_end: OK, FAILED or NO_MEMORY */
	int32_t value;
	uint64_t len; /* bytes that follow */
};

struct sg_child_pipes {
	int answer[2]; /* a pipe */
	int stderr_fd; /* a file in memory, or -1 */
};

/* The child's side, from fork to exit. */
_Noreturn void sg_child_main(sg_child_fn fn, void *ctx, const struct sg_child_limits *limits,
			     const struct sg_child_pipes *pipes);

#endif
