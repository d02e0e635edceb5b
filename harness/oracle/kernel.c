/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/oracle/kernel_child.h"
#include "harness/oracle/kernel_order.h"
#include "harness/oracle/kernel_plan.h"
#include "harness/oracle/oracles.h"

/* Children that stay: a filter needs one or two, unless the words of its tuples run out. */
#define MAX_WORKERS 8

struct slot {
	size_t filter;
	struct kernel_key key;
	struct kernel_worker worker; /* zeroed: the slot is free */
};

struct oracle_session {
	struct oracle_chain chain;
	struct kernel_plan *plans; /* of chain.progs; owned */
	struct kernel_arena *arena;
	struct slot slots[MAX_WORKERS];
	size_t next_slot; /* the one to go when all are taken */
	struct kernel_orders orders;
	/* Of one batch, by filter and tuple; owned. */
	uint32_t *values;
	bool *known;
	bool *is_done;    /* tuples that a rewriting has judged; owned */
	uint32_t *picked; /* the tuples of the calls in the arena; owned */
};

static void kernel_close(struct oracle_session *session)
{
	for (size_t i = 0; i < MAX_WORKERS; i++)
		kernel_worker_end(&session->slots[i].worker);
	for (size_t i = 0; i < session->chain.len; i++)
		kernel_plan_release(&session->plans[i]);
	kernel_orders_release(&session->orders);
	kernel_arena_free(session->arena);
	free(session->plans);
	free(session->values);
	free(session->known);
	free(session->is_done);
	free(session->picked);
	oracle_chain_release(&session->chain);
	free(session);
}

static int kernel_open(const struct oracle_subject *subject, struct oracle_session **ret,
		       struct sg_err *err)
{
	struct oracle_session *session = sg_calloc(1, sizeof(*session));
	size_t len;

	oracle_chain_init(&session->chain, subject);
	len = session->chain.len;
	session->plans = sg_calloc(len + 1, sizeof(*session->plans));
	for (size_t i = 0; i < len; i++)
		kernel_plan_init(&session->plans[i], session->chain.progs[i]);
	session->values = sg_calloc((len + 1) * KERNEL_BATCH_CALLS, sizeof(*session->values));
	session->known = sg_calloc((len + 1) * KERNEL_BATCH_CALLS, sizeof(*session->known));
	session->is_done = sg_calloc(KERNEL_BATCH_CALLS, sizeof(*session->is_done));
	session->picked = sg_calloc(KERNEL_BATCH_CALLS, sizeof(*session->picked));
	session->arena = kernel_arena_new(err);
	if (!session->arena) {
		kernel_close(session);
		return -ENOMEM;
	}
	*ret = session;
	return 0;
}

/* ---- one filter */

/* A slot whose worker has this rewriting; an old one makes room. */
static int find_slot(struct oracle_session *session, size_t filter, const struct kernel_key *key,
		     struct slot **ret, struct sg_err *err)
{
	const struct kernel_plan *plan = &session->plans[filter];
	struct cbpf_prog prog = {0};
	struct slot *slot;

	for (size_t i = 0; i < MAX_WORKERS; i++) {
		slot = &session->slots[i];
		if (slot->worker.arena && slot->filter == filter &&
		    !memcmp(&slot->key, key, sizeof(*key))) {
			*ret = slot;
			return 0;
		}
	}
	slot = &session->slots[session->next_slot++ % MAX_WORKERS];
	kernel_worker_end(&slot->worker);
	slot->filter = filter;
	slot->key = *key;
	kernel_plan_rewrite(plan, key, &prog);
	*ret = slot;
	return kernel_worker_init(&slot->worker, session->arena, &prog,
				  kernel_plan_has_escape(plan), err);
}

/* Makes all calls of the arena, with a new child after each call that killed one. */
static int make_calls(struct kernel_worker *worker, struct kernel_arena *arena, struct sg_err *err)
{
	for (arena->first = 0; arena->first < arena->count; arena->first = arena->done + 1) {
		int r = kernel_worker_run(worker, err);

		if (r) {
			kernel_worker_end(worker);
			return r;
		}
		if (arena->done < arena->count)
			arena->results[arena->done] = KERNEL_KILLED;
	}
	return 0;
}

/* The calls of the arena under the rewriting of @key, whose answers are added to the values. */
static int ask(struct oracle_session *session, size_t filter, const struct kernel_key *key,
	       uint32_t *values, bool *known, struct sg_err *err)
{
	struct kernel_arena *arena = session->arena;
	struct slot *slot;
	int r = find_slot(session, filter, key, &slot, err);

	if (!r)
		r = make_calls(&slot->worker, arena, err);
	if (r)
		return r;
	for (uint32_t i = 0; i < arena->count; i++) {
		uint32_t tuple = session->picked[i];

		if (!kernel_plan_read(&session->plans[filter], key, arena->results[i],
				      &values[tuple]))
			known[tuple] = false;
	}
	return 0;
}

/* Gathers the tuples from @start on that this rewriting judges as calls in the arena. */
static void pick(struct oracle_session *session, const struct kernel_plan *plan,
		 const struct kernel_key *key, const struct abi_tuple *tuples, size_t start,
		 size_t count)
{
	struct kernel_arena *arena = session->arena;
	struct kernel_key other;
	uint32_t len = 0;

	for (size_t i = start; i < count; i++) {
		if (session->is_done[i] || !kernel_plan_key(plan, &tuples[i], &other) ||
		    memcmp(&other, key, sizeof(other)))
			continue;
		session->is_done[i] = true;
		session->picked[len] = (uint32_t)i;
		arena->calls[len++] = kernel_plan_call(plan, key, &tuples[i]);
	}
	arena->count = len;
}

/* A batch under one filter: by rewriting, each with all tuples that it judges. */
static int judge_filter(struct oracle_session *session, size_t filter,
			const struct abi_tuple *tuples, size_t count, uint32_t *values, bool *known,
			struct sg_err *err)
{
	const struct kernel_plan *plan = &session->plans[filter];
	struct kernel_key key;

	memset(values, 0, count * sizeof(*values));
	memset(session->is_done, false, count);
	for (size_t i = 0; i < count; i++) {
		if (session->is_done[i])
			continue;
		known[i] = kernel_plan_key(plan, &tuples[i], &key);
		if (!known[i])
			continue;
		pick(session, plan, &key, tuples, i, count);
		for (uint32_t j = 0; j < session->arena->count; j++)
			known[session->picked[j]] = true;
		for (; key.part < (plan->has_ret_a ? KERNEL_PARTS : 1); key.part++) {
			int r = ask(session, filter, &key, values, known, err);

			if (r)
				return r;
		}
	}
	return 0;
}

/* ---- the chain */

static int join(struct oracle_session *session, size_t tuple, uint32_t *ret_verdict,
		bool *ret_known, struct sg_err *err)
{
	uint32_t values[KERNEL_ORDER_MAX_FILTERS];
	size_t len = session->chain.len;

	*ret_verdict = 0;
	*ret_known = false;
	if (len > KERNEL_ORDER_MAX_FILTERS)
		return 0;
	for (size_t i = 0; i < len; i++) {
		if (!session->known[i * KERNEL_BATCH_CALLS + tuple])
			return 0;
		values[i] = session->values[i * KERNEL_BATCH_CALLS + tuple];
	}
	return kernel_orders_join(&session->orders, values, len, ret_verdict, ret_known, err);
}

static int judge_batch(struct oracle_session *session, const struct abi_tuple *tuples, size_t count,
		       uint32_t *ret_verdicts, bool *ret_known, struct sg_err *err)
{
	int r = 0;

	if (session->chain.len == 1)
		return judge_filter(session, 0, tuples, count, ret_verdicts, ret_known, err);
	for (size_t i = 0; i < session->chain.len && !r; i++)
		r = judge_filter(session, i, tuples, count,
				 session->values + i * KERNEL_BATCH_CALLS,
				 session->known + i * KERNEL_BATCH_CALLS, err);
	for (size_t i = 0; i < count && !r; i++)
		r = join(session, i, &ret_verdicts[i], &ret_known[i], err);
	return r;
}

static void allow_all(uint32_t *ret_verdicts, bool *ret_known, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		ret_verdicts[i] = ABI_RET_ALLOW;
		ret_known[i] = true;
	}
}

static int kernel_judge(struct oracle_session *session, const struct abi_tuple *tuples,
			size_t count, uint32_t *ret_verdicts, bool *ret_known, struct sg_err *err)
{
	bool known[KERNEL_BATCH_CALLS];

	for (size_t at = 0; at < count; at += KERNEL_BATCH_CALLS) {
		size_t len = count - at < KERNEL_BATCH_CALLS ? count - at : KERNEL_BATCH_CALLS;
		int r = 0;

		if (session->chain.len)
			r = judge_batch(session, tuples + at, len, ret_verdicts + at, known, err);
		else
			allow_all(ret_verdicts + at, known, len);
		if (r)
			return r;
		for (size_t i = 0; i < len; i++)
			if (!known[i])
				ret_verdicts[at + i] = 0;
		if (ret_known)
			memcpy(ret_known + at, known, len * sizeof(*known));
	}
	return 0;
}

/* ---- can it be used here? */

static int try_it(struct sg_err *err)
{
	struct sock_filter trap = BPF_STMT(BPF_RET | BPF_K, ABI_RET_TRAP);
	const struct gen_filter filter = {.prog = {.insns = &trap, .len = 1}};
	const struct gen_filter *filters[] = {&filter};
	const struct oracle_subject subject = {.filters = filters, .filter_count = 1};
	const struct abi_tuple tuple = {.arch = abi_arch_native()->audit};
	struct oracle_session *session;
	uint32_t verdict;
	bool known;
	int r = kernel_open(&subject, &session, err);

	if (r)
		return r;
	r = kernel_judge(session, &tuple, 1, &verdict, &known, err);
	kernel_close(session);
	if (!r && (!known || verdict != ABI_RET_TRAP))
		return sg_err_env(err, ENOTSUP, "filters are installed but not obeyed");
	return r;
}

static int kernel_supported(const struct oracle_subject *subject, struct sg_err *err)
{
	(void)subject;
	if (!KERNEL_CALL_HERE)
		return sg_err_env(err, ENOTSUP, "not an x86-64 machine");
	if (!try_it(err))
		return 0;
	if (err)
		err->code = -ENOTSUP;
	return -ENOTSUP;
}

const struct oracle oracle_kernel = {
	.name = "kernel",
	.summary = "the running kernel's seccomp(2); no call is executed",
	.supported = kernel_supported,
	.open = kernel_open,
	.judge = kernel_judge,
	.close = kernel_close,
};
