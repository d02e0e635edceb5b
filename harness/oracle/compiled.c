/* SPDX-License-Identifier: MIT */
#include "harness/oracle/compiled.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "filters/cbpf/interp.h"
#include "harness/oracle/code.h"
#include "harness/oracle/dispatch.h"
#include "harness/oracle/oracles.h"
#include "harness/oracle/translate.h"

/* ---- one program */

#ifdef __x86_64__

#define START_BYTES 4 /* both registers set to 0 */

int compiled_new(const struct cbpf_prog *prog, struct compiled *ret, struct sg_err *err)
{
	size_t *places = sg_calloc(prog->len, sizeof(*places));
	struct compiled made = {0};
	struct code code;
	void *entry;

	code_init(&code,
		  START_BYTES + prog->len * TRANSLATE_INSN_BYTES +
			  DISPATCH_MAX_TABLES * DISPATCH_TABLE_BYTES,
		  (size_t)DISPATCH_MAX_TABLES * DISPATCH_WINDOW);
	translate(prog, places, &code);

	int r = code_finish(&code, &made.memory, &made.bytes, &entry, err);

	code_release(&code);
	free(places);
	if (r)
		return r;
	memcpy(&made.run, &entry, sizeof(entry)); /* ISO C has no cast from data to code */
	*ret = made;
	return 0;
}

#else

int compiled_new(const struct cbpf_prog *prog, struct compiled *ret, struct sg_err *err)
{
	(void)prog;
	(void)ret;
	return sg_err_env(err, ENOTSUP, "not an x86-64 machine");
}

#endif

void compiled_release(struct compiled *code)
{
	if (code->memory)
		munmap(code->memory, code->bytes);
	*code = (struct compiled){0};
}

/* ---- the oracle */

struct oracle_session {
	struct oracle_chain chain;
	struct compiled *codes;        /* of chain.progs; owned */
	struct oracle_session *interp; /* instead of them, where there is no machine code; owned */
};

static void compiled_close(struct oracle_session *session)
{
	for (size_t i = 0; i < session->chain.len; i++)
		compiled_release(&session->codes[i]);
	free(session->codes);
	oracle_chain_release(&session->chain);
	if (session->interp)
		oracle_interp.close(session->interp);
	free(session);
}

static int translate_all(struct oracle_session *session, struct sg_err *err)
{
	int r = 0;

	session->codes = sg_calloc(session->chain.len + 1, sizeof(*session->codes));
	for (size_t i = 0; i < session->chain.len && !r; i++)
		r = compiled_new(session->chain.progs[i], &session->codes[i], err);
	return r;
}

static int compiled_open(const struct oracle_subject *subject, struct oracle_session **ret,
			 struct sg_err *err)
{
	struct oracle_session *session = sg_calloc(1, sizeof(*session));
	int r;

	oracle_chain_init(&session->chain, subject);
	r = translate_all(session, err);
	if (r == -ENOTSUP)
		r = oracle_interp.open(subject, &session->interp, err);
	if (r) {
		compiled_close(session);
		return r;
	}
	*ret = session;
	return 0;
}

static uint32_t judge_one(const struct oracle_session *session, const struct abi_tuple *tuple)
{
	uint32_t buffer[ABI_DATA_WORDS], verdict = ABI_RET_ALLOW;
	const void *words = compiled_words(tuple, buffer);

	for (size_t i = 0; i < session->chain.len; i++)
		verdict = oracle_join(session->codes[i].run(words), verdict);
	return verdict;
}

static int compiled_judge(struct oracle_session *session, const struct abi_tuple *tuples,
			  size_t count, uint32_t *ret_verdicts, bool *ret_known, struct sg_err *err)
{
	if (session->interp)
		return oracle_interp.judge(session->interp, tuples, count, ret_verdicts, ret_known,
					   err);
	for (size_t i = 0; i < count; i++)
		ret_verdicts[i] = judge_one(session, &tuples[i]);
	if (ret_known)
		memset(ret_known, true, count);
	return 0;
}

const struct oracle oracle_compiled = {
	.name = "compiled",
#ifdef __x86_64__
	.summary = "the filter as x86-64 machine code, for volume",
#else
	.summary = "interp once more: the translator is for x86-64 machines",
#endif
	.supported = oracle_supported_always,
	.open = compiled_open,
	.judge = compiled_judge,
	.close = compiled_close,
};
