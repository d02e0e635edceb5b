/* SPDX-License-Identifier: MIT */
/* Private to the room: the side of smt.h's question that runs in the child. */
#ifndef SG_PROVE_SMT_CHILD_H
#define SG_PROVE_SMT_CHILD_H

#include "filters/prove/smt.h"

/* What the child finds out. */
struct smt_found {
	enum prove_result result;
	char reason[sizeof(((struct prove_answer *)NULL)->reason)];
	uint32_t words[ABI_DATA_WORDS]; /* different: the input and its two effects */
	uint32_t a, b;
};

/* Borrowed; the child sees the parent's memory as it was. */
struct smt_job {
	struct smt_side a, b;
	const struct policy *under;          /* or NULL */
	const struct sg_strv *unknown_calls; /* or NULL */
	const struct smt_limits *limits;
	/* In memory that both share, zeroed but for the result "unknown": an input that was found
	 * counts even if the child dies while it seeks a smaller one. */
	struct smt_found *found;
};

/* An sg_child_fn: @job is a struct smt_job, @out gets nothing. For a fresh child. */
int smt_child(void *job, struct sg_buf *out);

/* Reasons that the child and the parent may both have to give. */
void smt_say_deadline(const struct smt_limits *limits, struct sg_buf *reason);
void smt_say_memory(const struct smt_limits *limits, struct sg_buf *reason);

#endif
