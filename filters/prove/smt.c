/* SPDX-License-Identifier: MIT */
#include "filters/prove/smt.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "filters/prove/answer.h"
#include "filters/prove/smt_child.h"
#include "filters/prove/smt_z3.h"
#include "harness/base/child.h"

#define MEMORY_BYTES (1024u << 20)

static void take(const struct smt_found *found, struct prove_answer *ret)
{
	ret->result = found->result;
	memcpy(ret->reason, found->reason, sizeof(ret->reason));
	if (found->result == PROVE_DIFFERENT) {
		ret->tuple = answer_tuple(found->words);
		ret->a = found->a;
		ret->b = found->b;
	}
}

/* Z3's own exception, or that of the C++ library: not everywhere does Z3 catch them. */
static bool ran_out_of_memory(const struct sg_child_result *result)
{
	return result->end == SG_CHILD_NO_MEMORY ||
	       (result->end == SG_CHILD_CRASHED &&
		(strstr(result->last_words, "out_of_memory_error") ||
		 strstr(result->last_words, "bad_alloc")));
}

/* The child did not get as far as to answer. */
static void explain(const struct sg_child_result *result, const struct sg_child_limits *child,
		    const struct smt_limits *limits, struct prove_answer *ret)
{
	struct sg_buf reason = {0};

	if (result->end == SG_CHILD_HUNG) {
		smt_say_deadline(limits, &reason);
	} else if (ran_out_of_memory(result)) {
		smt_say_memory(limits, &reason);
	} else {
		sg_buf_adds(&reason, "Z3 ");
		sg_child_describe(result, child, &reason);
	}
	ret->result = PROVE_UNKNOWN;
	snprintf(ret->reason, sizeof(ret->reason), "%s", sg_buf_text(&reason));
	sg_buf_release(&reason);
}

static int run(struct smt_job *job, struct prove_answer *ret, struct sg_err *err)
{
	struct sg_child_limits child = {.wall_s = job->limits->timeout_s,
					.memory_bytes = job->limits->memory_bytes};
	struct sg_child_result result;
	struct sg_buf out = {0};
	int r = sg_child_run(smt_child, job, &child, &out, &result, err);

	sg_buf_release(&out);
	if (r)
		return r;
	if (result.end == SG_CHILD_OK || job->found->result == PROVE_DIFFERENT)
		take(job->found, ret);
	else
		explain(&result, &child, job->limits, ret);
	ret->by_smt = true;
	return 0;
}

int smt_ask_within(const struct smt_side *a, const struct smt_side *b, const struct policy *under,
		   const struct sg_strv *unknown_calls, const struct smt_limits *limits,
		   struct prove_answer *ret, struct sg_err *err)
{
	struct smt_found *found = mmap(NULL, sizeof(*found), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct smt_job job = {*a, *b, under, unknown_calls, limits, found};
	int r;

	if (found == MAP_FAILED)
		return sg_err_env(err, errno, "cannot share memory with Z3's process: %m");
	found->result = PROVE_UNKNOWN;
	r = run(&job, ret, err);
	munmap(found, sizeof(*found));
	return r;
}

int smt_ask(const struct smt_side *a, const struct smt_side *b, const struct policy *under,
	    const struct sg_strv *unknown_calls, double timeout_s, struct prove_answer *ret,
	    struct sg_err *err)
{
	struct smt_limits limits = {.library = SMT_Z3_LIBRARY,
				    .timeout_s = timeout_s,
				    .memory_bytes = MEMORY_BYTES};

	return smt_ask_within(a, b, under, unknown_calls, &limits, ret, err);
}
