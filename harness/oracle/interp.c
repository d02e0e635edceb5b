/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "filters/cbpf/interp.h"
#include "harness/oracle/oracles.h"

struct oracle_session {
	struct oracle_chain chain;
};

static int interp_open(const struct oracle_subject *subject, struct oracle_session **ret,
		       struct sg_err *err)
{
	(void)err;
	*ret = sg_calloc(1, sizeof(**ret));
	oracle_chain_init(&(*ret)->chain, subject);
	return 0;
}

static uint32_t judge_one(const struct oracle_chain *chain, const struct abi_tuple *tuple)
{
	uint32_t words[ABI_DATA_WORDS], verdict = ABI_RET_ALLOW;

	abi_tuple_words(tuple, words);
	for (size_t i = 0; i < chain->len; i++) {
		uint32_t newer = cbpf_run_words(chain->progs[i]->insns, words).ret;

		verdict = oracle_join(newer, verdict);
	}
	return verdict;
}

static int interp_judge(struct oracle_session *session, const struct abi_tuple *tuples,
			size_t count, uint32_t *ret_verdicts, bool *ret_known, struct sg_err *err)
{
	(void)err;
	for (size_t i = 0; i < count; i++)
		ret_verdicts[i] = judge_one(&session->chain, &tuples[i]);
	if (ret_known)
		memset(ret_known, true, count);
	return 0;
}

static void interp_close(struct oracle_session *session)
{
	oracle_chain_release(&session->chain);
	free(session);
}

const struct oracle oracle_interp = {
	.name = "interp",
	.summary = "the reference interpreter",
	.supported = oracle_supported_always,
	.open = interp_open,
	.judge = interp_judge,
	.close = interp_close,
};
