/* SPDX-License-Identifier: MIT */
/* What the tests of this room share. Include after cmocka's own headers. */
#ifndef SG_ORACLE_TESTS_SUPPORT_H
#define SG_ORACLE_TESTS_SUPPORT_H

#include <stdio.h>
#include <stdlib.h>

#include "harness/oracle/oracle.h"
#include "harness/oracle/tests/random.h"

static inline const struct oracle *find_oracle(const char *name)
{
	struct sg_err err = {0};
	const struct oracle *oracle = oracle_find(name, &err);

	if (!oracle)
		fail_msg("%s", err.msg);
	return oracle;
}

/* Prints the reason for a skip where not, behind the word that SECGAUGE_MUST knows. */
static inline bool can_use_as(const char *name, const char *word)
{
	const struct oracle_subject nothing = {0};
	struct sg_err err = {0};

	if (!find_oracle(name)->supported(&nothing, &err))
		return true;
	printf("SKIP: %s: %s\n", word, err.msg);
	return false;
}

static inline bool can_use(const char *name)
{
	return can_use_as(name, name);
}

static inline bool can_use_bpf(void)
{
	return can_use_as("jit", "bpf");
}

static inline struct oracle_session *open_oracle(const char *name,
						 const struct oracle_subject *subject)
{
	struct oracle_session *session = NULL;
	struct sg_err err = {0};

	if (find_oracle(name)->open(subject, &session, &err))
		fail_msg("%s: %s", name, err.msg);
	return session;
}

static inline void judge(const char *name, struct oracle_session *session,
			 const struct abi_tuple *tuples, size_t count, uint32_t *verdicts,
			 bool *known)
{
	struct sg_err err = {0};

	if (find_oracle(name)->judge(session, tuples, count, verdicts, known, &err))
		fail_msg("%s: %s", name, err.msg);
}

/* A chain of programs as a subject; the filters borrow. */
#define CHAIN_MAX 8
struct chain {
	struct gen_filter filters[CHAIN_MAX];
	const struct gen_filter *pointers[CHAIN_MAX];
	struct oracle_subject subject;
};

static inline void chain_init(struct chain *chain, const struct cbpf_prog *progs, size_t count)
{
	memset(chain, 0, sizeof(*chain));
	assert_true(count <= CHAIN_MAX);
	for (size_t i = 0; i < count; i++) {
		chain->filters[i].prog = progs[i];
		chain->pointers[i] = &chain->filters[i];
	}
	chain->subject = (struct oracle_subject){.filters = chain->pointers, .filter_count = count};
}

/* The verdicts of one oracle on a chain of programs, from opening to closing. */
static inline void judge_progs(const char *name, const struct cbpf_prog *progs, size_t count,
			       const struct abi_tuple *tuples, size_t tuple_count,
			       uint32_t *verdicts, bool *known)
{
	struct chain chain;

	chain_init(&chain, progs, count);

	struct oracle_session *session = open_oracle(name, &chain.subject);

	judge(name, session, tuples, tuple_count, verdicts, known);
	find_oracle(name)->close(session);
}

static inline struct gen_filter build_filter(const char *generator, const struct policy *policy)
{
	struct gen_filter filter = {0};
	struct mix mix = {0};
	struct sg_err err = {0};
	struct gen_request request = {.policy = policy, .mix = &mix};
	int r = mix_load(NULL, &mix, &err);

	if (!r)
		r = gen_build(gen_find(generator, &err), &request, &filter, &err);
	if (r)
		fail_msg("%s: %s", generator, err.msg);
	mix_release(&mix);
	return filter;
}

static inline struct policy load_policy(const char *profile)
{
	const struct policy_options options = {0};
	struct policy policy = {0};
	struct sg_err err = {0};

	if (policy_load(profile, &options, &policy, &err))
		fail_msg("%s", err.msg);
	return policy;
}

#endif
