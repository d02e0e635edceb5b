/* SPDX-License-Identifier: MIT */
#include "fuzz/proof.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/builder_wire.h"
#include "fuzz/worker.h"
#include "harness/base/alloc.h"

#define WALL_PER_CPU 20 /* Z3 works in a child of the worker, which sleeps meanwhile */

const struct fuzz_proof_limits fuzz_proof_quick = {
	.options = {.node_limit = 1500000, .no_smt = true},
	.cpu_s = 1.5,
	.memory_bytes = 512u << 20,
};
const struct fuzz_proof_limits fuzz_proof_patient = {
	.cpu_s = 60,
	.memory_bytes = UINT64_C(3) << 30,
};

struct fuzz_prover {
	struct worker_job job;
	struct worker worker;
	struct prove_options options;
	fuzz_prove_fn prove;
};

/* ---- on the wire: this, the policy, and each filter behind its length; back come the proofs */

struct request_head {
	uint64_t policy_bytes, filter_count;
};

static void add_filter(const struct gen_filter *filter, struct sg_buf *out)
{
	static const struct sg_err no_error;
	struct sg_buf bytes = {0};
	uint64_t len;

	build_answer_write(filter, &no_error, &bytes);
	len = bytes.len;
	sg_buf_add(out, &len, sizeof(len));
	sg_buf_add(out, bytes.data, bytes.len);
	sg_buf_release(&bytes);
}

static void write_request(const struct build_request *policy,
			  const struct gen_filter *const *filters, size_t count, struct sg_buf *out)
{
	struct sg_buf bytes = {0};

	build_request_write(policy, &bytes);
	const struct request_head head = {bytes.len, count};
	sg_buf_add(out, &head, sizeof(head));
	sg_buf_add(out, bytes.data, bytes.len);
	for (size_t i = 0; i < count; i++)
		add_filter(filters[i], out);
	sg_buf_release(&bytes);
}

/* The filter at @at; returns where the next one stands. */
static const char *take_filter(const char *at, struct gen_filter *ret)
{
	struct sg_err none;
	uint64_t len;

	memcpy(&len, at, sizeof(len));
	const struct sg_buf bytes = {.data = (char *)at + sizeof(len), .len = len};
	build_answer_read(&bytes, ret, &none);
	return at + sizeof(len) + len;
}

/* ---- in the worker */

static void say(struct fuzz_proof *proof, const char *reason)
{
	snprintf(proof->reason, sizeof(proof->reason), "%.255s", reason);
}

static struct fuzz_proof prove_one(const struct fuzz_prover *self, struct prover *prover,
				   const struct gen_filter *filter)
{
	struct fuzz_proof proof = {.result = PROVE_UNKNOWN};
	struct prove_answer answer = {0};
	struct sg_err err = {0};
	const struct cbpf_prog prog = gen_prog(filter);

	if (self->prove(prover, &prog, &filter->unknown_calls, &answer, &err)) {
		proof.defect = err.kind == SG_ERR_INTERNAL;
		say(&proof, err.msg);
	} else {
		proof.result = answer.result;
		proof.tuple = answer.tuple;
		proof.wanted = answer.a;
		proof.got = answer.b;
		say(&proof, answer.result == PROVE_UNKNOWN ? answer.reason : "");
	}
	prove_answer_release(&answer);
	return proof;
}

static void prove_all(const struct fuzz_prover *self, const struct policy *policy,
		      const char *filters, size_t count, struct sg_buf *answer)
{
	struct prover *prover = prover_new(policy, &self->options);

	for (size_t i = 0; i < count; i++) {
		struct gen_filter filter = {0};

		filters = take_filter(filters, &filter);
		const struct fuzz_proof proof = prove_one(self, prover, &filter);
		sg_buf_add(answer, &proof, sizeof(proof));
		gen_filter_release(&filter);
	}
	prover_free(prover);
}

/* The profile was read before, by who asks. */
static void serve(void *ctx, const char *bytes, size_t len, struct sg_buf *answer)
{
	struct build_request request;
	struct request_head head;
	struct policy policy = {0};

	(void)len;
	memcpy(&head, bytes, sizeof(head));
	build_request_read(bytes + sizeof(head), &request);
	if (policy_parse(request.profile, request.profile_len, "profile", &request.options, &policy,
			 NULL))
		return;
	prove_all(ctx, &policy, bytes + sizeof(head) + head.policy_bytes, head.filter_count,
		  answer);
	policy_release(&policy);
}

/* ---- what became of a question */

/* SIGKILL is somebody else's; time and memory are limits. */
static bool is_defect(const struct sg_child_result *how)
{
	if (how->end == SG_CHILD_CRASHED)
		return how->value != SIGKILL;
	return how->end == SG_CHILD_FAILED || how->end == SG_CHILD_OK;
}

static void take_end(const struct fuzz_prover *prover, const struct sg_child_result *how,
		     struct fuzz_proof *ret)
{
	struct sg_buf words = {0};

	*ret = (struct fuzz_proof){.result = PROVE_UNKNOWN, .defect = is_defect(how)};
	sg_buf_adds(&words, "the prover ");
	if (how->end == SG_CHILD_OK)
		sg_buf_adds(&words, "does not answer as it should");
	else
		sg_child_describe(how, &prover->job.limits, &words);
	say(ret, sg_buf_text(&words));
	sg_buf_release(&words);
}

static void take(const struct fuzz_prover *prover, const struct worker_answer *answer, size_t count,
		 struct fuzz_proof *ret)
{
	if (answer->how.end == SG_CHILD_OK && answer->bytes.len == count * sizeof(*ret)) {
		memcpy(ret, sg_buf_text(&answer->bytes), answer->bytes.len);
		return;
	}
	for (size_t i = 0; i < count; i++)
		take_end(prover, &answer->how, &ret[i]);
}

int fuzz_prove(struct fuzz_prover *prover, const char *profile, size_t profile_len,
	       const struct policy_options *options, const struct gen_filter *const *filters,
	       size_t count, struct fuzz_proof *ret, struct sg_err *err)
{
	const struct build_request policy = {.options = *options,
					     .profile = profile,
					     .profile_len = profile_len};
	struct worker_answer answer = {0};
	struct sg_buf bytes = {0};

	if (!worker_is_alive(&prover->worker)) {
		worker_stop(&prover->worker);
		const int bad = worker_start(&prover->worker, &prover->job, err);
		if (bad)
			return bad;
	}
	write_request(&policy, filters, count, &bytes);
	worker_ask(&prover->worker, &prover->job, &bytes, &answer);
	take(prover, &answer, count, ret);
	worker_answer_release(&answer);
	sg_buf_release(&bytes);
	return 0;
}

struct fuzz_prover *fuzz_prover_new(const struct fuzz_proof_limits *limits, fuzz_prove_fn prove)
{
	struct fuzz_prover *prover = sg_calloc(1, sizeof(*prover));

	prover->options = limits->options;
	prover->prove = prove ? prove : prover_check;
	prover->job = (struct worker_job){
		.fn = serve,
		.ctx = prover,
		.limits = {.cpu_s = limits->cpu_s,
			   .wall_s = WALL_PER_CPU * limits->cpu_s,
			   .memory_bytes = limits->memory_bytes},
	};
	return prover;
}

void fuzz_prover_free(struct fuzz_prover *prover)
{
	if (!prover)
		return;
	worker_stop(&prover->worker);
	free(prover);
}
