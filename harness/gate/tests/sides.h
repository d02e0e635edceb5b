/* SPDX-License-Identifier: MIT */
/*
 * Results made by hand from the text of a profile: its policy, and the filters that our generators
 * make of it; one held against another by one part alone. Include after cmocka's own headers.
 */
#ifndef SG_GATE_TESTS_SIDES_H
#define SG_GATE_TESTS_SIDES_H

#include <stdlib.h>
#include <string.h>

#include "harness/gate/gate.h"

#define SIDES_X86_64 "[\"SCMP_ARCH_X86_64\"]"
#define SIDES_RULE(names, action, rest) \
	"{\"names\": [" names "], \"action\": \"SCMP_ACT_" action "\"" rest "},"
#define SIDES_ARG(index, op, value, two)                                                    \
	"{\"index\": " #index ", \"value\": " #value ", \"valueTwo\": " #two ", \"op\": \"" \
	"SCMP_CMP_" #op "\"}"

/* A profile in pieces, each of which a test may change. */
struct side_text {
	const char *default_errno, *arches;
	const char *allow, *personality, *clone, *socket, *openat2;
};

static const struct side_text side_text_plain = {
	.default_errno = "1",
	.arches = SIDES_X86_64,
	.allow = SIDES_RULE("\"read\", \"write\", \"exit_group\"", "ALLOW", ""),
	.personality =
		SIDES_RULE("\"personality\"", "ALLOW", ", \"args\": [" SIDES_ARG(0, LE, 8, 0) "]"),
	.clone = SIDES_RULE("\"clone\"", "ALLOW",
			    ", \"args\": [" SIDES_ARG(0, MASKED_EQ, 2114060288, 0) "]"),
	.socket = SIDES_RULE("\"socket\"", "ALLOW", ", \"args\": [" SIDES_ARG(0, NE, 40, 0) "]"),
	.openat2 = SIDES_RULE("\"openat2\"", "ERRNO", ", \"errnoRet\": 38"),
};

static inline struct policy side_policy(const struct side_text *text)
{
	char *json = sg_asprintf("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": %s, "
				 "\"architectures\": %s, \"syscalls\": [%s%s%s%s%s"
				 "{\"names\": [\"close\"], \"action\": \"SCMP_ACT_ALLOW\"}]}",
				 text->default_errno, text->arches, text->allow, text->personality,
				 text->clone, text->socket, text->openat2);
	const struct policy_options options = {.kernel = "6.1"};
	struct policy policy = {0};
	struct sg_err err = {0};

	if (policy_parse(json, strlen(json), "profile", &options, &policy, &err))
		fail_msg("%s", err.msg);
	free(json);
	return policy;
}

/* ---- a result */

static const char *const side_generators[] = {"linear", "bst", "tuned"};

#define SIDE_FILTERS SG_COUNT(side_generators)

struct side {
	struct saved_result result;
	struct policy rules;
	struct saved_policy policy;
	struct saved_filter filters[SIDE_FILTERS];
};

static inline void side_build(const char *generator, const struct policy *policy,
			      struct gen_filter *ret)
{
	struct mix mix = {0};
	struct sg_err err = {0};
	struct gen_request request = {.policy = policy, .mix = &mix};

	if (mix_load(NULL, &mix, &err) || gen_build(gen_find(generator, &err), &request, ret, &err))
		fail_msg("%s: %s", generator, err.msg);
	mix_release(&mix);
}

/* @side must stay where it is. */
static inline void side_make(const struct side_text *text, struct side *side)
{
	*side = (struct side){.rules = side_policy(text)};
	side->policy = (struct saved_policy){
		.profile = (char *)"profile",
		.arches = side->rules.arches,
		.arch_count = side->rules.arch_count,
		.rules = &side->rules,
	};
	memcpy(side->policy.sha256, side->rules.sha256, sizeof(side->policy.sha256));
	for (size_t i = 0; i < SIDE_FILTERS; i++) {
		struct saved_filter *filter = &side->filters[i];

		filter->name = (char *)side_generators[i];
		filter->profile = side->policy.profile;
		filter->policy = &side->policy;
		side_build(side_generators[i], &side->rules, &filter->filter);
	}
	side->result = (struct saved_result){
		.file = (char *)"result.json",
		.policies = &side->policy,
		.policy_count = 1,
		.filters = side->filters,
		.filter_count = SIDE_FILTERS,
	};
}

static inline void side_release(struct side *side)
{
	for (size_t i = 0; i < SIDE_FILTERS; i++)
		gen_filter_release(&side->filters[i].filter);
	policy_release(&side->rules);
}

/* What a filter returns last with @from, it returns with @to; the program is another one then. */
static inline void side_spoil(struct side *side, const char *generator, uint32_t from, uint32_t to)
{
	for (size_t i = 0; i < SIDE_FILTERS; i++) {
		struct gen_filter *filter = &side->filters[i].filter;
		size_t pc = filter->prog.len;

		if (strcmp(side->filters[i].name, generator))
			continue;
		while (pc && (filter->prog.insns[pc - 1].code != (BPF_RET | BPF_K) ||
			      filter->prog.insns[pc - 1].k != from))
			pc--;
		assert_int_not_equal(pc, 0);
		filter->prog.insns[pc - 1].k = to;
		sg_sha256_hex(filter->prog.insns, filter->prog.len * sizeof(*filter->prog.insns),
			      filter->sha256);
	}
}

/* Two policies of this profile are no longer taken for the same one. */
static inline void side_rename_policy(struct side *side)
{
	side->policy.sha256[0] ^= 1;
}

/* ---- one held against the other */

/* Two results, and what the parts that a test runs report. */
struct sides {
	struct side was, is;
	struct gate_request request;
	struct gate_report report;
};

static inline struct sides *sides_new(const struct side_text *was, const struct side_text *is)
{
	struct sides *sides = sg_calloc(1, sizeof(*sides));

	side_make(was, &sides->was);
	side_make(is, &sides->is);
	sides->request.baseline = sides->report.baseline = &sides->was.result;
	sides->request.result = sides->report.result = &sides->is.result;
	sides->request.tuples = 20000;
	return sides;
}

static inline void sides_free(struct sides *sides)
{
	gate_report_release(&sides->report);
	side_release(&sides->was);
	side_release(&sides->is);
	free(sides);
}

static inline void sides_run(struct sides *sides, const struct gate_part *part)
{
	struct sg_err err = {0};

	if (part->run(&sides->request, &sides->report, &err))
		fail_msg("%s: %s", part->name, err.msg);
}

/* The check of a name. */
static inline const struct gate_check *sides_check(const struct sides *sides, const char *name)
{
	for (size_t i = 0; i < sides->report.check_count; i++)
		if (!strcmp(sides->report.checks[i].name, name))
			return &sides->report.checks[i];
	fail_msg("no check %s", name);
	return NULL;
}

#endif
