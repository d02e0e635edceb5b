/* SPDX-License-Identifier: MIT */
/* The half of scmp.c that calls libseccomp: in a child, or in a process that is watched. */
#ifndef SG_GEN_SCMP_CHILD_H
#define SG_GEN_SCMP_CHILD_H

#include "filters/policy/policy.h"
#include "harness/base/buf.h"

struct scmp_job {
	const struct policy *policy;
	uint32_t optimize;
};

/* What the child hands over: this, the instructions in the byte order of the filter's
 * architectures, then "ARCH:NAME" of each call that it does not know, with a NUL behind each. */
struct scmp_answer {
	uint64_t compile_ns;
	uint64_t insn_bytes;
};

/* A sg_child_fn for a struct scmp_job. Returns 1 when libseccomp refuses; @out then says why. */
int scmp_run_job(void *job, struct sg_buf *out);

#endif
