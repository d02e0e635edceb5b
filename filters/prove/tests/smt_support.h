/* SPDX-License-Identifier: MIT */
/*
 * Questions to Z3, and its terms as numbers. Include after cmocka's own headers.
 */
#ifndef SG_PROVE_TESTS_SMT_SUPPORT_H
#define SG_PROVE_TESTS_SMT_SUPPORT_H

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "filters/prove/smt.h"
#include "filters/prove/smt_terms.h"
#include "filters/prove/smt_z3.h"
#include "filters/prove/tests/effect.h"
#include "harness/base/child.h"

/* Far away: a loaded machine is no reason for another answer. */
#define FAR_S 120.0

#define PROG(...)                                                                                \
	{                                                                                        \
		.insns = (struct sock_filter[]){__VA_ARGS__},                                    \
		.len = sizeof((struct sock_filter[]){__VA_ARGS__}) / sizeof(struct sock_filter), \
	}

static inline void skip_without_z3(const char *reason)
{
	if (!strstr(reason, "is not installed"))
		return;
	print_message("SKIP: z3: %s\n", reason);
	skip();
}

static inline struct prove_answer ask_sides(struct smt_side a, struct smt_side b,
					    const struct policy *under,
					    const struct sg_strv *unknown_calls)
{
	struct prove_answer answer = {.result = PROVE_UNKNOWN};
	struct sg_err err = {0};

	if (smt_ask(&a, &b, under, unknown_calls, FAR_S, &answer, &err))
		fail_msg("%s", err.msg);
	skip_without_z3(answer.reason);
	if (answer.result == PROVE_UNKNOWN)
		fail_msg("unknown: %s", answer.reason);
	assert_true(answer.by_smt);
	return answer;
}

static inline struct prove_answer ask_progs(const struct cbpf_prog *a, const struct cbpf_prog *b)
{
	const struct smt_side left = {.prog = a}, right = {.prog = b};

	return ask_sides(left, right, NULL, NULL);
}

/* The programs do differ on the answer's tuple, and as the answer says. */
static inline void confirm(const struct prove_answer *answer, const struct cbpf_prog *a,
			   const struct cbpf_prog *b)
{
	assert_int_equal(answer->result, PROVE_DIFFERENT);
	assert_int_equal(answer->a, effect_at(a, &answer->tuple));
	assert_int_equal(answer->b, effect_at(b, &answer->tuple));
	assert_int_not_equal(answer->a, answer->b);
}

/* ---- terms as numbers */

struct evaluator {
	struct smt_z3 z3;
	struct smt_terms terms;
	__typeof__(Z3_substitute) *substitute;
	__typeof__(Z3_simplify) *simplify;
};

/* Of an input: a Boolean is 0 or 1. */
static inline uint32_t evaluate_term(struct evaluator *at, Z3_ast term,
				     const uint32_t words[ABI_DATA_WORDS])
{
	Z3_ast numbers[ABI_DATA_WORDS], value;
	unsigned number = UINT32_MAX;

	for (int i = 0; i < ABI_DATA_WORDS; i++)
		numbers[i] = smt_number(&at->terms, words[i]);
	value = at->substitute(at->terms.context, term, ABI_DATA_WORDS, at->terms.words, numbers);
	value = at->simplify(at->terms.context, value);
	if (value == at->terms.yes || value == at->terms.no)
		return value == at->terms.yes;
	at->z3.get_numeral_uint(at->terms.context, value, &number);
	return number;
}

/* In a child. What it finds wrong is a line in @wrong. */
typedef void (*evaluator_fn)(struct evaluator *at, struct sg_buf *wrong);

static inline void evaluator_error(Z3_context context, Z3_error_code code)
{
	(void)context;
	(void)code;
	_exit(3);
}

static inline int evaluator_child(void *fn, struct sg_buf *out)
{
	struct evaluator at;
	void *library;

	if (!smt_z3_load(SMT_Z3_LIBRARY, &at.z3, out))
		return 1;
	library = dlopen(SMT_Z3_LIBRARY, RTLD_NOW | RTLD_LOCAL);
	*(void **)&at.substitute = dlsym(library, "Z3_substitute");
	*(void **)&at.simplify = dlsym(library, "Z3_simplify");
	smt_terms_init(&at.terms, &at.z3, evaluator_error);
	(*(evaluator_fn *)fn)(&at, out);
	return 0;
}

static inline void run_evaluator(evaluator_fn fn)
{
	struct sg_child_result result;
	struct sg_buf out = {0};
	struct sg_err err = {0};
	char line[400];

	if (sg_child_run(evaluator_child, &fn, &(struct sg_child_limits){0}, &out, &result, &err))
		fail_msg("%s", err.msg);
	snprintf(line, sizeof(line), "%s", sg_buf_text(&out));
	sg_buf_release(&out);
	if (result.end == SG_CHILD_FAILED)
		skip_without_z3(line);
	assert_int_equal(result.end, SG_CHILD_OK);
	if (*line)
		fail_msg("%s", line);
}

#endif
