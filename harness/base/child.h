/* SPDX-License-Identifier: MIT */
/*
 * A function run in a child process with a deadline and limits, for code that may hang, crash or
 * eat memory. The child gets its own process group, ignores SIGINT, dies with its parent
 * (PR_SET_PDEATHSIG), leaves no core, has /dev/null for standard input and output, and hands its
 * answer back as bytes. Whatever happens, it and its process group are gone when sg_child_run()
 * returns. The memory limit (RLIMIT_AS) is off in a build with AddressSanitizer, whose shadow
 * memory is address space without end.
 */
#ifndef SG_BASE_CHILD_H
#define SG_BASE_CHILD_H

#include <stdint.h>

#include "harness/base/buf.h"
#include "harness/base/error.h"

struct sg_child_limits {
	double wall_s;         /* 0: none */
	double cpu_s;          /* 0: none; exact to about 10 ms */
	uint64_t memory_bytes; /* address space beyond what the parent has; 0: none */
};

enum sg_child_end {
	SG_CHILD_OK,       /* the function returned 0 */
	SG_CHILD_FAILED,   /* it returned non-zero, or called exit(): .value is that number */
	SG_CHILD_CRASHED,  /* .value is the signal */
	SG_CHILD_HUNG,     /* the deadline passed: .value is 0 for wall time, 1 for CPU time */
	SG_CHILD_NO_MEMORY /* the functions of alloc.h got no memory */
};

struct sg_child_result {
	enum sg_child_end end;
	int value;
	char last_words[160]; /* last line of its standard error, "" when it wrote none */
};

/* Runs in the child; what it adds to @out reaches the parent when it returns 0..255. */
typedef int (*sg_child_fn)(void *ctx, struct sg_buf *out);

/*
 * 0 when a child ran and ended, however it ended (@ret_result says); negative errno when it could
 * not be started. @out gets what the child handed over (nothing unless OK or FAILED).
 */
int sg_child_run(sg_child_fn fn, void *ctx, const struct sg_child_limits *limits,
		 struct sg_buf *out, struct sg_child_result *ret_result, struct sg_err *err);

/* "crashed (SIGABRT): double free", "hung (10.0 s)" ...: appended to @out for messages. */
void sg_child_describe(const struct sg_child_result *result, const struct sg_child_limits *limits,
		       struct sg_buf *out);

#endif
