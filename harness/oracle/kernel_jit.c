/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/kernel/jit_batch.h"
#include "harness/oracle/oracles.h"

struct oracle_session {
	struct jit_batch *batches; /* a filter of the chain each; owned */
	size_t len;
	bool is_refused; /* one of them, by the kernel's verifier: no tuple can be judged */
};

static void jit_close(struct oracle_session *session)
{
	for (size_t i = 0; i < session->len; i++)
		jit_batch_close(&session->batches[i]);
	free(session->batches);
	free(session);
}

/* A session all the same where the kernel refuses a filter; then with the reason in @err. */
static struct oracle_session *open_chain(const struct oracle_subject *subject, struct sg_err *err)
{
	struct oracle_session *session = sg_calloc(1, sizeof(*session));
	struct oracle_chain chain;

	oracle_chain_init(&chain, subject);
	session->batches = sg_calloc(chain.len + 1, sizeof(*session->batches));
	for (size_t i = 0; i < chain.len && !session->is_refused; i++) {
		session->is_refused = jit_batch_open(chain.progs[i], &session->batches[i], err);
		if (!session->is_refused)
			session->len++;
	}
	oracle_chain_release(&chain);
	return session;
}

static int jit_open(const struct oracle_subject *subject, struct oracle_session **ret,
		    struct sg_err *err)
{
	(void)err;
	*ret = open_chain(subject, NULL);
	return 0;
}

static int judge_filter(struct jit_batch *batch, const struct abi_tuple *tuples, size_t count,
			uint32_t *verdicts, struct sg_err *err)
{
	int r;

	for (size_t i = 0; i < count; i++)
		abi_tuple_words(&tuples[i], batch->memory->words[i]);
	r = jit_batch_run(batch, count, err);
	for (size_t i = 0; i < count && !r; i++)
		verdicts[i] = oracle_join(batch->memory->verdicts[i], verdicts[i]);
	return r;
}

static int judge_part(struct oracle_session *session, const struct abi_tuple *tuples, size_t count,
		      uint32_t *ret_verdicts, struct sg_err *err)
{
	int r = 0;

	for (size_t i = 0; i < count; i++)
		ret_verdicts[i] = session->is_refused ? 0 : ABI_RET_ALLOW;
	for (size_t i = 0; i < session->len && !session->is_refused && !r; i++)
		r = judge_filter(&session->batches[i], tuples, count, ret_verdicts, err);
	return r;
}

static int jit_judge(struct oracle_session *session, const struct abi_tuple *tuples, size_t count,
		     uint32_t *ret_verdicts, bool *ret_known, struct sg_err *err)
{
	for (size_t at = 0; at < count; at += JIT_BATCH_INPUTS) {
		const size_t left = count - at;
		const size_t len = left < JIT_BATCH_INPUTS ? left : JIT_BATCH_INPUTS;
		int r = judge_part(session, tuples + at, len, ret_verdicts + at, err);

		if (r)
			return r;
	}
	if (ret_known)
		memset(ret_known, !session->is_refused, count);
	return 0;
}

/* Can it be used here at all? The errors of a filter are those of the verifier. */
static int try_it(struct sg_err *err)
{
	struct sock_filter trap = BPF_STMT(BPF_RET | BPF_K, ABI_RET_TRAP);
	const struct cbpf_prog prog = {.insns = &trap, .len = 1};
	struct jit_batch batch;
	int r = jit_batch_open(&prog, &batch, err);

	if (r)
		return r;
	r = jit_batch_run(&batch, 1, err);
	if (!r && batch.memory->verdicts[0] != ABI_RET_TRAP)
		r = sg_err_env(err, ENOTSUP, "a program that returns TRAP does not");
	jit_batch_close(&batch);
	return r;
}

static int jit_supported(const struct oracle_subject *subject, struct sg_err *err)
{
	struct oracle_session *session;
	struct sg_err reason = {0};
	bool is_refused;

	if (try_it(&reason))
		return sg_err_env(err, ENOTSUP, "%s", reason.msg);
	session = open_chain(subject, &reason);
	is_refused = session->is_refused;
	jit_close(session);
	return is_refused ? sg_err_env(err, ENOTSUP, "%s", reason.msg) : 0;
}

const struct oracle oracle_jit = {
	.name = "jit",
	.summary = "the filter in the running kernel's BPF JIT",
	.supported = jit_supported,
	.open = jit_open,
	.judge = jit_judge,
	.close = jit_close,
};
