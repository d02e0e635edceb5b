/* SPDX-License-Identifier: MIT */
/* A run of the loops, and a generator that is broken on purpose. Include after cmocka's headers. */
#ifndef SG_FUZZ_TESTS_LOOP_SUPPORT_H
#define SG_FUZZ_TESTS_LOOP_SUPPORT_H

#include <string.h>

#include "fuzz/loop.h"

/* ---- a generator */

static inline int build_tuned(const struct gen_request *request, struct gen_filter *ret,
			      struct sg_err *err)
{
	return gen_build(gen_find("tuned", NULL), request, ret, err);
}

/* Allows what the policy answers with an errno. */
static inline int build_lax(const struct gen_request *request, struct gen_filter *ret,
			    struct sg_err *err)
{
	const int bad = build_tuned(request, ret, err);

	for (size_t i = 0; !bad && i < ret->prog.len; i++) {
		struct sock_filter *insn = &ret->prog.insns[i];

		if (BPF_CLASS(insn->code) == BPF_RET &&
		    (insn->k & ABI_RET_ACTION_FULL) == ABI_RET_ERRNO)
			insn->k = ABI_RET_ALLOW;
	}
	return bad;
}

static const struct gen lax = {.name = "lax", .needs_policy = true, .build = build_lax};

/* ---- a run */

struct run {
	struct mix mix;
	const struct gen *gens[4];
	struct fuzz_request request;
	struct fuzz_result result;
	struct sg_err err;
};

static inline void add_gen(struct run *run, const struct gen *gen)
{
	assert_non_null(gen);
	assert_true(run->request.gen_count < SG_COUNT(run->gens));
	run->gens[run->request.gen_count++] = gen;
	run->request.gens = run->gens;
}

static inline void start(struct run *run)
{
	*run = (struct run){0};
	assert_int_equal(mix_load(NULL, &run->mix, &run->err), 0);
	run->request.mix = &run->mix;
	run->request.seed = 7;
}

static inline void go(struct run *run)
{
	if (fuzz_run(&run->request, &run->result, &run->err))
		fail_msg("%s", run->err.msg);
}

static inline void finish(struct run *run)
{
	fuzz_result_release(&run->result);
	mix_release(&run->mix);
}

static inline const struct fuzz_counted *finding_of(const struct run *run, const char *generator,
						    enum fuzz_kind kind)
{
	for (size_t i = 0; i < run->result.finding_count; i++) {
		const struct fuzz_finding *finding = &run->result.findings[i].finding;

		if (!strcmp(finding->gen->name, generator) && finding->kind == kind)
			return &run->result.findings[i];
	}
	return NULL;
}

static inline bool warned(const struct run *run, const char *text)
{
	for (size_t i = 0; i < run->result.warnings.len; i++)
		if (strstr(run->result.warnings.items[i], text))
			return true;
	return false;
}

#endif
